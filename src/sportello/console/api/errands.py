"""What automations and follow-ups did for each: listed, decided where nobody knows, tried anew."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ninja import Router, Status

from sportello.console.api import shapes, shown_campaigns
from sportello.console.api import shapes_automations as of
from sportello.console.api import shapes_campaigns as campaign_shapes
from sportello.console.api import shapes_reports as told
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.automations import queries
from sportello.console.automations.queries import Filters
from sportello.console.campaigns import errands, steps_words, verdicts
from sportello.console.campaigns import queries as campaign_queries
from sportello.console.campaigns.errands import Execution
from sportello.console.paging import Page, newest_ids_first
from sportello.schema import models as rows

of_automations = Router(tags=["automations"])
of_campaigns = Router(tags=["campaigns"])
of_contacts = Router(tags=["contacts"])


@of_automations.get(
    "/{int:automation_id}/executions", response=of.Executions, summary="What it did, newest first"
)
@reading
def list_executions(
    request: CallerRequest,
    automation_id: int,
    outcome: campaign_shapes.Outcomes = "",
    cursor: shapes.Cursor = "",
    limit: shapes.Limit = 50,
) -> of.Executions:
    del request
    row = queries.automation(automation_id)
    return _executions(queries.executions(row, Filters(outcome=outcome), cursor, limit))


@of_contacts.get(
    "/{int:contact_id}/executions",
    response=of.Executions,
    summary="What automations did for a contact, newest first",
)
@reading
def list_of_contact(
    request: CallerRequest,
    contact_id: int,
    cursor: shapes.Cursor = "",
    limit: shapes.Limit = 50,
) -> of.Executions:
    del request
    contact = rows.Contact.objects.get(pk=contact_id)
    return _executions(queries.of_contact(contact.pk, cursor, limit))


@of_automations.get(
    "/{int:automation_id}/report", response=told.Report, summary="What became of it"
)
@reading
def get_report(request: CallerRequest, automation_id: int) -> told.Report:
    """As a campaign's; its audience is how often it was set off."""
    del request
    row = queries.automation(automation_id)
    return shown_campaigns.report(row.campaign, queries.funnel(row))


@of_automations.post(
    "/{int:automation_id}/retry",
    response=shown_campaigns.RETRIED,
    summary="Try again what failed",
)
@writing
def retry_automation(
    request: CallerRequest, automation_id: int, payload: campaign_shapes.CountIn | None = None
) -> Status[told.Retried]:
    """Only what Meta refused for a reason that passes; nothing more than three times.

    Of a long history in several requests: 202 with what to send with the next.
    """
    campaign_id = queries.automation(automation_id).campaign_id
    return shown_campaigns.tried_anew(rows.Errand, campaign_id, request.auth.now, payload)


@of_automations.post(
    "/{int:automation_id}/executions/{int:errand_id}/resend",
    response=of.Execution,
    summary="Send once more what is to be verified",
)
@writing
def resend_execution(request: CallerRequest, automation_id: int, errand_id: int) -> of.Execution:
    """At the risk that it arrives twice."""
    campaign_id = queries.automation(automation_id).campaign_id
    return _execution(_judged(verdicts.send_again, campaign_id, errand_id, request.auth.now))


@of_automations.post(
    "/{int:automation_id}/executions/{int:errand_id}/take-as-sent",
    response=of.Execution,
    summary="Count as sent what is to be verified",
)
@writing
def take_execution_as_sent(
    request: CallerRequest, automation_id: int, errand_id: int
) -> of.Execution:
    """At the risk that it never arrived."""
    campaign_id = queries.automation(automation_id).campaign_id
    return _execution(_judged(verdicts.take_as_sent, campaign_id, errand_id, request.auth.now))


