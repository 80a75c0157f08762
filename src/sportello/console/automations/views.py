"""Pages of the automations: the list, the editor, one with its address, its trial, its history."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
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
from sportello.console.automations import deeds, events, hooks, queries, trials, words
from sportello.console.automations.events import UnfitEvent
from sportello.console.automations.queries import Filters
from sportello.console.automations.trials import Trial
from sportello.console.campaigns import bars, costs, errands, report, retry_pages
from sportello.console.campaigns import words as campaign_words
from sportello.console.campaigns.deeds import NotNow, UnfitCampaign
from sportello.console.campaigns.steps_words import OUTCOME_TONE, wait_words
from sportello.console.campaigns.words import OUTCOME
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.paging import PAGE, WrongCursor
from sportello.console.templates_desk.findings import digest
from sportello.rules.campaign import Outcome, Pause
from sportello.schema.automations import Automation, Trigger
from sportello.schema.campaigns import CampaignState
from sportello.schema.followups import Errand
from sportello.schema.people import Contact

_UNFIT: Final = 422
# Of these a page redraws itself each second; of more less often.
_MANY: Final = 5_000
_DEEDS: Final[dict[str, Callable[[int, datetime], Automation]]] = {
    "start": deeds.start,
    "pause": deeds.pause,
    "resume": deeds.resume,
    "end": deeds.end,
}
_TONE: Final = {CampaignState.RUNNING: "good", CampaignState.PAUSED: "warn"}


@dataclass(frozen=True, slots=True)
class Line:
    """An automation in the list. `done`: messages that left or wait to; `left_out`: those not."""

    row: Automation
    trigger: Promise
    wait: str
    state: Promise
    tone: str
    taken: int
    done: int
    left_out: int


@member
@require_GET
def automations(request: DeskRequest) -> HttpResponse:
    try:
        page = queries.automations(request.GET.get("after", ""), PAGE)
    except WrongCursor as wrong:
        raise Http404 from wrong
    totals = queries.totals(page.items)
    shown = {
        "lines": [_line(row, totals[row.pk]) for row in page.items],
        "next": page.next_cursor,
        "is_first": "after" not in request.GET,
        "may_write": may_write(request.membership),
    }
    return render(request, "automations/list.html", shown)


@member
@require_GET
def automation(request: DeskRequest, automation_id: int) -> HttpResponse:
    return _page(request, _of(automation_id))


@member
@require_POST
def deed(request: DeskRequest, automation_id: int) -> HttpResponse:
    """Start, pause, resume, end: what the pressed button says."""
    row = _of(automation_id)
    wanted = _DEEDS.get(request.POST.get("deed", ""))
    try:
        if wanted is not None:
            wanted(row.pk, request.now)
    except UnfitCampaign as wrong:
        messages.error(request, words.unfit(wrong.part, wrong.code))
    except NotNow as late:
        messages.error(request, str(words.STATE[late.state]))
    return redirect("automations:automation", row.pk)


@member
@require_POST
def address(request: DeskRequest, automation_id: int) -> HttpResponse:
    deeds.new_address(_of(automation_id).pk)
    messages.success(request, _("The address is new: the old one opens nothing any more."))
    return redirect("automations:automation", automation_id)


@member
@require_POST
def verdict(request: DeskRequest, automation_id: int, errand_id: int) -> HttpResponse:
    """What a person says of a message of which nobody knows whether it arrived."""
    row = _of(automation_id)
    errands.settle(request, row.campaign_id, errand_id)
    return redirect("automations:automation", row.pk)


@member
@require_POST
def retry(request: DeskRequest, automation_id: int) -> HttpResponse:
    """What Meta refused for a reason that passes, once more."""
    back = reverse("automations:automation", args=[automation_id])
    return retry_pages.press(request, Errand, _of(automation_id).campaign_id, back)


@member
@require_http_methods(["GET", "POST"])
def trial(request: DeskRequest, automation_id: int) -> HttpResponse:
    """Shows what would come of an event; with `really` it does come."""
    row = _of(automation_id)
    if request.method == "GET":
        # Whoever loads it anew looks at the automation.
        return redirect("automations:automation", row.pk)
    text = request.POST.get("event", "")[: trials.EVENT_MAX]
    if "really" not in request.POST:
        return _page(request, row, text, trials.look(row, text, request.now))
    try:
        events.once(row, trials.event_of(text), request.now)
    except UnfitEvent as unfit:
        return _page(request, row, text, Trial(problem=str(words.EVENT[unfit.code])))
    except NotNow as late:
        return _page(request, row, text, Trial(problem=str(words.STATE[late.state])))
    messages.success(request, _("Set off for this once: it stands in the history below."))
    return redirect("automations:automation", row.pk)


def _page(
    request: DeskRequest, row: Automation, text: str = "", tried: Trial | None = None
) -> HttpResponse:
    filters = queries.filters_of(request)
    shown = _report(row, filters) | _history(request, row, filters)
    is_called = row.trigger == Trigger.WEBHOOK
    writes = may_write(request.membership)
    address = request.build_absolute_uri(hooks.path(row)) if is_called and writes else ""
    shown |= {
        "automation": row,
        "paused_why": _paused_why(row),
        "address": address,
        "signing_key": hooks.signing_key(row) if is_called and row.signed and writes else "",
        "event": text or trials.sample(row),
        "tried": tried,
        "may_write": writes,
    }
    line = shown["line"]
    shown["keys"] = {
        "status": digest((line.state, shown["paused_why"])),
        "address": digest((address,)),
        "funnel": digest(shown[name] for name in ("funnel", "costs", "taps", "link_taps")),
        "reasons": digest((shown["reasons"], filters)),
        "retry": digest((shown["retryable"],)),
        "lines": digest((errands.stamp(shown["lines"]), shown["counts"], filters, shown["next"])),
    }
    status = _UNFIT if tried is not None and tried.problem else None
    # What changes by itself comes alone.
    part = "#regions" if request.headers.get("HX-Request") else ""
    return render(request, f"automations/automation.html{part}", shown, status=status)


def _report(row: Automation, filters: Filters) -> dict[str, Any]:
    """The funnel with what it cost, and why some did not get it."""
    funnel = queries.funnel(row)
    return {
        "line": _line(row, dict(funnel.parts)),
        "counts": [
            (one.value, OUTCOME[one], count, OUTCOME_TONE[one])
            for one, count in funnel.parts.items()
            if count
        ],
        "funnel": funnel,
        "bars": bars.bars(funnel, _("Times set off")),
        "parts": bars.parts(funnel),
        "costs": costs.costs(row.campaign),
        "taps": report.taps(row.campaign),
        "link_taps": report.link_taps(row.campaign),
        "reasons": report.reasons(row.campaign),
        "filters": filters,
        "retryable": errands.retryable(row.campaign),
        "quiet_ms": 1_000 if funnel.audience <= _MANY else 5_000,
    }


def _history(request: DeskRequest, row: Automation, filters: Filters) -> dict[str, Any]:
    """What it did for each, narrowed as was asked."""
    after = request.GET.get("after", "")
    try:
        page = queries.executions(row, filters, after, PAGE)
    except WrongCursor as wrong:
        raise Http404 from wrong
    contact = Contact.objects.filter(pk=filters.contact_id or 0).first()
    return {
        "lines": errands.lines(page.items, "automations:verdict", row.pk),
        "outcome": dict(bars.outcomes()).get(filters.outcome, ""),
        "reason": campaign_words.reason(filters.reason).title if filters.reason else "",
        "narrowed": _narrowed(filters),
        "next": page.next_cursor,
        "is_first": not after,
        "of_contact": contact,
        "of_name": "" if contact is None else name_of(contact),
    }


def _narrowed(filters: Filters) -> str:
    """As the next page's address says it, with an & behind; "" where nothing is narrowed."""
    of = {"contact": filters.contact_id, "outcome": filters.outcome, "reason": filters.reason}
    said = urlencode({name: value for name, value in of.items() if value})
    return f"{said}&" if said else ""


def _of(automation_id: int) -> Automation:
    try:
        return queries.automation(automation_id)
    except Automation.DoesNotExist as error:
        raise Http404 from error


def _paused_why(row: Automation) -> str:
    campaign = row.campaign
    if not campaign.paused_why:
        return ""
    said = str(campaign_words.PAUSED[Pause(campaign.paused_why)])
    alarm = (campaign.braked or {}).get("alarm")
    return f"{said} {campaign_words.BRAKED[alarm]}" if alarm else said


def _line(row: Automation, totals: dict[Outcome, int]) -> Line:
    left_out = totals[Outcome.SKIPPED] + totals[Outcome.CANCELLED] + totals[Outcome.FAILED]
    return Line(
        row=row,
        trigger=words.TRIGGER[row.trigger],
        wait=wait_words(row.after_count, row.after_unit),
        state=words.STATE[row.campaign.state],
        tone=_TONE.get(CampaignState(row.campaign.state), ""),
        taken=sum(totals.values()),
        done=sum(totals.values()) - left_out,
        left_out=left_out,
    )
