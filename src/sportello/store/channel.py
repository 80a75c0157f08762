"""The business numbers as Meta has them, and chats that nobody looks after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from sportello.rules.ownership import Ownership
from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Number:
    """A number and its sealed token."""

    id: int
    phone_number_id: str
    waba_id: str
    sealed: bytes


async def numbers(
    connection: Connection, *, unpaid: bool, unseen: bool = False, limit: int
) -> list[Number]:
    """`unpaid`: only those that owe Meta something; `unseen`: that are to be looked at now."""
    wanted = {"unpaid": unpaid, "unseen": unseen, "limit": limit}
    cursor = await connection.execute(_SQL["numbers"], wanted)
    return [Number(**row) for row in await cursor.fetchall()]


async def heard(connection: Connection, number_id: int) -> int:
    """How many words about its account have come; to be asked before Meta is."""
    cursor = await connection.execute(_SQL["heard"], {"id": number_id})
    row = await cursor.fetchone()
    return row["count"] if row else 0


async def refresh(
    connection: Connection,
    number_id: int,
    node: Mapping[str, Any],
    told: Mapping[str, str],
    *,
    heard: int,
    now: datetime,
) -> None:
    """`node`: the columns that Meta tells of; None, or an empty name: not said. `told`: the rest,
    as short texts; what is not among them stays. `heard`: what `heard` said before Meta was asked.
    """
    profile = node["profile"]
    row = {
        "id": number_id,
        **node,
        "profile": None if profile is None else Jsonb(profile),
        "told": Jsonb(dict(told)),
        "heard": heard,
        "now": now,
    }
    await connection.execute(_SQL["refresh"], row)


async def set_messaging_limit(
    connection: Connection, workspace_id: int, waba_id: str, limit: int
) -> None:
    """`limit`: people a day who may be written to first; 0: without limit."""
    told = {"workspace_id": workspace_id, "waba_id": waba_id, "limit": limit}
    await connection.execute(_SQL["set_messaging_limit"], told)


async def idle(connection: Connection, now: datetime, *, limit: int) -> list[DictRow]:
    """Chats to be released, locked."""
    cursor = await connection.execute(_SQL["idle"], {"now": now, "limit": limit})
    return await cursor.fetchall()


async def release(
    connection: Connection, conversation_id: int, moved: Ownership, now: datetime, *, owes: bool
) -> None:
    parameters = {
        "id": conversation_id,
        "holder": moved.holder.value,
        "handover_reason": "" if moved.reason is None else moved.reason.value,
        "control_epoch": moved.control_epoch,
        "owes": owes,
        "now": now,
    }
    await connection.execute(_SQL["release"], parameters)
