"""Questions asked of the assistant outside any conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from sportello.store.pool import Connection, statements

_SQL = statements(__file__)


@dataclass(frozen=True, slots=True)
class Trial:
    """A question that is ours until `claimed_until` (the database's clock)."""

    id: int
    workspace_id: int
    question: str
    claimed_until: datetime
    company: str
    assistant_name: str
    company_language: str
    answer_from: float
    clarify_from: float


async def claim(connection: Connection, *, lease_s: float) -> Trial | None:
    row = await (await connection.execute(_SQL["claim"], {"lease_s": lease_s})).fetchone()
    return None if row is None else Trial(**row)


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
