"""Changes tried before they are published: what they would win and lose, and that nothing stays."""

import json
from typing import Any

import pytest

from sportello.workers import rehearsing
from sportello.workers.answer import Answering
from tests.assistant.desk import EMBEDDER, NOW, Desk, open_desk
from tests.loop import in_loop

_PAIRS = [
    ("Quando arriva il mio ordine?", "In 2-4 giorni lavorativi."),
    ("Posso fare un reso?", "Sì, entro 30 giorni."),
    ("Quali sono gli orari del negozio?", "Dalle 9 alle 18."),
]


async def _expect(desk: Desk, question: str, band: str, pair_id: int | None, *facts: str) -> None:
    kept = await desk.row(
        "INSERT INTO sportello_questionset (workspace_id, name, created_at) VALUES (%s, 'Base',"
        " now()) ON CONFLICT (workspace_id, name) DO UPDATE SET name = 'Base' RETURNING id",
        desk.workspace_id,
    )
    await desk.run(
        "INSERT INTO sportello_setquestion"
        " (workspace_id, of_set_id, question, band, pair_id, facts)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        desk.workspace_id,
        kept["id"],
        question,
        band,
        pair_id,
        list(facts),
    )


async def _rehearse(desk: Desk, kind: str, draft: dict[str, Any], **more: Any) -> Any:
    await desk.run(
        "INSERT INTO sportello_rehearsal (workspace_id, kind, draft, pair_id, document_id, counts,"
        " rows, at) VALUES (%s, %s, %s, %s, %s, '{}', '[]', %s)",
        desk.workspace_id,
        kind,
        json.dumps(draft),
        more.get("pair_id"),
        more.get("document_id"),
        NOW,
    )
    assert await Answering(desk.context, EMBEDDER).rehearse()
    return await desk.row("SELECT * FROM sportello_rehearsal ORDER BY id DESC LIMIT 1")


def _pair(question: str, answer: str, **more: Any) -> dict[str, Any]:
    told = {"question": question, "answer": answer, "variants": [], "language": "it"}
    return {**told, "enabled": True, **more}


