"""What other systems are told, how it is signed, and when it is tried again.

SOURCE: Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): headers, signature, secrets, the
schedule of tries, 410 as the end.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final


class Kind(StrEnum):
    """`type` of what is sent. `TEST` is sent by hand alone, so nobody subscribes to it."""

    MESSAGE_RECEIVED = "message.received"
    MESSAGE_SENT = "message.sent"
    MESSAGE_DELIVERED = "message.delivered"
    MESSAGE_READ = "message.read"
    MESSAGE_FAILED = "message.failed"
    CONVERSATION_OPENED = "conversation.opened"
    CONVERSATION_HANDED_OVER = "conversation.handed_over"
    CONVERSATION_TAKEN = "conversation.taken"
    CONVERSATION_RELEASED = "conversation.released"
    CONVERSATION_CLOSED = "conversation.closed"
    CONVERSATION_REOPENED = "conversation.reopened"
    CONVERSATION_MISSED = "conversation.missed"
    CONSENT_GIVEN = "consent.given"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONTACT_ERASED = "contact.erased"
    CAMPAIGN_CHANGED = "campaign.changed"
    TEMPLATE_CHANGED = "template.changed"
    NUMBER_CHANGED = "number.changed"
    TEST = "endpoint.test"


SUBSCRIBABLE: Final = tuple(kind for kind in Kind if kind is not Kind.TEST)
SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # what every secret begins with
SECRET_BYTES: Final = 32
# Pauses before the second try and those after it: 75 hours in all.
_PAUSES_S: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
ATTEMPTS_MAX: Final = len(_PAUSES_S) + 1
# An endpoint that asks for patience gets so much at most.
_PATIENCE_S_MAX: Final = 3_600
# Of a pause so much is left to chance, so that what fell together does not come back together.
_JITTER: Final = 0.2
HOPELESS_AFTER: Final = timedelta(days=3)
GONE: Final = 410


class Next(StrEnum):
    DONE = "done"
    AGAIN = "again"
    GIVE_UP = "give_up"
    SWITCH_OFF = "switch_off"


@dataclass(frozen=True, slots=True)
class Try:
    """How a try ended. `attempts` with this one; `failing_for`: since when nothing has arrived at
    the endpoint, None where the try before arrived; `retry_after_s`: what the answer asked for.
    """

    status: int
    arrived: bool
    attempts: int
    trial: bool = False
    failing_for: timedelta | None = None
    retry_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    what: Next
    pause_s: float = 0.0


def after(tried: Try, chance: float) -> Verdict:
    """What follows a try; `chance` in 0 … 1."""
    if tried.arrived:
        return Verdict(Next.DONE)
    if tried.trial:
        return Verdict(Next.GIVE_UP)
    hopeless = tried.failing_for is not None and tried.failing_for >= HOPELESS_AFTER
    if tried.status == GONE or hopeless:
        return Verdict(Next.SWITCH_OFF)
    if tried.attempts >= ATTEMPTS_MAX:
        return Verdict(Next.GIVE_UP)
    pause_s = _PAUSES_S[max(tried.attempts, 1) - 1] * (1 + _JITTER * chance)
    return Verdict(Next.AGAIN, max(pause_s, min(tried.retry_after_s, _PATIENCE_S_MAX)))


def body(kind: str, at: datetime, matter: Mapping[str, Any]) -> bytes:
    """The bytes that are signed and sent; the same for each try."""
    whole = {"type": kind, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": matter}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def headers(uid: str, sent_at_s: int, sent: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """Newest secret first: while one replaces another, both sign. `sent_at_s`: Unix time."""
    signed = b".".join((uid.encode(), str(sent_at_s).encode(), sent))
    return {
        "content-type": "application/json",
        "webhook-id": uid,
        "webhook-timestamp": str(sent_at_s),
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def secret_of(chance: bytes) -> str:
    """A secret as it is shown, of 24 to 64 random bytes."""
    return SECRET_PREFIX + base64.b64encode(chance).decode()


def _signature(secret: str, signed: bytes) -> str:
    """Raises ValueError for what is no secret of ours."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except ValueError as error:  # binascii's own is one
        raise ValueError("not a secret") from error
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
