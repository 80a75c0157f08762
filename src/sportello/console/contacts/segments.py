"""The pages of segments: written as a form, counted while they are written, kept under a name."""

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.contacts import audiences, segment_form
from sportello.console.contacts import segment_words as words
from sportello.console.contacts.forms import COUNTRIES
from sportello.console.contacts.lists import NameForm
from sportello.console.contacts.properties import definitions
from sportello.console.contacts.segment_form import Draft, Row
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.rules import segment
from sportello.rules.segment import Condition, UnfitSegment
from sportello.schema.campaigns import Campaign, CampaignState
from sportello.schema.desk import Label
from sportello.schema.people import ContactList
from sportello.schema.properties import PropertyName
from sportello.schema.segments import Segment

_UNFIT: Final = 422
_SEGMENTS_MAX: Final = 200
_CHOICES_MAX: Final = 200
_SAMPLE: Final = 5


@member
@require_GET
def segments(request: DeskRequest) -> HttpResponse:
    shown = {
        "segments": Segment.objects.select_related("by").order_by("name")[:_SEGMENTS_MAX],
        "may_write": may_write(request.membership),
    }
    return render(request, "contacts/segments.html", shown)


@member
@require_http_methods(["GET", "POST"])
def new_segment(request: DeskRequest) -> HttpResponse:
    return _written(request, None)


@member
@require_http_methods(["GET", "POST"])
def a_segment(request: DeskRequest, segment_id: int) -> HttpResponse:
    return _written(request, _of(segment_id))


def _written(request: DeskRequest, found: Segment | None) -> HttpResponse:
    """GET shows the form; POST adds or drops a row, or keeps it all."""
    if request.method == "GET":
        return _page(request, found, _kept_draft(found), NameForm(None, Segment))
    deed = request.POST.get("do", "")
    draft = segment_form.done(segment_form.read(request.POST.dict()), deed)
    form = NameForm(request.POST, Segment, None if found is None else found.pk)
    if deed != "save":
        return _page(request, found, draft, form, drawn=True)
    try:
        condition = segment_form.condition(draft)
    except UnfitSegment as unfit:
        form.is_valid()
        return _page(request, found, segment_form.complained(draft, unfit), form, unfit=unfit)
    if not form.is_valid():
        return _page(request, found, draft, form)
    row = found or Segment(workspace=request.workspace, by=request.user, created_at=request.now)
    row.name, row.condition = form.cleaned_data["name"], segment.dump(condition)
    row.changed_at = request.now
    row.save()
    messages.success(request, _("The segment is kept."))
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": reverse("contacts:segment", args=[row.pk])})
    return redirect("contacts:segment", row.pk)


def _kept_draft(found: Segment | None) -> Draft | None:
    """None for a condition that only the API can say."""
    if found is None:
        return Draft()
    return segment_form.draft_of(audiences.condition_of(found))


def _page(
    request: DeskRequest,
    found: Segment | None,
    draft: Draft | None,
    form: NameForm,
    *,
    unfit: UnfitSegment | None = None,
    drawn: bool = False,
) -> HttpResponse:
    shown: dict[str, Any] = {
        "segment": found,
        "form": form,
        "name": request.POST.get("name", "" if found is None else found.name)[:120],
        "draft": None if draft is None else _drawn(draft),
        "how": "all" if draft is None else draft.how,
        "hows": words.HOW,
        "choices": _choices(),
        "problem": _problem(unfit),
        "may_write": may_write(request.membership),
        **_told(request, found, draft),
    }
    fragment = request.method == "POST" and bool(request.headers.get("HX-Request"))
    name = "contacts/segment_form.html" if fragment else "contacts/segment.html"
    refused = unfit is not None or (not drawn and bool(form.errors))
    return render(request, name, shown, status=_UNFIT if refused else None)


def _told(request: DeskRequest, found: Segment | None, draft: Draft | None) -> dict[str, Any]:
    """How many are meant, and some of them."""
    try:
        if draft is not None:
            return counted(segment_form.condition(draft), request)
        if found is not None:
            return counted(audiences.condition_of(found), request)
    except UnfitSegment:
        return {}
    return {}


@member
@require_POST
def count(request: DeskRequest) -> HttpResponse:
    """While somebody writes: how many the form means now; nothing while it says nothing."""
    try:
        condition = segment_form.condition(segment_form.read(request.POST.dict()))
    except UnfitSegment:
        return render(request, "contacts/segment_count.html", {})
    return render(request, "contacts/segment_count.html", counted(condition, request))


