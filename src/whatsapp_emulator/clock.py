"""Virtual time: a clock that can be sped up, held and advanced, and the heap of what is due."""

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable
from itertools import count

Act = Callable[..., None]

EVENTS_AT_ONCE = 500
TICK_S = 0.004


def wall_now() -> float:
    """The real time, seconds since 1970: for log entries, and as the default virtual start."""
    return time.time()  # noqa: TID251 - the emulator's one look at the real clock


class Clock:
    """Virtual now = base + real seconds x speed; timed events run in the order (due, sequence).

    While an event runs, `now()` is the instant at which it was due, so what it schedules is
    the same however late the machine is.
    """

    def __init__(
        self, start: float, *, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._base = start
        self._origin = monotonic()
        self._floor = start
        self._event_at: float | None = None
        self._heap: list[tuple[float, int, int, Act, tuple[object, ...]]] = []
        self._sequence = count()
        self._advancing = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = 0.0
        self._resets = 0
        self.speed = speed
        self.after_run: Callable[[], bool] = _nothing
        """Hands over what events left; true if there was something."""
        self.before: Callable[[float], bool] = _nothing_by
        """Told of the next event's instant; true if it did something that may come before it."""
        self.has_room: Callable[[], bool] = _always
        self.horizon: Callable[[], float] = _endless
        """Up to where time may be moved before what is on its way has come back."""
        self.nearer: Callable[[], Awaitable[None]] = _at_once
        """Waits, bounded, until the horizon has moved."""

    def now(self) -> float:
        """Virtual seconds since 1970; never goes back."""
        if self._event_at is not None:
            return self._event_at
        flowed = self._base + (self._monotonic() - self._origin) * self.speed
        return max(flowed, self._floor)

    def at(self, due: float, act: Act, *args: object) -> None:
        """Run `act(*args)` at the virtual instant `due`, or at once if that is past."""
        self._push(due, 0, next(self._sequence), act, args)

    def at_place(self, due: float, place: int, act: Act, *args: object) -> None:
        """As `at`; of what is due at the same instant the last, and among its like by `place`:
        for what real time brings about, in whatever order that happens.
        """
        self._push(due, 1, place, act, args)

    def _push(self, due: float, rank: int, place: int, act: Act, args: tuple[object, ...]) -> None:
        heapq.heappush(self._heap, (due, rank, place, act, args))
        if self._loop is not None and self._heap[0][0] == due and due < self._timer_due:
            self._arm()

    def after(self, delay_s: float, act: Act, *args: object) -> None:
        self.at(self.now() + delay_s, act, *args)

    def pending(self) -> int:
        """How many events wait for their time."""
        return len(self._heap)

    def catch_up(self) -> None:
        """Run what is due by now, before somebody looks at the world."""
        if self._heap and self._event_at is None and self._heap[0][0] <= self.now():
            self._run_due(self.now(), EVENTS_AT_ONCE)
            self.after_run()

    def set_speed(self, speed: float) -> None:
        self._base = self.now()
        self._origin = self._monotonic()
        self.speed = speed
        self._arm()

    async def advance(
        self, seconds: float, room: Callable[[], Awaitable[None]] | None = None
    ) -> float:
        """Move on by `seconds`, running every event due until then; answers the new now.

        `room` is awaited between portions, so that what the events produce can drain.
        """
        async with self._advancing:
            target, resets = self.now() + seconds, self._resets
            while self._is_unfinished(target):
                if self.horizon() < self._next(target):
                    await self.nearer()
                else:
                    await (room() if room else asyncio.sleep(0))
                if resets != self._resets:
                    return self.now()
            self._base = max(target, self._floor)
            self._origin = self._monotonic()
            self._floor = self._base
        self._arm()
        return self._base

    def reset(self, start: float, speed: float) -> None:
        """Begin anew at `start`; nothing is due any more."""
        self._heap.clear()
        self._resets += 1
        self._base = self._floor = start
        self._origin = self._monotonic()
        self.speed = speed
        self._arm()

    def start(self) -> None:
        """Let real time drive the events, on the running loop, until `stop`."""
        self._loop = asyncio.get_running_loop()
        self._arm()

    def stop(self) -> None:
        self._loop = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._timer_due = float("inf")
        if self._loop is None or not self._heap or self.speed <= 0:
            return
        due = self._heap[0][0]
        wait_s = max(TICK_S, min((due - self.now()) / self.speed, 3600.0))
        self._timer_due = due
        self._timer = self._loop.call_later(wait_s, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if not self._advancing.locked() and self.has_room():
            self._run_due(self.now(), EVENTS_AT_ONCE)
            self.after_run()
        self._arm()

    def _is_unfinished(self, target: float) -> bool:
        """Run a portion of what is due by `target`; true if there is, or may come, more."""
        more = self._run_due(target, EVENTS_AT_ONCE, patient=True)
        return more or self.horizon() < target or self.after_run()

    def _next(self, target: float) -> float:
        return min(self._heap[0][0], target) if self._heap else target

    def _run_due(self, until: float, at_most: int, *, patient: bool = False) -> bool:
        """Run up to `at_most` events due by `until`; true if more are due.

        A patient run does not go beyond the horizon.
        """
        heap = self._heap
        ran = 0
        try:
            while heap and heap[0][0] <= until and ran < at_most:
                if patient and heap[0][0] > self.horizon():
                    break
                if self.before(heap[0][0]):
                    continue
                due, _, _, act, args = heapq.heappop(heap)
                self._floor = max(self._floor, due)
                self._event_at = self._floor
                act(*args)
                self._event_at = None
                ran += 1
        finally:
            self._event_at = None
        return bool(heap) and heap[0][0] <= until


def _nothing() -> bool:
    return False


def _nothing_by(_due: float) -> bool:
    return False


def _always() -> bool:
    return True


def _endless() -> float:
    return float("inf")


async def _at_once() -> None:
    return
