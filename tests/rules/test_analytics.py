"""Ranges of days on the walls of any place: whole, in order, each instant in exactly one."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sportello.rules import analytics, calendar
from sportello.rules.analytics import Span, WrongRange

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
# Half an hour of summer, midnights that clocks skip or repeat, a day that was left out whole.
_ZONES = some.sampled_from(
    [
        "Europe/Rome", "America/New_York", "Australia/Lord_Howe", "America/Havana",
        "Africa/Cairo", "America/Asuncion", "Asia/Kathmandu", "Pacific/Chatham", "UTC",
    ]
).map(ZoneInfo)  # fmt: skip
_DAYS = some.dates(date(2012, 1, 1), date(2030, 12, 31))


@given(zone=_ZONES, day=_DAYS, seconds=some.integers(0, 86_399 + 3600))
def test_each_instant_lies_in_the_day_that_its_wall_shows(
    zone: ZoneInfo, day: date, seconds: int
) -> None:
    at = analytics.starts_at(day, zone) + timedelta(seconds=seconds)
    shown = at.astimezone(zone).date()

    assert (
        analytics.starts_at(shown, zone)
        <= at
        < analytics.starts_at(shown + timedelta(days=1), zone)
    )


@given(zone=_ZONES, first=_DAYS, days=some.integers(1, analytics.DAYS_MAX))
def test_the_range_before_ends_where_this_one_begins_and_both_are_cut_alike(
    zone: ZoneInfo, first: date, days: int
) -> None:
    span = Span(first, first + timedelta(days=days - 1), zone)
    marks = analytics.marks(span)

    assert span.before.ends_at == span.starts_at
    assert (span.before.days, len(span.before.pieces)) == (span.days, len(span.pieces))
    assert marks == sorted(set(marks))
    assert (marks[0], marks[len(span.pieces)]) == (span.before.starts_at, span.starts_at)
    assert len(span.pieces) <= 53


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 22), 24)],
)
def test_a_day_has_the_hours_that_its_wall_has(day: date, hours: int) -> None:
    span = Span(day, day, ROME)

    assert span.ends_at - span.starts_at == timedelta(hours=hours)


def test_the_last_days_end_with_today_on_the_companys_wall() -> None:
    almost_monday = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    span = analytics.last_days(7, almost_monday, ROME)

    assert (span.first_on, span.last_on) == (date(2026, 11, 17), date(2026, 11, 23))


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("", "2026-11-22", "not_a_day"),
        ("2026-02-30", "2026-11-22", "not_a_day"),
        ("2026-11-22", "2026-11-21", "ends_before_start"),
        ("2025-11-01", "2026-11-22", "too_long"),
        ("2026-11-22", "2026-11-23", "not_yet"),
        ("1999-12-31", "2000-01-01", "not_yet"),
    ],
)
def test_days_that_make_no_range_say_why(first: str, last: str, code: str) -> None:
    with pytest.raises(WrongRange) as refused:
        analytics.between(first, last, NOW, ROME)

    assert refused.value.code == code


def test_a_year_is_cut_into_weeks_and_a_month_into_days() -> None:
    month = analytics.between("2026-10-23", "2026-11-22", NOW, ROME)
    year = analytics.between("2025-11-23", "2026-11-22", NOW, ROME)

    assert (len(month.pieces), len(year.pieces)) == (31, 53)


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [(3, 2, 0.5), (0, 4, -1), (3, 0, None), (None, 2, None), (2, None, None)],
)
def test_a_change_needs_something_to_compare_with(
    now: float | None, before: float | None, told: float | None
) -> None:
    assert analytics.change(now, before) == told


@given(some.lists(some.integers(0, 10**6), max_size=60), some.integers(10, 200))
def test_bars_keep_the_order_and_show_what_is_not_nothing(values: list[int], room: int) -> None:
    tall = analytics.heights(values, room)

    assert all((one == 0) == (value == 0) for one, value in zip(tall, values, strict=True))
    assert all(one <= max(room, 2) for one in tall)
    assert sorted(tall) == [one for _, one in sorted(zip(values, tall, strict=True))]


def test_open_hours_are_counted_from_the_longest_wait_before_both_ranges() -> None:
    week = calendar.Calendar({day: (calendar.Span(time(9), time(10)),) for day in range(7)})
    span = Span(date(2026, 11, 10), date(2026, 11, 12), ROME, week)

    spans = analytics.open_spans(span)

    assert spans is not None
    since = span.before.starts_at - analytics.WAITED_MAX
    assert spans[0][0] == min(at for at, _ in spans) >= since
    assert spans[0][0] - since <= timedelta(days=1)
    assert spans[-1] == (
        datetime(2026, 11, 12, 8, tzinfo=UTC),
        datetime(2026, 11, 12, 9, tzinfo=UTC),
    )
    assert analytics.open_spans(Span(span.first_on, span.last_on, ROME)) is None
