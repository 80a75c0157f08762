"""Pages of the automations: the list, the editor, one with its address, its trial, its history."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.automations import deeds, events, hooks, queries, trials, words
from sportello.console.automations.events import UnfitEvent
from sportello.console.automations.trials import Trial
from sportello.console.campaigns import errands, report
from sportello.console.campaigns import words as campaign_words
from sportello.console.campaigns.deeds import NotNow, UnfitCampaign
from sportello.console.campaigns.steps_words import OUTCOME_TONE, wait_words
from sportello.console.campaigns.words import OUTCOME
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.paging import PAGE, WrongCursor
from sportello.rules.campaign import Outcome, Pause
from sportello.schema.automations import Automation, Trigger
from sportello.schema.campaigns import CampaignState
from sportello.schema.people import Contact

_UNFIT: Final = 422
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
def trial(request: DeskRequest, automation_id: int) -> HttpResponse:
    """Shows what would come of an event; with `really` it does come."""
    row = _of(automation_id)
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
    contact = _contact(request.GET.get("contact", ""))
    outcome = request.GET.get("outcome", "")
    try:
        page = queries.executions(
            row,
            request.GET.get("after", ""),
            PAGE,
            None if contact is None else contact.pk,
            outcome,
        )
    except WrongCursor as wrong:
        raise Http404 from wrong
    totals = queries.totals([row])[row.pk]
    is_called = row.trigger == Trigger.WEBHOOK
    writes = may_write(request.membership)
    shown: dict[str, Any] = {
        "automation": row,
        "line": _line(row, totals),
        "counts": [
            (one.value, OUTCOME[one], count, OUTCOME_TONE[one])
            for one, count in totals.items()
            if count
        ],
        "costs": report.costs(row.campaign),
        "paused_why": _paused_why(row),
        "address": request.build_absolute_uri(hooks.path(row)) if is_called and writes else "",
        "signing_key": hooks.signing_key(row) if is_called and row.signed and writes else "",
        "event": text or trials.sample(row),
        "tried": tried,
        "lines": [errands.line(one, "automations:verdict", row.pk) for one in page.items],
        "outcome": OUTCOME.get(Outcome(outcome)) if outcome in set(Outcome) else "",
        "narrowed": _narrowed(contact, outcome),
        "next": page.next_cursor,
        "is_first": "after" not in request.GET,
        "of_contact": contact,
        "of_name": "" if contact is None else name_of(contact),
        "may_write": writes,
    }
    status = _UNFIT if tried is not None and tried.problem else None
    return render(request, "automations/automation.html", shown, status=status)


def _narrowed(contact: Contact | None, outcome: str) -> str:
    """As the next page's address says it, with an & behind; "" where nothing is narrowed."""
    of = {"contact": "" if contact is None else str(contact.pk), "outcome": outcome[:20]}
    said = urlencode({name: value for name, value in of.items() if value})
    return f"{said}&" if said else ""


def _of(automation_id: int) -> Automation:
    try:
        return queries.automation(automation_id)
    except Automation.DoesNotExist as error:
        raise Http404 from error


def _contact(given: str) -> Contact | None:
    plain = given.isascii() and given.isdigit() and len(given) < 19
    return Contact.objects.filter(pk=int(given)).first() if plain else None


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
