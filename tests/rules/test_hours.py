"""Quiet hours, where the company is."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sportello.rules.hours import quiet_until

ROME = ZoneInfo("Europe/Rome")
NIGHT = (time(21), time(9))
_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
_zones = st.sampled_from(
    [ROME, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]
)
_BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
_instants = st.integers(0, 5 * 366 * 24 * 3600).map(lambda s: _BEGINNING + timedelta(seconds=s))


def rome(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ROME)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (rome(2026, 11, 21, 23, 0), rome(2026, 11, 22, 9, 0)),
        (rome(2026, 11, 22, 8, 59), rome(2026, 11, 22, 9, 0)),
        (rome(2026, 11, 22, 21, 0), rome(2026, 11, 23, 9, 0)),
        (rome(2026, 11, 22, 9, 0), None),
        (rome(2026, 11, 22, 20, 59), None),
    ],
)
def test_the_night_ends_in_the_morning_where_the_company_is(
    now: datetime, end: datetime | None
) -> None:
    assert quiet_until(*NIGHT, ROME, now.astimezone(UTC)) == end


@pytest.mark.parametrize("hours", [(None, None), (None, time(9)), (time(9), None)])
def test_without_both_hours_it_is_never_quiet(hours: tuple[time | None, time | None]) -> None:
    assert quiet_until(*hours, ROME, rome(2026, 11, 22, 3)) is None


def test_two_equal_hours_are_no_quiet_hours() -> None:
    assert quiet_until(time(9), time(9), ROME, rome(2026, 11, 22, 9)) is None


def test_within_one_day_it_ends_that_day() -> None:
    assert quiet_until(time(13), time(15), ROME, rome(2026, 11, 22, 14)) == rome(2026, 11, 22, 15)


def test_the_hour_that_comes_twice_ends_the_second_time() -> None:
    now = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)  # 2:15 in Rome, for the second time

    assert quiet_until(time(23), time(2, 30), ROME, now) == datetime(
        2026, 10, 25, 1, 30, tzinfo=UTC
    )


@given(begins=_times, ends=_times, zone=_zones, now=_instants)
def test_quiet_hours_end_later_and_within_a_day(
    begins: time, ends: time, zone: ZoneInfo, now: datetime
) -> None:
    end = quiet_until(begins, ends, zone, now)
    assume(end is not None)

    assert end is not None
    assert timedelta(0) < end.astimezone(UTC) - now <= timedelta(hours=25)


@given(begins=_times, ends=_times, now=_instants)
def test_each_instant_is_quiet_or_in_the_complement(
    begins: time, ends: time, now: datetime
) -> None:
    assume(begins != ends)

    one = quiet_until(begins, ends, ZoneInfo("UTC"), now)
    other = quiet_until(ends, begins, ZoneInfo("UTC"), now)

    assert (one is None) != (other is None)
