"""One number's lane: claims, paces, sends; however slow it is, the other lanes do not wait."""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, cast
from uuid import UUID

import psycopg
import structlog

from sportello import crash
from sportello.rules import limits
from sportello.rules.limits import Bucket
from sportello.store.sends import Lease, Returned
from sportello.workers.dispatch_claim import Claimed, LeaseLostError, Memory, claim
from sportello.workers.dispatch_tallies import Tallies
from sportello.workers.dispatch_wire import Accepted, Outcome, attempt
from sportello.workers.outward import Outward

IN_FLIGHT_MAX: Final = 256
# Of a number that may send very much: calls that take half a second do not slow it down.
_IN_FLIGHT_PER_MPS: Final = 0.6
CLAIM_MAX: Final = 150
# How much is claimed ahead of its turn: little, for what is claimed can no longer be taken back.
_AHEAD_S: Final = 0.15
_POLL_S: Final = 1.0
_PAUSE_S: Final = 1.0
_SLOW_S: Final = 3600.0
_HALTED: Final = "halted"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Portion:
    """A claim's sends that may wait for the portion before, which a campaign's may. `halts`: how
    often the number had been stopped when it was made; `is_whole`: the claim brought about as many
    as there was room for, so that there may be more.
    """

    sends: Sequence[Claimed]
    halts: int
    is_whole: bool


