"""Every number as Meta has it now: its name, state, limits, account, token, webhook, profile."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from sportello.rules.connecting import TokenFacts
from sportello.rules.graph_errors import Kind
from sportello.rules.limits import people_a_day
from sportello.store import channel, vault
from sportello.store.pool import Connection
from sportello.whatsapp import accounts, templates
from sportello.whatsapp.errors import RejectedError, WhatsAppError
from sportello.workers.outward import Outward

NUMBERS_MAX: Final = 500
PROFILE_BYTES_MAX: Final = 16 * 1024
_QUALITIES: Final = frozenset({"GREEN", "YELLOW", "RED", "UNKNOWN"})
# Source: reference, limits-and-pricing 6.3 and 6.4.
_STATUSES: Final = {
    "CONNECTED": "connected",
    "RATE_LIMITED": "connected",
    "FLAGGED": "connected",
    "PENDING": "pending",
    "UNVERIFIED": "pending",
    "RESTRICTED": "restricted",
    "BANNED": "banned",
    "DISCONNECTED": "disconnected",
    "DELETED": "disconnected",
    "MIGRATED": "disconnected",
}
_THROUGHPUTS: Final = {"STANDARD": 80, "HIGH": 1000}
_FEW: Final = (
    "id,display_phone_number,verified_name,quality_rating,status,throughput,"
    "whatsapp_business_manager_messaging_limit"
)
_ALL: Final = (
    f"{_FEW},name_status,new_display_name,new_name_status,code_verification_status,platform_type,"
    "health_status,webhook_configuration"
)
_ACCOUNT_FEW: Final = "id,currency,owner_business_info,health_status"
_ACCOUNT: Final = (
    f"{_ACCOUNT_FEW},name,account_review_status,business_verification_status,primary_funding_id"
)
# What the number's page tells, by the names under which it is kept.
_WORDS: Final = (
    "name_status",
    "new_display_name",
    "new_name_status",
    "code_verification_status",
    "platform_type",
)
# Source: reference, webhooks 5.1.
_CALLED: Final = ("phone_number", "whatsapp_business_account", "application")
_ADDRESS_MAX: Final = 200
_INVALID: Final = 100
# Of health_status: the payment method is missing or does not work.
_PAYMENT_WANTED: Final = 141006
# Of health_status: the account may not write first or at all for some days; it is locked.
_RESTRICTED: Final = 368
_LOCKED: Final = 131031
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """`node`: the columns that Meta tells of; `told`: all else, as short texts; `heard`: how many
    words about the account had come when Meta was asked.
    """

    number_id: int
    node: Mapping[str, Any]
    told: Mapping[str, str]
    heard: int = 0

    async def write(self, connection: Connection, now: datetime) -> None:
        await channel.refresh(
            connection, self.number_id, self.node, self.told, heard=self.heard, now=now
        )


async def look_at_numbers(context: Outward) -> None:
    """Writes down what Meta says of each."""
    await _look_at(context, unpaid=False)


async def look_at_unpaid(context: Outward) -> None:
    """Those that owe Meta something: nobody shall wait an hour once it is paid."""
    await _look_at(context, unpaid=True)


async def look_at_unseen(context: Outward) -> None:
    """Those that are new, or that somebody wants looked at now."""
    await _look_at(context, unpaid=False, unseen=True)


async def look_at(
    context: Outward, number_id: int, phone_number_id: str, waba_id: str, token: str
) -> Seen:
    """What Meta says of one number, still to be written. Raises `WhatsAppError`."""
    async with context.pool.connection() as connection:
        heard = await channel.heard(connection, number_id)
    node = await _fields(context, phone_number_id, token, (_ALL, _FEW))
    account, health, told = await _account(context, waba_id, token)
    profile = await _profile(context, phone_number_id, token)
    status = status_of(node, node.get("health_status"), health)
    seen = seen_of(node) | account | {"profile": profile, "status": status}
    told = told | told_of(node) | await _token(context, waba_id, token)
    return Seen(number_id, seen, told, heard)


async def _look_at(context: Outward, *, unpaid: bool, unseen: bool = False) -> None:
    """One that cannot be seen does not hide the others."""
    async with context.pool.connection() as connection:
        numbers = await channel.numbers(connection, unpaid=unpaid, unseen=unseen, limit=NUMBERS_MAX)
    for number in numbers:
        now = context.now()
        try:
            token = vault.unseal(context.key, number.sealed, vault.token_place(number.id))
            seen = await look_at(context, number.id, number.phone_number_id, number.waba_id, token)
        except (WhatsAppError, vault.UnsealError, ValueError) as error:
            _log.warning("number not seen", number=number.id, error=type(error).__name__)
            seen = Seen(number.id, _nothing(), _why(error))
        async with context.pool.connection() as connection:
            await seen.write(connection, now)


def _nothing() -> dict[str, Any]:
    """The columns of a look that saw nothing: all of them stay."""
    return seen_of({}) | {
        "portfolio_id": "",
        "account_currency": "",
        "payment": None,
        "profile": None,
    }


def _why(error: Exception) -> dict[str, str]:
    """What a look that failed tells all the same."""
    is_token = isinstance(error, vault.UnsealError) or (
        isinstance(error, RejectedError) and error.kind is Kind.TOKEN
    )
    return {"token_valid": "no"} if is_token else {}


async def _fields(
    context: Outward, node_id: str, token: str, lists: tuple[str, ...]
) -> dict[str, Any]:
    """The longest list of fields that Meta knows: an unknown one makes it refuse them all."""
    *longer, last = lists
    for fields in longer:
        try:
            return await context.client.get(node_id, token, {"fields": fields})
        except RejectedError as error:
            if (error.error.code, error.error.subcode) != (_INVALID, 0):
                raise
    return await context.client.get(node_id, token, {"fields": last})


async def _account(
    context: Outward, waba_id: str, token: str
) -> tuple[dict[str, str | None], Any, dict[str, str]]:
    """Columns, health as told, other words; empty for what was not said, as where the token may
    not see the account.
    """
    try:
        node = await _fields(context, waba_id, token, (_ACCOUNT, _ACCOUNT_FEW))
    except RejectedError:
        node = {}
    owner = node.get("owner_business_info")
    currency = _text(node, "currency", 3)
    columns = {
        "portfolio_id": _text(owner, "id", 32) if isinstance(owner, dict) else "",
        "account_currency": currency if re.fullmatch("[A-Z]{3}", currency) else "",
        "payment": payment_of(node.get("health_status")),
    }
    told = {
        "account_name": _text(node, "name", 200),
        "account_review": _text(node, "account_review_status", 40),
        "business_verification": _text(node, "business_verification_status", 40),
        # Absent in an answer that is otherwise whole: no payment method (limits-and-pricing 7.4).
        "funding": "yes" if node.get("primary_funding_id") else "no" if "name" in node else "",
    }
    return columns, node.get("health_status"), {name: said for name, said in told.items() if said}


async def _token(context: Outward, waba_id: str, token: str) -> dict[str, str]:
    """What the token is, and whether its app has the account's webhooks."""
    try:
        facts = await accounts.token_facts(context.client, token, token)
        found = await accounts.subscription(context.client, waba_id, token, facts.app_id)
    except RejectedError as error:
        if error.kind is Kind.TOKEN:
            raise
        return {}
    return {
        "token_kind": facts.kind,
        "token_scopes": " ".join(sorted(facts.scopes)),
        "token_expires_at": _instant(facts),
        "token_valid": "yes" if facts.is_valid else "no",
        "app_id": facts.app_id,
        "subscribed": "yes" if facts.app_id in found.app_ids else "no",
        "override": found.override,
    }


