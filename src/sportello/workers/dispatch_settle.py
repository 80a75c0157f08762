"""What attempts came to, written in batches; and those whose end nobody knows, settled by rule."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import psycopg
import structlog
from psycopg.rows import DictRow

from sportello import crash
from sportello.rules import doubt, retry
from sportello.rules.doubt import SETTLE_AFTER, Doubt, Settlement
from sportello.rules.graph_errors import Effect
from sportello.store import outreach, sends, statuses
from sportello.store.pool import Connection, by_index
from sportello.store.sends import Rejected, Returned
from sportello.workers.context import Context
from sportello.workers.dispatch_wire import Accepted, Lost, Outcome

BATCH_MAX: Final = 500
SETTLE_MAX: Final = 200
# What ends at about the same time is written at once; nobody waits for it but the next bubble.
_GATHER_S: Final = 0.02
_PAUSE_S: Final = 0.5
_log = structlog.get_logger(__name__)


class Results:
    """Ends of attempts on their way to the database; one writer, as many at once as there are.

    Bounded by the attempts in flight: no lane starts one without room. `written` is told of each
    once it is committed.
    """

    def __init__(self, context: Context, written: Callable[[Outcome], None]) -> None:
        self._context, self._written = context, written
        self._waiting: deque[Outcome] = deque()
        self._something = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def add(self, outcome: Outcome) -> None:
        self._waiting.append(outcome)
        self._empty.clear()
        self._something.set()

    async def drained(self) -> None:
        """Until all that was added is committed."""
        await self._empty.wait()

    async def write_all(self) -> None:
        """Writes for ever; what could not be written is written again, in the same order."""
        while True:
            await self._something.wait()
            await asyncio.sleep(_GATHER_S)
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH_MAX))]
            try:
                await self._write(batch)
            except psycopg.Error as error:
                _log.warning("results not written", error=type(error).__name__, count=len(batch))
                self._waiting.extendleft(reversed(batch))
                await asyncio.sleep(_PAUSE_S)
                continue
            if not self._waiting:
                self._something.clear()
                self._empty.set()
            for outcome in batch:
                self._written(outcome)

    async def _write(self, batch: Sequence[Outcome]) -> None:
        now = await asyncio.to_thread(self._context.clock)
        async with self._context.pool.connection() as connection:
            async with connection.pipeline(), connection.transaction():
                await by_index(connection)
                await write(connection, batch, now)
                crash.point("dispatch.written")
            crash.point("dispatch.settled")


async def write(connection: Connection, batch: Sequence[Outcome], now: datetime) -> None:
    """In one transaction: what Meta took, refused, returned, and what is in doubt."""
    ends = [outcome.end for outcome in batch]
    accepted = [end for end in ends if isinstance(end, Accepted)]
    rejected = [end for end in ends if isinstance(end, Rejected)]
    returned = [end for end in ends if isinstance(end, Returned)]
    chats = await outreach.lock_chats_of_attempts(
        connection, [end.attempt for end in rejected] + [end.attempt for end in returned]
    )
    await statuses.come_home(
        connection, {end.attempt: (end.workspace_id, end.wamid) for end in accepted}
    )
    keys = {(end.workspace_id, end.wamid) for end in accepted if end.wamid}
    if keys and await statuses.adopt_orphans_of(connection, keys):
        await outreach.did_not_arrive(connection, keys)
    await sends.reject(connection, rejected, now)
    await outreach.shut_windows_of(
        connection, [end.attempt for end in rejected if _came_too_late(end)]
    )
    await sends.requeue(connection, returned)
    await outreach.await_no_more(connection, chats)
    await sends.lose(connection, [end.attempt for end in ends if isinstance(end, Lost)])
    for outcome in batch:
        number_id = outcome.claimed.lease.number_id
        if outcome.stop is not None:
            stop = outcome.stop
            await sends.pause(connection, number_id, stop.why, account=stop.account)
        elif outcome.claimed.is_probe and isinstance(outcome.end, Accepted):
            await sends.resume(connection, number_id)
        elif outcome.claimed.is_probe and _never_left(outcome.end):
            await sends.forget_probe(connection, number_id)


def _never_left(end: object) -> bool:
    return isinstance(end, Returned) and end.error is None


def _came_too_late(rejected: Rejected) -> bool:
    code = rejected.error.get("code")
    return isinstance(code, int) and retry.effect_of(code) is Effect.WINDOW_SHUT


async def settle_doubts(context: Context) -> int:
    """Attempts of dead processes become doubts; old doubts are settled. How many were settled."""
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        await sends.lose_abandoned(connection, limit=SETTLE_MAX)
        rows = await sends.doubts(connection, now - SETTLE_AFTER, limit=SETTLE_MAX)
        again: list[int] = []
        given_up: list[int] = []
        for row in rows:
            match _settlement(row, now):
                case Settlement.RESEND:
                    again.append(row["id"])
                case Settlement.UNKNOWN:
                    given_up.append(row["id"])
                case Settlement.WAIT:
                    continue
        await sends.resend(connection, again)
        await sends.give_up(connection, given_up)
        return len(again) + len(given_up)


def _settlement(row: DictRow, now: datetime) -> Settlement:
    if row["kind"] == "read_mark":
        return Settlement.UNKNOWN
    return doubt.settle(
        Doubt(
            attempted_at=row["attempted_at"],
            heard_at=row["last_event_at"],
            is_reply=row["type"] != "template" and row["origin"] != "campaign",
            resends=max(0, row["lost"] - 1),
            overtaken=row["overtaken"],
        ),
        now,
    )
