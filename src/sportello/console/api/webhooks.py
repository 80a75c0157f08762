"""Endpoints that are told what happens: kept, tried, told again."""

import json
from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from sportello.console.api import shapes
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.api.problems import Problem
from sportello.console.fields import whole_address
from sportello.console.paging import newest_ids_first
from sportello.console.settings import outgoing
from sportello.rules import outgoing as rule
from sportello.schema import outgoing as rows

router = Router(tags=["webhooks"])


def _address(told: str) -> str:
    try:
        return whole_address(told)
    except ValidationError as wrong:
        raise ValueError("must be a whole http(s) address") from wrong


def _kind(told: str) -> str:
    if told not in {kind.value for kind in rule.SUBSCRIBABLE}:
        raise ValueError("no such event")
    return told


class EndpointIn(shapes.In):
    url: Annotated[
        shapes.Keepable, StringConstraints(max_length=outgoing.URL_MAX), AfterValidator(_address)
    ]
    events: Annotated[
        list[Annotated[str, AfterValidator(_kind)]],
        Field(min_length=1, max_length=len(rule.SUBSCRIBABLE)),
    ] = Field(description="Of what it is told: `message.received`, `conversation.handed_over`, …")
    note: Annotated[shapes.Keepable, StringConstraints(max_length=outgoing.NOTE_MAX)] = ""
    enabled: bool = True


class Endpoint(BaseModel):
    """`disabled_why`: `failing` (nothing arrived for three days) or `gone` (it answered 410)."""

    id: int
    url: str
    events: list[str]
    note: str
    enabled: bool
    disabled_why: str
    failing_since: datetime | None
    created_at: datetime


class Secret(BaseModel):
    secret: str = Field(description="`whsec_…`: signs every call; it is not shown again")


class Endpoints(BaseModel):
    items: list[Endpoint]
    next_cursor: None = None


class Attempt(BaseModel):
    at: datetime
    status: int
    why: str
    ms: int


class Delivery(BaseModel):
    """`webhook_id` is the same at every try. `body`: as it is sent, null once the person of whom it
    tells was erased. `why`: a stable code where it did not arrive.
    """

    id: int
    webhook_id: str
    type: str
    at: datetime
    state: rows.DeliveryState
    status: int
    why: str
    answer: str
    tries: list[Attempt]
    body: dict[str, Any] | None


class Deliveries(BaseModel):
    items: list[Delivery]
    next_cursor: str | None


class ReplayIn(shapes.In):
    since: AwareDatetime = Field(description="All that failed and happened from then on")


@router.get("", response=Endpoints, summary="Endpoints, oldest first")
@reading
def list_endpoints(request: CallerRequest) -> Endpoints:
    del request
    found = rows.Endpoint.objects.order_by("pk")[: outgoing.ENDPOINTS_MAX]
    return Endpoints(items=[_shown(row) for row in found])


@router.post("", response={201: Endpoint}, summary="Have an address told what happens")
@writing
def add_endpoint(request: CallerRequest, payload: EndpointIn) -> Status[Endpoint]:
    """Its secret is asked for by `POST /webhooks/{id}/secret`. 409 where there are twenty."""
    try:
        row, _secret = outgoing.add(request.auth.workspace_id, _draft(payload))
    except outgoing.TooMany as full:
        told = _("There is room for 20 endpoints. Remove one first.")
        raise Problem(409, "too_many_endpoints", told) from full
    row.refresh_from_db()
    return Status(201, _shown(row))


@router.get("/{int:endpoint_id}", response=Endpoint, summary="One endpoint")
@reading
def get_endpoint(request: CallerRequest, endpoint_id: int) -> Endpoint:
    del request
    return _shown(rows.Endpoint.objects.get(pk=endpoint_id))


@router.put("/{int:endpoint_id}", response=Endpoint, summary="Change it")
@writing
def change_endpoint(request: CallerRequest, endpoint_id: int, payload: EndpointIn) -> Endpoint:
    """Switched on again, it is told what happens from now on; `replay` brings what it missed."""
    del request
    return _shown(outgoing.change(endpoint_id, _draft(payload)))


