"""What is asked of automations: the list, their counts, and the history of what they did."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, QuerySet
from django.http import HttpRequest

from sportello.console.campaigns import errands, report
from sportello.console.campaigns.remembered import remembered
from sportello.console.campaigns.report import Funnel
from sportello.console.paging import Page, newest_ids_first
from sportello.rules.campaign import Outcome
from sportello.schema.automations import Automation
from sportello.schema.campaigns import Campaign
from sportello.schema.followups import Errand

_DIGITS_MAX: Final = 18
_REASON_MAX: Final = 40


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
        found = errands.outcome_in(row.campaign.state, group["skipped_why"], group["state"])
        counts[found] += group["n"]
    return counts


def funnel(row: Automation) -> Funnel:
    """As a campaign's; its audience is how often it was set off."""
    return remembered("automation", row.campaign, lambda: _funnel(row))


def _funnel(row: Automation) -> Funnel:
    released = Errand.objects.filter(campaign_id=row.campaign_id, released_at__isnull=False)
    since = row.campaign.started_at or row.campaign.created_at
    return Funnel(_totals(row), **report.counted_beside(released, since))


@dataclass(frozen=True, slots=True)
class Filters:
    """What the history is narrowed to; nothing where nothing is said. `outcome` may be a deed."""

    contact_id: int | None = None
    outcome: str = ""
    reason: str = ""

    def __bool__(self) -> bool:
        return self != Filters()


def filters_of(request: HttpRequest) -> Filters:
    """A word that is none narrows nothing; a contact that is none is nobody."""
    given = request.GET
    contact, outcome = given.get("contact", ""), given.get("outcome", "")
    is_id = contact.isascii() and contact.isdigit() and len(contact) <= _DIGITS_MAX
    is_known = outcome in set(Outcome) or report.that_came(outcome) is not None
    return Filters(
        int(contact) if is_id else None,
        outcome if is_known else "",
        given.get("reason", "").replace("\0", "")[:_REASON_MAX],
    )


def of(campaign: Campaign, filters: Filters) -> QuerySet[Any]:
    """Without an order."""
    found = errands.rows().filter(errands.that_are(campaign, filters.outcome), campaign=campaign)
    if filters.contact_id is not None:
        found = found.filter(contact_id=filters.contact_id)
    return found.filter(reason=filters.reason) if filters.reason else found


def executions(row: Automation, filters: Filters, cursor: str, limit: int) -> Page[Errand]:
    """Newest first. Raises WrongCursor."""
    return newest_ids_first(of(row.campaign, filters), cursor, limit)


def of_contact(contact_id: int, cursor: str, limit: int) -> Page[Errand]:
    """All that automations did for a contact, newest first. Raises WrongCursor."""
    found = errands.rows().filter(contact_id=contact_id, campaign__automatic=True)
    return newest_ids_first(found, cursor, limit)


def _rows() -> QuerySet[Automation]:
    return Automation.objects.select_related(
        "campaign", "campaign__template", "campaign__number", "list", "workspace"
    )
