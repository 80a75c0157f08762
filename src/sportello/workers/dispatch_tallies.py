"""What is counted over many sends: the people whom a portfolio reached in a rolling day.

The database counts every few seconds; what is claimed in between is added here. What was added just
before a count is added to it once more, for the count may not have seen it: near its limit a tally
is rather too high than too low.
"""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from psycopg.rows import DictRow

from sportello.store import outreach
from sportello.store.pool import Connection

A_DAY: Final = timedelta(days=1)
_COUNT_EVERY: Final = timedelta(seconds=10)
_COUNT_SPENT_OUT_EVERY: Final = timedelta(seconds=5)
_UNSEEN_FOR: Final = timedelta(seconds=5)
_KEPT_MAX: Final = 1000


@dataclass(slots=True)
class Tally:
    """A count of the database's and what came since. Instants are the database's."""

    counted: int = 0
    counted_at: datetime | None = None
    since: deque[tuple[datetime, int]] = field(default_factory=deque)
    # Of `since` in all: asked for each send, and seconds of a quick number are thousands.
    added: int = 0

    @property
    def total(self) -> int:
        return self.counted + self.added

    def add(self, amount: int, at: datetime) -> None:
        self.since.append((at, amount))
        self.added += amount

    def is_due(self, limit: int, at: datetime) -> bool:
        if self.counted_at is None:
            return True
        every = _COUNT_EVERY if self.total < limit else _COUNT_SPENT_OUT_EVERY
        return at - self.counted_at >= every

    def count(self, counted: int, at: datetime) -> None:
        self.counted, self.counted_at = counted, at
        while self.since and self.since[0][0] < at - _UNSEEN_FOR:
            self.added -= self.since.popleft()[1]


class Tallies:
    """Of all numbers that this process paces; those of a portfolio share theirs."""

    def __init__(self) -> None:
        self._people: dict[str, Tally] = {}

    async def people(self, connection: Connection, number: DictRow, now: datetime) -> Tally | None:
        """Whom this number's portfolio reached in the last day; None where Meta sets no limit."""
        limit: int | None = number["messaging_limit"]
        if not limit:
            return None
        portfolio = number["portfolio_id"] or f"number {number['id']}"
        if len(self._people) >= _KEPT_MAX:
            self._people.clear()
        tally = self._people.setdefault(portfolio, Tally())
        if tally.is_due(limit, number["at"]):
            found = await outreach.people_reached(connection, number, now - A_DAY, limit=limit)
            tally.count(found, number["at"])
        return tally


async def reached_before(
    connection: Connection, number: DictRow, contact_ids: Collection[int], now: datetime
) -> set[int]:
    """Which of these people the portfolio reached within the day, whom Meta counts once."""
    return await outreach.reached_among(connection, number, contact_ids, now - A_DAY)
