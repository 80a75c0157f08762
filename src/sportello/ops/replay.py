"""`sportello replay`: webhooks of the journal folded once more, after a version that reads more."""

import asyncio

from sportello.ops.reached import database_url
from sportello.ops.settings import Settings
from sportello.store import journal
from sportello.store.pool import open_pool


def run(settings: Settings, first: int, last: int) -> int:
    """How many entries the workers will fold anew."""
    return asyncio.run(_again(database_url(settings), first, last))


async def _again(url: str, first: int, last: int) -> int:
    async with open_pool(url, 1) as pool, pool.connection() as connection:
        return await journal.replay(connection, first, last)
