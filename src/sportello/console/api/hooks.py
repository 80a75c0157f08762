"""Where other systems call: an event for an automation, at an address that is its own secret."""

import json
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import BaseModel

from sportello import clock
from sportello.console.access import workspace_transaction
from sportello.console.api import idempotency
from sportello.console.api.problems import Problem
from sportello.console.automations import events, hooks, queries
from sportello.console.automations import words as automation_words
from sportello.console.automations.events import UnfitEvent
from sportello.console.campaigns.deeds import NotNow
from sportello.schema.automations import Automation, Trigger

router = Router(tags=["automations"])
EVENT_BYTES_MAX: Final = 64 * 1024
CALLS_A_MINUTE: Final = 600


class Accepted(BaseModel):
    """`known`: this event, or one that counts as the same, had set it off before."""

    execution: int
    known: bool


@router.post(
    "/{str:hook}/{str:secret}",
    auth=None,
    response={200: Accepted, 202: Accepted},
    summary="Tell an automation of an event",
)
def call(request: HttpRequest, hook: str, secret: str) -> Status[Accepted]:
    """The body is your event, as JSON. With an `Idempotency-Key`, or where the automation knows
    the event's id, the same event is taken once. 404 for an address that is not (any longer)
    one; 409 while the automation is paused.
    """
    now = clock.now()
    workspace_id = hooks.workspace_of(hook) if len(hook) <= 32 else None
    if workspace_id is None:
        raise Problem(404, detail=_("There is nothing here."))
    with workspace_transaction(workspace_id):
        row = _opened(request, hook, secret)
        is_too_many = _is_too_many(row, now)
    if is_too_many:
        raise Problem(429, "too_many_calls", _("Too many events in a minute. Call again later."))
    given = _event(request)
    with workspace_transaction(workspace_id):
        row = queries.automation(row.pk)
        taken = _taken(row, given, request, now)
    answered = Accepted(execution=taken.errand.pk, known=not taken.is_new)
    return Status(202 if taken.is_new else 200, answered)


def _opened(request: HttpRequest, hook: str, secret: str) -> Automation:
    """The automation, locked: whoever called before is counted. Raises Problem."""
    row = Automation.objects.select_for_update(no_key=True).filter(hook=hook).first()
    if row is None or not hooks.opens(row, secret) or row.trigger != Trigger.WEBHOOK:
        raise Problem(404, detail=_("There is nothing here."))
    if len(request.body) > EVENT_BYTES_MAX:
        raise Problem(413, detail=_("The body is too large."))
    header = request.headers.get(hooks.SIGNATURE_HEADER, "")
    if row.signed and not hooks.is_signed(row, request.body, header):
        told = _("Sign the body: X-Sportello-Signature: sha256=<HMAC with the automation's key>.")
        raise Problem(401, "wrong_signature", told)
    return row


def _is_too_many(row: Automation, now: datetime) -> bool:
    """Counts this call. What is refused for being too much is counted no further."""
    minute = now.replace(second=0, microsecond=0)
    row.called = 1 if row.called_in != minute else row.called + 1
    row.called_in = minute
    if row.called > CALLS_A_MINUTE:
        return True
    row.save(update_fields=["called", "called_in"])
    return False


def _event(request: HttpRequest) -> Any:
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        told = _("The body is not JSON that can be read.")
        raise Problem(400, "unreadable", told) from error
    if not isinstance(given, dict):
        raise Problem(400, "unreadable", _("An event is a JSON object."))
    return given


def _taken(row: Automation, given: Any, request: HttpRequest, now: datetime) -> events.Taken:
    try:
        return events.take(row, given, idempotency.key_of(request) or "", now)
    except NotNow as busy:
        told = str(automation_words.STATE[busy.state])
        raise Problem(409, "not_now", told, state=busy.state) from busy
    except UnfitEvent as unfit:
        told = str(automation_words.EVENT[unfit.code])
        raise Problem(422, unfit.code, told) from unfit
