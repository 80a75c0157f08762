"""A message's life: the states of an outgoing message, what statuses do, and the send outbox.

Two ways lead through the same states. `merge` takes in what Meta says, late, twice or out of
order; `advance` is what our own dispatcher does to a send, one move at a time.
Source: reference, webhooks 5.4 and reliability 2.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never


class State(StrEnum):
    """Where an outgoing message stands. `held` waits for the guard, `in_doubt` for the truth.

    On the wire it stands as it stood: only what came of it is written.
    """

    QUEUED = "queued"
    HELD = "held"
    IN_DOUBT = "in_doubt"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    ACCEPTED = "accepted"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"


# What Meta says outranks what we supposed: a status about a message that we took for unknown or
# even cancelled proves that it left. `failed` stands above `sent` and below `delivered`: so it
# sticks, unless the message did arrive. The store builds its CASE from this table.
RANK: Final[Mapping[State, int]] = MappingProxyType(
    {state: rank for rank, state in enumerate(State)}
)

REPORTED: Final = frozenset(
    {State.SENT, State.FAILED, State.DELIVERED, State.READ, State.PLAYED, State.ACCEPTED}
)


def merge(current: State, incoming: State) -> State:
    """The state after one more report: the higher of the two, whatever their order.

    Idempotent, commutative, associative; so duplicates and disorder cannot matter.
    """
    return current if RANK[current] >= RANK[incoming] else incoming


class SendState(StrEnum):
    """Where a send stands in the outbox. A hold is a queued send with a later due time."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    IN_DOUBT = "in_doubt"
    UNKNOWN = "unknown"


class Event(StrEnum):
    """What may happen to a send."""

    HOLD = "hold"  # the guard says: not yet
    CLAIM = "claim"  # a dispatcher takes it, and commits before the socket opens
    ACCEPT = "accept"  # Meta gave a wamid, or a status came with our attempt id
    REJECT = "reject"  # Meta said no, for good
    RETURN = "return"  # nothing left, or a passing error: back to the queue
    LOSE = "lose"  # bytes left and no answer came
    RESEND = "resend"  # in doubt, proven lost: once more
    GIVE_UP = "give_up"  # in doubt, never to be known by itself
    CANCEL = "cancel"
    REFUSE = "refuse"  # the guard says: never


TRANSITIONS: Final[Mapping[tuple[SendState, Event], SendState]] = MappingProxyType(
    {
        (SendState.QUEUED, Event.HOLD): SendState.QUEUED,
        (SendState.QUEUED, Event.CLAIM): SendState.SENDING,
        (SendState.QUEUED, Event.CANCEL): SendState.CANCELLED,
        (SendState.QUEUED, Event.REFUSE): SendState.REFUSED,
        (SendState.SENDING, Event.ACCEPT): SendState.ACCEPTED,
        (SendState.SENDING, Event.REJECT): SendState.REJECTED,
        (SendState.SENDING, Event.RETURN): SendState.QUEUED,
        (SendState.SENDING, Event.LOSE): SendState.IN_DOUBT,
        (SendState.IN_DOUBT, Event.ACCEPT): SendState.ACCEPTED,
        (SendState.IN_DOUBT, Event.REJECT): SendState.REJECTED,
        (SendState.IN_DOUBT, Event.RESEND): SendState.QUEUED,
        (SendState.IN_DOUBT, Event.GIVE_UP): SendState.UNKNOWN,
        (SendState.UNKNOWN, Event.ACCEPT): SendState.ACCEPTED,
        (SendState.UNKNOWN, Event.REJECT): SendState.REJECTED,
        (SendState.UNKNOWN, Event.RESEND): SendState.QUEUED,
        # The attempt before this one did arrive after all: its status came while the next waited.
        (SendState.QUEUED, Event.ACCEPT): SendState.ACCEPTED,
    }
)


def advance(state: SendState, event: Event) -> SendState | None:
    """The state after the event; None where it cannot happen, as when two race and one is late."""
    return TRANSITIONS.get((state, event))


def before(event: Event) -> frozenset[SendState]:
    """The states from which an event is possible: what a compare-and-set UPDATE asks for."""
    return frozenset(state for state, possible in TRANSITIONS if possible is event)


def shown(state: SendState, *, is_held: bool = False) -> State:
    """The state of the bubble while Meta has not yet said anything about it."""
    match state:
        case SendState.QUEUED | SendState.SENDING:
            return State.HELD if is_held else State.QUEUED
        case SendState.REJECTED:
            return State.FAILED
        case (
            SendState.ACCEPTED
            | SendState.REFUSED
            | SendState.CANCELLED
            | SendState.IN_DOUBT
            | SendState.UNKNOWN
        ):
            return State(state.value)
        case _:
            assert_never(state)
