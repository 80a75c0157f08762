"""The pages that take a file of contacts: upload, columns, progress, what came of it, history."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.contacts import importing, mapping, words
from sportello.console.contacts.forms import COUNTRIES, UploadForm
from sportello.console.files import csv_file
from sportello.console.members import member
from sportello.intake import portions
from sportello.rules import contact_rows
from sportello.rules.columns import Part
from sportello.rules.consent import Topic
from sportello.schema.imports import ContactImport, ImportFlaw, ImportPart, ImportState
from sportello.schema.people import ContactList

_UNFIT: Final = 422
_ROWS_SHOWN: Final = 5
_FLAWS_SHOWN: Final = 50
_RECENT: Final = 50
# An upload that nobody finishes is forgotten, and so are rows that did not come in: people's data.
_KEPT: Final = timedelta(days=1)
_FLAWS_KEPT: Final = timedelta(days=30)
_WAITING: Final = (ImportState.LOOKING, ImportState.MAPPING, ImportState.READY)
_UNDER_WAY: Final = (*_WAITING, ImportState.RUNNING)
_EXAMPLE: Final = (
    ("Nome", "Cognome", "Telefono", "Città", "Testo del consenso", "Data del consenso",
     "Modo del consenso"),
    ("Anna", "Bianchi", "347 123 4567", "Bari", "Acconsento a ricevere offerte su WhatsApp",
     "21/11/2026", "modulo in negozio"),
)  # fmt: skip


@member
@require_http_methods(["GET", "POST"])
def new_import(request: DeskRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return redirect("contacts:import", _keep(request, form).pk)
    shown = {
        "form": form,
        "recent": ContactImport.objects.select_related("by").order_by("-pk")[:_RECENT],
        "may_write": may_write(request.membership),
    }
    return render(
        request, "contacts/new_import.html", shown, status=_UNFIT if form.errors else None
    )


def _keep(request: DeskRequest, form: UploadForm) -> ContactImport:
    """For the worker, who looks at it."""
    _forget()
    filled = form.cleaned_data
    day = filled["consent_at"]
    zone = ZoneInfo(request.workspace.time_zone)
    at = None if day is None else datetime.combine(day, time(), zone)
    made = ContactImport.objects.create(
        workspace=request.workspace,
        by=request.user,
        filename=filled["file"].name.replace("\0", "")[:240],
        size=filled["file"].size,
        provenance=filled["provenance"],
        lists=[one.pk for one in filled["lists"]],
        list_name=filled["list_name"].strip(),
        country=request.workspace.country,
        consent={
            "category": "",
            "source": filled["consent_source"],
            "text": filled["consent_text"],
            "at": None if at is None else at.isoformat(),
        },
    )
    importing.keep(filled["file"], made)
    return made


def _forget() -> None:
    unfinished = ContactImport.objects.filter(state__in=_WAITING)
    unfinished.filter(created_at__lt=timezone.now() - _KEPT).delete()
    old = ContactImport.objects.filter(finished_at__lt=timezone.now() - _FLAWS_KEPT)
    ImportFlaw.objects.filter(upload_id__in=old.values("pk")).delete()


@member
@require_http_methods(["GET", "POST"])
def an_import(request: DeskRequest, import_id: int) -> HttpResponse:
    """GET shows the step that it has come to; POST says which column is what."""
    found = _of(import_id)
    may_map = found.state in {ImportState.MAPPING, ImportState.READY}
    if request.method == "GET":
        if "columns" in request.GET and may_map:
            found.state = ImportState.MAPPING
        return _step(request, found, "")
    if not may_map:
        return redirect("contacts:import", import_id)
    said = mapping.said(request.POST.dict(), mapping.guessed(found))
    found.mapping = mapping.kept(said)
    country = request.POST.get("country", "")
    found.country = country if country in dict(COUNTRIES) else request.workspace.country
    if Part.PHONE not in {column.part for column in said}:
        found.state = ImportState.MAPPING
        return _step(request, found, _("Say which column holds the phone number."))
    found.plan = portions.plan_told(mapping.plan(found, request.workspace, request.now))
    found.state = ImportState.READY
    found.save(update_fields=["mapping", "country", "plan", "state"])
    return redirect("contacts:import", import_id)


@member
@require_POST
def start(request: DeskRequest, import_id: int) -> HttpResponse:
    """From here on the worker has it; a second press changes nothing."""
    found = ContactImport.objects.select_for_update(of=("self",)).filter(pk=import_id).first()
    if found is None:
        raise Http404
    if found.state == ImportState.READY:
        origin = importing.Origin(found.workspace_id, request.user, found.provenance)
        named = importing.list_named(origin, found.list_name)
        found.lists = [*found.lists, *([] if named is None else [named.pk])]
        mapping.remember(found)
        found.state, found.started_at, found.done, found.counts = (
            ImportState.RUNNING, request.now, 0, {},
        )  # fmt: skip
        found.save()
    return redirect("contacts:import", import_id)


@member
@require_POST
def cancel(request: DeskRequest, import_id: int) -> HttpResponse:
    """What has come in stays; the portion in hand ends first."""
    found = ContactImport.objects.select_for_update(of=("self",)).filter(pk=import_id).first()
    if found is None:
        raise Http404
    if found.state in _UNDER_WAY:
        found.state, found.finished_at = ImportState.CANCELLED, request.now
        found.sample = {}
        found.save(update_fields=["state", "finished_at", "sample"])
        ImportPart.objects.filter(upload=found).delete()
    return redirect("contacts:import", import_id)


@member
@require_GET
def progress(request: DeskRequest, import_id: int) -> HttpResponse:
    """How far it is: the page asks each second, and goes on when the step is over."""
    found = _of(import_id)
    if found.state in {ImportState.LOOKING, ImportState.RUNNING}:
        return render(request, "contacts/progress.html", {"import": found, **_pace(found)})
    return HttpResponse(headers={"HX-Redirect": reverse("contacts:import", args=[import_id])})


def _pace(found: ContactImport) -> dict[str, Any]:
    left = found.total - found.done
    return {
        "rate": round(found.rate),
        "left_s": round(left / found.rate) if found.rate > 0 else None,
    }


def _step(request: DeskRequest, found: ContactImport, problem: str) -> HttpResponse:
    shown: dict[str, Any] = {
        "import": found,
        "problem": problem,
        "may_write": may_write(request.membership),
        "lists": ContactList.objects.filter(pk__in=found.lists).order_by("name"),
        "size": found.size,
        **_pace(found),
    }
    if found.state == ImportState.MAPPING:
        shown |= _to_map(request, found)
    elif found.state == ImportState.READY:
        shown |= _to_start(request, found)
    else:
        flaws = ImportFlaw.objects.filter(upload=found).order_by("line", "pk")
        count = flaws.count()
        shown |= {
            "flaws": [_flaw(found, one.line, one.code, one.cells) for one in flaws[:_FLAWS_SHOWN]],
            "flaws_more": max(count - _FLAWS_SHOWN, 0),
            "reason": words.FAILED.get(found.reason, ""),
        }
    return render(request, "contacts/import.html", shown, status=_UNFIT if problem else None)


def _to_map(request: DeskRequest, found: ContactImport) -> dict[str, Any]:
    guesses = mapping.guessed(found)
    chosen = mapping.said(_as_form(found), guesses) if found.mapping else guesses
    return {
        "columns": mapping.shown(found, chosen),
        "parts": words.PARTS,
        "kinds": words.KINDS,
        "countries": COUNTRIES,
        "country": found.country or request.workspace.country,
    }


def _as_form(found: ContactImport) -> dict[str, str]:
    told = {f"column-{place}": one["part"] for place, one in enumerate(found.mapping)}
    return told | {f"kind-{place}": one["kind"] for place, one in enumerate(found.mapping)}


def _to_start(request: DeskRequest, found: ContactImport) -> dict[str, Any]:
    """What the first rows show of the rest."""
    tried = mapping.tried(found, mapping.plan(found, request.workspace, request.now))
    wrongs = [_flaw(found, one.line, one.flaw, cells) for one, cells in tried.wrongs]
    return {
        "tried": tried,
        "preview": tried.fits[:_ROWS_SHOWN],
        "marketing": sum(
            fit.consent is not None and fit.consent.topic is Topic.MARKETING for fit in tried.fits
        ),
        "is_whole": tried.upto == found.total,
        "flaws": wrongs[:_FLAWS_SHOWN],
        "flaws_more": 0,
    }


def _flaw(found: ContactImport, line: int, code: str, cells: Any) -> dict[str, Any]:
    place = next((n for n, one in enumerate(found.mapping) if one["part"] == Part.PHONE), None)
    known = code in set(contact_rows.Flaw)
    return {
        "line": line,
        "phone": cells[place] if place is not None and place < len(cells) else "",
        "words": words.ROW[contact_rows.Flaw(code)] if known else code,
        "refused": code in contact_rows.REFUSES,
    }


@member
@require_GET
def errors(request: DeskRequest, import_id: int) -> FileResponse:
    """Each row with a flaw as it stood in the file, behind what is wrong with it."""
    del request
    found = _of(import_id)
    return csv_file(f"import-{import_id}.csv", _told(found))


def _told(found: ContactImport) -> Iterator[list[object]]:
    headers = [one["name"] for one in found.mapping] or [_("Phone number")]
    yield [_("Row"), _("What is wrong"), *headers]
    flaws = ImportFlaw.objects.filter(upload=found).order_by("line", "pk")
    known = set(contact_rows.Flaw)
    for flaw in flaws.iterator(chunk_size=2_000):
        said = words.ROW[contact_rows.Flaw(flaw.code)] if flaw.code in known else flaw.code
        yield [flaw.line, said, *flaw.cells]


@member
@require_GET
def example(request: DeskRequest) -> FileResponse:
    """A file to begin from."""
    del request
    return csv_file("contatti.csv", _EXAMPLE)


def _of(import_id: int) -> ContactImport:
    found = ContactImport.objects.filter(pk=import_id).select_related("by").first()
    if found is None:
        raise Http404
    return found
