"""Whether webhooks are missing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Listener:
    """A connected number; see `rules.silence.Heard`."""

    id: int
    last_event_at: datetime | None
    silent_since: datetime | None
    unanswered_since: datetime | None
    usual: float


async def listeners(connection: Connection, now: datetime, *, limit: int) -> list[Listener]:
    cursor = await connection.execute(_SQL["listeners"], {"now": now, "limit": limit})
    return [Listener(**row) for row in await cursor.fetchall()]


async def note(connection: Connection, number_id: int, since: datetime | None) -> None:
    await connection.execute(_SQL["note"], {"id": number_id, "since": since})