@router.delete("/{int:endpoint_id}", response={204: None}, summary="Remove it")
@writing
def remove_endpoint(request: CallerRequest, endpoint_id: int) -> Status[None]:
    del request
    outgoing.remove(endpoint_id)
    return Status(204, None)


# What a write answers is remembered in clear for whoever repeats it, which no secret may be.
@router.post("/{int:endpoint_id}/secret", response=Secret, summary="A new secret")
@reading
def rotate_secret(request: CallerRequest, endpoint_id: int) -> Secret:
    """Each call makes another, whatever its `Idempotency-Key`: for 24 hours the one before signs as
    well.
    """
    del request
    _row, secret = outgoing.rotate(endpoint_id)
    return Secret(secret=secret)


@router.post("/{int:endpoint_id}/test", response={202: Delivery}, summary="Send a test")
@writing
def test_endpoint(request: CallerRequest, endpoint_id: int) -> Status[Delivery]:
    """Once, also where it is switched off."""
    row = outgoing.try_out(endpoint_id, request.auth.now)
    return Status(202, _told(row))


@router.get("/{int:endpoint_id}/deliveries", response=Deliveries, summary="What was sent there")
@reading
def list_deliveries(
    request: CallerRequest,
    endpoint_id: int,
    cursor: shapes.Cursor = "",
    limit: shapes.Limit = 50,
) -> Deliveries:
    del request
    row = rows.Endpoint.objects.get(pk=endpoint_id)
    page = newest_ids_first(outgoing.deliveries(row.pk), cursor, limit)
    return Deliveries(
        items=[_told(one) for one in page.items], next_cursor=page.next_cursor or None
    )


@router.post(
    "/{int:endpoint_id}/replay", response={202: Endpoint}, summary="Tell again what failed"
)
@writing
def replay_endpoint(
    request: CallerRequest, endpoint_id: int, payload: ReplayIn
) -> Status[Endpoint]:
    """Each with the id it had. 409 where the endpoint is switched off."""
    del request
    try:
        return Status(202, _shown(outgoing.replay_since(endpoint_id, payload.since)))
    except outgoing.IsOff as off:
        raise Problem(409, "endpoint_off", _("Switch the endpoint on first.")) from off


@router.post(
    "/{int:endpoint_id}/deliveries/{int:delivery_id}/replay",
    response={202: Delivery},
    summary="Tell one again",
)
@writing
def replay_delivery(request: CallerRequest, endpoint_id: int, delivery_id: int) -> Status[Delivery]:
    """With the id it had; what is still under way goes on as it is."""
    del request
    try:
        outgoing.replay(endpoint_id, delivery_id)
    except outgoing.IsOff as off:
        raise Problem(409, "endpoint_off", _("Switch the endpoint on first.")) from off
    return Status(202, _told(outgoing.deliveries(endpoint_id).get(pk=delivery_id)))


def _draft(payload: EndpointIn) -> outgoing.Draft:
    events = list(dict.fromkeys(payload.events))
    return outgoing.Draft(payload.url, events, payload.note, payload.enabled)


def _shown(row: rows.Endpoint) -> Endpoint:
    return Endpoint(
        id=row.pk,
        url=row.url,
        events=row.events,
        note=row.note,
        enabled=row.enabled,
        disabled_why=row.disabled_why,
        failing_since=row.failing_since,
        created_at=row.created_at,
    )


def _told(row: rows.Delivery) -> Delivery:
    news = row.news
    body = json.loads(rule.body(news.kind, news.at, news.matter)) if news.matter else None
    return Delivery(
        id=row.pk,
        webhook_id=news.uid,
        type=news.kind,
        at=news.at,
        state=rows.DeliveryState(row.state),
        status=row.status,
        why=row.why,
        answer=row.answer,
        tries=[Attempt(**one) for one in row.tries],
        body=body,
    )
