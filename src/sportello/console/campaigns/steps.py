"""The follow-ups of a campaign that is still a draft: as people and scripts write them.

Each works inside the request's transaction and locks the campaign first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, F

from sportello.console.campaigns import deeds, report
from sportello.console.campaigns.deeds import NotNow, UnfitCampaign
from sportello.console.campaigns.remembered import remembered
from sportello.console.templates_desk import bodies
from sportello.rules import campaign as rules
from sportello.rules.after import COUNT_MAX, Unit
from sportello.rules.campaign import Outcome
from sportello.rules.followup import STEPS_MAX, outcome
from sportello.rules.status import State
from sportello.schema.campaigns import Campaign, CampaignState
from sportello.schema.followups import Errand, Followup

PART: Final = "followups"


@dataclass(frozen=True, slots=True)
class WantedStep:
    """A follow-up as somebody describes it; variables as a campaign's."""

    template: str
    language: str
    after_count: int
    after_unit: str
    unless_answered: bool = True
    variables: Mapping[str, Any] = field(default_factory=dict)
    file_id: int | None = None


def replace(campaign_id: int, wanted: Sequence[WantedStep]) -> list[Followup]:
    """These follow-ups, in this order, instead of all that there were.

    Raises Campaign.DoesNotExist, NotNow once the campaign was started, UnfitCampaign.
    """
    row = deeds.locked(campaign_id)
    if row.state != CampaignState.DRAFT or row.automatic:
        raise NotNow(row.state)
    if len(wanted) > STEPS_MAX:
        raise UnfitCampaign(PART, "too_many")
    steps = [_step(row, one, position) for position, one in enumerate(wanted, start=1)]
    Followup.objects.filter(campaign=row).delete()
    return Followup.objects.bulk_create(steps)


def wanted_of(step: Followup) -> WantedStep:
    """As somebody would have to describe it."""
    template = step.template
    return WantedStep(
        template="" if template is None else template.name,
        language="" if template is None else template.language,
        after_count=step.after_count,
        after_unit=step.after_unit,
        unless_answered=step.unless_answered,
        variables={
            name: source if source.get("column") else {"value": source.get("value", "")}
            for name, source in step.variables.items()
        },
        file_id=step.file_id,
    )


def of(row: Campaign) -> list[Followup]:
    """In their order."""
    steps = Followup.objects.filter(campaign=row).select_related("template", "file")
    return list(steps.order_by("position"))


def totals(row: Campaign, audience: int) -> dict[int, dict[Outcome, int]]:
    """By step a count for each outcome; the sum of each is the audience, as the campaign's own."""
    return remembered("steps", row, lambda: _totals(row, audience))


def _totals(row: Campaign, audience: int) -> dict[int, dict[Outcome, int]]:
    counts = {step.position: dict.fromkeys(Outcome, 0) for step in of(row)}
    groups = (
        Errand.objects.filter(campaign=row)
        .values("position", "skipped_why", state=F("message__status"))
        .annotate(n=Count("pk"))
        .order_by()
    )
    for group in groups:
        state = None if group["state"] is None else State(group["state"])
        found = outcome(group["skipped_why"], state, rules.State(row.state))
        counts[group["position"]][found] += group["n"]
    if not row.planned:
        for known in counts.values():
            known[Outcome.WAITING] += max(0, audience - sum(known.values()))
    return counts


def reasons(row: Campaign) -> dict[int, dict[str, int]]:
    """By step how many were passed over for which reason, most first."""
    return remembered("steps skipped", row, lambda: _reasons(row))


def _reasons(row: Campaign) -> dict[int, dict[str, int]]:
    groups = (
        Errand.objects.filter(campaign=row)
        .exclude(skipped_why="")
        .values("position", "skipped_why")
        .annotate(n=Count("pk"))
        .order_by("position", "-n")
    )
    found: dict[int, dict[str, int]] = {}
    for group in groups:
        found.setdefault(group["position"], {})[group["skipped_why"]] = group["n"]
    return found


def beside(row: Campaign) -> dict[int, dict[str, int]]:
    """By step who answered it, tapped its buttons, asked to stop since, by the report's names."""
    return remembered("steps beside", row, lambda: _beside(row))


def _beside(row: Campaign) -> dict[int, dict[str, int]]:
    released = Errand.objects.filter(campaign=row, released_at__isnull=False)
    counts = report.beside()
    told: Any = released.values("position").annotate(**counts).order_by("position")
    found: dict[int, dict[str, int]] = {
        one["position"]: {name: one[name] for name in counts} for one in told
    }
    return found


def _step(row: Campaign, wanted: WantedStep, position: int) -> Followup:
    template = deeds.fit_template(row.number, wanted.template, wanted.language)
    if template.status != deeds.APPROVED:
        raise UnfitCampaign(PART, "not_approved")
    unit = _unit(wanted)
    return Followup(
        workspace_id=row.workspace_id,
        campaign=row,
        position=position,
        unless_answered=wanted.unless_answered,
        after_count=wanted.after_count,
        after_unit=unit.value,
        template=template,
        content=bodies.of_row(template),
        variables=deeds.fit_sources(template, wanted.variables),
        file_id=deeds.fit_file(template, wanted.file_id),
    )


def _unit(wanted: WantedStep) -> Unit:
    if wanted.after_unit not in set(Unit):
        raise UnfitCampaign(PART, "unit_unknown")
    unit = Unit(wanted.after_unit)
    if not 1 <= wanted.after_count <= COUNT_MAX[unit]:
        raise UnfitCampaign(PART, "out_of_range")
    return unit