@of_campaigns.get(
    "/{int:campaign_id}/followups/errands",
    response=of.FollowedUps,
    summary="What became of each person's follow-ups",
)
@reading
def list_followed_up(  # noqa: PLR0917  # the parts of a query
    request: CallerRequest,
    campaign_id: int,
    position: of.Position = None,
    outcome: campaign_shapes.Outcomes = "",
    cursor: shapes.Cursor = "",
    limit: shapes.Limit = 50,
) -> of.FollowedUps:
    """Newest first, narrowed to one follow-up or one outcome."""
    del request
    row = campaign_queries.campaign(campaign_id)
    found = errands.rows().filter(errands.that_are(row, outcome), campaign=row)
    found = found if position is None else found.filter(position=position)
    page = newest_ids_first(found, cursor, limit)
    items = [_followed_up(one) for one in errands.executions(page.items)]
    return of.FollowedUps(items=items, next_cursor=page.next_cursor or None)


@of_campaigns.post(
    "/{int:campaign_id}/followups/retry",
    response=shown_campaigns.RETRIED,
    summary="Try again the follow-ups that failed",
)
@writing
def retry_followups(
    request: CallerRequest, campaign_id: int, payload: campaign_shapes.CountIn | None = None
) -> Status[told.Retried]:
    """Only what Meta refused for a reason that passes; nothing more than three times.

    Of a large audience in several requests: 202 with what to send with the next.
    """
    row = campaign_queries.campaign(campaign_id)
    return shown_campaigns.tried_anew(rows.Errand, row.pk, request.auth.now, payload)


@of_campaigns.post(
    "/{int:campaign_id}/followups/errands/{int:errand_id}/resend",
    response=of.FollowedUp,
    summary="Send once more a follow-up that is to be verified",
)
@writing
def resend_followup(request: CallerRequest, campaign_id: int, errand_id: int) -> of.FollowedUp:
    """At the risk that it arrives twice."""
    found = campaign_queries.campaign(campaign_id).pk
    return _followed_up(_judged(verdicts.send_again, found, errand_id, request.auth.now))


@of_campaigns.post(
    "/{int:campaign_id}/followups/errands/{int:errand_id}/take-as-sent",
    response=of.FollowedUp,
    summary="Count as sent a follow-up that is to be verified",
)
@writing
def take_followup_as_sent(
    request: CallerRequest, campaign_id: int, errand_id: int
) -> of.FollowedUp:
    """At the risk that it never arrived."""
    found = campaign_queries.campaign(campaign_id).pk
    return _followed_up(_judged(verdicts.take_as_sent, found, errand_id, request.auth.now))


def _judged(
    verdict: Callable[..., object], campaign_id: int, errand_id: int, now: datetime
) -> Execution:
    """Raises Errand.DoesNotExist also for another campaign's."""
    rows.Errand.objects.get(pk=errand_id, campaign_id=campaign_id)
    verdict(rows.Errand, errand_id, None, now)
    return _found(errand_id)


def _found(errand_id: int) -> Execution:
    (one,) = errands.executions(errands.rows().filter(pk=errand_id))
    return one


def _executions(page: Page[rows.Errand]) -> of.Executions:
    items = [_execution(one) for one in errands.executions(page.items)]
    return of.Executions(items=items, next_cursor=page.next_cursor or None)


def _execution(one: Execution) -> of.Execution:
    errand = one.errand
    return of.Execution(
        automation=errand.campaign.name,
        is_trial=one.is_trial,
        taken_at=errand.created_at,
        **_shown(one),
    )


def _followed_up(one: Execution) -> of.FollowedUp:
    return of.FollowedUp(position=one.errand.position, **_shown(one))


def _shown(one: Execution) -> dict[str, Any]:
    """What both tell."""
    errand = one.errand
    contact, message = errand.contact, errand.message
    return {
        "id": errand.pk,
        "contact": campaign_shapes.RecipientContact(
            id=contact.pk,
            name=contact.name or contact.profile_name,
            phone=None if contact.wa_id is None else f"+{contact.wa_id}",
        ),
        "outcome": one.outcome,
        "reason": one.reason or None,
        "reason_words": steps_words.reason(one.reason) or None,
        "due_at": errands.waits_until(errand),
        "at": errand.released_at,
        "message_id": errand.message_id,
        "conversation_id": None if message is None else message.conversation_id,
        "answered": one.has_answered,
        "tapped": one.tapped or None,
        "stopped": one.has_stopped,
        "micros": one.micros,
        "currency": one.currency or None,
        "verdict": errand.verdict or None,
        "retries": errand.retries,
    }
