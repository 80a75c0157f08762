"""Summaries and translations that operators asked for, and what they are made of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)
_MESSAGES_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """One that is ours until `claimed_until`; without a `message_id` it is the chat's summary."""

    id: int
    workspace_id: int
    conversation_id: int
    message_id: int | None
    language: str
    claimed_until: datetime
    zone: str


async def claim(connection: Connection, *, lease_s: float) -> Wanted | None:
    row = await (await connection.execute(_SQL["claim"], {"lease_s": lease_s})).fetchone()
    return None if row is None else Wanted(**row)


async def chat(connection: Connection, wanted: Wanted) -> list[tuple[str, str]]:
    """Origin and words of the newest messages, the oldest of them first."""
    given = {"conversation_id": wanted.conversation_id, "limit": _MESSAGES_MAX}
    rows = await (await connection.execute(_SQL["chat"], given)).fetchall()
    return [(row["origin"], row["text"]) for row in reversed(rows)]


async def words(connection: Connection, wanted: Wanted) -> str:
    given = {"message_id": wanted.message_id, "conversation_id": wanted.conversation_id}
    row = await (await connection.execute(_SQL["words"], given)).fetchone()
    return "" if row is None else str(row["text"])


async def settle(connection: Connection, wanted: Wanted, text: str, why: str) -> None:
    """`why`: the reason for which there is no text, "" where there is. What another worker wrote
    meanwhile is left alone.
    """
    told = {
        "id": wanted.id,
        "claimed_until": wanted.claimed_until,
        "state": "failed" if why else "done",
        "text": text,
        "why": why,
    }
    await connection.execute(_SQL["settle"], told)
