"""Pages of a campaign's follow-ups: the list, which other pages include, and one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.campaigns import (
    bars,
    costs,
    errands,
    queries,
    remembered,
    report,
    retry_pages,
    steps,
    steps_slots,
)
from sportello.console.campaigns.costs import Cost
from sportello.console.campaigns.deeds import NotNow, UnfitCampaign
from sportello.console.campaigns.steps import WantedStep
from sportello.console.campaigns.steps_words import OUTCOME_TONE, UNIT, reason, unfit, wait_words
from sportello.console.campaigns.words import OUTCOME, STATE
from sportello.console.members import member
from sportello.console.paging import PAGE, WrongCursor, newest_ids_first
from sportello.console.templates_desk.findings import digest
from sportello.rules.campaign import Outcome
from sportello.rules.followup import STEPS_MAX
from sportello.schema.campaigns import Campaign, CampaignState
from sportello.schema.files import File
from sportello.schema.followups import Errand, Followup

_UNFIT: Final = 422
_SHOW: Final = "show"
_COUNT_DIGITS_MAX: Final = 4
_BESIDE: Final = (report.ANSWERED, report.TAPPED, report.STOPPED)


@dataclass(frozen=True, slots=True)
class Line:
    """A follow-up in words; the counts once the campaign was started. `beside`: who answered,
    tapped, asked to stop.
    """

    step: Followup
    wait: str
    template: str
    counts: list[tuple[str, Promise, int, str]]
    skipped: list[tuple[str, int]]
    beside: list[tuple[str, int]]
    costs: list[Cost]


def fragment(row: Campaign, *, writes: bool) -> dict[str, Any]:
    """What `campaigns/followups_part.html` needs, for whichever page includes it."""
    is_draft = row.state == CampaignState.DRAFT
    found = steps.of(row)
    return {
        "followups": [_planned(step) for step in found] if is_draft else _told(row, found),
        "followups_campaign": row,
        "followups_may_change": is_draft and writes,
        "followups_may_grow": is_draft and writes and len(found) < STEPS_MAX,
    }


@member
@require_GET
def followups(request: DeskRequest, campaign_id: int) -> HttpResponse:
    row = _campaign(campaign_id)
    writes = may_write(request.membership)
    shown: dict[str, Any] = {"campaign": row, "may_write": writes} | fragment(row, writes=writes)
    if row.state != CampaignState.DRAFT:
        shown |= _people(request, row) | {"retryable": errands.retryable(row)}
    lines = shown.get("lines", [])
    shown["quiet_ms"] = 1_000 if row.let_go <= remembered.MANY else 5_000
    shown["keys"] = {
        "followups": digest(
            (one.step.pk, one.counts, one.skipped, one.beside, one.costs)
            for one in shown["followups"]
        ),
        "retry": digest((shown.get("retryable"),)),
        "lines": digest((errands.stamp(lines), shown.get("narrowed"), shown.get("next"))),
    }
    # What changes by itself comes alone.
    part = "#regions" if request.headers.get("HX-Request") else ""
    return render(request, f"campaigns/followups.html{part}", shown)


def _people(request: DeskRequest, row: Campaign) -> dict[str, Any]:
    """What became of each one's follow-ups, narrowed to a step and an outcome."""
    outcome, position = request.GET.get("outcome", ""), request.GET.get("step", "")
    rows = errands.rows().filter(errands.that_are(row, outcome), campaign=row)
    step = int(position) if position in {str(n + 1) for n in range(STEPS_MAX)} else None
    after = request.GET.get("after", "")
    try:
        page = newest_ids_first(rows if step is None else rows.filter(position=step), after, PAGE)
    except WrongCursor as wrong:
        raise Http404 from wrong
    is_known = outcome in set(Outcome)
    narrowed = {"step": "" if step is None else position, "outcome": outcome if is_known else ""}
    said = urlencode({name: value for name, value in narrowed.items() if value})
    return {
        "lines": errands.lines(page.items, "campaign-steps:verdict", row.pk),
        "outcome": OUTCOME[Outcome(outcome)] if is_known else "",
        "step": step,
        "narrowed": f"{said}&" if said else "",
        "next": page.next_cursor,
        "is_first": not after,
    }


@member
@require_POST
def verdict(request: DeskRequest, campaign_id: int, errand_id: int) -> HttpResponse:
    """What a person says of a follow-up of which nobody knows whether it arrived."""
    row = _campaign(campaign_id)
    errands.settle(request, row.pk, errand_id)
    return redirect("campaign-steps:followups", row.pk)


@member
@require_POST
def retry(request: DeskRequest, campaign_id: int) -> HttpResponse:
    """What Meta refused for a reason that passes, once more: of every follow-up."""
    back = reverse("campaign-steps:followups", args=[_campaign(campaign_id).pk])
    return retry_pages.press(request, Errand, campaign_id, back)


@member
@require_http_methods(["GET", "POST"])
def new(request: DeskRequest, campaign_id: int) -> HttpResponse:
    return _edited(request, campaign_id, None)


@member
@require_http_methods(["GET", "POST"])
def one(request: DeskRequest, campaign_id: int, position: int) -> HttpResponse:
    return _edited(request, campaign_id, position)


