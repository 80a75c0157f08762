"""The days of conversations' lines, which the analytics read; the functions are `tallies.sql`."""

from typing import Final

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


async def companies(connection: Connection) -> list[int]:
    """Those with something to take in."""
    rows = await (await connection.execute(_SQL["companies"])).fetchall()
    return [row["id"] for row in rows]


async def take_in(connection: Connection, company: int, *, limit: int) -> bool:
    """Takes up to `limit` lines into their days, a transaction by itself; whether there are more.

    Nothing is taken in while a transaction is at work that may still write an earlier line.
    """
    parameters = {"company": company, "limit": limit}
    row = await (await connection.execute(_SQL["take_in"], parameters)).fetchone()
    return row is not None and bool(row["sportello_tally_events"])
