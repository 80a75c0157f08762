"""Notices to people at the desk: of windows that shut, and whose browsers are to be woken."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Place:
    """A browser to be woken. Quiet hours by the clock of `time_zone`; `now_s`: Unix time by the
    database's clock.
    """

    id: int
    address: str
    time_zone: str
    quiet_from: time | None
    quiet_until: time | None
    now_s: int


async def tell_closing(connection: Connection, now: datetime, until: datetime) -> int:
    """Of windows that shut until then, by the company's time; how many people were told."""
    row = await (await connection.execute(_SQL["closing"], {"now": now, "until": until})).fetchone()
    return 0 if row is None else row["told"]


async def claim(connection: Connection, *, limit: int) -> tuple[Place, ...]:
    """The browsers of those who have a notice for which nobody woke them yet."""
    rows = await (await connection.execute(_SQL["claim"], {"limit": limit})).fetchall()
    return tuple(Place(**row) for row in rows)


async def forget(connection: Connection, place_id: int) -> None:
    await connection.execute(_SQL["forget"], {"id": place_id})


async def prune(connection: Connection, *, days: int, limit: int) -> int:
    """How many went."""
    return (await connection.execute(_SQL["prune"], {"days": days, "limit": limit})).rowcount
