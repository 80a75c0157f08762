"""What is known of a contact in words: the lines of the consent ledger, and what is noted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from sportello.console.contacts import words
from sportello.console.contacts.properties import definitions
from sportello.rules.consent import Change, Topic
from sportello.schema.people import ConsentEvent, Contact


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger in words."""

    kind: Promise
    given: bool
    at: datetime
    source: Promise | str
    text: str
    proofs: tuple[tuple[str, str], ...]
    by: str
    recorded_at: datetime


def line_of(line: ConsentEvent) -> Line:
    given = line.action == Change.GRANT
    return Line(
        kind=words.LINES[line.category == Topic.MARKETING, given],
        given=given,
        at=line.at,
        source=words.SOURCES.get(line.source, line.source),
        text=line.text,
        proofs=tuple(_proofs(line.proof)),
        by="" if line.by is None else line.by.name or line.by.email,
        recorded_at=line.recorded_at,
    )


def noted(found: Contact) -> list[tuple[str, str]]:
    """What is defined in its order, then what imports and events have brought beside it."""
    kinds = {one.name: one.kind for one in definitions()}
    others = sorted(name for name in found.properties if name not in kinds)
    return [
        (name, words.value_told(kinds.get(name, ""), str(found.properties[name])))
        for name in [*kinds, *others]
        if name in found.properties
    ]


def _proofs(proof: dict[str, Any]) -> list[tuple[str, str]]:
    """What of a proof a person can read; ids of messages and imports become links elsewhere."""
    return [
        (str(label), str(proof[name])) for name, label in words.PROOFS.items() if proof.get(name)
    ]
