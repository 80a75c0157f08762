"""Automations: written, started, paused, ended, and what each of them did."""

from ninja import Router, Status

from sportello.console.api import shapes
from sportello.console.api import shapes_automations as of
from sportello.console.api import shapes_campaigns as campaign_shapes
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.automations import deeds, hooks, queries
from sportello.console.automations.deeds import Wanted
from sportello.rules.campaign import Outcome
from sportello.schema import models as rows
from sportello.schema.automations import Trigger

router = Router(tags=["automations"])


@router.get("", response=of.Automations, summary="List automations, newest first")
@reading
def list_automations(
    request: CallerRequest, cursor: shapes.Cursor = "", limit: shapes.Limit = 50
) -> of.Automations:
    del request
    page = queries.automations(cursor, limit)
    totals = queries.totals(page.items)
    items = [_shown(row, totals[row.pk]) for row in page.items]
    return of.Automations(items=items, next_cursor=page.next_cursor or None)


@router.post("", response={201: of.Automation}, summary="Write an automation; it listens later")
@writing
def create_automation(request: CallerRequest, payload: of.AutomationIn) -> Status[of.Automation]:
    """422 with the `part` that cannot be so."""
    caller = request.auth
    row = deeds.create(caller.workspace_id, _wanted(payload), None, caller.now)
    return Status(201, _one(row.pk))


@router.get("/{int:automation_id}", response=of.Automation, summary="One automation")
@reading
def get_automation(request: CallerRequest, automation_id: int) -> of.Automation:
    del request
    return _one(automation_id)


@router.put("/{int:automation_id}", response=of.Automation, summary="Change it from now on")
@writing
def change_automation(
    request: CallerRequest, automation_id: int, payload: of.AutomationIn
) -> of.Automation:
    deeds.change(automation_id, _wanted(payload), request.auth.now)
    return _one(automation_id)


@router.post("/{int:automation_id}/start", response=of.Automation, summary="Let it listen")
@writing
def start_automation(request: CallerRequest, automation_id: int) -> of.Automation:
    deeds.start(automation_id, request.auth.now)
    return _one(automation_id)


@router.post("/{int:automation_id}/pause", response=of.Automation, summary="Take in nothing")
@writing
def pause_automation(request: CallerRequest, automation_id: int) -> of.Automation:
    """What waits, waits until it goes on."""
    deeds.pause(automation_id, request.auth.now)
    return _one(automation_id)


@router.post("/{int:automation_id}/resume", response=of.Automation, summary="Listen again")
@writing
def resume_automation(request: CallerRequest, automation_id: int) -> of.Automation:
    deeds.resume(automation_id, request.auth.now)
    return _one(automation_id)


@router.post("/{int:automation_id}/end", response=of.Automation, summary="End it for good")
@writing
def end_automation(request: CallerRequest, automation_id: int) -> of.Automation:
    """What waits is withdrawn; the history stays."""
    deeds.end(automation_id, request.auth.now)
    return _one(automation_id)


@router.post("/{int:automation_id}/address", response=of.Automation, summary="A new address")
@writing
def renew_address(request: CallerRequest, automation_id: int) -> of.Automation:
    """The old one opens nothing any more."""
    del request
    deeds.new_address(automation_id)
    return _one(automation_id)


def _wanted(payload: of.AutomationIn) -> Wanted:
    schedule = payload.schedule or campaign_shapes.ScheduleIn()
    return Wanted(
        name=payload.name,
        trigger=payload.trigger,
        template=payload.template,
        language=payload.language,
        variables={
            name: source if isinstance(source, str) else source.model_dump()
            for name, source in payload.variables.items()
        },
        file_id=payload.header_media,
        number_id=payload.number,
        list_id=payload.list,
        after_count=payload.after,
        after_unit=payload.unit,
        repeats=payload.repeats,
        fields=payload.fields.model_dump(),
        consent_text=payload.consent_text,
        consent_source=payload.consent_source,
        signed=payload.signed,
        calendar=None
        if schedule.days is None
        else {"days": schedule.days, "holidays": schedule.holidays},
        rate=payload.rate,
    )


def _one(automation_id: int) -> of.Automation:
    row = queries.automation(automation_id)
    return _shown(row, queries.totals([row])[row.pk])


def _shown(row: rows.Automation, totals: dict[Outcome, int]) -> of.Automation:
    campaign = row.campaign
    is_called = row.trigger == Trigger.WEBHOOK
    return of.Automation(
        id=row.pk,
        name=campaign.name,
        state=campaign.state,
        paused_why=campaign.paused_why or None,
        trigger=row.trigger,
        template=None if campaign.template is None else campaign.template.name,
        language=None if campaign.template is None else campaign.template.language,
        number_id=campaign.number_id,
        list_id=row.list_id,
        after=row.after_count,
        unit=row.after_unit,
        repeats=row.repeats,
        address=hooks.path(row) if is_called else None,
        signing_key=hooks.signing_key(row) if is_called and row.signed else None,
        created_at=row.created_at,
        totals=totals,
    )
