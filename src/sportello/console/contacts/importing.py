"""Files of contacts kept for the worker, and rows of the API brought in at once: the same way."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile

from sportello.console.sql import ask
from sportello.intake import portions
from sportello.intake.portions import Portion
from sportello.schema.imports import ContactImport, ImportFlaw, ImportPart, ImportState
from sportello.schema.people import ContactList
from sportello.schema.team import User
from sportello.statements import statements

LIST_NAME_MAX: Final = 120
LISTS_MAX: Final = 20
_PART_BYTES: Final = 2**20
_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who brought the rows, and where the people come from as they declared it."""

    workspace_id: int
    by: User | None
    provenance: str


def list_named(origin: Origin, name: str) -> ContactList | None:
    """The list of that name, whatever its capitals; made if there is none. None for no name."""
    plain = name.strip()[:LIST_NAME_MAX]
    if not plain:
        return None
    found = ContactList.objects.filter(name__iexact=plain).first()
    return found or ContactList.objects.create(
        workspace_id=origin.workspace_id,
        name=plain,
        provenance=origin.provenance,
        by=origin.by,
    )


def keep(file: "UploadedFile[Any]", into: ContactImport) -> None:
    """Its bytes, piece by piece; `into` is saved already."""
    for place, piece in enumerate(file.chunks(_PART_BYTES)):
        ImportPart.objects.create(
            workspace_id=into.workspace_id, upload=into, place=place, content=piece
        )


def at_once(
    origin: Origin, listed: ContactList | None, found: Iterable[Portion], now: datetime
) -> tuple[ContactImport, Counter[str], list[dict[str, Any]]]:
    """Few rows, in this request's transaction: the import as it is kept, its counts, its flaws."""
    row = ContactImport.objects.create(
        workspace_id=origin.workspace_id,
        by=origin.by,
        provenance=origin.provenance,
        lists=[] if listed is None else [listed.pk],
        state=ImportState.DONE,
        started_at=now,
        finished_at=now,
    )
    counts: Counter[str] = Counter()
    flaws: list[dict[str, Any]] = []
    for portion in found:
        told = portions.told(portion)
        came = _take_in(row, told["fits"])
        gone = [{"line": line, "code": "opted_out", "cells": []} for line in came.pop("gone", [])]
        flaws += [*told["wrongs"], *gone]
        counts.update(came | {"merged": came.get("merged", 0) + portion.merged})
        counts["rejected"] += portion.rejected
        row.total = row.done = portion.upto
    row.counts = dict(counts)
    row.save(update_fields=["total", "done", "counts"])
    _keep_flaws(row, flaws)
    return row, counts, sorted(flaws, key=lambda flaw: int(flaw["line"]))


def _take_in(row: ContactImport, fits: Sequence[Any]) -> dict[str, Any]:
    """What became of them, by kind: how many, and `gone`."""
    if not fits:
        return {}
    given = {"workspace_id": row.workspace_id, "id": row.pk, "fits": json.dumps(fits)}
    ((told,),) = ask(_SQL["take_in"], given)
    found: dict[str, Any] = json.loads(told)
    return found


def _keep_flaws(row: ContactImport, flaws: Sequence[dict[str, Any]]) -> None:
    ImportFlaw.objects.bulk_create(
        [ImportFlaw(workspace_id=row.workspace_id, upload=row, **flaw) for flaw in flaws],
        batch_size=500,
    )
