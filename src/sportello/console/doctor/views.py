"""The doctor's pages: what was asked, one report as it comes in, the ways through Meta's pages."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models.functions import Now
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from sportello.console.access import DeskRequest, may_administer, may_write
from sportello.console.doctor import deeds, meter, words
from sportello.console.doctor.deeds import Asker
from sportello.console.doctor.refusals import REFUSALS, told
from sportello.console.doctor.report import Report, report_of
from sportello.console.members import member
from sportello.schema.channel import Number
from sportello.schema.doctor import Examination, SubjectKind

_PAGE: Final = 25
_NUMBERS_MAX: Final = 50
_ID_MAX: Final = 2**63 - 1


@member
@require_GET
def doctor(request: DeskRequest) -> HttpResponse:
    """Every number with its last report, and what was asked lately."""
    listed = Examination.objects.select_related("number", "by").order_by("-pk")
    page = Paginator(listed, _PAGE).get_page(request.GET.get("page"))
    numbers = list(Number.objects.order_by("pk")[:_NUMBERS_MAX])
    shown = {
        "page": page,
        "rows": [(row, _report(row, request)) for row in page],
        "numbers": [(number, _last(number, request)) for number in numbers],
        "may_write": may_write(request.membership),
    }
    return render(request, "doctor/doctor.html", shown)


def _report(row: Examination, request: DeskRequest) -> Report:
    return report_of(row, request.now, administers=may_administer(request.membership))


def _last(number: Number, request: DeskRequest) -> Any:
    row = (
        Examination.objects.filter(number=number, subject=SubjectKind.NUMBER)
        .exclude(done_at=None)
        .order_by("-pk")
        .first()
    )
    return None if row is None else (row, _report(row, request))


@member
@require_POST
def examinations(request: DeskRequest) -> HttpResponse:
    """Asks, and leads to the page that shows the answer as it comes in."""
    subject, subject_id = request.POST.get("subject", ""), request.POST.get("id", "")
    is_id = subject_id.isascii() and subject_id.isdecimal() and int(subject_id) <= _ID_MAX
    if subject not in SubjectKind.values or not is_id:
        raise Http404
    try:
        asked = deeds.ask(_asker(request), subject, int(subject_id))
    except deeds.Missing as missing:
        raise Http404 from missing
    return redirect("doctor:examination", asked.pk)


def _asker(request: DeskRequest) -> Asker:
    administers = may_administer(request.membership)
    return Asker(request.workspace.pk, request.now, request.user, administers)


@member
@require_GET
def examination(request: DeskRequest, examination_id: int) -> HttpResponse:
    row = get_object_or_404(_rows(), pk=examination_id)
    shown = {
        "row": row,
        "report": _report(row, request),
        "may_write": may_write(request.membership),
    }
    name = "doctor/examination.html"
    whole = not request.headers.get("HX-Request")
    return render(request, name if whole else f"{name}#regions", shown)


def _rows() -> Any:
    """Stamped with the database's time, by which it is known whether anybody looks."""
    return Examination.objects.select_related("number", "by").annotate(read_at=Now())


@member
@require_POST
def deed(request: DeskRequest, examination_id: int) -> HttpResponse:
    """Does what the report offers, and examines anew."""
    row = get_object_or_404(_rows(), pk=examination_id)
    try:
        made = deeds.do(_asker(request), row, request.POST.get("deed", ""))
    except REFUSALS as refused:
        messages.error(request, told(refused).words)
    except deeds.Missing as missing:
        raise Http404 from missing
    else:
        return redirect("doctor:examination", made.pk)
    return redirect("doctor:examination", row.pk)


@member
@require_GET
def guide(request: DeskRequest) -> HttpResponse:
    return render(request, "doctor/help.html", {"ways": words.steps()})


@member
@require_GET
def errors(request: DeskRequest) -> HttpResponse:
    """Every code of Meta's; `q`: a code, or a word."""
    query = request.GET.get("q", "").strip()[:60]
    rows = [one for one in words.errors() if _fits(one, query.lower())]
    shown = {
        "rows": [(one, words.said("turn", one.turn)) for one in rows],
        "query": query,
    }
    return render(request, "doctor/errors.html", shown)


def _fits(one: words.ErrorWords, query: str) -> bool:
    if query.isdecimal():
        return one.first <= int(query) <= one.last
    return query in f"{one.title} {one.advice}".lower()


@member
@require_GET
def risk(request: DeskRequest) -> HttpResponse:
    """The risk meter of every number; a fragment for the number's page, or a page of its own."""
    numbers = list(Number.objects.order_by("pk")[:_NUMBERS_MAX])
    shown = {"meters": [(number, meter.read(number, request.now)) for number in numbers]}
    name = "doctor/risk.html"
    whole = not request.headers.get("HX-Request")
    return render(request, name if whole else f"{name}#meters", shown)
