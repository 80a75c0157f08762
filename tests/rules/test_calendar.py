"""Hours, holidays, and the two nights on which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.calendar import (
    ALWAYS,
    Calendar,
    Span,
    closes,
    is_open,
    next_open,
    open_spans,
    open_time,
)

ROME = ZoneInfo("Europe/Rome")
SHOP = Calendar(
    {day: (Span(time(9), time(13)), Span(time(15), time(19))) for day in range(5)},
    frozenset({date(2026, 12, 8)}),
)


def rome(*parts):
    return datetime(*parts, tzinfo=ROME)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (rome(2026, 11, 23, 8, 0), rome(2026, 11, 23, 9, 0)),
        (rome(2026, 11, 23, 9, 0), rome(2026, 11, 23, 9, 0)),
        (rome(2026, 11, 23, 13, 0), rome(2026, 11, 23, 15, 0)),
        (rome(2026, 11, 23, 19, 0), rome(2026, 11, 24, 9, 0)),
        (rome(2026, 11, 20, 19, 30), rome(2026, 11, 23, 9, 0)),
        (rome(2026, 12, 7, 19, 30), rome(2026, 12, 9, 9, 0)),
    ],
)
def test_the_next_hour_is_the_shops(at, opens):
    assert next_open(SHOP, at, ROME) == opens


def test_nothing_opens_where_nothing_is_open():
    assert next_open(Calendar({}), rome(2026, 1, 1), ROME) is None
    assert not is_open(Calendar({}), rome(2026, 1, 1), ROME)


def test_a_night_lost_to_summer_time_opens_with_the_next_hour():
    night = Calendar({6: (Span(time(2, 15), time(5)),)})
    assert next_open(night, rome(2026, 3, 29, 0, 0), ROME) == datetime(
        2026, 3, 29, 1, 15, tzinfo=UTC
    )


def test_the_hour_that_comes_twice_is_open_both_times():
    night = Calendar({6: (Span(time(2), time(2, 30)),)})
    first = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)
    second = first + timedelta(hours=1)
    assert is_open(night, first, ROME)
    assert is_open(night, second, ROME)


def test_a_day_without_end_is_open_until_midnight():
    assert closes(ALWAYS, rome(2026, 11, 22, 12), ROME) == rome(2026, 11, 23)


def test_open_time_counts_only_the_hours():
    week = open_time(SHOP, rome(2026, 11, 23), rome(2026, 11, 30), ROME)
    assert week == timedelta(hours=40)


def test_a_span_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="ends after"):
        Span(time(19), time(9))


instants = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001  # the strategy adds the zone
    max_value=datetime(2027, 12, 31),  # noqa: DTZ001  # as above
    timezones=st.just(UTC),
)
hours = st.integers(0, 22).flatmap(
    lambda start: st.integers(start + 1, 23).map(lambda end: Span(time(start), time(end)))
)
calendars = st.builds(
    Calendar, st.dictionaries(st.integers(0, 6), hours.map(lambda span: (span,)), min_size=1)
)


@given(calendars, instants)
def test_the_next_open_instant_is_open_and_the_first(calendar, at):
    found = next_open(calendar, at, ROME)
    assert found is not None
    assert found >= at
    assert is_open(calendar, found, ROME)
    if found > at:
        assert not is_open(calendar, found - timedelta(microseconds=1), ROME)
        assert not is_open(calendar, at + (found - at) / 2, ROME)
    assert open_time(calendar, at, found, ROME) == timedelta(0)


def test_open_spans_are_those_that_begin_before_the_end_in_their_order() -> None:
    shuffled = Calendar({0: (Span(time(15), time(19)), Span(time(9), time(13)))})

    found = open_spans(shuffled, rome(2026, 11, 23, 16), rome(2026, 11, 30, 15), ROME)

    assert found == [
        (rome(2026, 11, 23, 9), rome(2026, 11, 23, 13)),
        (rome(2026, 11, 23, 15), rome(2026, 11, 23, 19)),
        (rome(2026, 11, 30, 9), rome(2026, 11, 30, 13)),
    ]


def test_open_spans_are_looked_for_in_four_hundred_days_and_no_more() -> None:
    since = rome(2026, 1, 1)

    assert len(open_spans(ALWAYS, since, since + timedelta(days=900), ROME)) == 400
    assert len(open_spans(ALWAYS, since, since + timedelta(days=2), ROME)) == 2
