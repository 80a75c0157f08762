"""Takes away what people who were erased have said and sent, a portion at a time."""

import asyncio
from pathlib import Path
from typing import Final

import structlog

from sportello import crash
from sportello.store import erasures
from sportello.store.erasures import Job
from sportello.workers.context import Context

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
    """Files go before the rows say so: a crash in between takes them off once more."""
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        job = await erasures.next_job(connection)
        if job is None:
            return False
        portion = await erasures.take(connection, job)
        await asyncio.to_thread(_unlink, _paths(context, job, portion.files))
        crash.point("erasure.portion")
        await erasures.advance(connection, job, portion, now)
    _log.info("erased", erasure=job.id, step=erasures.STEPS[job.step], rows=portion.gone)
    return True


def _paths(context: Context, job: Job, files: tuple[int, ...]) -> list[Path]:
    folder = context.data / "media" / str(job.workspace_id)
    return [folder / str(one) for one in files]


def _unlink(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
