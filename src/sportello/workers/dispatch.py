"""Everything that leaves: due sends, guarded once more, paced by number, to Meta, and settled.

Each number is paced by one dispatcher at a time, which holds a lease on it; a fence keeps one that
was asleep from claiming for a number that has gone to another.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from uuid import uuid4

import psycopg
import structlog

from sportello.store import sends
from sportello.store.sends import Lease
from sportello.store.wakes import POLL_S, Wakes
from sportello.workers.dispatch_lane import Lane
from sportello.workers.dispatch_settle import Results, settle_doubts
from sportello.workers.dispatch_tallies import Tallies
from sportello.workers.dispatch_wire import Outcome
from sportello.workers.outward import Outward

LEASE_S: Final = 15.0
KEEP_EVERY_S: Final = 5.0
SETTLE_EVERY_S: Final = 1.0
NUMBERS_MAX: Final = 200
DRAIN_S_MAX: Final = 8.0
# Between two looks at the outbox: announcements come faster than a claim is worth.
_BREATH_S: Final = 0.01
_PAUSE_S: Final = 1.0
_log = structlog.get_logger(__name__)


async def run(context: Outward, stop: asyncio.Event) -> None:
    """Sends until told to stop; then finishes what is on the wire, within `DRAIN_S_MAX`."""
    dispatcher = _Dispatcher(context)
    channels = ("sportello_sends", "sportello_stops")
    async with context.listen(*channels, heard=dispatcher.heard, gap=dispatcher.missed) as wakes:
        try:
            await dispatcher.run(wakes, stop)
        finally:
            await dispatcher.close()


class _Dispatcher:
    def __init__(self, context: Outward) -> None:
        self._context = context
        self._me = uuid4()
        self._lanes: dict[int, Lane] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._results = Results(context, self._written)
        self._tallies = Tallies()
        self._writing = asyncio.create_task(self._results.write_all())
        self._kept_at = self._settled_at = 0.0

    def heard(self, word: str) -> None:
        """A number's id: something stopped it, and what is claimed for it is not sent."""
        lane = self._lanes.get(int(word)) if word else None
        if lane is not None:
            lane.halt()

    def missed(self, _word: str) -> None:
        """A stop may have been announced while nobody listened."""
        for lane in self._lanes.values():
            lane.halt()

    async def run(self, wakes: Wakes, stop: asyncio.Event) -> None:
        # What is claimed before a stop can be heard goes back when listening begins: wait for that.
        wait_s = POLL_S
        while not stop.is_set():
            await wakes.wait(wait_s)
            wait_s = POLL_S
            try:
                wait_s = await self._look()
            except psycopg.Error as error:
                _log.warning("outbox", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)
            await asyncio.sleep(_BREATH_S)

    async def _look(self) -> float:
        """Takes numbers, wakes those with something due, settles old doubts; when to look again."""
        now = asyncio.get_running_loop().time()
        if now - self._settled_at >= SETTLE_EVERY_S:
            self._settled_at = now
            await settle_doubts(self._context)
        self._forget_ended()
        ids = list(self._lanes)
        async with self._context.pool.connection() as connection:
            if now - self._kept_at >= KEEP_EVERY_S:
                self._kept_at = now
                kept = await sends.keep_numbers(connection, self._me, ids, lease_s=LEASE_S)
            else:
                kept = []
            room = max(0, NUMBERS_MAX - len(ids))
            taken = await sends.take_numbers(connection, self._me, lease_s=LEASE_S, limit=room)
            ids += [lease.number_id for lease in taken]
            wait_s = await sends.next_due(connection, ids)
        # Only now, for a lane would look for its lease before the commit.
        for lease in (*kept, *taken):
            self._open(lease)
        return self._wake(wait_s)

    def _wake(self, wait_s: Mapping[int, float]) -> float:
        """Wakes the lanes with something due; in how many seconds the next has."""
        for number_id, wait in wait_s.items():
            if wait <= 0:
                self._lanes[number_id].wake()
        return min([POLL_S, *(wait for wait in wait_s.values() if wait > 0)])

    def _open(self, lease: Lease) -> None:
        known = self._lanes.get(lease.number_id)
        if known is not None and not self._tasks[lease.number_id].done():
            known.lease = lease
            return
        lane = Lane(self._context, self._me, lease, self._results.add, self._tallies)
        self._lanes[lease.number_id] = lane
        self._tasks[lease.number_id] = asyncio.create_task(lane.run())

    def _forget_ended(self) -> None:
        for number_id, task in list(self._tasks.items()):
            if task.done() and self._lanes[number_id].in_flight == 0:
                del self._tasks[number_id], self._lanes[number_id]
                if not task.cancelled() and task.exception() is not None:
                    _log.error("lane broke", number=number_id, error=repr(type(task.exception())))

    def _written(self, outcome: Outcome) -> None:
        lane = self._lanes.get(outcome.claimed.lease.number_id)
        if lane is not None:
            lane.settled(outcome)

    async def close(self) -> None:
        """No new claims; what is on the wire ends, its results are written, numbers let go."""
        for lane in self._lanes.values():
            lane.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S_MAX):
                await asyncio.gather(*self._tasks.values(), return_exceptions=True)
                await asyncio.gather(*[lane.finish() for lane in self._lanes.values()])
                await self._results.drained()
        for task in (*self._tasks.values(), self._writing):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), self._writing, return_exceptions=True)
        with suppress(psycopg.Error):
            async with self._context.pool.connection() as connection:
                await sends.release_numbers(connection, self._me)
