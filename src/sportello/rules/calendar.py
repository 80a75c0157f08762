"""When something that starts by itself may happen: hours by weekday, holidays, time zones.

Hours are those on the wall of the place meant. On the night in which the clocks change, an hour
that does not exist is skipped, and one that comes twice counts both times.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

# Beyond this nothing is scheduled: a calendar without any open hour has no next one.
DAYS_MAX: Final = 400
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to and without `end`, on one day; an `end` of midnight is the day's end."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.end != time.min and self.start >= self.end:
            raise ValueError("a span ends after it starts; split one that goes past midnight")


@dataclass(frozen=True, slots=True)
class Calendar:
    """`days`: weekday (Monday is 0) to its spans. A weekday that is missing is shut."""

    days: Mapping[int, tuple[Span, ...]]
    holidays: frozenset[date] = field(default_factory=frozenset)


ALWAYS: Final = Calendar({day: (Span(time.min, time.min),) for day in range(7)})


def is_open(calendar: Calendar, at: datetime, zone: tzinfo) -> bool:
    """Whether this instant lies within the hours, on the walls of `zone`."""
    return any(start <= at < end for start, end in _spans(calendar, _day(at, zone), zone))


def next_open(calendar: Calendar, at: datetime, zone: tzinfo) -> datetime | None:
    """The first open instant not before `at`, in UTC; None if there is none in 400 days."""
    day = _day(at, zone)
    for _ in range(DAYS_MAX):
        for start, end in _spans(calendar, day, zone):
            if at < end:
                return max(at.astimezone(UTC), start)
        day += _A_DAY
    return None


def closes(calendar: Calendar, at: datetime, zone: tzinfo) -> datetime | None:
    """The end of the span in which `at` lies, in UTC; None while it is shut."""
    for start, end in _spans(calendar, _day(at, zone), zone):
        if start <= at < end:
            return end
    return None


def open_time(calendar: Calendar, since: datetime, until: datetime, zone: tzinfo) -> timedelta:
    """How much of the time between two instants is open; of 400 days at the most."""
    total = timedelta(0)
    day = _day(since, zone)
    for _ in range(DAYS_MAX):
        for start, end in _spans(calendar, day, zone):
            total += max(timedelta(0), min(end, until) - max(start, since))
        day += _A_DAY
        if _at(day, time.min, zone) >= until:
            break
    return total


def open_spans(
    calendar: Calendar, since: datetime, until: datetime, zone: tzinfo
) -> list[tuple[datetime, datetime]]:
    """The open spans that begin between two instants, in order; of 400 days at the most."""
    found: list[tuple[datetime, datetime]] = []
    day = _day(since, zone)
    for _ in range(DAYS_MAX):
        found += [one for one in _spans(calendar, day, zone) if one[0] < until]
        day += _A_DAY
        if _at(day, time.min, zone) >= until:
            break
    return found


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()


def _spans(calendar: Calendar, day: date, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The day's open spans as instants, in order."""
    if day in calendar.holidays:
        return
    for span in sorted(calendar.days.get(day.weekday(), ()), key=lambda span: span.start):
        last = day + _A_DAY if span.end == time.min else day
        start, end = _at(day, span.start, zone), _at(last, span.end, zone, fold=1)
        if start < end:
            yield start, end


def _at(day: date, hour: time, zone: tzinfo, *, fold: int = 0) -> datetime:
    """The instant at which the wall shows this; an hour that is skipped is the one after it."""
    return datetime.combine(day, hour.replace(fold=fold), tzinfo=zone).astimezone(UTC)
