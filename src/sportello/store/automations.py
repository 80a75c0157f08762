"""Automations in SQL: who has been silent for so long, each noticed once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from psycopg.rows import DictRow

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


async def claim(connection: Connection) -> DictRow | None:
    """One that is to look again, locked; None if there is none, or others have them."""
    return await (await connection.execute(_SQL["claim"])).fetchone()


async def silent(
    connection: Connection, automation: DictRow, until: datetime, *, limit: int
) -> list[DictRow]:
    """Chats in which nobody has answered our last word, the oldest first."""
    asked = {
        "number_id": automation["number_id"],
        "until": until,
        "since": automation["looked_up_to"],
        "since_id": automation["looked_up_to_id"],
        "limit": limit,
    }
    return await (await connection.execute(_SQL["silent"], asked)).fetchall()


async def take(connection: Connection, automation: DictRow, occasions: Mapping[int, str]) -> None:
    """A errand for each contact, with what it is for."""
    if occasions:
        asked = {
            "workspace_id": automation["workspace_id"],
            "campaign_id": automation["campaign_id"],
            "contact_ids": list(occasions),
            "occasions": list(occasions.values()),
        }
        await connection.execute(_SQL["take"], asked)


async def looked(
    connection: Connection,
    automation_id: int,
    up_to: tuple[datetime, int],
    *,
    wait_s: float,
) -> None:
    """Up to this last word (time, conversation), and again in so many seconds."""
    at, conversation_id = up_to
    asked = {"id": automation_id, "up_to": at, "up_to_id": conversation_id, "wait_s": wait_s}
    await connection.execute(_SQL["looked"], asked)
