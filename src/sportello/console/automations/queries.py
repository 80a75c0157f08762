"""What is asked of automations: the list, their counts, and the history of what they did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, QuerySet

from sportello.console.campaigns.remembered import remembered
from sportello.console.paging import Page, newest_ids_first
from sportello.rules import campaign as rules
from sportello.rules.campaign import Outcome
from sportello.rules.followup import outcome
from sportello.rules.status import State
from sportello.schema.automations import Automation
from sportello.schema.followups import Errand


@dataclass(frozen=True, slots=True)
class Execution:
    """One time that an automation was set off. `reason`: the guard's code or Meta's, or ""."""

    errand: Errand
    outcome: Outcome
    reason: str
    is_trial: bool


def automation(automation_id: int) -> Automation:
    """Raises Automation.DoesNotExist."""
    return _rows().get(pk=automation_id)


def automations(cursor: str, limit: int) -> Page[Automation]:
    """Newest first. Raises WrongCursor."""
    return newest_ids_first(_rows(), cursor, limit)


def totals(rows: Iterable[Automation]) -> dict[int, dict[Outcome, int]]:
    """By automation a count for each outcome; their sum is how often it was set off."""
    return {row.pk: _remembered(row) for row in rows}


def _remembered(row: Automation) -> dict[Outcome, int]:
    return remembered("executions", row.campaign, lambda: _totals(row))


def _totals(row: Automation) -> dict[Outcome, int]:
    counts = dict.fromkeys(Outcome, 0)
    groups = (
        Errand.objects.filter(campaign_id=row.campaign_id)
        .values("skipped_why", state=F("message__status"))
        .annotate(n=Count("pk"))
        .order_by()
    )
    for group in groups:
        counts[_outcome(row.campaign.state, group["skipped_why"], group["state"])] += group["n"]
    return counts


def executions(row: Automation, cursor: str, limit: int, contact_id: int | None) -> Page[Errand]:
    """Newest first, of one contact or of all. Raises WrongCursor."""
    errands = _errands().filter(campaign_id=row.campaign_id)
    return newest_ids_first(
        errands if contact_id is None else errands.filter(contact_id=contact_id), cursor, limit
    )


def of_contact(contact_id: int, cursor: str, limit: int) -> Page[Errand]:
    """All that automations did for a contact, newest first. Raises WrongCursor."""
    errands = _errands().filter(contact_id=contact_id, campaign__automatic=True)
    return newest_ids_first(errands, cursor, limit)


def execution(errand: Errand) -> Execution:
    """Needs campaign and message selected with it."""
    message = errand.message
    state = None if message is None else message.status
    return Execution(
        errand=errand,
        outcome=_outcome(errand.campaign.state, errand.skipped_why, state),
        reason=_reason(errand),
        is_trial=errand.occasion.startswith("try:"),
    )


def waits_until(errand: Errand) -> datetime | None:
    """When it falls due, while it waits."""
    return errand.due_at if errand.released_at is None and not errand.skipped_why else None


def _reason(errand: Errand) -> str:
    message = errand.message
    if errand.skipped_why or message is None:
        return errand.skipped_why
    if message.error is not None:
        return str(message.error.get("code", ""))
    kept = message.receipt or {}
    stopped = message.status in {"refused", "held", "cancelled"}
    return str(kept.get("code") or "") if stopped else ""


def _outcome(campaign_state: str, skipped_why: str, state: str | None) -> Outcome:
    found = None if state is None else State(state)
    return outcome(skipped_why, found, rules.State(campaign_state))


def _rows() -> QuerySet[Automation]:
    return Automation.objects.select_related(
        "campaign", "campaign__template", "campaign__number", "list", "workspace"
    )


def _errands() -> QuerySet[Errand]:
    return Errand.objects.select_related("campaign", "contact", "message")
