"""Questions asked of the assistant outside any conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Jsonb

from sportello.statements import statements
from sportello.store.answers import House
from sportello.store.pool import Connection

_SQL = statements(__file__)
_BEFORE_MAX: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial(House):
    """A question that is ours until `claimed_until` (the database's clock). `after_id`: the one
    before it in the same chat.
    """

    id: int
    question: str
    claimed_until: datetime
    after_id: int | None


@dataclass(frozen=True, slots=True)
class Before:
    """What was asked earlier in the same chat, what was answered, and what is remembered of it."""

    question: str
    answer: str
    memory: Mapping[str, Any]


async def claim(connection: Connection, *, lease_s: float, model_lease_s: float) -> Trial | None:
    asked = {"lease_s": lease_s, "model_lease_s": model_lease_s}
    row = await (await connection.execute(_SQL["claim"], asked)).fetchone()
    return None if row is None else Trial(**row)


async def before(connection: Connection, trial: Trial) -> tuple[Before, ...]:
    """The oldest first."""
    if trial.after_id is None:
        return ()
    asked = {
        "after_id": trial.after_id,
        "workspace_id": trial.workspace_id,
        "limit": _BEFORE_MAX,
    }
    rows = await (await connection.execute(_SQL["before"], asked)).fetchall()
    return tuple(Before(**row) for row in rows)


async def house(connection: Connection, workspace_id: int) -> House:
    """Raises LookupError where there is no such company."""
    cursor = await connection.execute(_SQL["house"], {"workspace_id": workspace_id})
    row = await cursor.fetchone()
    if row is None:
        raise LookupError(workspace_id)
    return House(**row)


async def settle(connection: Connection, trial: Trial, result: Mapping[str, Any] | None) -> None:
    """Writes the result; None says that it failed. Another worker's result is left alone."""
    await connection.execute(
        _SQL["settle"],
        {
            "id": trial.id,
            "claimed_until": trial.claimed_until,
            "state": "failed" if result is None else "done",
            "result": None if result is None else Jsonb(result),
        },
    )
