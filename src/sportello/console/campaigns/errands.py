"""What follow-ups and automations owed their people, one by one; a person's word where nobody knows
whether it arrived, and another try where it did not.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sportello.console.access import DeskRequest
from sportello.console.campaigns import costs, report, retrying, verdicts, words
from sportello.console.campaigns.deeds import NotNow
from sportello.console.campaigns.remembered import remembered
from sportello.console.campaigns.steps_words import OUTCOME_TONE
from sportello.console.campaigns.words import OUTCOME, Reason
from sportello.console.inbox.names import name_of
from sportello.rules import campaign as rules
from sportello.rules.campaign import OUTCOMES, Outcome
from sportello.rules.followup import outcome
from sportello.rules.status import State
from sportello.schema.campaigns import Campaign, CampaignState
from sportello.schema.followups import Errand
from sportello.schema.money import Charge

_DEEDS: Final = {"resent": verdicts.send_again, "sent": verdicts.take_as_sent}


# Of a long history nobody reads the parameters, the texts and the receipts.
_UNREAD: Final = (
    *("filled", "contact__properties", "message__text", "message__payload", "message__receipt"),
    *(f"campaign__{name}" for name in ("content", "variables", "audience", "calendar")),
)


@dataclass(frozen=True, slots=True)
class Execution:
    """One errand as it stands. `reason`: the guard's code or Meta's, or ""; `tapped`: the words of
    the reply button; `micros`: None while nothing is owed or known.
    """

    errand: Errand
    outcome: Outcome
    reason: str
    is_trial: bool
    has_answered: bool
    has_stopped: bool
    tapped: str
    micros: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Line:
    """One errand in words. `verdict_path`: where a person says what became of it."""

    execution: Execution
    name: str
    outcome: Promise
    tone: str
    reason: Reason | None
    waits_until: datetime | None
    verdict_path: str
    may_resend: bool

    @property
    def is_doubtful(self) -> bool:
        return self.execution.outcome is Outcome.TO_VERIFY


def rows() -> QuerySet[Any]:
    """With all that a line shows."""
    found = Errand.objects.select_related("campaign", "contact", "message", "verdict_by")
    return report.told(found.defer(*_UNREAD))


def executions(found: Iterable[Errand]) -> list[Execution]:
    """Of `rows`; asks for their prices once."""
    errands = list(found)
    priced = costs.by_message(errands)
    return [_execution(one, priced.get(one.message_id)) for one in errands]


def _execution(errand: Errand, charge: Charge | None) -> Execution:
    told: Any = errand
    message = errand.message
    state = None if message is None else message.status
    return Execution(
        errand=errand,
        outcome=outcome_in(errand.campaign.state, errand.skipped_why, state),
        reason=told.reason,
        is_trial=errand.occasion.startswith("try:"),
        has_answered=told.has_answered,
        has_stopped=told.has_stopped,
        tapped=told.tapped,
        micros=costs.price(charge),
        currency="" if charge is None else charge.currency,
    )


def outcome_in(campaign_state: str, skipped_why: str, state: str | None) -> Outcome:
    """`state`: of the message, None while there is none."""
    found = None if state is None else State(state)
    return outcome(skipped_why, found, rules.State(campaign_state))


def that_are(row: Campaign, wanted: str) -> Q:
    """Those of this outcome, or that came so far as a bar says; else a word narrows nothing."""
    came = report.that_came(wanted)
    if came is not None:
        return came
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


def lines(found: Iterable[Errand], route: str, of: int) -> list[Line]:
    """`route`: of the room's verdicts, `of`: what it is named by there."""
    return [_line(one, route, of) for one in executions(found)]


def stamp(found: Iterable[Line]) -> list[Any]:
    """What of them changes."""
    return [
        (one.execution, one.execution.errand.released_at, one.execution.errand.verdict)
        for one in found
    ]


def _line(one: Execution, route: str, of: int) -> Line:
    errand = one.errand
    return Line(
        execution=one,
        name=name_of(errand.contact),
        outcome=OUTCOME[one.outcome],
        tone=OUTCOME_TONE[one.outcome],
        reason=words.reason(one.reason) if one.reason else None,
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


def retryable(row: Campaign) -> int:
    """How many a person may have tried anew."""
    if row.state in {CampaignState.DRAFT, CampaignState.CANCELLED}:
        return 0
    return remembered("errands", row, lambda: retrying.retryable(Errand, row).count())
