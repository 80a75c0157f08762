"""The five steps to a campaign. Each has its address, and keeps in the database what it is told."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.campaigns import (
    checks,
    counting,
    drafts,
    enclosures,
    judged,
    pages,
    wording,
    words,
)
from sportello.console.campaigns.counting import Tally
from sportello.console.campaigns.deeds import NotNow, UnfitCampaign
from sportello.console.campaigns.drafts import Step
from sportello.console.campaigns.when_form import WhenForm, initial_of
from sportello.console.campaigns.who import choices_of, meant_of
from sportello.console.inbox import first_words
from sportello.console.inbox.choices import NoTemplate
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.paging import PAGE
from sportello.console.templates_desk import files
from sportello.console.templates_desk.files import UnfitFile
from sportello.rules.files import OURS_MAX
from sportello.schema.campaigns import Campaign, CampaignState
from sportello.schema.channel import Number
from sportello.schema.files import File

_UNFIT: Final = 422
_DIGITS_MAX: Final = 18
# So long one page looks for those whom a reason keeps out.
_PATIENCE_S: Final = 3.0
_STEPS: Final = {
    Step.WHO: gettext_lazy("Who"),
    Step.WHAT: gettext_lazy("What"),
    Step.WHEN: gettext_lazy("When"),
    Step.CHECKS: gettext_lazy("Checks"),
    Step.CONFIRM: gettext_lazy("Confirm"),
}


@member
@require_POST
def new(request: DeskRequest) -> HttpResponse:
    """A POST: whoever only looks leaves nothing behind."""
    try:
        row = drafts.begin(request.workspace, request.user, request.now)
    except UnfitCampaign as unfit:
        messages.error(request, str(words.UNFIT[unfit.part, unfit.code]))
        return redirect("campaigns:list")
    return redirect("campaigns:who", row.pk)


@member
@require_http_methods(["GET", "POST"])
def who(request: DeskRequest, campaign_id: int) -> HttpResponse:
    row = draft(request, campaign_id)
    if isinstance(row, HttpResponse):
        return row
    name, meant, problem = row.name, row.audience, None
    if request.method == "POST":
        name = request.POST.get("name", "")
        number = request.POST.get("number", "")
        try:
            chosen = meant_of(request.POST.get("audience", ""))
            number_id = int(number) if number.isascii() and number.isdigit() else None
            drafts.keep_who(row, name, chosen, number_id)
        except UnfitCampaign as unfit:
            row.refresh_from_db()
            problem = unfit
        else:
            return _on(request, row, Step.WHAT)
    shown = {
        "name_given": name,
        "choices": choices_of(meant, request.POST.get("audience"), request.now),
        "numbers": list(Number.objects.order_by("pk")[:50]),
        "problem": said(problem),
    }
    return page_of(request, row, Step.WHO, shown, failed=problem is not None)


@member
@require_http_methods(["GET", "POST"])
def what(request: DeskRequest, campaign_id: int) -> HttpResponse:
    """Every change is kept as it comes; only the way on asks whether all is there."""
    row = draft(request, campaign_id)
    if isinstance(row, HttpResponse):
        return row
    problems: dict[str, str] = {}
    if request.method == "POST":
        problems = _keep_what(request, row)
        if "template" in request.POST and not problems:
            return redirect("campaigns:what", campaign_id)
        if request.POST.get("act") == "next" and not problems:
            lacks = drafts.lacking_words(row)
            if lacks is None:
                enclosures.look(row, wording.first_people(row, enclosures.SAMPLE, request.now))
                return _on(request, row, Step.WHEN)
            problems = {lacks.part: said(lacks)}
    what_is = wording.shown(row, _given(request, "person"), _given(request, "q"), request.now)
    shown = {"what": what_is, "problems": problems}
    part = "#preview" if request.headers.get("HX-Request") else ""
    return page_of(request, row, Step.WHAT, shown, failed=bool(problems), part=part)


def _keep_what(request: DeskRequest, row: Campaign) -> dict[str, str]:
    """The problems by part."""
    template_id = request.POST.get("template")
    if template_id is not None:
        is_id = template_id.isascii() and template_id.isdigit() and len(template_id) < 19
        try:
            drafts.choose_template(row, int(template_id) if is_id else None)
        except NoTemplate as error:
            return {"template": str(first_words.NO_TEMPLATE[error.code])}
        return {}
    try:
        kept = _file(request, row)
    except UnfitFile as error:
        return {"header_media": str(first_words.FLAWS[error.code])}
    column = wording.media_column(request.POST)
    drafts.keep_what(row, wording.sources(row, request.POST), kept, column)
    return {}


def _file(request: DeskRequest, row: Campaign) -> File | None:
    """Kept at once, and asked of Meta when the campaign leaves. Raises UnfitFile."""
    given = request.FILES.get("media")
    if given is None or isinstance(given, list):
        return None
    kept = files.keep(
        request.workspace.pk,
        request.user,
        given.read(OURS_MAX + 1),
        filename=given.name or "",
        mime_type=given.content_type or "",
    )
    return enclosures.fit(row, kept)


@member
@require_POST
def enclosed(request: DeskRequest, campaign_id: int) -> HttpResponse:
    """Files of their own: given by name, taken away, or looked at behind one person's link."""
    row = draft(request, campaign_id)
    if isinstance(row, HttpResponse):
        return row
    person, act = _given(request, "person"), request.POST.get("act")
    if act == "drop":
        enclosures.drop_given(row)
    elif act == "look":
        enclosures.look(row, wording.chosen_people(row, person, request.now))
    else:
        try:
            count = enclosures.give(row, request.FILES.getlist("enclosures"), request.user)
        except UnfitFile as error:
            messages.error(request, str(first_words.FLAWS[error.code]))
        else:
            said = ngettext("%(count)s file is kept.", "%(count)s files are kept.", count)
            messages.success(request, said % {"count": count})
    at = reverse("campaigns:what", args=[campaign_id])
    return redirect(f"{at}?{urlencode({'person': person})}" if person else at)


