"""When people will be back, by the company's calendar."""

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from sportello.rules.calendar import Calendar, is_open, next_open


@dataclass(frozen=True, slots=True)
class Back:
    """When people are back: in how many days, on which day, at what time of the wall."""

    in_days: int
    on: date
    at: time


def back(calendar: Calendar | None, zone: tzinfo, now: datetime) -> Back | None:
    """None while people are there, or where the company does not say when they are."""
    if calendar is None or is_open(calendar, now, zone):
        return None
    opens = next_open(calendar, now, zone)
    if opens is None:
        return None
    local = opens.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    return Back(days, local.date(), local.time())
