"""Rows → portions of contacts that fit, as the database takes them in; and a first look at a file.

Portions are cut by the rows of the file alone: who begins at a later row gets the same ones.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from sportello.intake.table import Flaw, UnfitFile, opened
from sportello.reading.tables import Row
from sportello.rules import columns, contact_rows
from sportello.rules.columns import Column, Part
from sportello.rules.contact_rows import Claim, Fit, Wrong
from sportello.rules.properties import Kind

PORTION: Final = 1_000
SAMPLE: Final = 500
# Who waits for rows that are only counted or passed over hears of it so often.
BEAT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file's columns are, and how its rows are read. `country`: of bare numbers (ISO)."""

    columns: Sequence[Column]
    shared: Claim
    country: str
    zone: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Portion:
    """`upto`: how many rows of the file are behind us with it. `wrongs` with their cells."""

    upto: int
    fits: Sequence[Fit]
    wrongs: Sequence[tuple[Wrong, Sequence[str]]] = ()
    merged: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What a person must see of a file to say what its columns are. `total`: of its rows."""

    headers: Sequence[str]
    rows: Sequence[Row]
    total: int
    is_book: bool = field(default=False)


def _untold(_count: int) -> None:
    """Nobody waits."""


def look(file: BinaryIO, tell: Callable[[int], None] = _untold) -> Look:
    """Counts the rows and keeps the first. `tell`: how many, now and then. Raises UnfitFile."""
    table = opened(file)
    sample = list(islice(table.rows, SAMPLE))
    if not sample:
        raise UnfitFile(Flaw.EMPTY)
    total = len(sample) + sum(1 for _ in _told_of(table.rows, len(sample), tell))
    if total > contact_rows.FILE_ROWS_MAX:
        raise UnfitFile(Flaw.TOO_MANY_ROWS)
    return Look(table.headers, sample, total, table.is_book)


def portions(
    file: BinaryIO, plan: Plan, *, after: int = 0, tell: Callable[[int], None] = _untold
) -> Iterator[Portion]:
    """From the row `after` on; `tell`: how many of those before it are passed. Raises UnfitFile."""
    every = opened(file).rows
    for _ in _told_of(islice(every, after), 0, tell):
        pass
    rows = islice(every, max(0, contact_rows.FILE_ROWS_MAX - after))
    upto = after
    while chunk := list(islice(rows, PORTION)):
        upto += len(chunk)
        yield checked(chunk, plan, upto)


def _told_of(rows: Iterator[Row], before: int, tell: Callable[[int], None]) -> Iterator[Row]:
    for count, row in enumerate(rows, before + 1):
        if count % BEAT == 0:
            tell(count)
        yield row


def checked(rows: Sequence[Row], plan: Plan, upto: int = 0) -> Portion:
    """These rows alone."""
    zone = ZoneInfo(plan.zone)
    told = (columns.row(row.number, row.cells, plan.columns, plan.shared, zone) for row in rows)
    found = contact_rows.check(told, plan.country, plan.now)
    cells = {row.number: row.cells for row in rows}
    return portion(found, cells, upto)


def portion(
    found: contact_rows.Checked, cells: Mapping[int, Sequence[str]], upto: int = 0
) -> Portion:
    """Of rows that were checked; `cells` by line."""
    rejected = sum(wrong.flaw in contact_rows.REFUSES for wrong in found.wrongs)
    wrongs = [(wrong, cells.get(wrong.line, ())) for wrong in found.wrongs]
    return Portion(upto, found.fits, wrongs, found.merged, rejected)


def told(given: Portion) -> dict[str, Any]:
    """As JSON, the way to the database."""
    return {
        "upto": given.upto,
        "merged": given.merged,
        "rejected": given.rejected,
        "fits": [_fit(fit) for fit in given.fits],
        "wrongs": [
            {"line": wrong.line, "code": wrong.flaw.value, "cells": list(cells)}
            for wrong, cells in given.wrongs
        ],
    }


def _fit(fit: Fit) -> dict[str, Any]:
    consent = fit.consent
    said = {}
    if consent is not None:
        said = {
            "topic": consent.topic.value,
            "source": consent.source,
            "text": consent.text,
            "at": consent.at.isoformat(),
        }
    return said | {
        "line": fit.line,
        "wa_id": fit.wa_id,
        "name": fit.name,
        "language": fit.language,
        "properties": fit.properties,
    }


def plan_told(plan: Plan) -> dict[str, Any]:
    """As JSON, the way to the process that reads."""
    shared = plan.shared
    at = shared.at.isoformat() if isinstance(shared.at, datetime) else None
    return {
        "columns": [[column.part, column.name, column.kind] for column in plan.columns],
        "shared": [shared.category, shared.source, shared.text, at],
        "country": plan.country,
        "zone": plan.zone,
        "now": plan.now.isoformat(),
    }


def plan_read(given: Mapping[str, Any]) -> Plan:
    category, source, text, at = given["shared"]
    instant = None if at is None else datetime.fromisoformat(at)
    return Plan(
        columns=[Column(Part(part), name, Kind(kind)) for part, name, kind in given["columns"]],
        shared=Claim(category, source, text, instant),
        country=given["country"],
        zone=given["zone"],
        now=datetime.fromisoformat(given["now"]),
    )
