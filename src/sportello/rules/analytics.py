"""Ranges of days on a company's walls: the one looked at, the one before it, and their pieces.

A day begins at its midnight on the wall. Where clocks skip midnight it begins with the first
instant after the gap; so each instant lies in exactly one day, and a day may have 23 or 25 hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from sportello.rules import calendar
from sportello.rules.calendar import Calendar

RANGES: Final = (7, 30, 90)
DAYS_MAX: Final = 366
# In a longer range waits are counted around the clock alone: each is laid upon every span.
OPEN_DAYS_MAX: Final = 92
WAITED_MAX: Final = timedelta(days=60)
# More pieces than these, and the chart counts by weeks.
_DAILY_MAX: Final = 31
_WEEK: Final = 7
_A_DAY: Final = timedelta(days=1)


class WrongRange(ValueError):  # noqa: N818  # the caller's mistake, nothing broke
    """Days that make no range: `code` is not_a_day, ends_before_start, too_long or not_yet."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days from `first_on` to `last_on`, both in it."""

    first_on: date
    last_on: date
    zone: tzinfo
    # Waits count while this is open; None: around the clock.
    opening: Calendar | None = None

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1

    @property
    def starts_at(self) -> datetime:
        return starts_at(self.first_on, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first instant that is no longer in it."""
        return starts_at(self.last_on + _A_DAY, self.zone)

    @property
    def before(self) -> "Span":
        """As many days, up to the day before."""
        return Span(
            self.first_on - self.days * _A_DAY, self.first_on - _A_DAY, self.zone, self.opening
        )

    @property
    def pieces(self) -> tuple[date, ...]:
        """The first days of its pieces: its days, or its weeks counted from its first day."""
        step = 1 if self.days <= _DAILY_MAX else _WEEK
        return tuple(self.first_on + n * _A_DAY for n in range(0, self.days, step))


def open_spans(span: Span) -> list[tuple[datetime, datetime]] | None:
    """When a wait counts that ends in the range or in the one before it; None: always.

    Of one that began more than `WAITED_MAX` before both only the later part counts.
    """
    if span.opening is None:
        return None
    since = span.before.starts_at - WAITED_MAX
    return calendar.open_spans(span.opening, since, span.ends_at, span.zone)


def starts_at(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def last_days(count: int, now: datetime, zone: tzinfo) -> Span:
    """So many days, today being the last of them."""
    today = now.astimezone(zone).date()
    return Span(today - (count - 1) * _A_DAY, today, zone)


def between(first: str, last: str, now: datetime, zone: tzinfo) -> Span:
    """From one day to another, as written in addresses: 2026-11-22. Raises WrongRange."""
    try:
        first_on, last_on = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise WrongRange("not_a_day") from error
    if last_on < first_on:
        raise WrongRange("ends_before_start")
    if (last_on - first_on).days >= DAYS_MAX:
        raise WrongRange("too_long")
    # Two ranges back from the beginning of the calendar would be none.
    if last_on > now.astimezone(zone).date() or first_on.year < _FIRST_YEAR:
        raise WrongRange("not_yet")
    return Span(first_on, last_on, zone)


def marks(span: Span) -> list[datetime]:
    """Where the pieces of the range before, and then its own, begin: in order, each once."""
    both = (*span.before.pieces, *span.pieces)
    return [starts_at(day, span.zone) for day in both]


def change(now: float | None, before: float | None) -> float | None:
    """By how much of the earlier figure; None where there is none to compare with."""
    return None if now is None or not before else (now - before) / before


def share(part: int, whole: int) -> float | None:
    """Of one; None of nothing."""
    return part / whole if whole else None


def heights(values: Sequence[int], room: int) -> list[int]:
    """Bars for these values in `room` pixels: what is not nothing is seen."""
    most = max(values, default=0)
    return [0 if not value else max(2, round(value * room / most)) for value in values]


_FIRST_YEAR: Final = 2000
