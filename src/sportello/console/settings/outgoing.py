"""What people and programs do with endpoints: add, change, try, tell again, remove."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from django.db.models import QuerySet
from django.db.models.functions import Now

from sportello.console.settings import endpoint_secrets
from sportello.rules.outgoing import Kind
from sportello.schema.outgoing import Delivery, DeliveryState, DisabledWhy, Endpoint, News

ENDPOINTS_MAX: Final = 20
URL_MAX: Final = 500
NOTE_MAX: Final = 120
_SETTLED: Final = (DeliveryState.DELIVERED, DeliveryState.FAILED)


class TooMany(Exception):  # noqa: N818  # an answer rather than a fault
    """There is room for `ENDPOINTS_MAX`."""


class IsOff(Exception):  # noqa: N818  # an answer rather than a fault
    """Nothing can be told again to an endpoint that is switched off."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An endpoint as it shall be; `events` are values of `rules.outgoing.SUBSCRIBABLE`."""

    url: str
    events: list[str]
    note: str = ""
    enabled: bool = True


def add(workspace_id: int, draft: Draft) -> tuple[Endpoint, str]:
    """The endpoint and its secret, which nobody is shown again. Raises TooMany."""
    if Endpoint.objects.count() >= ENDPOINTS_MAX:
        raise TooMany
    row = Endpoint.objects.create(
        workspace_id=workspace_id,
        url=draft.url,
        events=draft.events,
        note=draft.note,
        enabled=draft.enabled,
    )
    return row, endpoint_secrets.make_secret(row)


def change(endpoint_id: int, draft: Draft) -> Endpoint:
    """Who switches it on begins anew: what it missed is told again only on wish. Raises
    Endpoint.DoesNotExist.
    """
    row = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    if row.enabled != draft.enabled:
        row.enabled = draft.enabled
        row.disabled_why, row.disabled_at, row.failing_since = DisabledWhy.NONE, None, None
    row.url, row.events, row.note = draft.url, draft.events, draft.note
    row.save(
        update_fields=[
            "url", "events", "note", "enabled", "disabled_why", "disabled_at", "failing_since",
        ]
    )  # fmt: skip
    return row


def remove(endpoint_id: int) -> None:
    """With its secrets and deliveries, which the database removes. Raises Endpoint.DoesNotExist."""
    row = Endpoint.objects.get(pk=endpoint_id)
    rows = Endpoint.objects.filter(pk=row.pk)
    rows._raw_delete(rows.db)  # noqa: SLF001  # the plain one reads the secrets, which we may not


def rotate(endpoint_id: int) -> tuple[Endpoint, str]:
    """The endpoint and its new secret. Raises Endpoint.DoesNotExist."""
    row = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    return row, endpoint_secrets.make_secret(row)


def try_out(endpoint_id: int, now: datetime) -> Delivery:
    """Sends something harmless once, also to an endpoint that is off. Raises
    Endpoint.DoesNotExist.
    """
    row = Endpoint.objects.get(pk=endpoint_id)
    news = News.objects.create(
        workspace_id=row.workspace_id,
        uid=f"evt_{uuid4().hex}",
        kind=Kind.TEST,
        matter={"endpoint": {"id": row.pk}},
        at=now,
    )
    return Delivery.objects.create(
        workspace_id=row.workspace_id, endpoint=row, news=news, trial=True
    )


def replay(endpoint_id: int, delivery_id: int) -> bool:
    """Tells one delivery again, with the id it had; False while it is still under way. Raises
    Delivery.DoesNotExist, IsOff.
    """
    row = Delivery.objects.select_related("endpoint").get(pk=delivery_id, endpoint_id=endpoint_id)
    if not row.endpoint.enabled and not row.trial:
        raise IsOff
    settled = Delivery.objects.filter(pk=row.pk, state__in=_SETTLED)
    return bool(
        settled.update(state=DeliveryState.QUEUED, attempts=0, due_at=Now(), settled_at=None)
    )


def replay_since(endpoint_id: int, since: datetime) -> Endpoint:
    """Has the worker tell all again that failed and happened from `since` on. Raises
    Endpoint.DoesNotExist, IsOff.
    """
    row = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    if not row.enabled:
        raise IsOff
    Endpoint.objects.filter(pk=row.pk).update(replay_since=since, replay_wished_at=Now())
    row.replay_since = since
    return row


def deliveries(endpoint_id: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(endpoint_id=endpoint_id).select_related("news")
