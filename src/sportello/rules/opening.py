"""The company's calendar: the one that says when its people are there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final

from sportello.rules.calendar import Calendar, closes, next_open
from sportello.rules.campaign_pace import read_calendar
from sportello.rules.holidays import national

# How far a calendar that is read now knows of public holidays.
AHEAD: Final = timedelta(days=400)


def company_calendar(
    told: Mapping[str, Any] | None, *, on_holidays_shut: bool, since: date
) -> Calendar | None:
    """`told` as `Workspace.opening` keeps it, in the form of a campaign's hours.

    Good for the days from `since` to `AHEAD` later. None where the company does not say when it
    is open.
    """
    if told is None:
        return None
    own = read_calendar(told)
    if not on_holidays_shut:
        return own
    return replace(own, holidays=own.holidays | frozenset(national(since, since + AHEAD)))


def as_campaign_hours(
    told: Mapping[str, Any] | None, *, on_holidays_shut: bool, since: date
) -> dict[str, Any] | None:
    """The same as a campaign keeps it: its hours no longer change when the company's do."""
    known = company_calendar(told, on_holidays_shut=on_holidays_shut, since=since)
    if told is None or known is None:
        return None
    ahead = sorted(day.isoformat() for day in known.holidays if day >= since)
    return {"days": dict(told["days"]), "holidays": ahead}


def turns_at(calendar: Calendar, now: datetime, zone: tzinfo) -> tuple[bool, datetime | None]:
    """Whether it is open now, and until when; or when it opens, None if never."""
    until = closes(calendar, now, zone)
    return (True, until) if until is not None else (False, next_open(calendar, now, zone))
