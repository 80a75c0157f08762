"""The first step's choices: every list and segment with how many people it means, or everybody."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final

from django.db import DatabaseError
from django.db.models import Count

from sportello.console.campaigns.deeds import UnfitCampaign
from sportello.console.contacts import audiences
from sportello.rules.audience import Audience, Everybody, Listed, Matching
from sportello.schema.people import Contact, ContactList
from sportello.schema.segments import Segment

_LISTS_MAX: Final = 200
_SEGMENTS_MAX: Final = 50
_EVERYBODY: Final = "everybody"
# Of all segments together, and of each: fifty of a million people each would take a minute.
_PATIENCE_S: Final = 0.5
_COUNT_LIMIT: Final = "1s"


@dataclass(frozen=True, slots=True)
class Choice:
    """`value`: of the form's field: list:3, segment:4, everybody. `count`: None where counting
    would keep the page waiting.
    """

    value: str
    name: str
    count: int | None
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
                count,
                chosen == f"segment:{one.pk}",
            )
            for one, count in _counted(segments, now)
        ],
        everybody=Choice(_EVERYBODY, "", Contact.objects.count(), chosen == _EVERYBODY),
    )


def _counted(segments: Iterable[Segment], now: datetime) -> Iterator[tuple[Segment, int | None]]:
    """As many of them as there is patience for."""
    begun = monotonic()
    for one in segments:
        if monotonic() - begun > _PATIENCE_S:
            yield one, None
            continue
        count: int | None = None
        with suppress(DatabaseError), audiences.counting(_COUNT_LIMIT):
            count = audiences.people(Matching(one.pk), now).count()
        yield one, count


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
