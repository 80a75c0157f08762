"""The first step's choices: every list and segment with how many people it means, or everybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count

from sportello.console.campaigns.deeds import UnfitCampaign
from sportello.console.contacts import audiences
from sportello.rules.audience import Audience, Everybody, Listed, Matching
from sportello.schema.people import Contact, ContactList
from sportello.schema.segments import Segment

_LISTS_MAX: Final = 200
_SEGMENTS_MAX: Final = 50
_EVERYBODY: Final = "everybody"


@dataclass(frozen=True, slots=True)
class Choice:
    """`value`: of the form's field: list:3, segment:4, everybody."""

    value: str
    name: str
    count: int
    is_chosen: bool
    provenance: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    lists: list[Choice]
    segments: list[Choice]
    everybody: Choice


def choices_of(kept: Mapping[str, Any], given: str | None, now: datetime) -> Choices:
    """`given`: what the form just said; else what the draft keeps is chosen."""
    chosen = given or _value(kept)
    lists = ContactList.objects.annotate(n=Count("listmember")).order_by("-pk")[:_LISTS_MAX]
    segments = Segment.objects.order_by("name")[:_SEGMENTS_MAX]
    return Choices(
        lists=[
            Choice(f"list:{one.pk}", one.name, one.n, chosen == f"list:{one.pk}", one.provenance)
            for one in lists
        ],
        segments=[
            Choice(
                f"segment:{one.pk}",
                one.name,
                audiences.people(Matching(one.pk), now).count(),
                chosen == f"segment:{one.pk}",
            )
            for one in segments
        ],
        everybody=Choice(_EVERYBODY, "", Contact.objects.count(), chosen == _EVERYBODY),
    )


def meant_of(given: str) -> Audience | None:
    """What a choice of the form means; None for none. Raises UnfitCampaign."""
    kind, _, number = given.partition(":")
    if kind == _EVERYBODY:
        return Everybody()
    if not given:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise UnfitCampaign("list", "unknown")
    match kind:
        case "list":
            return Listed(int(number))
        case "segment":
            return Matching(int(number))
    raise UnfitCampaign("list", "unknown")


def _value(kept: Mapping[str, Any]) -> str:
    for kind in ("list", "segment"):
        if kind in kept:
            return f"{kind}:{kept[kind]}"
    return _EVERYBODY if kept.get(_EVERYBODY) else ""
