"""Who holds a conversation: the assistant, the queue, an operator, nobody; and the moves between.

`control_epoch` rises with every change of hands. Whoever prepares an answer notes the epoch, and
the guard lets it leave only while the epoch is still the same: so a takeover voids all that was
being written before it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from sportello.rules.ids import OperatorId


class Holder(StrEnum):
    """The one who may answer now. `queue` waits for a person, `closed` for the customer."""

    ASSISTANT = "assistant"
    QUEUE = "queue"
    OPERATOR = "operator"
    CLOSED = "closed"


class Reason(StrEnum):
    """Why the assistant handed a conversation over."""

    ASKED = "asked"
    NOT_KNOWN = "not_known"
    LOW_CONFIDENCE_TWICE = "low_confidence_twice"
    POLICY_TOPIC = "policy_topic"
    ANGER = "anger"
    LOOP = "loop"
    MEDIA_UNREADABLE = "media_unreadable"
    ASSISTANT_OFF = "assistant_off"
    OUTSIDE_HOURS = "outside_hours"
    WINDOW_CLOSING = "window_closing"
    TOOL_FAILED = "tool_failed"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Ownership:
    """`operator` is set exactly while the holder is an operator; `reason` only in the queue."""

    holder: Holder
    operator: OperatorId | None = None
    reason: Reason | None = None
    control_epoch: int = 0


@dataclass(frozen=True, slots=True)
class CustomerWrote:
    """A customer's message. `assistant_on`: for this chat, this number, at this hour."""

    assistant_on: bool


@dataclass(frozen=True, slots=True)
class TakeControl:
    """An operator takes the chat, from whoever has it."""

    operator: OperatorId


@dataclass(frozen=True, slots=True)
class Release:
    """An operator, or the idle timer, gives the chat back."""

    assistant_on: bool = True


@dataclass(frozen=True, slots=True)
class HandOver:
    """The assistant asks for a person."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Close:
    """The matter is settled."""


@dataclass(frozen=True, slots=True)
class Reopen:
    """A person opens a closed chat again; it waits in the queue."""


@dataclass(frozen=True, slots=True)
class WroteFirst:
    """A template leaves for the customer: the assistant has the chat when they answer."""


@dataclass(frozen=True, slots=True)
class OperatorLeft:
    """Whoever has the chat works here no longer, or rests: it waits for another person."""


Event = (
    CustomerWrote | TakeControl | Release | HandOver | Close | Reopen | WroteFirst | OperatorLeft
)


def advance(current: Ownership, event: Event) -> Ownership:
    """The ownership after the event, one epoch later; the very same value if nothing changes."""
    moved = _moved(current, event)
    if moved is None or replace(moved, control_epoch=current.control_epoch) == current:
        return current
    return replace(moved, control_epoch=current.control_epoch + 1)


def may_take(current: Ownership, operator: OperatorId, *, awaiting_customer_reply: bool) -> bool:
    """Nobody takes a chat that we began until the customer has answered."""
    already = current.holder is Holder.OPERATOR and current.operator == operator
    return already or not awaiting_customer_reply


def _moved(current: Ownership, event: Event) -> Ownership | None:
    """None where the event changes nothing, as when the assistant lets go of what it lacks."""
    match event:
        case CustomerWrote(assistant_on):
            return (
                _answering(assistant_on=assistant_on) if current.holder is Holder.CLOSED else None
            )
        case TakeControl(operator):
            return Ownership(Holder.OPERATOR, operator=operator)
        case Release(assistant_on):
            return _answering(assistant_on=assistant_on) if current.holder in _RELEASABLE else None
        case HandOver(reason):
            held = current.holder is Holder.ASSISTANT
            return Ownership(Holder.QUEUE, reason=reason) if held else None
        case Close():
            return Ownership(Holder.CLOSED)
        case WroteFirst():
            return _answering(assistant_on=True) if current.holder is Holder.CLOSED else None
        case OperatorLeft():
            held = current.holder is Holder.OPERATOR
            return Ownership(Holder.QUEUE) if held else None
        case Reopen():
            return Ownership(Holder.QUEUE) if current.holder is Holder.CLOSED else None
        case _:
            assert_never(event)


_RELEASABLE = frozenset({Holder.OPERATOR, Holder.QUEUE})


def _answering(*, assistant_on: bool) -> Ownership:
    if assistant_on:
        return Ownership(Holder.ASSISTANT)
    return Ownership(Holder.QUEUE, reason=Reason.ASSISTANT_OFF)