class Lane:
    """`ended` is told of each attempt's outcome; the lane goes on when it has been written."""

    def __init__(
        self,
        context: Outward,
        me: UUID,
        lease: Lease,
        ended: Callable[[Outcome], None],
        tallies: Tallies,
    ) -> None:
        self._context, self._me, self._ended = context, me, ended
        self.lease = lease
        self.in_flight = 0
        self._memory = Memory(tallies=tallies)
        self._rate = lease.throughput_mps
        self._bucket = _bucket(self._rate)
        self._awake = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._rest_until = self._slow_until = 0.0
        # Outcomes that stop the number and are not written yet: until then a claim would not know.
        self._throttles = self._stops = 0
        self._halts = 0
        # Whose attempt is committed, and whose turn has not come; those among them who go before
        # all that a campaign sends, also before what was claimed for it earlier.
        self._claimed = 0
        self._first: deque[tuple[Claimed, int]] = deque()
        self._stopping = False

    def wake(self) -> None:
        self._awake.set()

    def stop(self) -> None:
        """Claims nothing more; what is claimed still leaves."""
        self._stopping = True
        self.wake()

    def halt(self) -> None:
        """What is claimed and has not left goes back, for the guard to decide anew."""
        self._halts += 1
        self.wake()

    def settled(self, outcome: Outcome) -> None:
        """Its outcome is committed: there is room again, and the next bubble may follow."""
        self.in_flight -= 1
        self._stops -= outcome.stop is not None
        now = asyncio.get_running_loop().time()
        if outcome.throttled:
            self._throttles += 1
            rest = limits.rest_after(self._throttles, self._rate)
            self._rest_until = max(self._rest_until, now + rest.total_seconds())
        elif isinstance(outcome.end, Accepted):
            self._throttles = 0
        if outcome.slow_down:
            self._slow_until = now + _SLOW_S
        self.wake()

    async def run(self) -> None:
        """Until the lease is lost, or the lane is told to stop."""
        while not self._stopping:
            try:
                async with asyncio.timeout(_POLL_S):
                    await self._awake.wait()
            except TimeoutError:
                continue
            self._awake.clear()
            try:
                await self._send_all()
            except LeaseLostError:
                _log.info("lane given up", number=self.lease.number_id)
                return
            except psycopg.Error as error:
                _log.warning("lane", number=self.lease.number_id, error=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)
                self.wake()

    async def finish(self) -> None:
        """Until nothing is on the wire any more."""
        if self._sending:
            await asyncio.wait(self._sending)

    async def _send_all(self) -> None:
        """Claims while whole portions are to be had, each while the one before it leaves: the pace
        waits for no database. The rest comes with the next wake-up.
        """
        portion = await self._claim()
        while portion.sends or self._first:
            if not portion.is_whole:
                await self._leave(portion)
                return
            left, coming = await asyncio.gather(
                self._leave(portion), self._claim(), return_exceptions=True
            )
            for end in (left, coming):
                if isinstance(end, BaseException):
                    raise end
            portion = cast("_Portion", coming)

    async def _claim(self) -> _Portion:
        """What may leave next; nothing where there is no room, or nothing to send."""
        room, halts = self._room(), self._halts
        if room <= 0 or self._stopping:
            return _Portion([], halts, is_whole=False)
        sends = await claim(self._context, self._me, self.lease, self._memory, limit=room)
        self._claimed += len(sends)
        self._first.extend((one, halts) for one in sends if not one.of_campaign)
        patient = [one for one in sends if one.of_campaign]
        return _Portion(patient, halts, is_whole=2 * len(sends) >= room)

    async def _leave(self, portion: _Portion) -> None:
        """Each at its turn, and before each of a campaign's whoever has been claimed meanwhile."""
        await self._leave_first()
        for one in portion.sends:
            await self._leave_one(one, portion.halts)
            await self._leave_first()

    async def _leave_first(self) -> None:
        while self._first:
            await self._leave_one(*self._first.popleft())

    async def _leave_one(self, one: Claimed, halts: int) -> None:
        """Once something has stopped the number, back into the outbox."""
        if one.kind != "read_mark" and halts == self._halts:
            await self._pace()
        self._claimed -= 1
        if halts == self._halts:
            self._start(one)
        else:
            self._give_back(one)

    def _room(self) -> int:
        """A claim costs as much for one as for a hundred: less than half a portion is waited for,
        which what is on the wire makes free.
        """
        portion = self._portion()
        most = max(IN_FLIGHT_MAX, int(self._rate * _IN_FLIGHT_PER_MPS))
        free = most - self.in_flight - self._claimed
        return 0 if self._stops or 2 * free < portion else min(portion, free)

    def _portion(self) -> int:
        self._follow_rate()
        return min(CLAIM_MAX, max(1, math.ceil(self._rate * _AHEAD_S)))

    def _follow_rate(self) -> None:
        """What Meta grants may change; after a spam warning we take half of it for an hour."""
        is_slow = asyncio.get_running_loop().time() < self._slow_until
        rate = max(1, self.lease.throughput_mps // (2 if is_slow else 1))
        if rate != self._rate:
            self._rate = rate
            self._bucket = replace(_bucket(rate), full_at=self._bucket.full_at)

    async def _pace(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if (rest_s := self._rest_until - loop.time()) > 0:
                await asyncio.sleep(rest_s)
            at = _EPOCH + timedelta(seconds=loop.time())
            self._bucket, wait = limits.take(self._bucket, 1, at)
            if not wait:
                return
            await asyncio.sleep(wait.total_seconds())

    def _give_back(self, claimed: Claimed) -> None:
        """It never left: no socket was opened for it."""
        self.in_flight += 1
        self._ended(Outcome(claimed, Returned(claimed.attempt, timedelta(0), _HALTED)))

    def _start(self, claimed: Claimed) -> None:
        self.in_flight += 1
        task = asyncio.create_task(self._attempt(claimed))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _attempt(self, claimed: Claimed) -> None:
        outcome = await attempt(self._context.client, claimed)
        if outcome.stop is not None:
            self._stops += 1
            self.halt()
        crash.point("dispatch.answered")
        self._ended(outcome)


def _bucket(rate: int) -> Bucket:
    """Meta's grant less 1.5 %, of which the share left over may come in a burst.

    So no second sees more than the grant, and a late wake-up can be caught up: of 80 a second by
    one message, of 1,000 by fourteen.
    """
    spared = rate - math.floor(rate * limits.SHARE_OF_GRANT)
    return replace(limits.throughput(rate), burst=max(1, spared))
