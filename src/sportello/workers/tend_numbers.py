"""Every number as Meta has it now: name, quality, status, limits, its account and its profile."""

import re
from collections.abc import Mapping
from typing import Any, Final

import structlog

from sportello.rules.limits import people_a_day
from sportello.store import channel, vault
from sportello.whatsapp import templates
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
_NUMBER: Final = (
    "id,display_phone_number,verified_name,quality_rating,status,throughput,"
    "whatsapp_business_manager_messaging_limit"
)
_ACCOUNT: Final = "id,currency,owner_business_info,health_status"
# Of health_status: the payment method is missing or does not work.
_PAYMENT_WANTED: Final = 141006
_log = structlog.get_logger(__name__)


async def look_at_numbers(context: Outward) -> None:
    """Writes down what Meta says of each."""
    await _look_at(context, unpaid=False)


async def look_at_unpaid(context: Outward) -> None:
    """Those that owe Meta something: nobody shall wait an hour once it is paid."""
    await _look_at(context, unpaid=True)


async def _look_at(context: Outward, *, unpaid: bool) -> None:
    """One that cannot be seen does not hide the others."""
    async with context.pool.connection() as connection:
        numbers = await channel.numbers(connection, unpaid=unpaid, limit=NUMBERS_MAX)
    for number in numbers:
        try:
            seen = await _look(context, number)
        except (WhatsAppError, vault.UnsealError, ValueError) as error:
            _log.warning("number not seen", number=number.id, error=type(error).__name__)
            continue
        async with context.pool.connection() as connection:
            await channel.refresh(connection, number.id, seen)


async def _look(context: Outward, number: channel.Number) -> dict[str, Any]:
    token = vault.unseal(context.key, number.sealed, vault.token_place(number.id))
    node = await context.client.number(number.phone_number_id, token, _NUMBER)
    return (
        seen_of(node)
        | await _account(context, number, token)
        | {"profile": await _profile(context, number, token)}
    )


async def _account(context: Outward, number: channel.Number, token: str) -> dict[str, str | None]:
    """Empty for what was not said, as where the token may not see the account."""
    try:
        node = await context.client.get(number.waba_id, token, {"fields": _ACCOUNT})
    except RejectedError:
        node = {}
    owner = node.get("owner_business_info")
    currency = _text(node, "currency", 3)
    return {
        "portfolio_id": _text(owner, "id", 32) if isinstance(owner, dict) else "",
        "account_currency": currency if re.fullmatch("[A-Z]{3}", currency) else "",
        "payment": payment_of(node.get("health_status")),
    }


def payment_of(health: Any) -> str | None:
    """`missing` where Meta sees no valid payment method, else ""; None where it says nothing."""
    entities = health.get("entities") if isinstance(health, dict) else None
    if not isinstance(entities, list):
        return None
    errors = [one.get("errors") for one in entities if isinstance(one, dict)]
    told = [one for some in errors if isinstance(some, list) for one in some]
    codes = {one.get("error_code") for one in told if isinstance(one, dict)}
    return "missing" if _PAYMENT_WANTED in codes else ""


async def _profile(context: Outward, number: channel.Number, token: str) -> dict[str, Any] | None:
    try:
        told = await templates.profile(context.client, number.phone_number_id, token)
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
        "status": _STATUSES.get(_text(node, "status", 32)),
        "throughput_mps": _THROUGHPUTS.get(level) if isinstance(level, str) else None,
        "messaging_limit": people_a_day(node.get("whatsapp_business_manager_messaging_limit")),
    }


def _text(node: Mapping[str, Any], name: str, length_max: int) -> str:
    found = node.get(name)
    return found[:length_max] if isinstance(found, str) else ""
