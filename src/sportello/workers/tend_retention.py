"""At night: what a company no longer keeps goes, a portion at a time."""

import asyncio
from typing import Final

import structlog

from sportello.rules import retention as rules
from sportello.rules.account_days import zone_of
from sportello.store import retention
from sportello.workers.context import Context
from sportello.workers.media_files import discard

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
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        job = await retention.next_job(connection, now)
        if job is None:
            return False
        portion = await retention.take(connection, job, rules.before(job.days, now))
        await discard(context.data, job.workspace_id, portion.files)
        next_at = rules.next_night(now, zone_of(job.time_zone))
        await retention.advance(connection, job, portion, now, next_at)
    if portion.gone:
        _log.info("forgotten", company=job.workspace_id, kind=job.kind, rows=portion.gone)
    return True
