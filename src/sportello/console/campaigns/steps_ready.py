"""Whether a campaign's follow-ups can be started with it."""

from sportello.schema.campaigns import Campaign
from sportello.schema.followups import Followup

_APPROVED = "APPROVED"


def objection(row: Campaign) -> str:
    """One is "not_approved" or "changed" since it was chosen; "" where nothing is in the way."""
    for step in Followup.objects.filter(campaign=row).select_related("template"):
        template = step.template
        if template is None or template.status != _APPROVED:
            return "not_approved"
        known = (step.content["category"], step.content["components"])
        if known != (template.category, template.components):
            return "changed"
    return ""
