"""The last step to a campaign: what is read before the button, the trial, and the start."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sportello.console.access import DeskRequest
from sportello.console.campaigns import (
    button,
    checks,
    counting,
    deeds,
    drafts,
    trials,
    wizard,
    wording,
)
from sportello.console.campaigns.counting import Tally
from sportello.console.campaigns.deeds import UnfitCampaign
from sportello.console.campaigns.drafts import Step
from sportello.console.contacts.ledger import UnfitConsent
from sportello.console.inbox.deeds import Refused
from sportello.console.inbox.fillings import UnfitFilling
from sportello.console.inbox.views import refusal_words
from sportello.console.members import member
from sportello.schema.campaigns import Campaign

# What is read on the button, as the form sends it back.
_SUM_MAX: Final = 60


@member
@require_GET
def confirm(request: DeskRequest, campaign_id: int) -> HttpResponse:
    row = wizard.draft(request, campaign_id)
    if isinstance(row, HttpResponse):
        return row
    tally = counting.of_page(request, row)
    if not tally.is_whole:
        return wizard.still_counting(request, row, Step.CONFIRM, tally)
    return _confirming(request, row, tally)


@member
@require_POST
def start(request: DeskRequest, campaign_id: int) -> HttpResponse:
    """Only as it was read: where more people or more money came up meanwhile it asks again.

    A large audience takes several requests, which the page makes by itself and tells how far it is.
    """
    row = wizard.draft(request, campaign_id)
    if isinstance(row, HttpResponse):
        return _led(request, row)
    tally = counting.of_press(request, row)
    if not tally.is_whole:
        pressed = request.POST.get("sum", "")[:_SUM_MAX]
        return wizard.still_counting(request, row, Step.CONFIRM, tally, pressed=pressed)
    found = checks.checks(row, request.now, tally)
    if button.total(found) != request.POST.get("sum"):
        return _confirming(request, row, tally, has_changed=True)
    try:
        deeds.start(campaign_id, request.now, tally.people)
    except UnfitCampaign as unfit:
        row.refresh_from_db()
        return _confirming(request, row, tally, problem=wizard.said(unfit))
    messages.success(request, _("Started. The audience is being frozen."))
    return _led(request, redirect("campaigns:campaign", campaign_id))


def _led(request: DeskRequest, onward: HttpResponse) -> HttpResponse:
    """Further; htmx would else put the next page into this one."""
    if not request.headers.get("HX-Request") or "Location" not in onward.headers:
        return onward
    return HttpResponse(headers={"HX-Redirect": onward.headers["Location"]})


@member
@require_POST
def trial(request: DeskRequest, campaign_id: int) -> HttpResponse:
    """One message to a number of one's own, as any message that a person sends."""
    row = wizard.draft(request, campaign_id)
    if isinstance(row, HttpResponse):
        return row
    wanted = trials.Trial(
        phone=request.POST.get("phone", ""), agrees=request.POST.get("agrees") == "on"
    )
    try:
        message = trials.send(row, wanted, request.user, request.now)
    except UnfitCampaign as unfit:
        return _untried(request, row, wizard.said(unfit))
    except (UnfitFilling, UnfitConsent):
        return _untried(request, row, _("This message cannot be filled in."))
    except Refused as refused:
        return _untried(request, row, refusal_words(refused))
    messages.success(request, _("The trial is on its way."))
    answer = redirect("campaigns:confirm", campaign_id)
    answer.headers["X-Trial"] = str(message.pk)
    return answer


def _untried(request: DeskRequest, row: Campaign, why: str) -> HttpResponse:
    """Why the trial did not leave."""
    tally = counting.of_page(request, row)
    if not tally.is_whole:
        messages.error(request, why)
        return redirect("campaigns:confirm", row.pk)
    return _confirming(request, row, tally, trial_problem=why)


def _confirming(
    request: DeskRequest,
    row: Campaign,
    tally: Tally,
    *,
    has_changed: bool = False,
    problem: str = "",
    trial_problem: str = "",
) -> HttpResponse:
    found = checks.checks(row, request.now, tally)
    lacking = wizard.said(drafts.lacking(row))
    shown = {
        "checks": found,
        "sum": button.total(found),
        "button": button.words(found),
        "lacking": problem or lacking,
        "may_start": not lacking and found.preview.receive > 0,
        "has_changed": has_changed,
        "trial_problem": trial_problem,
        "phone": request.POST.get("phone", ""),
        "summary": wording.summary(row),
        "person": wording.first_person(row, request.now),
    }
    failed = has_changed or bool(problem or trial_problem)
    return wizard.page_of(request, row, Step.CONFIRM, shown, failed=failed)