@member
@require_POST
def removal(request: DeskRequest, campaign_id: int, position: int) -> HttpResponse:
    row = _campaign(campaign_id)
    found = steps.of(row)
    if position > len(found):
        raise Http404
    rest = [steps.wanted_of(step) for step in found if step.position != position]
    try:
        steps.replace(campaign_id, rest)
    except NotNow as late:
        messages.error(request, str(STATE[late.state]))
    except UnfitCampaign as wrong:
        messages.error(request, unfit(wrong.part, wrong.code))
    else:
        messages.success(request, _("The follow-up is gone."))
    return redirect("campaign-steps:followups", campaign_id)


def _edited(request: DeskRequest, campaign_id: int, position: int | None) -> HttpResponse:
    row = _campaign(campaign_id)
    found = steps.of(row)
    kept = None if position is None else next((s for s in found if s.position == position), None)
    if (position is not None and kept is None) or not may_write(request.membership):
        raise Http404
    if request.method == "GET":
        return _page(request, row, _initial(kept, request.GET.get("template", "")), kept)
    given = {name: str(value) for name, value in request.POST.items()}
    if _SHOW in given:
        return _page(request, row, given, kept)
    return _kept(request, row, given, kept)


def _kept(
    request: DeskRequest, row: Campaign, given: Mapping[str, str], kept: Followup | None
) -> HttpResponse:
    try:
        wanted = _wanted(request, row, given, kept)
        found = [steps.wanted_of(step) for step in steps.of(row)]
        if kept is None:
            found.append(wanted)
        else:
            found[kept.position - 1] = wanted
        steps.replace(row.pk, found)
    except UnfitCampaign as wrong:
        return _page(request, row, given, kept, problem=unfit(wrong.part, wrong.code))
    except NotNow as late:
        return _page(request, row, given, kept, problem=str(STATE[late.state]))
    messages.success(request, _("The follow-up is saved."))
    return redirect("campaign-steps:followups", row.pk)


def _wanted(
    request: DeskRequest, row: Campaign, given: Mapping[str, str], kept: Followup | None
) -> WantedStep:
    template = steps_slots.template_of(row.number, given.get("template", ""))
    if template is None:
        raise UnfitCampaign("template", "unknown")
    upload = request.FILES.get("media")
    file = steps_slots.file_of(row.workspace_id, request.user, upload, _file(given, kept))
    shown = steps_slots.shown(row.number, template, {}, file)
    needs_file = shown.sight is not None and shown.sight.needs_file
    return WantedStep(
        template=template.name,
        language=template.language,
        after_count=_count(given.get("after_count", "")),
        after_unit=given.get("after_unit", ""),
        unless_answered=given.get("when") != "always",
        variables=steps_slots.sources(template, given),
        file_id=file.pk if file is not None and needs_file else None,
    )


def _file(given: Mapping[str, str], kept: Followup | None) -> File | None:
    """The one that the form carries along; row-level security says whose it may be."""
    named = given.get("file", "")
    if named.isascii() and named.isdigit() and len(named) < 19:
        return File.objects.filter(pk=int(named)).first()
    return None if kept is None else kept.file


def _count(given: str) -> int:
    plain = given.strip()
    fits = plain.isascii() and plain.isdigit() and len(plain) <= _COUNT_DIGITS_MAX
    return int(plain) if fits else 0


def _initial(kept: Followup | None, template: str) -> dict[str, str]:
    if kept is None:
        return {"template": template, "after_count": "3", "after_unit": "days", "when": "silent"}
    return {
        "template": str(kept.template_id or ""),
        "after_count": str(kept.after_count),
        "after_unit": kept.after_unit,
        "when": "silent" if kept.unless_answered else "always",
    }


def _page(
    request: DeskRequest,
    row: Campaign,
    given: Mapping[str, str],
    kept: Followup | None,
    problem: str = "",
) -> HttpResponse:
    template = steps_slots.template_of(row.number, given.get("template", ""))
    variables = {} if template is None else steps_slots.sources(template, given)
    if kept is not None and template is not None and kept.template_id == template.pk:
        variables = kept.variables | variables
    shown = {
        "campaign": row,
        "step": kept,
        "number": kept.position if kept else Followup.objects.filter(campaign=row).count() + 1,
        "given": given,
        "units": UNIT.items(),
        "slots": steps_slots.shown(row.number, template, variables, _file(given, kept)),
        "problem": problem,
        "may_save": row.state == CampaignState.DRAFT,
    }
    return render(request, "campaigns/followup.html", shown, status=_UNFIT if problem else None)


def _campaign(campaign_id: int) -> Campaign:
    try:
        return queries.campaign(campaign_id)
    except Campaign.DoesNotExist as error:
        raise Http404 from error


def _planned(step: Followup) -> Line:
    return Line(step, *_words(step), counts=[], skipped=[], beside=[], costs=[])


def _told(row: Campaign, found: list[Followup]) -> list[Line]:
    totals, skipped, beside = steps.totals(row, 0), steps.reasons(row), steps.beside(row)
    return [
        Line(
            step,
            *_words(step),
            counts=[
                (outcome.value, OUTCOME[outcome], count, OUTCOME_TONE[outcome])
                for outcome, count in totals[step.position].items()
                if count
            ],
            skipped=[
                (reason(code), count) for code, count in skipped.get(step.position, {}).items()
            ],
            beside=_beside(beside.get(step.position, {})),
            costs=costs.costs_of_step(row, step.position),
        )
        for step in found
    ]


def _words(step: Followup) -> tuple[str, str]:
    """Its wait and its template's name."""
    name = _("a template that is gone") if step.template is None else step.template.name
    return wait_words(step.after_count, step.after_unit), name


def _beside(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    said = dict(bars.beside())
    return [(said[name], counts[name]) for name in _BESIDE if counts.get(name)]
