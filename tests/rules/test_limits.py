"""How fast: the token bucket and the pace towards one person."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.limits import (
    NOTHING,
    REST_MAX,
    Bucket,
    Pair,
    rest_after,
    take,
    take_pair,
    throughput,
)

AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
gaps_ms = st.lists(st.integers(0, 3_000), min_size=1, max_size=60)


@given(gaps_ms, st.integers(1, 5), st.integers(10, 500))
def test_no_span_of_time_holds_more_than_the_burst_and_the_rate(gaps, burst, interval_ms):
    bucket = Bucket(timedelta(milliseconds=interval_ms), burst)
    taken = _taken(gaps, lambda state, now: take(state, 1, now), bucket)
    for index, first in enumerate(taken):
        for count, last in enumerate(taken[index:], start=1):
            assert count <= burst + (last - first) / bucket.interval


@given(gaps_ms, st.integers(1, 5))
def test_after_the_wait_that_it_names_a_bucket_gives(gaps, burst):
    bucket, now = Bucket(timedelta(milliseconds=200), burst), AT
    for gap in gaps:
        now += timedelta(milliseconds=gap)
        bucket, wait = take(bucket, 1, now)
        if wait:
            assert take(bucket, 1, now + wait)[1] == NOTHING
            assert take(bucket, 1, now + wait - timedelta(microseconds=1))[1] > NOTHING


def test_a_refused_take_costs_nothing():
    empty, _ = take(Bucket(SECOND, 1), 1, AT)
    again, wait = take(empty, 1, AT)
    assert again is empty
    assert wait == SECOND


@pytest.mark.parametrize("n", [0, -1, 4])
def test_what_no_wait_could_satisfy_is_an_error(n):
    with pytest.raises(ValueError, match="cannot take"):
        take(Bucket(SECOND, 3), n, AT)


@pytest.mark.parametrize("granted", [20, 80, 1000])
def test_no_second_holds_more_than_meta_grants_and_nearly_all_of_it_is_used(granted):
    bucket, now, sent = throughput(granted), AT, []
    while now < AT + 2 * SECOND:
        bucket, wait = take(bucket, 1, now)
        if wait:
            now += wait
        else:
            sent.append(now)
    busiest = max(sum(first <= at < first + SECOND for at in sent) for first in sent[::7])
    assert granted * 0.97 <= busiest <= granted


def test_a_burst_to_one_person_is_paid_back_before_the_next_message():
    pair = Pair()
    for _ in range(45):
        pair, wait = take_pair(pair, AT)
        assert wait == NOTHING
    _, wait = take_pair(pair, AT + SECOND)
    assert wait == timedelta(seconds=45 * 6 - 1)
    assert take_pair(pair, AT + timedelta(seconds=45 * 6)) == (
        Pair(AT + timedelta(seconds=270), 1),
        NOTHING,
    )


def test_a_burst_ends_six_seconds_after_it_began():
    two = Pair(began_at=AT, sent=2)
    assert take_pair(two, AT + timedelta(seconds=5.9))[1] == NOTHING
    assert take_pair(two, AT + timedelta(seconds=6))[1] == timedelta(seconds=6)


def test_one_message_in_six_seconds_never_waits():
    pair = Pair()
    for turn in range(100):
        pair, wait = take_pair(pair, AT + timedelta(seconds=6 * turn))
        assert wait == NOTHING


@given(gaps_ms)
def test_no_pair_ever_gets_more_than_the_burst_and_one_each_six_seconds(gaps):
    taken = _taken(gaps, take_pair, Pair())
    for index, first in enumerate(taken):
        for count, last in enumerate(taken[index:], start=1):
            assert count <= 45 + (last - first) / timedelta(seconds=6)


def _taken(gaps, taking, state):
    now, taken = AT, []
    for gap in gaps:
        now += timedelta(milliseconds=gap)
        state, wait = taking(state, now)
        if wait == NOTHING:
            taken.append(now)
    return taken


@pytest.mark.parametrize("granted_per_s", [1, 80, 1_000])
def test_a_throttle_now_and_then_costs_little_and_one_after_the_other_a_second(granted_per_s):
    """Of a hundred messages five are refused by chance: nine tenths of the pace must be left."""
    lonely = 5 * rest_after(1, granted_per_s)
    whole_hundred = 100 * throughput(granted_per_s).interval

    assert lonely <= whole_hundred / 9
    assert rest_after(1, granted_per_s) < rest_after(3, granted_per_s) or granted_per_s == 1
    assert rest_after(40, granted_per_s) == REST_MAX
