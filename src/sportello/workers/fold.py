"""The journal becomes contacts, conversations, messages, statuses, consents: once each."""

import asyncio
from typing import Final

import psycopg
import structlog

from sportello import crash
from sportello.store import journal
from sportello.workers.context import Context
from sportello.workers.fold_batch import fold_entries

ENTRIES_MAX: Final = 1_000
BYTES_MAX: Final = 8 * 2**20
FAILURES_MAX: Final = 5
_PAUSE_S: Final = 1.0
_RAW_MAX: Final = 16_384
_log = structlog.get_logger(__name__)


async def run(context: Context, stop: asyncio.Event) -> None:
    """Folds until told to stop. Several may run side by side."""
    async with context.listen("sportello_journal") as wakes:
        while not stop.is_set():
            await wakes.wait()
            await fold_all(context, stop)


async def fold_all(context: Context, stop: asyncio.Event) -> None:
    """Folds all that waits; one entry at a time where a whole batch does not go down."""
    limit = ENTRIES_MAX
    while not stop.is_set():
        try:
            folded = await fold_batch(context, limit=limit)
        except psycopg.Error as error:
            _log.warning("batch not folded", error=type(error).__name__, entries_max=limit)
            if limit == 1:
                await _count_failure(context, error)
            limit = 1
            continue
        if folded == 0:
            break
        limit = min(ENTRIES_MAX, limit * 2)


async def fold_batch(context: Context, *, limit: int = ENTRIES_MAX) -> int:
    """Folds up to `limit` entries and marks them, in one transaction; how many.

    Raises psycopg.Error when nothing of the batch was kept.
    """
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection:
        async with connection.transaction():
            entries = await journal.claim(connection, limit=limit, bytes_max=BYTES_MAX)
            if not entries:
                return 0
            crash.point("fold.claimed")
            await fold_entries(connection, entries, now)
            await journal.mark_folded(connection, [entry.id for entry in entries])
            crash.point("fold.folded")
        crash.point("fold.committed")
        return len(entries)


async def _count_failure(context: Context, error: psycopg.Error) -> None:
    """An entry that fails alone, again and again, is set aside whole; the others go on."""
    async with context.pool.connection() as connection, connection.transaction():
        entries = await journal.claim(connection, limit=1, bytes_max=BYTES_MAX)
        for entry in entries:
            failures = await journal.count_failure(connection, entry.id)
            if failures >= FAILURES_MAX:
                raw = entry.body[:_RAW_MAX].decode("utf-8", "replace").replace("\0", "\ufffd")
                reason = f"could not be folded: {type(error).__name__}"
                await journal.quarantine(connection, entry, reason, raw)
                await journal.mark_folded(connection, [entry.id])
    await asyncio.sleep(_PAUSE_S)
