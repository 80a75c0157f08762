"""Virtual time: order of events, what `now` is while they run, advancing, speed."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from whatsapp_emulator.clock import Clock

DELAYS = st.lists(st.floats(min_value=0, max_value=1000), max_size=200)


class Stopwatch:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@given(DELAYS)
def test_events_run_in_the_order_of_due_time_and_then_of_arrival(delays):
    clock = Clock(0.0, monotonic=Stopwatch())
    ran: list[tuple[float, int]] = []
    for index, delay in enumerate(delays):
        clock.at(delay, lambda d, i: ran.append((d, i)), delay, index)
    asyncio.run(clock.advance(1000))
    assert ran == sorted((d, i) for i, d in enumerate(delays))
    assert clock.pending() == 0


@given(DELAYS)
def test_now_is_the_due_time_while_an_event_runs_and_never_goes_back(delays):
    clock = Clock(50.0, monotonic=Stopwatch())
    seen: list[float] = []
    for delay in delays:
        clock.after(delay, lambda: seen.append(clock.now()))
    asyncio.run(clock.advance(1000))
    assert seen == sorted(50.0 + d for d in delays)
    assert clock.now() == 1050.0


@given(DELAYS, st.floats(min_value=0, max_value=1000))
def test_advance_runs_what_is_due_by_then_and_nothing_later(delays, seconds):
    clock = Clock(0.0, monotonic=Stopwatch())
    ran: list[float] = []
    for delay in delays:
        clock.after(delay, ran.append, delay)
    asyncio.run(clock.advance(seconds))
    assert ran == sorted(d for d in delays if d <= seconds)


@given(st.integers(min_value=1, max_value=50), st.floats(min_value=0.5, max_value=10))
def test_an_event_that_schedules_the_next_is_followed_through(links, step):
    clock = Clock(0.0, monotonic=Stopwatch())
    ran: list[float] = []

    def link(left: int) -> None:
        ran.append(clock.now())
        if left > 1:
            clock.after(step, link, left - 1)

    clock.after(step, link, links)
    asyncio.run(clock.advance(step * links + 0.25))
    assert len(ran) == links
    assert all(abs(at - step * (i + 1)) < 1e-6 for i, at in enumerate(ran))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["wait", "advance", "speed"]), st.floats(min_value=0, max_value=100)
        ),
        max_size=30,
    )
)
def test_virtual_time_never_goes_back_whatever_is_done_to_it(moves):
    watch = Stopwatch()
    clock = Clock(1000.0, monotonic=watch)

    async def live() -> None:
        last = clock.now()
        for move, amount in moves:
            if move == "wait":
                watch.at += amount
            elif move == "advance":
                await clock.advance(amount)
            else:
                clock.set_speed(amount)
            assert clock.now() >= last
            last = clock.now()

    asyncio.run(live())


def test_speed_scales_real_time_and_zero_holds_it():
    watch = Stopwatch()
    clock = Clock(0.0, speed=60.0, monotonic=watch)
    watch.at = 2.0
    assert clock.now() == 120.0
    clock.set_speed(0.0)
    watch.at = 100.0
    assert clock.now() == 120.0
