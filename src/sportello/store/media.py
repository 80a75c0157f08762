"""Files that customers sent: which are wanted, and what became of them."""

from dataclasses import dataclass
from typing import Final

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to be brought in. `attempts` counts this one."""

    id: int
    workspace_id: int
    message_id: int
    media_id: str
    mime_type: str
    attempts: int
    number_id: int
    phone_number_id: str
    sealed: bytes


async def claim(connection: Connection, *, lease_s: float, limit: int) -> list[Wanted]:
    cursor = await connection.execute(_SQL["claim"], {"lease_s": lease_s, "limit": limit})
    return [Wanted(**row) for row in await cursor.fetchall()]


async def keep(connection: Connection, wanted: Wanted, *, size: int, mime_type: str) -> None:
    parameters = {"id": wanted.id, "size": size, "mime_type": mime_type}
    await connection.execute(_SQL["keep"], parameters)
    await connection.execute(_SQL["touch_message"], {"message_id": wanted.message_id})


async def drop(connection: Connection, wanted: Wanted, state: str, reason: str) -> None:
    """`state`: gone or refused."""
    parameters = {"id": wanted.id, "state": state, "reason": reason}
    await connection.execute(_SQL["drop"], parameters)
    await connection.execute(_SQL["touch_message"], {"message_id": wanted.message_id})


async def postpone(connection: Connection, wanted: Wanted, wait_s: float, reason: str) -> None:
    parameters = {"id": wanted.id, "wait_s": wait_s, "reason": reason}
    await connection.execute(_SQL["postpone"], parameters)
