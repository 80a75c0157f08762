"""Takes away what people who were erased have said and sent, a portion at a time."""

import asyncio
from typing import Final

import structlog

from sportello import crash
from sportello.store import erasures
from sportello.workers.context import Context
from sportello.workers.media_files import discard

# A round gives way to other duties; the next one goes on.
PORTIONS_MAX: Final = 50
_log = structlog.get_logger(__name__)


async def erase(context: Context) -> int:
    """Goes on with the oldest erasures; how many portions were taken."""
    for taken in range(PORTIONS_MAX):
        if not await _portion(context):
            return taken
    return PORTIONS_MAX


async def _portion(context: Context) -> bool:
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        job = await erasures.next_job(connection)
        if job is None:
            return False
        portion = await erasures.take(connection, job)
        await discard(context.data, job.workspace_id, portion.files)
        crash.point("erasure.portion")
        await erasures.advance(connection, job, portion, now)
    _log.info("erased", erasure=job.id, step=erasures.STEPS[job.step], rows=portion.gone)
    return True
