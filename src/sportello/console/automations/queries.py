"""What is asked of automations: the list, their counts, and the history of what they did."""

from collections.abc import Iterable

from django.db.models import Count, F, QuerySet

from sportello.console.campaigns import errands
from sportello.console.campaigns.remembered import remembered
from sportello.console.paging import Page, newest_ids_first
from sportello.rules.campaign import Outcome
from sportello.schema.automations import Automation
from sportello.schema.followups import Errand


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


def executions(
    row: Automation, cursor: str, limit: int, contact_id: int | None = None, outcome: str = ""
) -> Page[Errand]:
    """Newest first, of one contact or of all, of one outcome or of each. Raises WrongCursor."""
    found = errands.rows().filter(errands.that_are(row.campaign, outcome), campaign=row.campaign_id)
    return newest_ids_first(
        found if contact_id is None else found.filter(contact_id=contact_id), cursor, limit
    )


def of_contact(contact_id: int, cursor: str, limit: int) -> Page[Errand]:
    """All that automations did for a contact, newest first. Raises WrongCursor."""
    found = errands.rows().filter(contact_id=contact_id, campaign__automatic=True)
    return newest_ids_first(found, cursor, limit)


def _rows() -> QuerySet[Automation]:
    return Automation.objects.select_related(
        "campaign", "campaign__template", "campaign__number", "list", "workspace"
    )
