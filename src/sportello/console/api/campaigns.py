"""Campaigns: written, checked, started, paused, resumed, cancelled, and their recipients."""

from typing import Any

from ninja import Router, Status

from sportello.console.api import followups, shapes, shown_campaigns
from sportello.console.api import shapes_campaigns as of
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.campaigns import counting, deeds, queries, steps
from sportello.console.campaigns.deeds import UnfitCampaign, Wanted
from sportello.rules.audience import Audience, Everybody, Listed, Matching
from sportello.schema.people import ContactList
from sportello.schema.segments import Segment

router = Router(tags=["campaigns"])


@router.get("", response=of.Campaigns, summary="List campaigns, newest first")
@reading
def list_campaigns(
    request: CallerRequest, cursor: shapes.Cursor = "", limit: shapes.Limit = 50
) -> of.Campaigns:
    page = queries.campaigns(cursor, limit)
    items = [shown_campaigns.campaign(row, request.auth.now) for row in page.items]
    return of.Campaigns(items=items, next_cursor=page.next_cursor or None)


@router.post("", response={201: of.Campaign}, summary="Write a campaign; nothing leaves yet")
@writing
def create_campaign(request: CallerRequest, payload: of.CampaignIn) -> Status[of.Campaign]:
    """422 with the `part` that cannot be so."""
    caller = request.auth
    row = deeds.create(caller.workspace_id, _wanted(payload), None, caller.now)
    if payload.followups:
        steps.replace(row.pk, followups.wanted(payload.followups))
    return Status(201, shown_campaigns.campaign(row, caller.now))


@router.get("/{int:campaign_id}", response=of.Campaign, summary="One campaign with its totals")
@reading
def get_campaign(request: CallerRequest, campaign_id: int) -> of.Campaign:
    return shown_campaigns.campaign(queries.campaign(campaign_id), request.auth.now)


@router.post(
    "/{int:campaign_id}/preview",
    response={200: of.Preview, 202: of.Counting},
    summary="Who would receive it now",
)
@reading
def preview_campaign(
    request: CallerRequest, campaign_id: int, payload: of.CountIn | None = None
) -> of.Preview | Status[of.Counting]:
    """A large audience is counted in several requests: 202 with what to send with the next."""
    row = queries.campaign(campaign_id)
    tally, so_far = counting.of_call(row, request.auth.now, payload.so_far if payload else "")
    if so_far:
        return Status(202, shown_campaigns.counting(tally, so_far))
    return of.Preview(
        audience=tally.people, receive=tally.heads.total(), skipped=dict(tally.skipped)
    )


@router.post("/{int:campaign_id}/start", response=of.Campaign, summary="Let it go")
@writing
def start_campaign(request: CallerRequest, campaign_id: int) -> of.Campaign:
    """From here on neither its words nor its audience change. 409 if it was started before."""
    now = request.auth.now
    return shown_campaigns.campaign(deeds.start(campaign_id, now), now)


@router.post("/{int:campaign_id}/pause", response=of.Campaign, summary="Stop it for now")
@writing
def pause_campaign(request: CallerRequest, campaign_id: int) -> of.Campaign:
    now = request.auth.now
    return shown_campaigns.campaign(deeds.pause(campaign_id, now), now)


@router.post("/{int:campaign_id}/resume", response=of.Campaign, summary="Let it go on")
@writing
def resume_campaign(request: CallerRequest, campaign_id: int) -> of.Campaign:
    now = request.auth.now
    return shown_campaigns.campaign(deeds.resume(campaign_id, now), now)


@router.post("/{int:campaign_id}/cancel", response=of.Campaign, summary="End it for good")
@writing
def cancel_campaign(request: CallerRequest, campaign_id: int) -> of.Campaign:
    """What waits is withdrawn; what has left has left."""
    now = request.auth.now
    return shown_campaigns.campaign(deeds.cancel(campaign_id, now), now)


@router.get(
    "/{int:campaign_id}/recipients", response=of.Recipients, summary="What became of each person"
)
@reading
def list_recipients(  # noqa: PLR0917  # the parts of a query
    request: CallerRequest,
    campaign_id: int,
    outcome: of.Outcomes = "",
    reason: of.Reason = "",
    cursor: shapes.Cursor = "",
    limit: shapes.Limit = 50,
) -> of.Recipients:
    """`reason`: a code of the guard's or of Meta's."""
    del request
    row = queries.campaign(campaign_id)
    page = queries.recipients(row, outcome, reason, cursor, limit)
    items = [shown_campaigns.recipient(one) for one in page.items]
    return of.Recipients(items=items, next_cursor=page.next_cursor or None)


def _wanted(payload: of.CampaignIn) -> Wanted:
    schedule = payload.schedule or of.ScheduleIn()
    return Wanted(
        name=payload.name,
        audience=_audience(payload),
        template=payload.template,
        language=payload.language,
        variables={name: _plain(source) for name, source in payload.variables.items()},
        file_id=payload.header_media,
        media_column=payload.header_media_column.strip(),
        number_id=payload.number,
        starts_at=schedule.starts_at,
        calendar=None
        if schedule.days is None
        else {"days": schedule.days, "holidays": schedule.holidays},
        zone=schedule.zone,
        finish_by=schedule.finish_by,
        rate=payload.rate,
        canary=payload.canary,
    )


def _audience(payload: of.CampaignIn) -> Audience:
    """Exactly one of the three."""
    given = [one for one in (payload.list, payload.segment, payload.everybody) if one is not None]
    if len(given) != 1:
        raise UnfitCampaign("list", "unreadable" if given else "missing")
    if payload.list is not None:
        return Listed(_named(ContactList, payload.list, "list"))
    if payload.segment is not None:
        return Matching(_named(Segment, payload.segment, "segment"))
    return Everybody()


def _named(table: type[ContactList] | type[Segment], given: int | str, part: str) -> int:
    if isinstance(given, int):
        return given
    found = table.objects.filter(name__iexact=given.strip()).first()
    if found is None:
        raise UnfitCampaign(part, "unknown")
    return found.pk


def _plain(source: str | of.ColumnIn | of.ValueIn) -> Any:
    return source if isinstance(source, str) else source.model_dump()
