"""A document's way: read, drafted, cut, embedded, found, quoted, replaced, removed."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sportello.assistant.embed import Kind, Matrix
from sportello.assistant.library import keyed
from sportello.workers.answer import Answering
from sportello.workers.index import Indexing
from sportello.workers.read import ATTEMPTS_MAX, GAVE_UP, Reader
from tests.assistant.desk import EMBEDDER, Desk, open_desk
from tests.loop import in_loop

_RETURNS = (
    "# Resi\n\nOgni articolo si può rendere entro trenta giorni dalla consegna.\n\n"
    "# Garanzia\n\nLa garanzia dura due anni.\n\n"
    "# Lavaggio\n\nI maglioni di lana si lavano a mano in acqua fredda.\n"
)


class Counting:
    """Counts the texts that it embeds; dies after `lives` calls, if told so."""

    def __init__(self, lives: int = 10_000) -> None:
        self.texts: list[str] = []
        self.lives = lives

    async def embed(self, texts: Sequence[str], kind: Kind) -> Matrix:
        if texts and self.lives == 0:
            raise ConnectionError("killed")
        self.lives -= bool(texts)
        self.texts += texts
        return await EMBEDDER.embed(texts, kind)


async def _upload(desk: Desk, text: str, name: str = "guida.md", **more: Any) -> int:
    raw = text.encode()
    row = await desk.row(
        "INSERT INTO sportello_document (workspace_id, kind, title, filename, format, size,"
        " sha256, content) VALUES (%s, 'file', 'Guida', %s, %s, %s, %s, %s) RETURNING id",
        desk.workspace_id,
        name,
        more.get("format", "md"),
        len(raw),
        hashlib.sha256(raw).hexdigest(),
        raw,
    )
    return int(row["id"])


async def _work(desk: Desk, embedder: Any = EMBEDDER) -> None:
    await Reader(desk.pool).catch_up(asyncio.Event())
    await Indexing(desk.pool, embedder).catch_up(asyncio.Event())


async def _state(desk: Desk, document_id: int) -> tuple[str, str]:
    row = await desk.row("SELECT state, reason FROM sportello_document WHERE id = %s", document_id)
    return row["state"], row["reason"]


async def _counts_are_exact(desk: Desk) -> bool:
    counted: Counter[str] = Counter()
    for row in await desk.rows("SELECT * FROM sportello_passage WHERE document_id IS NOT NULL"):
        counted.update(set(keyed(f"{row['title']}\n{row['text']}", row["language"])))
    rows = await desk.rows("SELECT lexeme, passages FROM sportello_lexemecount")
    stats = await desk.row("SELECT passages FROM sportello_librarystats")
    total = await desk.row("SELECT count(*) AS n FROM sportello_passage")
    return {row["lexeme"]: row["passages"] for row in rows} == counted and (
        stats["passages"] == total["n"]
    )


async def _ask(desk: Desk, question: str) -> Any:
    await desk.run(
        "INSERT INTO sportello_trial (workspace_id, question) VALUES (%s, %s)",
        desk.workspace_id,
        question,
    )
    await Answering(desk.context, EMBEDDER).try_next()
    return (await desk.row("SELECT result FROM sportello_trial ORDER BY id DESC LIMIT 1"))["result"]


@in_loop
async def test_an_uploaded_file_is_found_and_quoted_with_its_source(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        document_id = await _upload(desk, _RETURNS)

        await _work(desk)

        assert await _state(desk, document_id) == ("ready", "")
        assert await _counts_are_exact(desk)
        await desk.run("UPDATE sportello_workspace SET answer_from = 0.05, clarify_from = 0.01")
        told = await _ask(desk, "Come si lavano i maglioni di lana?")
        assert told["band"] == "answer"
        assert "I maglioni di lana si lavano a mano in acqua fredda." in told["text"]
        assert "Fonte: Guida" in told["text"]
        assert told["sources"][0].keys() == {"document_id", "title", "score"}
        assert told["sources"][0]["document_id"] == document_id
        assert told["sources"][0]["title"] == "Lavaggio"


@in_loop
async def test_a_file_changed_in_one_place_is_embedded_in_that_place_alone(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        document_id = await _upload(desk, _RETURNS)
        await _work(desk)
        before = await desk.rows("SELECT id FROM sportello_vector ORDER BY id")
        changed = _RETURNS.replace("due anni", "tre anni")
        await desk.run(
            "UPDATE sportello_document SET content = %s, sha256 = 'new', state = 'waiting'",
            changed.encode(),
        )

        counting = Counting()
        await _work(desk, counting)

        assert counting.texts == ["Garanzia\nLa garanzia dura tre anni."]
        assert await _state(desk, document_id) == ("ready", "")
        assert await _counts_are_exact(desk)
        after = await desk.rows("SELECT id FROM sportello_vector ORDER BY id")
        assert len({row["id"] for row in before} & {row["id"] for row in after}) == 2
        places = await desk.rows("SELECT text FROM sportello_passage ORDER BY place")
        assert [row["text"].split()[-2] for row in places] == ["dalla", "tre", "acqua"]


@in_loop
async def test_the_same_text_in_another_file_is_not_embedded_again(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await _upload(desk, _RETURNS)
        await _work(desk)
        other = await _upload(desk, f"{_RETURNS}\n# Orari\n\nDalle nove alle sei.\n", "altra.md")

        counting = Counting()
        await _work(desk, counting)

        assert counting.texts == ["Orari\nDalle nove alle sei."]
        rows = await desk.rows(
            "SELECT FROM sportello_vector v JOIN sportello_passage p ON p.id = v.passage_id"
            " WHERE p.document_id = %s",
            other,
        )
        assert len(rows) == 4


@in_loop
async def test_indexing_that_dies_half_way_goes_on_where_it_was(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        text = "".join(f"# Voce {n}\n\nLa voce numero {n} costa {n} euro.\n\n" for n in range(40))
        document_id = await _upload(desk, text)

        dying = Counting(lives=2)
        await _work(desk, dying)
        left = await desk.row("SELECT count(*) AS n FROM sportello_passage WHERE waits")
        assert (await _state(desk, document_id))[0] == "indexing"
        assert 0 < left["n"] < 40
        going_on = Counting()
        await _work(desk, going_on)

        assert await _state(desk, document_id) == ("ready", "")
        assert len(going_on.texts) == left["n"]
        assert not set(going_on.texts) & set(dying.texts)
        assert await _counts_are_exact(desk)


@in_loop
async def test_a_deleted_document_leaves_nothing_behind(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        document_id = await _upload(desk, _RETURNS)
        await _work(desk)
        await desk.run(
            "UPDATE sportello_document SET deleted_at = now() WHERE id = %s", document_id
        )

        assert (await _ask(desk, "Come si lavano i maglioni di lana?"))["sources"] == []
        await _work(desk)

        for table in ("document", "passage", "vector", "posting", "lexemecount"):
            assert await desk.rows(f"SELECT FROM sportello_{table}") == [], table


@in_loop
async def test_a_file_that_cannot_be_read_says_why_and_the_next_is_read(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        broken = await _upload(desk, "not a pdf", "rotto.pdf", format="pdf")
        fine = await _upload(desk, _RETURNS)

        await _work(desk)

        assert await _state(desk, broken) == ("failed", "damaged")
        assert (await _state(desk, fine))[0] == "ready"


@in_loop
async def test_a_file_on_which_readers_die_is_given_up(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        document_id = await _upload(desk, _RETURNS)
        await desk.run("UPDATE sportello_document SET attempts = %s", ATTEMPTS_MAX)

        await _work(desk)

        assert await _state(desk, document_id) == ("failed", GAVE_UP)


@in_loop
async def test_a_reader_that_died_is_followed_by_another_when_its_lease_ends(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        document_id = await _upload(desk, _RETURNS)
        await desk.run(
            "UPDATE sportello_document SET state = 'reading', attempts = 1,"
            " claimed_until = clock_timestamp() + interval '1 hour'"
        )
        assert not await Reader(desk.pool).read_next()

        await desk.run("UPDATE sportello_document SET claimed_until = clock_timestamp()")
        await _work(desk)

        assert (await _state(desk, document_id))[0] == "ready"


@in_loop
async def test_a_chosen_passage_is_sent_whole_with_its_source(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await _upload(desk, _RETURNS)
        await _work(desk)
        passage = await desk.row("SELECT id FROM sportello_passage WHERE title = 'Garanzia'")
        tapped = {"type": "list_reply", "list_reply": {"id": f"passage:{passage['id']}"}}
        await desk.customer_writes("Garanzia", type="interactive", payload=tapped)

        await Answering(desk.context, EMBEDDER).answer_next()

        told = await desk.rows("SELECT text FROM sportello_message WHERE origin = 'assistant'")
        text = "\n".join(row["text"] for row in told)
        assert "La garanzia dura due anni." in text
        assert "Fonte: Guida" in text