@member
@require_http_methods(["GET", "POST"])
def when(request: DeskRequest, campaign_id: int) -> HttpResponse:
    row = draft(request, campaign_id)
    if isinstance(row, HttpResponse):
        return row
    given = request.POST if request.method == "POST" else None
    today = timezone.localtime(request.now).date()
    form = WhenForm(
        given, initial=initial_of(row, today), company=request.workspace, now=request.now
    )
    if request.method == "POST" and form.is_valid():
        try:
            drafts.keep_when(row, form.wanted())
        except UnfitCampaign as unfit:
            row.refresh_from_db()
            form.add_error(None, said(unfit))
        else:
            return _on(request, row, Step.CHECKS)
    shown = {"form": form, "zone": request.workspace.time_zone}
    return page_of(request, row, Step.WHEN, shown, failed=bool(form.errors))


@member
@require_GET
def checked(request: DeskRequest, campaign_id: int) -> HttpResponse:
    row = draft(request, campaign_id)
    if isinstance(row, HttpResponse):
        return row
    tally = counting.of_page(request, row)
    if not tally.is_whole:
        return still_counting(request, row, Step.CHECKS, tally)
    found = checks.checks(row, request.now, tally)
    shown = {
        "checks": found,
        "risks": [words.RISKS[risk] for risk in found.risks],
        "lacking": said(drafts.lacking(row)),
        "health": wording.health(row),
        "files": wording.files_words(row),
    }
    return page_of(request, row, Step.CHECKS, shown)


@member
@require_GET
def skipped(request: DeskRequest, campaign_id: int) -> HttpResponse:
    """The people whom a reason keeps out; without one, those who will receive it."""
    row = draft(request, campaign_id)
    if isinstance(row, HttpResponse):
        return row
    code, after = _given(request, "reason")[:40], _given(request, "after")
    if after and not (after.isascii() and after.isdigit() and len(after) <= _DIGITS_MAX):
        raise Http404
    found = judged.find(
        row, Q(reason=code), request.now, int(after or 0), PAGE, seconds=_PATIENCE_S
    )
    shown = {
        "reason": words.reason(code) if code else None,
        "people": [{"contact": one, "name": name_of(one)} for one in found.people],
        "next": found.upto,
        "is_full": len(found.people) == PAGE,
        "total": _how_many(request, row, code),
    }
    return page_of(request, row, Step.CHECKS, shown, template="skipped")


def _how_many(request: DeskRequest, row: Campaign, code: str) -> int | None:
    """None while a large audience is still being counted."""
    tally = counting.of_page(request, row)
    if not tally.is_whole:
        return None
    return tally.skipped[code] if code else tally.heads.total()


def still_counting(
    request: DeskRequest, row: Campaign, step: Step, tally: Tally, **more: str
) -> HttpResponse:
    """How far it is; the page asks again by itself."""
    shown = {"counted": tally.people, "counted_percent": round(100 * counting.share(tally))}
    return page_of(request, row, step, shown | more, template="counting")


def draft(request: DeskRequest, campaign_id: int) -> Any:
    """The draft, or where to go instead: what has started has its report."""
    if not may_write(request.membership):
        raise Http404
    try:
        if request.method == "GET":
            row = pages.found(campaign_id)
            if row.state != CampaignState.DRAFT:
                return redirect("campaigns:campaign", campaign_id)
            return row
        return drafts.draft(campaign_id)
    except Campaign.DoesNotExist as missing:
        raise Http404 from missing
    except NotNow:
        return redirect("campaigns:campaign", campaign_id)


def _on(request: DeskRequest, row: Campaign, step: Step) -> HttpResponse:
    """Further, or out: what was told is kept either way."""
    if request.POST.get("act") == "leave":
        messages.success(request, _("Kept as a draft."))
        return redirect("campaigns:list")
    return redirect(f"campaigns:{step}", row.pk)


def said(unfit: UnfitCampaign | None) -> str:
    return "" if unfit is None else str(words.UNFIT[unfit.part, unfit.code])


def _given(request: DeskRequest, name: str) -> str:
    return request.POST.get(name, request.GET.get(name, "")).replace("\0", "")[:100]


def page_of(
    request: DeskRequest,
    row: Campaign,
    step: Step,
    shown: dict[str, Any],
    *,
    failed: bool = False,
    template: str = "",
    part: str = "",
) -> HttpResponse:
    rail = [
        {
            "step": one,
            "words": said,
            "route": f"campaigns:{one}",
            "is_open": drafts.reached(row, one),
            "is_here": one is step,
        }
        for one, said in _STEPS.items()
    ]
    always = {"campaign": row, "step": step, "rail_of_steps": rail}
    page = f"campaigns/{template or step}.html{part}"
    return render(request, page, always | shown, status=_UNFIT if failed else None)
