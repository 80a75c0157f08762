"""The index of the pairs: exact counts, whatever is added, changed, removed, or done twice."""

import asyncio
from collections import Counter

from sportello.assistant.library import frequencies
from sportello.store import library
from sportello.store.library import Pair
from sportello.workers.index import Indexing
from tests.assistant.desk import EMBEDDER, Desk, open_desk
from tests.loop import in_loop

_PAIRS = [
    ("Quali sono gli orari?", "Dalle 9 alle 18."),
    ("Dove siete?", "In via Roma 3, dalle parti della stazione."),
    ("Vendete anche online?", "Sì, dal sito, tutti i giorni."),
]


async def _counts(desk: Desk) -> dict[str, int]:
    rows = await desk.rows("SELECT lexeme, passages FROM sportello_lexemecount")
    return {row["lexeme"]: row["passages"] for row in rows}


async def _counted_anew(desk: Desk) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for row in await desk.rows("SELECT * FROM sportello_pair WHERE deleted_at IS NULL"):
        pair = Pair(
            row["id"],
            row["workspace_id"],
            row["question"],
            row["answer"],
            tuple(row["variants"]),
            row["language"],
        )
        counted.update(frequencies(pair).keys())
    return dict(counted)


@in_loop
async def test_counts_stay_exact_when_pairs_are_added_changed_and_removed(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        first, second, _ = await desk.learn(_PAIRS)
        assert await _counts(desk) == await _counted_anew(desk)

        await desk.run(
            "UPDATE sportello_pair SET answer = 'Dalle 10.', indexed_at = NULL WHERE id = %s", first
        )
        await desk.run(
            "UPDATE sportello_pair SET deleted_at = now(), indexed_at = NULL WHERE id = %s", second
        )
        await desk.index()

        assert await _counts(desk) == await _counted_anew(desk)
        stats = await desk.row("SELECT passages, mean_length FROM sportello_librarystats")
        lengths = await desk.row("SELECT avg(length)::float8 AS mean FROM sportello_passage")
        assert stats["passages"] == 2
        assert stats["mean_length"] == lengths["mean"]
        left = await desk.rows("SELECT id FROM sportello_pair")
        assert second not in [row["id"] for row in left]


@in_loop
async def test_a_pair_that_is_indexed_again_unchanged_is_not_embedded_again(
    worker_url: str,
) -> None:
    class Refusing:
        async def embed(self, *_: object) -> None:
            raise AssertionError("embedded again")

    async with open_desk(worker_url) as desk:
        await desk.learn(_PAIRS)
        before = await desk.rows("SELECT id FROM sportello_vector ORDER BY id")
        await desk.run("UPDATE sportello_pair SET indexed_at = NULL")

        await Indexing(desk.pool, Refusing()).catch_up(asyncio.Event())

        async with desk.pool.connection() as connection:
            assert await library.progress(connection, desk.workspace_id) == (3, 3)
        assert await desk.rows("SELECT id FROM sportello_vector ORDER BY id") == before


@in_loop
async def test_indexing_that_dies_half_way_goes_on_where_it_was(worker_url: str) -> None:
    class Dying:
        left = 2

        async def embed(self, texts: list[str], kind: str) -> object:
            if self.left == 0:
                raise ConnectionError("killed")
            self.left -= 1
            return await EMBEDDER.embed(texts, kind)

    async with open_desk(worker_url) as desk:
        for question, answer in _PAIRS:
            await desk.run(
                "INSERT INTO sportello_pair (workspace_id, question, answer, variants)"
                " VALUES (%s, %s, %s, '{}')",
                desk.workspace_id,
                question,
                answer,
            )
        await Indexing(desk.pool, Dying()).catch_up(asyncio.Event())
        async with desk.pool.connection() as connection:
            assert await library.progress(connection, desk.workspace_id) == (1, 3)

        await desk.index()

        async with desk.pool.connection() as connection:
            assert await library.progress(connection, desk.workspace_id) == (3, 3)
        assert await _counts(desk) == await _counted_anew(desk)


@in_loop
async def test_the_cloud_is_the_mean_and_the_covariance_of_the_vectors(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        await desk.learn(_PAIRS)
        question = (await EMBEDDER.embed(["orario di apertura"], "query"))[0]

        async with desk.pool.connection() as connection:
            cloud = await library.cloud(connection, desk.workspace_id)

        texts = [question_ for question_, _ in _PAIRS]
        vectors = await EMBEDDER.embed(texts, "query")
        passages = await EMBEDDER.embed([f"{one}\n{other}" for one, other in _PAIRS], "passage")
        cosines = [*(vectors @ question), *(passages @ question)]
        mean = sum(cosines) / len(cosines)
        variance = sum((one - mean) ** 2 for one in cosines) / len(cosines)
        assert abs(float(question @ cloud.centroid) - mean) < 1e-4
        assert abs(float(question @ cloud.covariance @ question) - variance) < 1e-4
        assert cloud.languages == ("it",)


@in_loop
async def test_a_disabled_pair_is_not_found_from_the_very_moment(worker_url: str) -> None:
    async with open_desk(worker_url) as desk:
        first, *_ = await desk.learn(_PAIRS)
        question = (await EMBEDDER.embed(["quali sono gli orari"], "query"))[0]

        await desk.run("UPDATE sportello_pair SET enabled = false WHERE id = %s", first)

        async with desk.pool.connection() as connection:
            found = await library.dense(connection, desk.workspace_id, question, limit=50)
            worded = await library.lexical(
                connection, desk.workspace_id, {"it:orar": 1.0}, limit=50
            )
            assert len(found) == 2
            assert worded == []
