"""Whom a campaign is for; and of each of them the template's values, and whether to write to them.

The verdict is the guard's own, asked as a preview on the day of planning; a hold is no verdict,
for it may be over when the message's turn comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, assert_never

from sportello.rules import guard, segment, template_match
from sportello.rules.facts import Facts
from sportello.rules.guard import Refuse
from sportello.rules.segment import Condition
from sportello.rules.template_match import Filling
from sportello.rules.template_values import HeaderKind, Template

HEADER: Final = "header."
BUTTON: Final = "button."
# What every contact has, whatever columns the company imported.
OWN_COLUMNS: Final = ("name", "first_name", "phone")
# Skipped for having had enough: the company's own restraint, no rule of the guard's.
FREQUENCY_CAP: Final = "frequency_cap"


@dataclass(frozen=True, slots=True)
class Everybody:
    """All contacts of the company."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The members of a list."""

    list_id: int


@dataclass(frozen=True, slots=True)
class Matching:
    """Whoever meets a segment's condition.

    A campaign that has not started knows the segment alone: `frozen` None. From its start on it
    keeps the condition, and the instant that its days are counted from.
    """

    segment_id: int
    frozen: "Frozen | None" = None


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a segment meant at that instant."""

    condition: Condition
    as_of: datetime


Audience = Everybody | Listed | Matching


def audience(kept: Mapping[str, Any]) -> Audience:
    """From what a campaign keeps: `{"list": 3}`, `{"segment": 4, …}` or `{"everybody": true}`.

    Raises ValueError for anything else.
    """
    match kept:
        case {"list": int(list_id)}:
            return Listed(list_id)
        case {"segment": int(segment_id), "condition": condition, "as_of": str(as_of)}:
            frozen = Frozen(segment.parse(condition), datetime.fromisoformat(as_of))
            return Matching(segment_id, frozen)
        case {"segment": int(segment_id)}:
            return Matching(segment_id)
        case {"everybody": True}:
            return Everybody()
    raise ValueError("an audience is a list, a segment or everybody")


def kept(given: Audience) -> dict[str, Any]:
    """As a campaign keeps it."""
    match given:
        case Everybody():
            return {"everybody": True}
        case Listed(list_id):
            return {"list": list_id}
        case Matching(segment_id, frozen):
            return {"segment": segment_id} | ({} if frozen is None else _frozen(frozen))
        case _:
            assert_never(given)


def _frozen(frozen: Frozen) -> dict[str, Any]:
    return {"condition": segment.dump(frozen.condition), "as_of": frozen.as_of.isoformat()}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a variable's value comes from: a column of the contact, or the same for all.

    `otherwise` stands in for a column that is empty; empty itself, the person is skipped.
    """

    column: str = ""
    value: str = ""
    otherwise: str = ""


def columns(name: str, wa_id: str, noted: Mapping[str, Any]) -> dict[str, str]:
    """What the company noted, and what every contact has. `noted`: texts by column."""
    first = name.split(maxsplit=1)[0] if name.strip() else ""
    texts = {column: value for column, value in noted.items() if isinstance(value, str)}
    return {"first_name": first} | texts | {"name": name, "phone": wa_id}


def values(sources: Mapping[str, Source], columns: Mapping[str, str]) -> dict[str, str]:
    """By placeholder, without blanks around; empty where the contact lacks it."""
    return {
        placeholder: (columns.get(source.column, "").strip() or source.otherwise)
        if source.column
        else source.value
        for placeholder, source in sources.items()
    }


def filling(given: Mapping[str, str], media: HeaderKind | None) -> Filling:
    """A placeholder is the variable's name in the body, `header.<name>` or `button.<index>`.

    Raises ValueError for a button that is no number.
    """
    header: dict[str, str] = {}
    body: dict[str, str] = {}
    buttons: dict[int, str] = {}
    for name, value in given.items():
        if name.startswith(HEADER):
            header[name.removeprefix(HEADER)] = value
        elif name.startswith(BUTTON):
            buttons[int(name.removeprefix(BUTTON))] = value
        else:
            body[name] = value
    return Filling(header=header, body=body, buttons=buttons, media=media)


def skipped(template: Template, filled: Filling, facts: Facts, now: datetime) -> str:
    """The code of the first reason not to write to this person; empty if there is none."""
    verdict = guard.decide(facts, now)
    if isinstance(verdict, Refuse):
        return verdict.code.value
    gaps = template_match.gaps(template, filled)
    return gaps[0].code.value if gaps else ""


@dataclass(frozen=True, slots=True)
class Restraint:
    """How many promotions a person gets in so many days, over all campaigns; most None: any."""

    most: int | None = None
    days: int = 7

    def is_met(self, had: int) -> bool:
        """Whether somebody who had so many in these days is left in peace."""
        return self.most is not None and had >= self.most
