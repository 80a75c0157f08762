"""When a follow-up falls due, and when it never will.

A step counts from the instant at which Meta accepted the step before it, not from its delivery:
that may be told late or never (a phone that is off, receipts that are lost), and what a campaign
does next must not hang on it. A step that an answer made needless still takes its time: what comes
after it comes when it would have come.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from sportello.rules import campaign
from sportello.rules.after import After, Unit, later
from sportello.rules.campaign import Outcome
from sportello.rules.status import State

STEPS_MAX: Final = 5
# Why an errand is passed over, beside the guard's codes and a value that is missing. Stable.
ANSWERED: Final = "answered"
NOT_REACHED: Final = "not_reached"


class Before(StrEnum):
    """What is known of the message that a step counts from."""

    OPEN = "open"  # it may still leave, or nobody knows whether it has
    LEFT = "left"
    NEEDLESS = "needless"  # withdrawn, since the customer had answered
    NEVER = "never"  # refused, failed, cancelled: nobody was reached


_A_DAY: Final = timedelta(days=1)
# A month is never shorter.
_NOMINAL: Final = {
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.DAYS: timedelta(days=1),
    Unit.WEEKS: timedelta(weeks=1),
    Unit.MONTHS: timedelta(days=28),
}
_OPEN: Final = frozenset({State.QUEUED, State.HELD, State.IN_DOUBT, State.UNKNOWN})
_NEVER: Final = frozenset({State.REFUSED, State.FAILED, State.CANCELLED})


def before(state: State, receipt_code: str | None) -> Before:
    """Of a message in this state; `receipt_code`: why the guard stopped it, if it did."""
    if state in _OPEN:
        return Before.OPEN
    if state in _NEVER:
        return Before.NEEDLESS if receipt_code == ANSWERED else Before.NEVER
    return Before.LEFT


def due(since: datetime, waits: Iterable[After], zone: tzinfo) -> datetime:
    """So long after `since`, each wait from the end of the one before; in UTC."""
    at = since
    for wait in waits:
        at = later(at, wait, zone)
    return at


def days_apart(waits: Iterable[After]) -> int:
    """How many of these steps, each so long after the one before, may reach a person for whom
    Meta's rolling day is over, and count them once more against the daily limit.
    """
    found, since = 0, timedelta(0)
    for wait in waits:
        since += _NOMINAL[wait.unit] * wait.count
        if since >= _A_DAY:
            found, since = found + 1, timedelta(0)
    return found


def outcome(skipped_why: str, state: State | None, campaign_state: campaign.State) -> Outcome:
    """How an errand stands in a report; `state`: its message's, None while it has none."""
    if skipped_why:
        return Outcome.SKIPPED
    if state is not None:
        return campaign.outcome(state)
    is_over = campaign_state in campaign.FINAL
    return Outcome.CANCELLED if is_over else Outcome.WAITING
