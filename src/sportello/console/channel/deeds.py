"""What people ask to be done about a number; each becomes a row that `tend` performs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models.functions import Now

from sportello.console import sealing
from sportello.rules.connecting import Kind, steps
from sportello.schema.channel import Number, NumberStatus
from sportello.schema.connections import (
    Connection,
    ConnectionSecret,
    ConnectionState,
    ConnectionStep,
    StepState,
)
from sportello.schema.sends import Send, SendState
from sportello.schema.team import User

BLOCKED: Final = "blocked"
DISCONNECTED: Final = "disconnected"
OPEN_MAX: Final = 20
_OF_THE_ACCOUNT: Final = frozenset({"account", "payment", BLOCKED})
# Sends that waited for the number alone.
_HOLDS: Final = ("number_paused", "payment", "account", BLOCKED, "token", "number")
_RELEASED_MAX: Final = 5_000
_OPEN: Final = (ConnectionState.RUNNING, ConnectionState.STOPPED)
# What `tend` leaves alone while Meta blocks the number, and until an administrator has spoken.
_HELD_BY_A_BLOCK: Final = frozenset({Kind.PROFILE, Kind.REPAIR})


class NotNow(Exception):  # noqa: N818  # an expected end
    """It cannot be done as things stand. `why` is a stable word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Wanted:
    """A number to be connected. Empty ids are found out; `secrets`: code or token, PIN, …"""

    waba_id: str = ""
    phone_number_id: str = ""
    by_hand: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def connect(workspace_id: int, wanted: Wanted, by: User | None, now: datetime) -> Connection:
    """Raises NotNow("too_many")."""
    if Connection.objects.filter(state__in=_OPEN, kind=Kind.CONNECT).count() >= OPEN_MAX:
        raise NotNow("too_many")
    row = Connection(
        workspace_id=workspace_id,
        kind=Kind.CONNECT,
        by_hand=wanted.by_hand,
        waba_id=wanted.waba_id,
        phone_number_id=wanted.phone_number_id,
        by=by,
        created_at=now,
    )
    return _begin(row, wanted.secrets)


def reconnect(
    number: Number, secrets: Mapping[str, str], by: User | None, now: datetime
) -> Connection:
    """Without a new verification. Raises NotNow("going_on" or "blocked")."""
    if number.status == NumberStatus.BANNED:
        raise NotNow(BLOCKED)
    return _begin(_of(number, Kind.RECONNECT, by, now), secrets)


def repair(number: Number, by: User | None, now: datetime) -> Connection:
    """The webhooks' way looked at and mended. Raises NotNow("going_on", "blocked", "stopped")."""
    _past_a_block(number)
    return _begin(_of(number, Kind.REPAIR, by, now), {})


def disconnect(number: Number, by: User | None, now: datetime) -> Connection:
    """Nothing leaves from the commit on, and campaigns are paused. Raises NotNow("going_on")."""
    row = _of(number, Kind.DISCONNECT, by, now)
    paused = BLOCKED if number.paused_why == BLOCKED else DISCONNECTED
    Number.objects.filter(pk=number.pk).update(
        status=NumberStatus.DISCONNECTED, paused_why=paused, paused_at=Now()
    )
    return _begin(row, {})


def save_profile(
    number: Number, wish: Mapping[str, Any], photo_id: int | None, by: User | None, now: datetime
) -> Connection:
    """Raises NotNow("going_on", "blocked" or "stopped")."""
    _past_a_block(number)
    row = _of(number, Kind.PROFILE, by, now)
    row.facts = {"wish": dict(wish), "app_id": number.app_id}
    if photo_id is not None:
        row.facts["photo"] = photo_id
    return _begin(row, {})


def go_on(row: Connection, given: Mapping[str, str], ids: Mapping[str, str]) -> None:
    """Once more from the step that failed; with what was missing. Raises NotNow("over")."""
    if row.state != ConnectionState.STOPPED:
        raise NotNow("over")
    for name, text in given.items():
        _keep_secret(row, name, text)
    for name, value in ids.items():
        setattr(row, name, value)
    row.state, row.attempts = ConnectionState.RUNNING, 0
    row.save(update_fields=["state", "attempts", *ids])
    Connection.objects.filter(pk=row.pk).update(due_at=Now())


