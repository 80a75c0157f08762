"""An import's own steps: its rows are checked once, then written a few hundred at a time."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sportello.console.contacts import importing
from sportello.rules import columns, contact_rows
from sportello.rules.columns import Part
from sportello.rules.consent import Topic
from sportello.rules.contact_rows import Claim, Consent, Fit, Wrong
from sportello.rules.table import Table
from sportello.schema.imports import ContactImport, ImportState
from sportello.schema.team import Workspace

AT_ONCE: Final = 500


def check(found: ContactImport, workspace: Workspace, now: datetime) -> None:
    """Decides about every row; `found` is then ready to be written, and says what it will do."""
    zone = ZoneInfo(workspace.time_zone)
    given = Table(found.table["headers"], found.table["rows"], found.table["lines"])
    parts = [Part(part) for part in found.mapping]
    rows = columns.rows(given, parts, _claim(found.consent), zone)
    checked = contact_rows.check(rows, workspace.country, now)
    phones = {row.line: row.phone for row in rows}
    found.fits = [_kept(fit) for fit in checked.fits]
    found.errors = _errors(checked.wrongs, phones)
    found.total, found.done = len(checked.fits), 0
    found.counts = {
        "merged": checked.merged,
        "rejected": sum(wrong.flaw in contact_rows.REFUSES for wrong in checked.wrongs),
        "consents": sum(fit.consent is not None for fit in checked.fits),
        "marketing": sum(
            fit.consent is not None and fit.consent.topic is Topic.MARKETING for fit in checked.fits
        ),
    }
    found.state = ImportState.READY
    found.save()


def advance(import_id: int, now: datetime) -> ContactImport | None:
    """Writes the next chunk; None where there is no such import, or none to be written."""
    # The file as it was uploaded is megabytes, and not asked for here.
    imports = ContactImport.objects.select_for_update().defer("table")
    found = imports.filter(pk=import_id).first()
    if found is None or found.state == ImportState.MAPPING:
        return None
    if found.state == ImportState.DONE:
        return found
    origin = importing.Origin(found.workspace_id, found.by, found.provenance, found.pk)
    if found.listed is None:
        found.listed = importing.list_named(origin, found.list_name)
    chunk = [_fit(kept) for kept in found.fits[found.done : found.done + AT_ONCE]]
    counts, kept_out = importing.write(chunk, origin, found.listed)
    found.counts = dict(Counter(found.counts) + counts)
    phones = {fit.line: fit.wa_id for fit in chunk}
    found.errors = sorted(
        [*found.errors, *_errors(kept_out, phones)], key=lambda error: int(error["line"])
    )
    found.done += len(chunk)
    found.state = ImportState.RUNNING
    if found.done >= found.total:
        _finish(found, now)
    else:
        found.save(update_fields=["listed", "counts", "errors", "done", "state"])
    return found


def _finish(found: ContactImport, now: datetime) -> None:
    """What the file held is in the contacts now; here only what came of it stays."""
    found.state = ImportState.DONE
    found.finished_at = now
    found.table, found.fits = {}, []
    found.save()


def _errors(wrongs: Iterable[Wrong], phones: Mapping[int, str]) -> list[dict[str, Any]]:
    return [
        {"line": wrong.line, "code": wrong.flaw.value, "phone": phones.get(wrong.line, "")[:60]}
        for wrong in wrongs
    ]


def _claim(consent: Mapping[str, Any]) -> Claim:
    at = consent.get("at")
    return Claim(
        category=consent.get("category", ""),
        source=consent.get("source", ""),
        text=consent.get("text", ""),
        at=None if at is None else datetime.fromisoformat(at),
    )


def _kept(fit: Fit) -> dict[str, Any]:
    consent = fit.consent
    return {
        "line": fit.line,
        "wa_id": fit.wa_id,
        "name": fit.name,
        "language": fit.language,
        "properties": dict(fit.properties),
        "consent": None
        if consent is None
        else {
            "topic": consent.topic.value,
            "source": consent.source,
            "text": consent.text,
            "at": consent.at.isoformat(),
        },
    }


def _fit(kept: Mapping[str, Any]) -> Fit:
    told = kept["consent"]
    consent = None
    if told is not None:
        at = datetime.fromisoformat(told["at"])
        consent = Consent(Topic(told["topic"]), told["source"], told["text"], at)
    return Fit(
        kept["line"], kept["wa_id"], kept["name"], kept["language"], kept["properties"], consent
    )