def _instant(facts: TokenFacts) -> str:
    if not facts.expires_at:
        return ""
    return datetime.fromtimestamp(min(facts.expires_at, 2**33), UTC).isoformat()


def payment_of(health: Any) -> str | None:
    """`missing` where Meta sees no valid payment method, else ""; None where it says nothing."""
    codes = _problems(health)
    return None if codes is None else "missing" if _PAYMENT_WANTED in codes else ""


def status_of(node: Mapping[str, Any], *healths: Any) -> str | None:
    """The number's state; None: stays as it is known.

    The node says CONNECTED of a number whose account is restricted or locked: health knows better.
    That an account is locked is left to Meta's webhook, since only a person ends what follows.
    """
    status = _STATUSES.get(_text(node, "status", 32))
    codes = {code for health in healths for code in _problems(health) or ()}
    if status != "connected" or not codes & {_RESTRICTED, _LOCKED}:
        return status
    return None if _LOCKED in codes else "restricted"


def _problems(health: Any) -> set[int] | None:
    """The codes of all that Meta finds in the way; None where it says nothing."""
    entities = health.get("entities") if isinstance(health, dict) else None
    if not isinstance(entities, list):
        return None
    errors = [one.get("errors") for one in entities if isinstance(one, dict)]
    told = [one for some in errors if isinstance(some, list) for one in some]
    codes = [one.get("error_code") for one in told if isinstance(one, dict)]
    return {code for code in codes if isinstance(code, int)}


async def _profile(context: Outward, phone_number_id: str, token: str) -> dict[str, Any] | None:
    try:
        told = await templates.profile(context.client, phone_number_id, token)
    except RejectedError:
        return None
    return told if len(str(told)) <= PROFILE_BYTES_MAX else None


def seen_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """What of Meta's node has columns; words that are not known are not said."""
    quality = node.get("quality_rating")
    throughput = node.get("throughput")
    level = throughput.get("level") if isinstance(throughput, dict) else None
    return {
        "display_number": _text(node, "display_phone_number", 24),
        "verified_name": _text(node, "verified_name", 200),
        "quality": quality if quality in _QUALITIES else None,
        "status": status_of(node, node.get("health_status")),
        "throughput_mps": _THROUGHPUTS.get(level) if isinstance(level, str) else None,
        "messaging_limit": people_a_day(node.get("whatsapp_business_manager_messaging_limit")),
    }


def told_of(node: Mapping[str, Any]) -> dict[str, str]:
    """What of Meta's node has no column: short texts, empty for what it names without a value."""
    told = {name: _text(node, name, 80) for name in _WORDS if name in node}
    health = node.get("health_status")
    if isinstance(health, dict):
        told["health"] = _text(health, "can_send_message", 20)
    if isinstance(node.get("webhook_configuration"), dict):
        told["webhook"] = called_at(node["webhook_configuration"])
    return told


def called_at(configuration: Any) -> str:
    """Where Meta calls for a number: its own address, else its account's, else the app's."""
    if not isinstance(configuration, dict):
        return ""
    named = (_text(configuration, place, _ADDRESS_MAX) for place in _CALLED)
    return next(filter(None, named), "")


def _text(node: Mapping[str, Any], name: str, length_max: int) -> str:
    found = node.get(name)
    return found[:length_max] if isinstance(found, str) else ""
