"""How fast a campaign must go to be over by an hour, and where on the globe its people live."""

import math
from collections.abc import Mapping
from datetime import date, datetime, time, tzinfo
from typing import Any, Final

import phonenumbers
from phonenumbers import timezone

from sportello.rules import calendar
from sportello.rules.calendar import ALWAYS, Calendar, Span

_UNKNOWN: Final = timezone.UNKNOWN_TIMEZONE


def rate(
    people: int, start: datetime, finish: datetime, hours: Calendar | None, zone: tzinfo
) -> int | None:
    """Messages a minute, so that all have left by `finish`; None where no open minute is left."""
    open_for = calendar.open_time(hours or ALWAYS, start, finish, zone)
    minutes = open_for.total_seconds() / 60
    return None if minutes < 1 else max(1, math.ceil(people / minutes))


def read_calendar(told: Mapping[str, Any]) -> Calendar:
    """What a campaign keeps: {"days": {"0": [["09:00", "13:00"]]}, "holidays": ["2026-12-25"]}."""
    return Calendar(
        {
            int(day): tuple(
                Span(time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans
            )
            for day, spans in told.get("days", {}).items()
        },
        frozenset(date.fromisoformat(day) for day in told.get("holidays", ())),
    )


def zone_of(wa_id: str) -> str:
    """The IANA name of the zone in which a number lives; "" where it does not tell.

    Of a country with several zones and a number that may be in any, the first.
    """
    if not wa_id:
        return ""
    try:
        number = phonenumbers.parse(f"+{wa_id}")
    except phonenumbers.NumberParseException:
        return ""
    found: str = timezone.time_zones_for_number(number)[0]
    return "" if found == _UNKNOWN else found
