"""Whose turn it is to be given a chat from the queue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sportello.rules.ids import OperatorId

# A desk that is open says so every minute or two.
PRESENT_FOR: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Present:
    """A person at the desk; `given_at`: when the queue gave them a chat last."""

    operator: OperatorId
    given_at: datetime | None


def turns(people: Iterable[Present], chats: int) -> list[OperatorId]:
    """Who gets each of so many chats, the longest waiting first: in turn, from who got none."""
    order = sorted(people, key=lambda one: (one.given_at is not None, one.given_at, one.operator))
    if not order:
        return []
    return [order[at % len(order)].operator for at in range(chats)]
