"""One attempt on the wire, and what its end means: accepted, rejected, returned or lost."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from sportello.rules import retry
from sportello.rules.graph_errors import Effect, Kind
from sportello.rules.guard import Code
from sportello.rules.retry import ATTEMPTS_MAX, After, GiveUp, RetryAt
from sportello.store.sends import Rejected, Returned
from sportello.whatsapp.client import Client
from sportello.whatsapp.errors import (
    UNKNOWN_CODE,
    InDoubtError,
    NotSentError,
    RejectedError,
    WhatsAppError,
)
from sportello.whatsapp.outbound import UnsendableError, addressed
from sportello.workers.breaker import Stop, stop_after
from sportello.workers.dispatch_claim import Claimed

_MARK_ATTEMPTS_MAX: Final = 2
_MARK_WAIT: Final = timedelta(seconds=2)
# A send that waits for a cure looks again as often as the guard looks at a paused number.
_STOPPED_WAIT: Final = timedelta(minutes=1)
# Of the template itself, whoever the message is for: paused, disabled, gone, not approved.
_TEMPLATE_STOPS: Final = frozenset({132001, 132015, 132016, 134102, 141002})
_TOO_LATE: Final = "too_late"
_NOT_SENT: Final = "not_sent"
_NOT_META: Final = "not_meta"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Meta took it; `wamid` is empty for a read mark."""

    attempt: UUID
    workspace_id: int
    wamid: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Nobody knows whether it arrived."""

    attempt: UUID


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of an attempt, and what it does to its number beyond it."""

    claimed: Claimed
    end: Accepted | Rejected | Returned | Lost
    stop: Stop | None = None
    throttled: bool = False
    slow_down: bool = False


async def attempt(client: Client, claimed: Claimed) -> Outcome:
    """Raises nothing."""
    if asyncio.get_running_loop().time() > claimed.open_by:
        # The process stood still: by now another may have judged this attempt.
        return Outcome(claimed, Returned(claimed.attempt, timedelta(0), _TOO_LATE))
    try:
        wamid = await _send(client, claimed)
    except (UnsendableError, ValueError) as error:
        return Outcome(claimed, Rejected(claimed.attempt, _ours(error)))
    except WhatsAppError as error:
        return _after(claimed, error)
    except Exception as error:  # noqa: BLE001  # whatever it was, bytes may have left
        _log.error("attempt broke", attempt=str(claimed.attempt), error=type(error).__name__)
        return Outcome(claimed, Lost(claimed.attempt))
    return Outcome(claimed, Accepted(claimed.attempt, claimed.lease.workspace_id, wamid))


async def _send(client: Client, claimed: Claimed) -> str:
    phone_number_id = claimed.lease.phone_number_id
    if claimed.kind == "read_mark":
        await client.mark_read(
            phone_number_id,
            claimed.token,
            str(claimed.body["message_id"]),
            typing="typing_indicator" in claimed.body,
        )
        return ""
    whole = addressed(
        dict(claimed.body),
        wa_id=claimed.wa_id,
        user_id=claimed.user_id,
        attempt=str(claimed.attempt),
    )
    return (await client.send(phone_number_id, claimed.token, whole)).wamid


def _after(claimed: Claimed, error: WhatsAppError) -> Outcome:
    if claimed.kind == "read_mark":
        return _after_mark(claimed, error)
    match error:
        case NotSentError():
            what = retry.not_sent(claimed.attempts, claimed.now, jitter=_chance())
            return Outcome(claimed, _end(claimed, what, _NOT_SENT, None))
        case InDoubtError():
            return Outcome(claimed, Lost(claimed.attempt))
        case RejectedError():
            return _after_rejection(claimed, error)
        case _:
            return Outcome(claimed, Rejected(claimed.attempt, _ours(error)))


def _after_mark(claimed: Claimed, error: WhatsAppError) -> Outcome:
    """Best effort: marking twice harms nobody, so doubt needs no settling."""
    if claimed.attempts < _MARK_ATTEMPTS_MAX and error.kind is not Kind.FINAL:
        return Outcome(claimed, Returned(claimed.attempt, _MARK_WAIT, _NOT_SENT))
    return Outcome(claimed, Rejected(claimed.attempt, _ours(error)))


def _after_rejection(claimed: Claimed, error: RejectedError) -> Outcome:
    told = error.error
    if told.code == UNKNOWN_CODE:
        # No code of Meta's: nobody shall look it up among them.
        return Outcome(claimed, Rejected(claimed.attempt, {"code": None, "message": _NOT_META}))
    what = retry.after(
        told.code, claimed.attempts, claimed.now, jitter=_chance(), subcode=told.subcode
    )
    kept = {"code": told.code, "details": told.details, "message": told.message}
    stop = stop_after(told.code, told.subcode)
    end = _end(claimed, what, f"meta_{told.code}", kept)
    if stop is not None and isinstance(end, Returned):
        # The number is paused meanwhile; this send waits with the others.
        end = Returned(claimed.attempt, _STOPPED_WAIT, stop.why, kept)
    if claimed.of_campaign and told.code in _TEMPLATE_STOPS and claimed.attempts < ATTEMPTS_MAX:
        # Its campaign is paused by this code, and whoever it was for is not lost to it.
        end = Returned(claimed.attempt, _STOPPED_WAIT, Code.TEMPLATE_PAUSED.value, kept)
    return Outcome(
        claimed,
        end,
        stop=stop,
        throttled=error.kind is Kind.THROTTLED,
        slow_down=retry.effect_of(told.code) is Effect.SLOW_DOWN,
    )


def _end(claimed: Claimed, what: After, code: str, kept: Any) -> Rejected | Returned:
    match what:
        case RetryAt(at):
            return Returned(claimed.attempt, at - claimed.now, code, kept)
        case GiveUp():
            return Rejected(claimed.attempt, kept or {"code": None, "message": code})


def _ours(error: Exception) -> Mapping[str, Any]:
    """Refused on our side of the wire. The words name the rule, never the text."""
    rule = str(error) if isinstance(error, UnsendableError) else type(error).__name__
    return {"code": None, "message": rule}


def _chance() -> float:
    return random.random()  # noqa: S311  # spreads retries, guards nothing
