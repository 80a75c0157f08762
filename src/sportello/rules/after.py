"""How long after something: minutes and hours by the clock, days to months by the calendar.

Three days later is the same hour on the wall, also across the night in which the clocks change. A
month later is the same day of the month; of a shorter month its last day. Source: product.md C3.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never


class Unit(StrEnum):
    """What is counted."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


# A year, whatever it is counted in: beyond that nobody remembers having agreed.
COUNT_MAX: Final[Mapping[Unit, int]] = MappingProxyType(
    {
        Unit.MINUTES: 1_440,
        Unit.HOURS: 720,
        Unit.DAYS: 365,
        Unit.WEEKS: 52,
        Unit.MONTHS: 12,
    }
)


@dataclass(frozen=True, slots=True)
class After:
    """So many of them; none is at once. Raises ValueError beyond a year."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 0 <= self.count <= COUNT_MAX[self.unit]:
            raise ValueError("within a year")


def later(at: datetime, after: After, zone: tzinfo) -> datetime:
    """The instant so long after `at`, on the walls of `zone`; in UTC."""
    return _moved(at, after.count, after.unit, zone)


def earlier(at: datetime, after: After, zone: tzinfo) -> datetime:
    """The instant so long before `at`, on the walls of `zone`; in UTC."""
    return _moved(at, -after.count, after.unit, zone)


def _moved(at: datetime, count: int, unit: Unit, zone: tzinfo) -> datetime:
    match unit:
        case Unit.MINUTES:
            return at.astimezone(UTC) + timedelta(minutes=count)
        case Unit.HOURS:
            return at.astimezone(UTC) + timedelta(hours=count)
        case Unit.DAYS | Unit.WEEKS:
            days = count * (7 if unit is Unit.WEEKS else 1)
            return _on_wall(_wall(at, zone) + timedelta(days=days), zone)
        case Unit.MONTHS:
            return _on_wall(_months(_wall(at, zone), count), zone)
        case _:
            assert_never(unit)


def _months(wall: datetime, count: int) -> datetime:
    year, month = divmod(wall.year * 12 + wall.month - 1 + count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return wall.replace(year=year, month=month + 1, day=min(wall.day, last))


def _wall(at: datetime, zone: tzinfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def _on_wall(wall: datetime, zone: tzinfo) -> datetime:
    """An hour that the clocks skip is the one after it."""
    return wall.replace(tzinfo=zone).astimezone(UTC)
