"""At night: what a company no longer keeps goes, a portion at a time."""

import asyncio
from pathlib import Path
from typing import Final

import structlog

from sportello.rules import retention as rules
from sportello.rules.account_days import zone_of
from sportello.store import retention
from sportello.store.retention import Job
from sportello.workers.context import Context

# A round gives way to other duties; the next one goes on.
PORTIONS_MAX: Final = 50
_log = structlog.get_logger(__name__)


async def forget(context: Context) -> int:
    """Goes on with what is due; how many portions were taken."""
    for taken in range(PORTIONS_MAX):
        if not await _portion(context):
            return taken
    return PORTIONS_MAX


async def _portion(context: Context) -> bool:
    """Files go before the rows say so: a crash in between takes them off once more."""
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        job = await retention.next_job(connection, now)
        if job is None:
            return False
        portion = await retention.take(connection, job, rules.before(job.days, now))
        await asyncio.to_thread(_unlink, _paths(context, job, portion.files))
        next_at = rules.next_night(now, zone_of(job.time_zone))
        await retention.advance(connection, job, portion, now, next_at)
    if portion.gone:
        _log.info("forgotten", company=job.workspace_id, kind=job.kind, rows=portion.gone)
    return True


def _paths(context: Context, job: Job, files: tuple[int, ...]) -> list[Path]:
    folder = context.data / "media" / str(job.workspace_id)
    return [folder / str(one) for one in files]


def _unlink(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
