"""Release: what each recipient is sent, and the hours in which anything may be."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sportello.rules import audience, calendar
from sportello.rules.calendar import Calendar, Span
from sportello.rules.template_match import needs
from sportello.rules.template_parse import parse
from sportello.rules.template_send import HeaderFile, body_of, shown
from sportello.store.campaigns import Letter, Recipient


def letters(campaign: Mapping[str, Any], people: Sequence[Recipient]) -> list[Letter]:
    """The template as it was confirmed, filled for each."""
    template = parse(campaign["content"])
    file_id = campaign["file_id"]
    media = None if file_id is None else HeaderFile(file_id=file_id)
    kind = needs(template.parts).media
    found = []
    for person in people:
        filling = audience.filling(person.filled, kind)
        seen = {"id": campaign["template_id"], **shown(template, filling, media)}
        body = body_of(template, filling, media)
        found.append(Letter(person, str(seen["body"]), {"template": seen}, body))
    return found


def is_open(campaign: Mapping[str, Any], now: datetime) -> bool:
    """Whether the campaign's own hours let it write now."""
    told = campaign["calendar"]
    if told is None:
        return True
    return calendar.is_open(_calendar(told), now, ZoneInfo(campaign["time_zone"]))


def _calendar(told: Mapping[str, Any]) -> Calendar:
    return Calendar(
        {
            int(day): tuple(
                Span(time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans
            )
            for day, spans in told.get("days", {}).items()
        },
        frozenset(date.fromisoformat(day) for day in told.get("holidays", ())),
    )
