"""The pages that take a file of contacts: upload, columns, checks, progress, what came of it."""

import csv
import io
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.contacts import running, words
from sportello.console.contacts.forms import UploadForm
from sportello.console.members import member
from sportello.rules import columns, contact_rows, table
from sportello.rules.columns import Part
from sportello.schema.imports import ContactImport, ImportState

_UNFIT: Final = 422
_ROWS_SHOWN: Final = 5
_ERRORS_SHOWN: Final = 50
_RECENT: Final = 10
# An upload that nobody finishes is forgotten: it holds people's data.
_KEPT: Final = timedelta(days=1)
_EXAMPLE: Final = (
    "Nome;Cognome;Telefono;Città;Testo del consenso;Data del consenso;Modo del consenso\r\n"
    "Anna;Bianchi;+39 347 123 4567;Bari;Acconsento a ricevere offerte su WhatsApp;21/11/2026;"
    "modulo in negozio\r\n"
)


@member
@require_http_methods(["GET", "POST"])
def new_import(request: DeskRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        read = table.read(form.cleaned_data["file"].read(table.BYTES_MAX + 1))
        if isinstance(read, table.Table):
            made = _keep(request, form, read)
            return redirect("contacts:import", made.pk)
        form.add_error("file", str(words.FILE[read]))
    shown = {
        "form": form,
        "recent": ContactImport.objects.select_related("by").order_by("-pk")[:_RECENT],
        "may_write": may_write(request.membership),
    }
    return render(
        request, "contacts/new_import.html", shown, status=_UNFIT if form.errors else None
    )


def _keep(request: DeskRequest, form: UploadForm, read: table.Table) -> ContactImport:
    unfinished = ContactImport.objects.exclude(state=ImportState.DONE)
    unfinished.filter(created_at__lt=timezone.now() - _KEPT).delete()
    filled = form.cleaned_data
    day = filled["consent_at"]
    at = None if day is None else datetime.combine(day, time(), ZoneInfo(_zone(request)))
    return ContactImport.objects.create(
        workspace=request.workspace,
        by=request.user,
        filename=_plain(filled["file"].name)[:240],
        provenance=filled["provenance"],
        list_name=filled["list_name"].strip(),
        consent={
            "category": "",
            "source": filled["consent_source"],
            "text": filled["consent_text"],
            "at": None if at is None else at.isoformat(),
        },
        table={
            "headers": [_plain(one) for one in read.headers],
            "rows": [[_plain(cell) for cell in row] for row in read.rows],
            "lines": list(read.lines),
        },
        mapping=[part.value for part in columns.guess(read.headers)],
    )


def _zone(request: DeskRequest) -> str:
    return request.workspace.time_zone


def _plain(text: str) -> str:
    """PostgreSQL keeps no NUL."""
    return text.replace("\0", "")


@member
@require_http_methods(["GET", "POST"])
def an_import(request: DeskRequest, import_id: int) -> HttpResponse:
    """GET shows the step that it has come to; POST says which column is what."""
    found = _of(import_id)
    if request.method == "POST":
        problem = ""
        if found.state in {ImportState.MAPPING, ImportState.READY}:
            found.mapping = _mapped(request, len(found.table["headers"]))
            if Part.PHONE.value in found.mapping:
                running.check(found, request.workspace, request.now)
                return redirect("contacts:import", import_id)
            problem = _("Say which column holds the phone number.")
        if problem:
            found.state = ImportState.MAPPING
            return _step(request, found, problem)
        return redirect("contacts:import", import_id)
    if "columns" in request.GET and found.state == ImportState.READY:
        found.state = ImportState.MAPPING
    return _step(request, found, "")


def _mapped(request: DeskRequest, width: int) -> list[str]:
    """One part a column; what is named twice is the first one's."""
    known, taken, parts = set(Part), set(), []
    for place in range(width):
        part = request.POST.get(f"column-{place}", "")
        is_free = part in known and part not in taken
        if part not in {Part.PROPERTY, Part.NONE}:
            taken.add(part)
        parts.append(part if is_free else Part.NONE.value)
    return parts


def _step(request: DeskRequest, found: ContactImport, problem: str) -> HttpResponse:
    shown: dict[str, Any] = {
        "import": found,
        "problem": problem,
        "parts": words.PARTS,
        "columns": _columns(found) if found.state == ImportState.MAPPING else [],
        "rows_total": len(found.table.get("rows", [])),
        "preview": found.fits[:_ROWS_SHOWN] if found.state == ImportState.READY else [],
        "errors": _told(found)[:_ERRORS_SHOWN],
        "errors_more": max(len(found.errors) - _ERRORS_SHOWN, 0),
        "may_write": may_write(request.membership),
    }
    return render(request, "contacts/import.html", shown, status=_UNFIT if problem else None)


def _columns(found: ContactImport) -> list[dict[str, Any]]:
    rows = found.table["rows"][:_ROWS_SHOWN]
    return [
        {
            "place": place,
            "header": header or _("Column %(n)s") % {"n": place + 1},
            "part": part,
            "cells": [row[place] for row in rows if row[place]][:3],
        }
        for place, (header, part) in enumerate(
            zip(found.table["headers"], found.mapping, strict=True)
        )
    ]


@member
@require_POST
def progress(request: DeskRequest, import_id: int) -> HttpResponse:
    """Writes the next few hundred; the page asks again until all are in."""
    found = running.advance(import_id, request.now)
    if found is None:
        raise Http404
    if not request.headers.get("HX-Request"):
        return redirect("contacts:import", import_id)
    if found.state == ImportState.DONE:
        return HttpResponse(headers={"HX-Redirect": reverse("contacts:import", args=[import_id])})
    return render(request, "contacts/progress.html", {"import": found})


@member
@require_GET
def errors(request: DeskRequest, import_id: int) -> HttpResponse:
    """As a CSV that a spreadsheet opens as it stands: what could be a formula is made text."""
    del request
    found = _of(import_id)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_("Row"), _("Phone number"), _("What is wrong")])
    writer.writerows(
        [told["line"], _as_text(told["phone"]), told["words"]] for told in _told(found)
    )
    answered = HttpResponse(f"\ufeff{text.getvalue()}", content_type="text/csv; charset=utf-8")
    answered.headers["Content-Disposition"] = f'attachment; filename="import-{import_id}.csv"'
    return answered


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


@member
@require_GET
def example(request: DeskRequest) -> HttpResponse:
    """A file to begin from. The mark at its start tells Excel that it is UTF-8."""
    del request
    answered = HttpResponse(f"\ufeff{_EXAMPLE}", content_type="text/csv; charset=utf-8")
    answered.headers["Content-Disposition"] = 'attachment; filename="contatti.csv"'
    return answered


def _of(import_id: int) -> ContactImport:
    found = ContactImport.objects.filter(pk=import_id).select_related("by", "listed").first()
    if found is None:
        raise Http404
    return found


def _told(found: ContactImport) -> list[dict[str, Any]]:
    known = set(contact_rows.Flaw)
    return [
        {
            "line": error["line"],
            "phone": error.get("phone", ""),
            "words": words.ROW[contact_rows.Flaw(error["code"])],
            "refused": error["code"] in contact_rows.REFUSES,
        }
        for error in found.errors
        if error["code"] in known
    ]
