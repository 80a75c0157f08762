"""A campaign's life, and the life of each of its recipients.

A campaign is planned once: its audience is frozen into rows, each with its parameters and its
verdict. After that it only moves between running and paused, until nothing is left to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

from sportello.rules import status


class State(StrEnum):
    """Where a campaign stands. `planning` freezes the audience; `scheduled` waits for its start."""

    DRAFT = "draft"
    PLANNING = "planning"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Pause(StrEnum):
    """Who or what paused it. A brake and a cure at Meta's need a person to go on."""

    PERSON = "person"
    BRAKE = "brake"
    TEMPLATE = "template"
    ACCOUNT = "account"
    BUDGET = "budget"


# By the code (rules/guard.py) that holds up its sends.
PAUSED_BY: Final[Mapping[str, Pause]] = MappingProxyType(
    {
        "account_blocked": Pause.ACCOUNT,
        "account_restricted": Pause.ACCOUNT,
        "payment_needed": Pause.ACCOUNT,
        "number_not_ready": Pause.ACCOUNT,
        "template_paused": Pause.TEMPLATE,
        "template_not_approved": Pause.TEMPLATE,
        "budget_spent": Pause.BUDGET,
    }
)

FINAL: Final = frozenset({State.COMPLETED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Campaign:
    """`paused` is set exactly while the state is paused; `starts_at` None: as soon as planned."""

    state: State = State.DRAFT
    planned: bool = False
    starts_at: datetime | None = None
    paused: Pause | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """A person confirmed the last step."""

    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """Every member of the audience has its row."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class Paused:
    """Somebody, or the brake, stops it."""

    why: Pause


@dataclass(frozen=True, slots=True)
class Resumed:
    """A person lets it go on."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A person ends it; what has left has left."""


@dataclass(frozen=True, slots=True)
class Exhausted:
    """No send is open and no follow-up is still to come."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """A person lets it try again those whom Meta refused for a reason that has passed."""


Event = Start | Planned | Tick | Paused | Resumed | Cancelled | Exhausted | Reopened


def advance(current: Campaign, event: Event, now: datetime) -> Campaign:
    """The campaign after the event; the very same value where the event changes nothing."""
    if current.state in FINAL and not isinstance(event, Reopened):
        return current
    match event:
        case Start(at):
            is_draft = current.state is State.DRAFT
            return replace(current, state=State.PLANNING, starts_at=at) if is_draft else current
        case Planned():
            return _planned(current, now)
        case Tick():
            return _going(current, now) if current.state is State.SCHEDULED else current
        case Paused(why):
            return _paused(current, why)
        case Resumed():
            is_paused = current.state is State.PAUSED
            return _going(replace(current, paused=None), now) if is_paused else current
        case Cancelled():
            return replace(current, state=State.CANCELLED, paused=None)
        case Exhausted() | Reopened():
            return _ended(current, event)
        case _:
            assert_never(event)


def _planned(current: Campaign, now: datetime) -> Campaign:
    """Planning goes on while it is paused: it sends nothing."""
    whole = replace(current, planned=True)
    return _going(whole, now) if current.state is State.PLANNING else whole


def _going(current: Campaign, now: datetime) -> Campaign:
    if not current.planned:
        return replace(current, state=State.PLANNING)
    early = current.starts_at is not None and now < current.starts_at
    state = State.SCHEDULED if early else State.RUNNING
    return current if state is current.state else replace(current, state=state)


def _ended(current: Campaign, event: Exhausted | Reopened) -> Campaign:
    """A campaign that is over goes on for those whom it may try again; a cancelled one does not."""
    if isinstance(event, Reopened):
        is_over = current.state is State.COMPLETED
        return replace(current, state=State.RUNNING) if is_over else current
    is_done = current.state is State.RUNNING and current.planned
    return replace(current, state=State.COMPLETED) if is_done else current


_PAUSABLE: Final = frozenset({State.PLANNING, State.SCHEDULED, State.RUNNING})


def _paused(current: Campaign, why: Pause) -> Campaign:
    """What a person paused stays a person's, whatever the brake sees later."""
    if current.state not in _PAUSABLE:
        return current
    return replace(current, state=State.PAUSED, paused=why)


class Outcome(StrEnum):
    """How a recipient stands in a report: the counts of all of them add up to the audience."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    TO_VERIFY = "to_verify"


OUTCOMES: Final[Mapping[status.State, Outcome]] = MappingProxyType(
    {
        status.State.QUEUED: Outcome.WAITING,
        status.State.HELD: Outcome.WAITING,
        status.State.IN_DOUBT: Outcome.TO_VERIFY,
        status.State.UNKNOWN: Outcome.TO_VERIFY,
        status.State.REFUSED: Outcome.SKIPPED,
        status.State.CANCELLED: Outcome.CANCELLED,
        status.State.ACCEPTED: Outcome.SENT,
        status.State.SENT: Outcome.SENT,
        status.State.FAILED: Outcome.FAILED,
        status.State.DELIVERED: Outcome.DELIVERED,
        status.State.READ: Outcome.READ,
        status.State.PLAYED: Outcome.READ,
    }
)


def outcome(state: status.State | None) -> Outcome:
    """Of a recipient whose message stands so; None: it was planned as skipped, without a send."""
    return Outcome.SKIPPED if state is None else OUTCOMES[state]
