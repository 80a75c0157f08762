"""Days and months as Meta counts them: in the time zone of the WhatsApp Business account."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_A_MONTH_OR_MORE: Final = timedelta(days=32)


def day_of(at: datetime, zone: str) -> date:
    return at.astimezone(zone_of(zone)).date()


def month_of(at: datetime, zone: str) -> date:
    """The first day of the month."""
    return day_of(at, zone).replace(day=1)


def month_after(first: date) -> date:
    return (first + _A_MONTH_OR_MORE).replace(day=1)


def starts_at(day: date, zone: str) -> datetime:
    """The instant of the day's midnight."""
    return datetime.combine(day, time(), zone_of(zone)).astimezone(UTC)


@lru_cache(256)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; of a name that nobody knows, UTC: a wrong word must stop no send."""
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return ZoneInfo("UTC")
