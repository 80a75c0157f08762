"""Webhooks that should have come and did not: said, and their way looked at and repaired.

What Meta can be asked for is asked anew by the repair: number, account, profile and templates. The
status of a single message cannot be asked for; Meta repeats what it could not deliver for days.
"""

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from sportello.rules.connecting import Kind, steps
from sportello.rules.silence import Heard, silent_since
from sportello.store import connections, silence
from sportello.workers.outward import Outward

NUMBERS_MAX: Final = 500
# A repair that changed nothing is not made again at once.
_REPAIR_EVERY: Final = timedelta(minutes=30)
_log = structlog.get_logger(__name__)


async def notice_silence(context: Outward) -> int:
    """How many numbers are silent."""
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection:
        numbers = await silence.listeners(connection, now, limit=NUMBERS_MAX)
    silent = 0
    for number in numbers:
        heard = Heard(number.last_event_at, number.unanswered_since, number.usual)
        since = silent_since(heard, now)
        silent += since is not None
        async with context.pool.connection() as connection, connection.transaction():
            if (since is None) != (number.silent_since is None):
                await silence.note(connection, number.id, since)
            if since is not None and await connections.begin_repair(
                connection, number.id, steps(Kind.REPAIR), now, now - _REPAIR_EVERY
            ):
                _log.warning("webhooks missing", number=number.id)
    return silent
