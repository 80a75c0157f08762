"""The follow-ups of a campaign, and how each of them stands."""

from collections.abc import Sequence
from datetime import datetime

from ninja import Router

from sportello.console.api import shapes_campaigns as of
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.campaigns import queries, steps
from sportello.console.campaigns.steps import WantedStep

router = Router(tags=["campaigns"])


@router.get("/{int:campaign_id}/followups", response=of.Followups, summary="A campaign's steps")
@reading
def list_followups(request: CallerRequest, campaign_id: int) -> of.Followups:
    """In their order. The totals of each add up to the audience, as the campaign's own do."""
    return _shown(campaign_id, request.auth.now)


@router.put("/{int:campaign_id}/followups", response=of.Followups, summary="Say what follows")
@writing
def set_followups(
    request: CallerRequest, campaign_id: int, payload: of.FollowupsIn
) -> of.Followups:
    """All of them, instead of what there was. 409 once the campaign was started."""
    steps.replace(campaign_id, wanted(payload.followups))
    return _shown(campaign_id, request.auth.now)


def wanted(given: Sequence[of.FollowupIn]) -> list[WantedStep]:
    """As the console writes them."""
    return [
        WantedStep(
            template=one.template,
            language=one.language,
            after_count=one.after,
            after_unit=one.unit,
            unless_answered=not one.always,
            variables={
                name: source if isinstance(source, str) else source.model_dump()
                for name, source in one.variables.items()
            },
            file_id=one.header_media,
        )
        for one in given
    ]


def _shown(campaign_id: int, now: datetime) -> of.Followups:
    row = queries.campaign(campaign_id)
    totals = steps.totals(row, sum(queries.totals(row, now).values()))
    skipped = steps.reasons(row)
    items = [
        of.Followup(
            position=step.position,
            template=None if step.template is None else step.template.name,
            language=None if step.template is None else step.template.language,
            after=step.after_count,
            unit=step.after_unit,
            always=not step.unless_answered,
            totals=totals[step.position],
            skipped=skipped.get(step.position, {}),
        )
        for step in steps.of(row)
    ]
    return of.Followups(items=items)