@in_loop
async def test_a_corrected_answer_shows_what_it_wins_and_loses_and_changes_nothing(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        ids = await desk.learn(_PAIRS)
        await _expect(desk, "quando arriva il mio ordine?", "answer", ids[0], "3 giorni")
        await _expect(desk, "quando arriva l'ordine?", "answer", ids[0], "lavorativi")
        await _expect(desk, "posso fare un reso?", "answer", ids[1])
        draft = _pair("Quando arriva il mio ordine?", "In 3 giorni.")
        before = await desk.row("SELECT * FROM sportello_librarystats")

        told = await _rehearse(desk, "pair", draft, pair_id=ids[0])

        assert (told["state"], told["asked"], told["total"]) == ("done", 3, 3)
        assert told["counts"] == {"won": 1, "lost": 1, "same": 1, "worded": 0}
        won, lost = sorted(told["rows"], key=lambda row: row["effect"], reverse=True)
        assert (won["question"], won["after"]["text"]) == (
            "quando arriva il mio ordine?",
            "In 3 giorni.",
        )
        assert lost["missed"] == ["fact"]
        kept = await desk.row("SELECT answer FROM sportello_pair WHERE id = %s", ids[0])
        assert kept["answer"] == "In 2-4 giorni lavorativi."
        assert await desk.row("SELECT * FROM sportello_librarystats") == before


@in_loop
async def test_a_new_pair_wins_a_real_question_whose_words_stay_in_their_turn(
    worker_url: str,
) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn(_PAIRS)
        await desk.customer_writes("avete un parcheggio per i clienti?")
        assert await Answering(desk.context, EMBEDDER).answer_next()
        turn = await desk.row("SELECT * FROM sportello_turn")
        assert turn["band"] == "handover"

        told = await _rehearse(
            desk, "pair", _pair("Avete un parcheggio per i clienti?", "Sì, in cortile.")
        )

        (row,) = told["rows"]
        assert (row["effect"], row["turn_id"], row["question"]) == ("won", turn["id"], "")
        assert (row["before"]["band"], row["after"]["band"]) == ("handover", "answer")
        assert "parcheggio" not in json.dumps(told["rows"]).replace(row["after"]["title"], "")
        assert (await desk.row("SELECT count(*) AS n FROM sportello_pair"))["n"] == 3
        assert (await desk.row("SELECT count(*) AS n FROM sportello_passage"))["n"] == 3


@in_loop
async def test_a_topic_for_people_loses_the_answers_that_it_takes_away(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        ids = await desk.learn(_PAIRS)
        await _expect(desk, "posso fare un reso?", "answer", ids[1])
        await _expect(desk, "quali sono gli orari del negozio?", "answer", ids[2])

        told = await _rehearse(desk, "tone", {"topics": ["reso"], "silent_from": "08:00:00"})

        assert told["counts"] == {"lost": 1, "same": 1, "worded": 0}
        assert told["rows"][0]["question"] == "posso fare un reso?"


@in_loop
async def test_a_new_version_of_a_page_is_tried_before_it_is_published(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn(_PAIRS)
        await _expect(desk, "fate consegne in Svizzera?", "answer", None, "15 €")
        document = await desk.row(
            "INSERT INTO sportello_document (workspace_id, kind, title, url, format, state, draft)"
            " VALUES (%s, 'page', 'Spedizioni', 'https://b.example/', 'html', 'review', %s)"
            " RETURNING id",
            desk.workspace_id,
            json.dumps([["", "In Svizzera consegniamo a 15 €.", "Fate consegne in Svizzera?"]]),
        )

        told = await _rehearse(desk, "document", {}, document_id=document["id"])

        assert (told["state"], told["counts"]) == ("done", {"won": 1, "worded": 0})
        kept = await desk.row("SELECT state, draft FROM sportello_document")
        assert kept["state"] == "review"
        assert kept["draft"]
        assert (await desk.row("SELECT count(*) AS n FROM sportello_passage"))["n"] == 3


@in_loop
async def test_the_pages_of_a_site_are_tried_as_one_change(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn(_PAIRS)
        ids = []
        for place, (asked, answer) in enumerate(
            [
                ("Fate consegne in Svizzera?", "Sì, a 15 €."),
                ("Avete un parcheggio?", "In via Roma."),
            ]
        ):
            await _expect(desk, asked, "answer", None, answer.split()[-1])
            page = await desk.row(
                "INSERT INTO sportello_document (workspace_id, kind, title, url, format, state,"
                " draft) VALUES (%s, 'page', 'Pagina', %s, 'html', 'review', %s) RETURNING id",
                desk.workspace_id, f"https://b.example/{place}", json.dumps([["", answer, asked]]),
            )  # fmt: skip
            ids.append(page["id"])

        told = await _rehearse(desk, "document", {"documents": ids}, document_id=ids[0])
        await desk.run("UPDATE sportello_document SET deleted_at = now() WHERE id = %s", ids[1])
        gone = await _rehearse(desk, "document", {"documents": ids}, document_id=ids[0])

        assert (told["state"], told["counts"]) == ("done", {"won": 2, "worded": 0})
        assert (gone["state"], gone["reason"]) == ("failed", "gone")
        assert (await desk.row("SELECT count(*) AS n FROM sportello_passage"))["n"] == 3


@in_loop
async def test_what_is_gone_cannot_be_tried(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        (pair_id,) = await desk.learn(_PAIRS[:1])
        await desk.run("UPDATE sportello_pair SET deleted_at = now() WHERE id = %s", pair_id)

        told = await _rehearse(desk, "pair", _pair("Quando?", "Mai."), pair_id=pair_id)

        assert (told["state"], told["reason"]) == ("failed", "gone")
        assert not await Answering(desk.context, EMBEDDER).rehearse()


@in_loop
async def test_a_file_of_pairs_is_tried_as_one_change(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        ids = await desk.learn(_PAIRS)
        await _expect(desk, "quando arriva il mio ordine?", "answer", ids[0], "2-4")
        await _expect(desk, "avete un parcheggio?", "answer", None, "cortile")
        changed = _pair(_PAIRS[0][0], "Presto.", pair_id=ids[0])
        new = _pair("Avete un parcheggio?", "Sì, in cortile.", pair_id=None)

        told = await _rehearse(desk, "pairs", {"pairs": [changed, new], "errors": []})

        assert told["counts"] == {"won": 1, "lost": 1, "worded": 0}
        assert {row["question"]: row["effect"] for row in told["rows"]} == {
            "quando arriva il mio ordine?": "lost",
            "avete un parcheggio?": "won",
        }
        kept = await desk.rows("SELECT answer FROM sportello_pair ORDER BY id")
        assert [row["answer"] for row in kept] == [answer for _, answer in _PAIRS]

        await desk.run("UPDATE sportello_pair SET deleted_at = now() WHERE id = %s", ids[0])
        gone = await _rehearse(desk, "pairs", {"pairs": [changed, new], "errors": []})

        assert (gone["state"], gone["reason"]) == ("failed", "gone")


@in_loop
async def test_of_more_than_can_be_tried_what_is_alike_to_the_questions_is(
    worker_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "PASSAGES_MAX", 2)
    told = [
        ("Vendete cappelli?", "No."),
        ("Avete un parcheggio?", "Sì, in cortile."),
        ("Riparate scarpe?", "No, mai."),
        ("Fate pacchetti?", "Sì, gratis."),
    ]
    async with open_desk(worker_url) as desk:
        await desk.learn(_PAIRS)
        await _expect(desk, "avete un parcheggio?", "answer", None, "cortile")
        await _expect(desk, "fate pacchetti?", "answer", None, "gratis")
        page = await desk.row(
            "INSERT INTO sportello_document (workspace_id, kind, title, url, format, state, draft)"
            " VALUES (%s, 'page', 'Domande', 'https://b.example/', 'html', 'review', %s)"
            " RETURNING id",
            desk.workspace_id,
            json.dumps([["", answer, question] for question, answer in told]),
        )
        pairs = [_pair(*one, pair_id=None) for one in told]

        of_site = await _rehearse(desk, "document", {}, document_id=page["id"])
        of_file = await _rehearse(desk, "pairs", {"pairs": pairs, "errors": []})

        expected = {"won": 2, "worded": 0, "new": 4, "tried": 2}
        assert of_site["counts"] == of_file["counts"] == expected
        assert (await desk.row("SELECT count(*) AS n FROM sportello_passage"))["n"] == 3
