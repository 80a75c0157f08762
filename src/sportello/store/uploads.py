"""Files on their way to Meta, for one number each; and the sends that wait for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that Meta shall have. `attempts` counts this one."""

    id: int
    workspace_id: int
    file_id: int
    number_id: int
    attempts: int
    phone_number_id: str
    sealed: bytes


async def claim(connection: Connection, *, lease_s: float, limit: int) -> list[Wanted]:
    cursor = await connection.execute(_SQL["claim"], {"lease_s": lease_s, "limit": limit})
    return [Wanted(**row) for row in await cursor.fetchall()]


async def keep(connection: Connection, wanted: Wanted, media_id: str, kept_until: datetime) -> None:
    parameters = {"id": wanted.id, "media_id": media_id, "kept_until": kept_until}
    await connection.execute(_SQL["keep"], parameters)


async def refuse(connection: Connection, wanted: Wanted, reason: str) -> None:
    await connection.execute(_SQL["refuse"], {"id": wanted.id, "reason": reason})


async def postpone(connection: Connection, wanted: Wanted, wait_s: float, reason: str) -> None:
    parameters = {"id": wanted.id, "wait_s": wait_s, "reason": reason}
    await connection.execute(_SQL["postpone"], parameters)


async def release_sends(connection: Connection, wanted: Wanted, *, limit: int) -> int:
    """Makes due what waits for the file; up to `limit`, the rest looks by itself soon."""
    parameters = {"file_id": wanted.file_id, "number_id": wanted.number_id, "limit": limit}
    return (await connection.execute(_SQL["release_sends"], parameters)).rowcount
