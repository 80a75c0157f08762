"""What the columns of a file are: guessed from its first rows, said by a person, tried on them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from sportello.intake import portions
from sportello.intake.portions import Plan, Portion
from sportello.reading.tables import Row
from sportello.rules import columns, properties
from sportello.rules.columns import Column, Part
from sportello.rules.contact_rows import KEY_MAX, Claim
from sportello.rules.properties import Kind
from sportello.schema.imports import ContactImport
from sportello.schema.properties import PropertyName
from sportello.schema.team import Workspace

CELLS_SHOWN: Final = 3
COLUMNS_MAX: Final = 50


def guessed(found: ContactImport) -> list[Column]:
    """By the headers' words, the cells, and what the company's properties were before."""
    headers = found.sample["headers"]
    known = {one.name.lower(): one for one in PropertyName.objects.all()}
    return [
        _column(part, place, header, known, _cells(found, place))
        for place, (header, part) in enumerate(zip(headers, columns.guess(headers), strict=True))
    ]


def _column(
    part: Part, place: int, header: str, known: Mapping[str, PropertyName], cells: Sequence[str]
) -> Column:
    name = name_of(header, place)
    if name.lower() in known:
        return Column(part, known[name.lower()].name, Kind(known[name.lower()].kind))
    return Column(part, name, properties.guess(cells))


def name_of(header: str, place: int) -> str:
    """Of a column, and of the property that it may become."""
    return header.strip()[:KEY_MAX] or _("Column %(n)s") % {"n": place + 1}


def said(given: Mapping[str, str], guesses: Sequence[Column]) -> list[Column]:
    """As a form says it. One part a column; what is named twice is the first one's."""
    parts, kinds, taken = set(Part), set(Kind), set()
    found = []
    for place, guess in enumerate(guesses):
        told = given.get(f"column-{place}", "")
        part = Part(told) if told in parts and told not in taken else Part.NONE
        if part not in {Part.PROPERTY, Part.NONE}:
            taken.add(told)
        kind = given.get(f"kind-{place}", "")
        found.append(Column(part, guess.name, Kind(kind) if kind in kinds else guess.kind))
    return found


def plan(found: ContactImport, workspace: Workspace, now: datetime) -> Plan:
    """How all rows will be read."""
    shared = found.consent
    at = shared.get("at")
    return Plan(
        columns=[Column(Part(c["part"]), c["name"], Kind(c["kind"])) for c in found.mapping],
        shared=Claim(
            category=shared.get("category", ""),
            source=shared.get("source", ""),
            text=shared.get("text", ""),
            at=None if at is None else datetime.fromisoformat(at),
        ),
        country=found.country or workspace.country,
        zone=workspace.time_zone,
        now=now,
    )


def tried(found: ContactImport, plan: Plan) -> Portion:
    """The first rows, as they would come in."""
    sample = found.sample
    rows = [
        Row(line, tuple(cells)) for line, cells in zip(sample["lines"], sample["rows"], strict=True)
    ]
    return portions.checked(rows, plan, len(rows))


def kept(mapping: Sequence[Column]) -> list[dict[str, str]]:
    return [{"part": one.part, "name": one.name, "kind": one.kind} for one in mapping]


def remember(found: ContactImport) -> None:
    """Names and kinds of the properties that this file brings, and some of their values."""
    for place, one in enumerate(found.mapping):
        if one["part"] != Part.PROPERTY:
            continue
        choices = properties.choices(_cells(found, place)) if one["kind"] == Kind.CHOICE else []
        known = PropertyName.objects.filter(name__iexact=one["name"]).first()
        row = known or PropertyName(workspace_id=found.workspace_id, name=one["name"])
        row.kind = one["kind"]
        # What a person put in order stays in it.
        row.choices = list(dict.fromkeys([*row.choices, *choices]))[: properties.OPTIONS_MAX]
        row.save()


def shown(found: ContactImport, mapping: Sequence[Column]) -> list[dict[str, Any]]:
    """For the page: each column with its header and some of its cells."""
    return [
        {
            "place": place,
            "header": name_of(header, place),
            "part": column.part,
            "kind": column.kind,
            "cells": [cell for cell in _cells(found, place) if cell][:CELLS_SHOWN],
        }
        for place, (header, column) in enumerate(zip(found.sample["headers"], mapping, strict=True))
    ]


def _cells(found: ContactImport, place: int) -> list[str]:
    return [row[place] for row in found.sample["rows"]]
