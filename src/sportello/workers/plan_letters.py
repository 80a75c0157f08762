"""Release: what each recipient is sent, and the hours in which anything may be."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sportello.rules import account_days, audience, calendar
from sportello.rules.campaign_pace import read_calendar
from sportello.rules.template_match import needs
from sportello.rules.template_parse import parse
from sportello.rules.template_send import HeaderFile, body_of, shown
from sportello.store.campaigns import Letter, Recipient

_AT_A_TIME: Final = 100


async def written(campaign: Mapping[str, Any], people: Sequence[Recipient]) -> list[Letter]:
    """The `letters` of a portion, a few at a time: meanwhile what leaves keeps its pace."""
    found: list[Letter] = []
    for start in range(0, len(people), _AT_A_TIME):
        found += letters(campaign, people[start : start + _AT_A_TIME])
        await asyncio.sleep(0)
    return found


def letters(campaign: Mapping[str, Any], people: Sequence[Recipient]) -> list[Letter]:
    """The template as it was confirmed, filled for each."""
    template = parse(campaign["content"])
    kind = needs(template.parts).media
    found = []
    for person in people:
        media = _media(campaign, person)
        filling = audience.filling(person.filled, kind)
        seen = {"id": campaign["template_id"], **shown(template, filling, media)}
        body = body_of(template, filling, media)
        found.append(Letter(person, str(seen["body"]), {"template": seen}, body))
    return found


def _media(campaign: Mapping[str, Any], person: Recipient) -> HeaderFile | None:
    """Their own file, else the one that is for all."""
    if person.file_id is not None:
        return HeaderFile(file_id=person.file_id, filename=person.filename)
    common = campaign["file_id"]
    return None if common is None else HeaderFile(file_id=common)


def is_open(campaign: Mapping[str, Any], now: datetime, zone: str = "") -> bool:
    """Whether the campaign's own hours let it write now, on the company's walls or another's."""
    told = campaign["calendar"]
    if told is None:
        return True
    walls = account_days.zone_of(zone or campaign["time_zone"])
    return calendar.is_open(read_calendar(told), now, walls)
