"""A message's life: the states of an outgoing message, what statuses do, and the send outbox.

Two ways lead through the same states. `merge` takes in what Meta says, late, twice or out of
order; `advance` is what our own dispatcher does to a send, one move at a time.
Source: reference, webhooks 5.4 and reliability 2.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """Where an outgoing message stands. `held` waits for the guard, `in_doubt` for the truth."""

    QUEUED = "queued"
    HELD = "held"
    SENDING = "sending"
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


class Event(StrEnum):
    """What may happen to a send."""

    HOLD = "hold"  # the guard says: not yet
    RELEASE = "release"  # the hold is over
    CLAIM = "claim"  # a dispatcher takes it, and commits before the socket opens
    ACCEPT = "accept"  # Meta gave a wamid, or a status came with our attempt id
    REJECT = "reject"  # Meta said no, for good
    RETURN = "return"  # nothing left, or a passing error: back to the queue
    LOSE = "lose"  # bytes left and no answer came
    RESEND = "resend"  # in doubt, proven lost: once more
    GIVE_UP = "give_up"  # in doubt, never to be known by itself
    CANCEL = "cancel"
    REFUSE = "refuse"  # the guard says: never


TRANSITIONS: Final[Mapping[tuple[State, Event], State]] = MappingProxyType(
    {
        (State.QUEUED, Event.HOLD): State.HELD,
        (State.QUEUED, Event.CLAIM): State.SENDING,
        (State.QUEUED, Event.CANCEL): State.CANCELLED,
        (State.QUEUED, Event.REFUSE): State.REFUSED,
        (State.HELD, Event.HOLD): State.HELD,
        (State.HELD, Event.RELEASE): State.QUEUED,
        (State.HELD, Event.CLAIM): State.SENDING,
        (State.HELD, Event.CANCEL): State.CANCELLED,
        (State.HELD, Event.REFUSE): State.REFUSED,
        (State.SENDING, Event.ACCEPT): State.ACCEPTED,
        (State.SENDING, Event.REJECT): State.FAILED,
        (State.SENDING, Event.RETURN): State.QUEUED,
        (State.SENDING, Event.LOSE): State.IN_DOUBT,
        (State.IN_DOUBT, Event.ACCEPT): State.ACCEPTED,
        (State.IN_DOUBT, Event.REJECT): State.FAILED,
        (State.IN_DOUBT, Event.RESEND): State.QUEUED,
        (State.IN_DOUBT, Event.GIVE_UP): State.UNKNOWN,
        (State.UNKNOWN, Event.ACCEPT): State.ACCEPTED,
        (State.UNKNOWN, Event.REJECT): State.FAILED,
        (State.UNKNOWN, Event.RESEND): State.QUEUED,
    }
)


def advance(state: State, event: Event) -> State | None:
    """The state after the event; None where it cannot happen, as when two race and one is late."""
    return TRANSITIONS.get((state, event))


def before(event: Event) -> frozenset[State]:
    """The states from which an event is possible: what a compare-and-set UPDATE asks for."""
    return frozenset(state for state, possible in TRANSITIONS if possible is event)
