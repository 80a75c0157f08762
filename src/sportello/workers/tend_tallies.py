"""Takes the lines of conversations into the days that the analytics read."""

from typing import Final

from sportello.store import tallies
from sportello.workers.outward import Outward

LINES_MAX: Final = 20_000
# A company's in one go: a backlog of years is taken in over several.
_ROUNDS_MAX: Final = 25


async def tally(context: Outward) -> None:
    """A bounded number of lines of each company; what is not in its day yet is counted by pages."""
    async with context.pool.connection() as connection:
        companies = await tallies.companies(connection)
    for company in companies:
        for _ in range(_ROUNDS_MAX):
            async with context.pool.connection() as connection, connection.transaction():
                if not await tallies.take_in(connection, company, limit=LINES_MAX):
                    break