def repeat(row: Connection, place: int) -> None:
    """A step and those after it are taken again. Raises NotNow("over" or "going_on")."""
    if row.state == ConnectionState.RUNNING:
        raise NotNow("going_on")
    if row.state != ConnectionState.STOPPED:
        raise NotNow("over")
    ConnectionStep.objects.filter(connection=row, place__gte=place).update(
        state=StepState.TO_DO, error=None, at=None
    )
    go_on(row, {}, {})


def give_up(row: Connection, now: datetime) -> None:
    """Its secrets are forgotten; what was done at Meta's stays done. Raises NotNow("over")."""
    if row.state != ConnectionState.STOPPED and not is_held(row):
        raise NotNow("over")
    ConnectionSecret.objects.filter(connection=row).delete()
    Connection.objects.filter(pk=row.pk).update(state=ConnectionState.GIVEN_UP, ended_at=now)


def let_send(number: Number) -> None:
    """Sending goes on, for all numbers of the account where the account was stopped; what waited
    for it is due. Raises NotNow("blocked" or "not_paused").
    """
    if number.status == NumberStatus.BANNED:
        raise NotNow(BLOCKED)
    if number.paused_why in {"", DISCONNECTED}:
        raise NotNow("not_paused")
    same = Number.objects.filter(pk=number.pk)
    if number.paused_why in _OF_THE_ACCOUNT:
        same = Number.objects.filter(waba_id=number.waba_id, paused_why=number.paused_why)
    ids = list(same.order_by("pk").values_list("pk", flat=True))
    Number.objects.filter(pk__in=ids).update(paused_why="", paused_at=None)
    waiting = Send.objects.filter(
        number_id__in=ids, state=SendState.QUEUED, hold_code__in=_HOLDS
    ).order_by("pk")[:_RELEASED_MAX]
    Send.objects.filter(pk__in=[send.pk for send in waiting]).update(due_at=Now(), hold_code="")


def look(number: Number) -> None:
    """Has Meta asked now instead of within the hour."""
    Number.objects.filter(pk=number.pk).update(seen_at=None)


def is_held(row: Connection) -> bool:
    """It waits for the end of Meta's block, and for an administrator's word after it."""
    number = row.number
    is_mending = row.state == ConnectionState.RUNNING and row.kind in _HELD_BY_A_BLOCK
    return is_mending and number is not None and _is_blocked(number)


def _is_blocked(number: Number) -> bool:
    return number.status == NumberStatus.BANNED or number.paused_why == BLOCKED


def _past_a_block(number: Number) -> None:
    """Raises NotNow: it would wait unseen."""
    if _is_blocked(number):
        raise NotNow(BLOCKED if number.status == NumberStatus.BANNED else "stopped")


def open_of(number: Number) -> Connection | None:
    """What is going on with the number, if anything."""
    return Connection.objects.filter(number=number, state__in=_OPEN).order_by("-pk").first()


def _of(number: Number, kind: Kind, by: User | None, now: datetime) -> Connection:
    """One undertaking at a time for a number; an earlier one that stopped, or that Meta's block
    holds, is given up for it.
    """
    number = Number.objects.select_for_update(no_key=True).get(pk=number.pk)
    known = list(Connection.objects.filter(number=number, state__in=_OPEN).select_related("number"))
    if any(row.state == ConnectionState.RUNNING and not is_held(row) for row in known):
        raise NotNow("going_on")
    for row in known:
        give_up(row, now)
    return Connection(
        workspace_id=number.workspace_id,
        kind=kind,
        number=number,
        waba_id=number.waba_id,
        phone_number_id=number.phone_number_id,
        by=by,
        created_at=now,
    )


def _begin(row: Connection, secrets: Mapping[str, str]) -> Connection:
    row.save()
    names = steps(Kind(row.kind), by_hand=row.by_hand, photo="photo" in row.facts)
    ConnectionStep.objects.bulk_create(
        ConnectionStep(workspace_id=row.workspace_id, connection=row, place=place, name=name.value)
        for place, name in enumerate(names, 1)
    )
    for name, text in secrets.items():
        _keep_secret(row, name, text)
    return row


def _keep_secret(row: Connection, name: str, text: str) -> None:
    ConnectionSecret.objects.bulk_create(
        [
            ConnectionSecret(
                workspace_id=row.workspace_id,
                connection=row,
                name=name,
                sealed=sealing.for_connection(row.pk, name, text),
            )
        ]
    )
