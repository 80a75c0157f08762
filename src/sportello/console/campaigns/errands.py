"""What follow-ups and automations owed their people, one by one; and a person's word where nobody
knows whether it arrived.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sportello.console.access import DeskRequest
from sportello.console.campaigns import verdicts
from sportello.console.campaigns.deeds import NotNow
from sportello.console.campaigns.steps_words import OUTCOME_TONE, reason
from sportello.console.campaigns.words import OUTCOME
from sportello.console.inbox.names import name_of
from sportello.rules import campaign as rules
from sportello.rules.campaign import OUTCOMES, Outcome
from sportello.rules.followup import outcome
from sportello.rules.status import State
from sportello.schema.campaigns import Campaign, CampaignState
from sportello.schema.followups import Errand

_DEEDS: Final = {"resent": verdicts.send_again, "sent": verdicts.take_as_sent}


@dataclass(frozen=True, slots=True)
class Execution:
    """One errand as it stands. `reason`: the guard's code or Meta's, or ""."""

    errand: Errand
    outcome: Outcome
    reason: str
    is_trial: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One errand in words. `verdict_path`: where a person says what became of it."""

    execution: Execution
    name: str
    outcome: Promise
    tone: str
    reason: str
    waits_until: datetime | None
    verdict_path: str
    may_resend: bool

    @property
    def is_doubtful(self) -> bool:
        return self.execution.outcome is Outcome.TO_VERIFY


def rows() -> QuerySet[Errand]:
    """With all that a line shows."""
    return Errand.objects.select_related("campaign", "contact", "message", "verdict_by")


def execution(errand: Errand) -> Execution:
    """Needs campaign and message selected with it."""
    message = errand.message
    state = None if message is None else message.status
    return Execution(
        errand=errand,
        outcome=outcome_in(errand.campaign.state, errand.skipped_why, state),
        reason=_reason(errand),
        is_trial=errand.occasion.startswith("try:"),
    )


def outcome_in(campaign_state: str, skipped_why: str, state: str | None) -> Outcome:
    """`state`: of the message, None while there is none."""
    found = None if state is None else State(state)
    return outcome(skipped_why, found, rules.State(campaign_state))


def that_are(row: Campaign, wanted: str) -> Q:
    """Those of this outcome; a word that is none narrows nothing."""
    if wanted not in set(Outcome):
        return Q()
    states = [state.value for state, shown in OUTCOMES.items() if shown == wanted]
    found = Q(message__status__in=states)
    if wanted == Outcome.SKIPPED:
        found |= ~Q(skipped_why="")
    if wanted == outcome_in(row.state, "", None):
        found |= Q(message__isnull=True, skipped_why="")
    return found


def waits_until(errand: Errand) -> datetime | None:
    """When it falls due, while it waits."""
    return errand.due_at if errand.released_at is None and not errand.skipped_why else None


def line(errand: Errand, route: str, of: int) -> Line:
    """`route`: of the room's verdicts, `of`: what it is named by there."""
    one = execution(errand)
    return Line(
        execution=one,
        name=name_of(errand.contact),
        outcome=OUTCOME[one.outcome],
        tone=OUTCOME_TONE[one.outcome],
        reason=reason(one.reason),
        waits_until=waits_until(errand) if one.outcome is Outcome.WAITING else None,
        verdict_path=reverse(route, args=[of, errand.pk]),
        may_resend=errand.campaign.state != CampaignState.CANCELLED,
    )


def settle(request: DeskRequest, campaign_id: int, errand_id: int) -> None:
    """What the pressed button says of it, once. Raises Http404 for what is not this campaign's."""
    if not Errand.objects.filter(pk=errand_id, campaign_id=campaign_id).exists():
        raise Http404
    deed: Callable[..., Errand] | None = _DEEDS.get(request.POST.get("verdict", ""))
    try:
        if deed is not None:
            deed(Errand, errand_id, request.user, request.now)
    except NotNow:
        messages.error(request, _("Too late: it has gone on meanwhile. The page shows how."))


def _reason(errand: Errand) -> str:
    message = errand.message
    if errand.skipped_why or message is None:
        return errand.skipped_why
    if message.error is not None:
        return str(message.error.get("code", ""))
    kept = message.receipt or {}
    stopped = message.status in {"refused", "held", "cancelled"}
    return str(kept.get("code") or "") if stopped else ""
