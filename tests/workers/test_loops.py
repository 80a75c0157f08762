"""Loops that fall, that end by themselves and that hang, on a clock that jumps over every wait."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from itertools import pairwise
from typing import Any

import pytest
from structlog.testing import capture_logs

from sportello.workers.loops import Loop, run_all

_SECONDS_MAX = 3600.0


class _Jumping(selectors.DefaultSelector):
    """Instead of waiting for a timer, makes it that late."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "nobody would ever wake this loop"
            self.now += timeout
        return ready


class _Quick(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.hands = _Jumping()
        super().__init__(self.hands)

    def time(self) -> float:
        return self.hands.now


def _run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=_Quick) as runner:
        runner.run(asyncio.wait_for(test(), _SECONDS_MAX))


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _run_for(seconds: float, loops: Mapping[str, Loop]) -> float:
    """Lets them run so long, then says stop; how long they took to end."""
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    begun = _now()
    await run_all(loops, stop)
    return _now() - begun - seconds


def test_a_loop_that_falls_is_started_again_after_pauses_that_double_up_to_half_a_minute() -> None:
    starts: list[float] = []

    async def falls(_stop: asyncio.Event) -> None:
        starts.append(_now())
        raise ValueError

    async def scene() -> None:
        await _run_for(100, {"falls": falls})

    _run(scene)

    pauses = [after - before for before, after in pairwise(starts)]
    assert pauses == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30])


def test_a_loop_that_ends_by_itself_is_started_again_too() -> None:
    starts: list[float] = []

    async def ends(_stop: asyncio.Event) -> None:
        starts.append(_now())

    async def scene() -> None:
        await _run_for(1, {"ends": ends})

    _run(scene)

    assert starts == pytest.approx([0, 0.5])


def test_after_a_long_life_a_fall_counts_as_the_first() -> None:
    lives = [0.0, 0.0, 61.0, 0.0]
    pauses: list[float] = []
    fell: list[float] = []

    async def falls(stop: asyncio.Event) -> None:
        if fell:
            pauses.append(_now() - fell[-1])
        if not lives:
            await stop.wait()
            return
        await asyncio.sleep(lives.pop(0))
        fell.append(_now())
        raise ValueError

    async def scene() -> None:
        await _run_for(100, {"falls": falls})

    _run(scene)

    assert pauses == pytest.approx([0.5, 1, 0.5, 1])


def test_a_loop_that_falls_holds_up_no_other() -> None:
    rounds: list[float] = []

    async def falls(_stop: asyncio.Event) -> None:
        raise ValueError

    async def works(stop: asyncio.Event) -> None:
        while not stop.is_set():
            rounds.append(_now())
            await asyncio.sleep(1)

    async def scene() -> None:
        await _run_for(9.5, {"falls": falls, "works": works})

    _run(scene)

    assert rounds == pytest.approx(range(10))


def test_stop_lets_every_loop_finish_what_it_has_in_hand() -> None:
    finished: list[str] = []

    def works(name: str, seconds: float) -> Loop:
        async def loop(stop: asyncio.Event) -> None:
            await stop.wait()
            await asyncio.sleep(seconds)
            finished.append(name)

        return loop

    async def scene() -> None:
        took = await _run_for(5, {"slow": works("slow", 3), "quick": works("quick", 1)})
        assert took == pytest.approx(3)

    _run(scene)

    assert finished == ["quick", "slow"]


def test_stop_is_heard_during_a_pause_and_nothing_is_started_after_it() -> None:
    starts: list[float] = []

    async def falls(_stop: asyncio.Event) -> None:
        starts.append(_now())
        raise ValueError

    async def scene() -> None:
        # Between the start after 15.5 s and the next after 31.5 s.
        took = await _run_for(20, {"falls": falls})
        assert took == pytest.approx(0)

    _run(scene)

    assert starts[-1] == pytest.approx(15.5)


def test_a_loop_that_does_not_end_is_cut_off_while_the_supervisor_still_waits() -> None:
    cut: list[float] = []

    async def hangs(_stop: asyncio.Event) -> None:
        try:
            await asyncio.sleep(_SECONDS_MAX)
        except asyncio.CancelledError:
            cut.append(_now())
            raise

    async def scene() -> None:
        took = await _run_for(5, {"hangs": hangs})
        assert took < 10

    _run(scene)

    assert cut == pytest.approx([14])


def test_the_log_names_the_loop_and_the_place_and_never_the_words_of_the_fall() -> None:
    async def falls(_stop: asyncio.Event) -> None:
        raise ValueError("Anna scrive: il mio IBAN")

    async def scene() -> None:
        await _run_for(0.1, {"falls": falls})

    with capture_logs() as told:
        _run(scene)

    (line,) = told
    assert (line["event"], line["loop"], line["error"]) == ("loop fell", "falls", "ValueError")
    assert line["where"].startswith(f"{__name__}:")
    assert "IBAN" not in str(line)
