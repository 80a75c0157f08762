"""Events about templates, numbers and the account: kept as told, and acted on where it is ours."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from sportello.rules.limits import people_a_day
from sportello.store import channel, inbox
from sportello.store.inbox import Number
from sportello.store.pool import Connection
from sportello.whatsapp import storable
from sportello.whatsapp.events import AccountError, AccountEvent, TemplateEvent
from sportello.workers.fold_template import fold_template

PlatformEvent = TemplateEvent | AccountEvent | AccountError

_STATUS_AFTER: Final[Mapping[str, str]] = {
    "ACCOUNT_RESTRICTION": "restricted",
    "ACCOUNT_DELETED": "disconnected",
    "PARTNER_REMOVED": "disconnected",
    "ACCOUNT_OFFBOARDED": "disconnected",
    "ACCOUNT_RECONNECTED": "connected",
}
_BAN: Final = "DISABLED_UPDATE"
# As long as a look at Meta takes, and as far as Meta's clock may be from ours.
_ABOUT_S: Final = 10
_STATUS_BY_BAN: Final[Mapping[str, str]] = {"DISABLE": "banned", "REINSTATE": "connected"}


async def fold_platform(
    connection: Connection, numbers: Sequence[Number], event: PlatformEvent, now: datetime
) -> None:
    """Once for each company that has a number in the account."""
    value = _value(event)
    at = min(event.at or now, now) if not isinstance(event, AccountError) else now
    by_workspace = {number.workspace_id: number for number in numbers}
    for workspace_id in sorted(by_workspace):
        about = _about(numbers, workspace_id, event.phone_number_id, value)
        row = {
            "workspace_id": workspace_id,
            "number_id": None if about is None else about.id,
            "waba_id": event.waba_id[:32],
            "field": "errors" if isinstance(event, AccountError) else event.field,
            "value": value,
            "digest": _digest(event, value),
            "at": at,
        }
        if not await inbox.add_platform_event(connection, row):
            continue
        if isinstance(event, TemplateEvent):
            await fold_template(connection, workspace_id, event, row)
        elif not await inbox.is_overtaken(connection, row, _rivals(row)):
            await _act(connection, row, about)


def _rivals(row: Mapping[str, Any]) -> list[str] | None:
    """Which newer events make this one old: of a block only another word about the block, of what
    else decides the account's state only what does so too.
    """
    if row["field"] != "account_update":
        return None
    if row["value"].get("event") == _BAN:
        return [_BAN]
    return [_BAN, *_STATUS_AFTER]


def _value(event: PlatformEvent) -> dict[str, Any]:
    if isinstance(event, AccountError):
        error: dict[str, Any] = msgspec.to_builtins(event.error)
        return error
    return event.value


def _digest(event: PlatformEvent, value: Mapping[str, Any]) -> str:
    """Of account, field, value and Meta's time: the same event told twice has the same."""
    at = None if isinstance(event, AccountError) else event.at
    field = "errors" if isinstance(event, AccountError) else event.field
    told = msgspec.json.encode([event.waba_id, field, value, at], order="sorted")
    return hashlib.sha256(told).hexdigest()


def _about(
    numbers: Sequence[Number], workspace_id: int, phone_number_id: str, value: Mapping[str, Any]
) -> Number | None:
    """The number that is meant: named by id, or by how it is displayed."""
    shown = _digits(value.get("display_phone_number"))
    for number in numbers:
        if number.workspace_id != workspace_id:
            continue
        is_shown = bool(shown) and _digits(number.display_number) == shown
        if is_shown or (phone_number_id and number.phone_number_id == phone_number_id):
            return number
    return None


def _digits(text: Any) -> str:
    return "".join(sign for sign in text if sign.isdigit()) if isinstance(text, str) else ""


async def _act(connection: Connection, row: Mapping[str, Any], about: Number | None) -> None:
    value = row["value"]
    match row["field"]:
        case "account_update":
            status = _status_after(value)
            if status is not None:
                await inbox.set_number_status(connection, row, status, about_s=_ABOUT_S)
            ending = _ending(value)
            if ending is not None:
                await inbox.set_ending(connection, row["workspace_id"], row["waba_id"], ending)
        case "phone_number_name_update":
            name = value.get("requested_verified_name")
            if about is not None and value.get("decision") == "APPROVED" and isinstance(name, str):
                await inbox.set_verified_name(connection, about.id, storable.text(name)[:200])
        case "business_capability_update" | "phone_number_quality_update":
            limit = people_a_day(value.get("max_daily_conversations_per_business"))
            if limit is not None:
                await channel.set_messaging_limit(
                    connection, row["workspace_id"], row["waba_id"], limit
                )
        case _:
            pass


def _ending(value: Mapping[str, Any]) -> str | None:
    """The day of an announced block; "" where Meta blocks now, or takes it back."""
    ban = value.get("ban_info")
    if value.get("event") != _BAN or not isinstance(ban, dict):
        return None
    if ban.get("waba_ban_state") != "SCHEDULE_FOR_DISABLE":
        return ""
    day = ban.get("waba_ban_date")
    return storable.text(day)[:40] if isinstance(day, str) and day else "yes"


def _status_after(value: Mapping[str, Any]) -> str | None:
    event = value.get("event")
    if event == _BAN:
        ban = value.get("ban_info")
        state = ban.get("waba_ban_state") if isinstance(ban, dict) else None
        return _STATUS_BY_BAN.get(state) if isinstance(state, str) else None
    return _STATUS_AFTER.get(event) if isinstance(event, str) else None
