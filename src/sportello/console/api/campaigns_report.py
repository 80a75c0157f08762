"""What the pages of campaigns show and do besides: checks, report, trial, second tries, rules."""

from ninja import Router, Status

from sportello.console.api import shapes_campaigns as of
from sportello.console.api import shapes_reports as told
from sportello.console.api import shown_campaigns as shown
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.campaigns import (
    checks,
    counting,
    queries,
    report,
    settings,
    trials,
    verdicts,
)
from sportello.console.campaigns.settings import Rules
from sportello.console.campaigns.trials import Trial
from sportello.schema.campaigns import Recipient
from sportello.schema.team import Workspace

router = Router(tags=["campaigns"])


@router.get("/rules", response=told.Rules, summary="The company's rules for campaigns")
@reading
def get_rules(request: CallerRequest) -> told.Rules:
    return _rules(request)


@router.put("/rules", response=told.Rules, summary="Change the company's rules for campaigns")
@writing
def put_rules(request: CallerRequest, payload: told.Rules) -> told.Rules:
    """They hold for running campaigns too."""
    workspace = Workspace.objects.get(pk=request.auth.workspace_id)
    settings.keep(workspace, Rules(**payload.model_dump()))
    return _rules(request)


@router.post(
    "/{int:campaign_id}/checks",
    response={200: told.Checks, 202: of.Counting},
    summary="What speaks for and against",
)
@reading
def check_campaign(
    request: CallerRequest, campaign_id: int, payload: of.CountIn | None = None
) -> told.Checks | Status[of.Counting]:
    """A large audience is counted in several requests: 202 with what to send with the next."""
    row = queries.campaign(campaign_id)
    tally, so_far = counting.of_call(row, request.auth.now, payload.so_far if payload else "")
    if so_far:
        return Status(202, shown.counting(tally, so_far))
    found = checks.checks(row, request.auth.now, tally)
    cost, limit = found.cost, found.limit
    return told.Checks(
        audience=found.preview.audience,
        receive=found.preview.receive,
        skipped=found.preview.skipped,
        cost=None
        if cost is None
        else told.CheckedCost(
            currency=cost.currency,
            likely_micros=cost.likely,
            worst_micros=cost.worst,
            followups_micros=cost.followups,
            without_price=cost.unknown,
            budget_left_micros=cost.budget_left,
        ),
        limit=None
        if limit is None
        else told.CheckedLimit(
            most=limit.most, used=limit.used, wanted=limit.wanted, followups=limit.followups
        ),
        risk=found.level.name.lower(),
        risks=[risk.value for risk in found.risks],
    )


@router.get("/{int:campaign_id}/report", response=told.Report, summary="What became of it")
@reading
def get_report(request: CallerRequest, campaign_id: int) -> told.Report:
    row = queries.campaign(campaign_id)
    return shown.report(row, report.funnel(row, request.auth.now))


@router.post("/{int:campaign_id}/trial", response={201: told.Sent}, summary="Send it to one number")
@writing
def try_campaign(
    request: CallerRequest, campaign_id: int, payload: told.TrialIn
) -> Status[told.Sent]:
    """Under the same guard as any message; 409 with its reason."""
    row = queries.campaign(campaign_id)
    wanted = Trial(payload.to, payload.agrees)
    message = trials.send(row, wanted, None, request.auth.now)
    return Status(201, told.Sent(message_id=message.pk, conversation_id=message.conversation_id))


@router.post("/{int:campaign_id}/retry", response=shown.RETRIED, summary="Try again what failed")
@writing
def retry_campaign(
    request: CallerRequest, campaign_id: int, payload: of.CountIn | None = None
) -> Status[told.Retried]:
    """Only what Meta refused for a reason that passes; nobody more than three times.

    Of a large audience in several requests: 202 with what to send with the next.
    """
    return shown.tried_anew(Recipient, campaign_id, request.auth.now, payload)


@router.post(
    "/{int:campaign_id}/recipients/{int:recipient_id}/resend",
    response=of.Recipient,
    summary="Send once more what is to be verified",
)
@writing
def resend(request: CallerRequest, campaign_id: int, recipient_id: int) -> of.Recipient:
    """At the risk that it arrives twice."""
    _check(campaign_id, recipient_id)
    verdicts.send_again(Recipient, recipient_id, None, request.auth.now)
    return _recipient(recipient_id)


@router.post(
    "/{int:campaign_id}/recipients/{int:recipient_id}/take-as-sent",
    response=of.Recipient,
    summary="Count as sent what is to be verified",
)
@writing
def take_as_sent(request: CallerRequest, campaign_id: int, recipient_id: int) -> of.Recipient:
    """At the risk that it never arrived."""
    _check(campaign_id, recipient_id)
    verdicts.take_as_sent(Recipient, recipient_id, None, request.auth.now)
    return _recipient(recipient_id)


def _check(campaign_id: int, recipient_id: int) -> None:
    """Raises Recipient.DoesNotExist also for another campaign's."""
    Recipient.objects.get(pk=recipient_id, campaign_id=campaign_id)


def _recipient(recipient_id: int) -> of.Recipient:
    rows = Recipient.objects.select_related("campaign", "contact", "message")
    return shown.recipient(rows.get(pk=recipient_id))


def _rules(request: CallerRequest) -> told.Rules:
    found = settings.rules(Workspace.objects.get(pk=request.auth.workspace_id))
    return told.Rules(
        brake_failures=found.brake_failures,
        brake_stops=found.brake_stops,
        brake_marketing_cap=found.brake_marketing_cap,
        brake_sample_min=found.brake_sample_min,
        canary=found.canary,
        promotions_max=found.promotions_max,
        promotions_days=found.promotions_days,
    )
