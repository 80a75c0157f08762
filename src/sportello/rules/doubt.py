"""What becomes of a send whose outcome is unknown: wait, send once more, or ask a person.

Source: reference, reliability 2 ("Settle").
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SETTLE_AFTER = timedelta(seconds=120)
PROOF_MARGIN = timedelta(seconds=5)
WAIT_MAX = timedelta(days=7)


class Settlement(StrEnum):
    """`resend` is a new attempt, `unknown` is shown with a button, `wait` looks again later."""

    WAIT = "wait"
    RESEND = "resend"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A send in doubt. `heard_at` is Meta's newest timestamp in any event for that number."""

    attempted_at: datetime
    heard_at: datetime | None
    is_reply: bool  # free-form answer to a customer; False for templates and campaigns
    resends: int
    overtaken: bool = False  # something written later has left: to repeat this would confuse


def settle(doubt: Doubt, now: datetime) -> Settlement:
    """Silence proves a loss only while the stream of webhooks is seen to flow."""
    waited = now - doubt.attempted_at
    if waited >= WAIT_MAX:
        return Settlement.UNKNOWN
    if waited < SETTLE_AFTER or not _stream_is_alive(doubt):
        return Settlement.WAIT
    if doubt.is_reply and not doubt.overtaken and doubt.resends == 0:
        return Settlement.RESEND
    return Settlement.UNKNOWN


def _stream_is_alive(doubt: Doubt) -> bool:
    return doubt.heard_at is not None and doubt.heard_at > doubt.attempted_at + PROOF_MARGIN