@member
@require_GET
def count_of(request: DeskRequest, segment_id: int) -> HttpResponse:
    """For the list of segments, where each is counted by itself."""
    told = counted(audiences.condition_of(_of(segment_id)), request, sample=0)
    return render(request, "contacts/segment_count.html", told | {"bare": True})


@member
@require_POST
def delete(request: DeskRequest, segment_id: int) -> HttpResponse:
    """Campaigns that have started keep its condition."""
    found = _of(segment_id)
    waiting = Campaign.objects.filter(audience__segment=segment_id, state=CampaignState.DRAFT)
    if waiting.exists():
        messages.error(request, _("A campaign that has not started is for this segment."))
        return redirect("contacts:segment", segment_id)
    found.delete()
    messages.success(request, _("The segment is gone. Its people stay among the contacts."))
    return redirect("contacts:segments")


def counted(condition: Condition, request: DeskRequest, *, sample: int = _SAMPLE) -> dict[str, Any]:
    """`count` None: it takes too long to wait for."""
    people = audiences.meeting(condition, request.now)
    try:
        with audiences.counting():
            total = people.count()
            some = list(people.order_by("-pk")[:sample])
    except DatabaseError:
        return {"count": None, "is_told": True}
    return {"count": total, "is_told": True, "people": [(one, name_of(one)) for one in some]}


def _drawn(draft: Draft) -> list[dict[str, Any]]:
    """Groups and rows for the template, each with what it may ask."""
    kinds = {one.name: one for one in PropertyName.objects.all()[:_CHOICES_MAX]}
    return [
        {
            "place": g,
            "how": group.how,
            "rows": [
                _drawn_row(row, f"g{g}-r{r}", kinds) | {"place": r}
                for r, row in enumerate(group.rows)
            ],
        }
        for g, group in enumerate(draft.groups)
    ]


def _drawn_row(row: Row, prefix: str, kinds: dict[str, PropertyName]) -> dict[str, Any]:
    name = row.test.removeprefix(segment_form.OF_PROPERTY)
    return {
        "prefix": prefix,
        "row": row,
        "problem": _said(row.problem),
        # A property that no import has brought: the API may have named it.
        "foreign": name if name != row.test and name not in kinds else "",
        **_asks(row, kinds),
    }


def _asks(row: Row, kinds: dict[str, PropertyName]) -> dict[str, Any]:
    """By test: its comparisons, and how its value is filled in."""
    if row.test.startswith(segment_form.OF_PROPERTY):
        known = kinds.get(row.test.removeprefix(segment_form.OF_PROPERTY))
        kind = "text" if known is None else known.kind
        ops = words.OF_KIND[kind]
        op = row.op if row.op in dict(ops) else ops[0][0]
        bare = op in set(segment.BARE)
        offered = [] if known is None else known.choices
        return {"ops": ops, "op": op, "value": "" if bare else kind, "offered": offered}
    ops = words.OF_TEST.get(row.test, [])
    op = row.op if row.op in dict(ops) else (ops[0][0] if ops else "")
    value = {"wrote": "days", "contacted": "days"}.get(row.test, row.test)
    if value == "days" and op == "never":
        value = ""
    return {"ops": ops, "op": op, "value": value, "offered": _offered(row.test)}


def _offered(test: str) -> Sequence[tuple[Any, Any]]:
    match test:
        case "list":
            return list(ContactList.objects.order_by("name").values_list("pk", "name")[:200])
        case "label":
            named = Label.objects.filter(deleted_at=None).order_by("name")
            return list(named.values_list("pk", "name")[:200])
        case "campaign":
            return list(Campaign.objects.order_by("-pk").values_list("pk", "name")[:200])
        case "country":
            return COUNTRIES
        case "language":
            return words.LANGUAGES
        case _:
            return []


def _choices() -> dict[str, Any]:
    return {
        "tests": words.TESTS,
        "properties": [
            (f"{segment_form.OF_PROPERTY}{one.name}", one.name) for one in definitions()
        ],
    }


def _problem(unfit: UnfitSegment | None) -> str:
    return "" if unfit is None else _said(unfit.code)


def _said(code: str) -> str:
    return str(words.UNFIT.get(code, words.OTHERWISE)) if code else ""


def _of(segment_id: int) -> Segment:
    found = Segment.objects.filter(pk=segment_id).first()
    if found is None:
        raise Http404
    return found
