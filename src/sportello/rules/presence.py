"""When people are at the counter, and when they will be back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

_DAYS = 7


@dataclass(frozen=True, slots=True)
class PeopleHours:
    """`days`: 1 is Monday; none named means every day. `begins` equal to `ends` says nothing."""

    begins: time | None = None
    ends: time | None = None
    days: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Back:
    """When people are back: in how many days, on which day (1 is Monday), at what time."""

    in_days: int
    weekday: int
    at: time


def back(hours: PeopleHours, zone: tzinfo, now: datetime) -> Back | None:
    """None while people are there, or where the company does not say when they are."""
    begins, ends = hours.begins, hours.ends
    if begins is None or ends is None or begins >= ends:
        return None
    local = now.astimezone(zone)
    if _works(hours, local) and begins <= local.time() < ends:
        return None
    for days in range(_DAYS + 1):
        day = local + timedelta(days=days)
        if _works(hours, day) and (days or local.time() < begins):
            return Back(days, day.isoweekday(), begins)
    return None


def _works(hours: PeopleHours, day: datetime) -> bool:
    return not hours.days or day.isoweekday() in hours.days
