"""What the assistant did with each burst: kept for review, counting and proposals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Jsonb

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL = statements(__file__)
# e5's cosine of two questions that ask the same, measured on the shipped variants: 0.91 and more.
_SAME_DISTANCE: Final = 0.09
_QUESTION_MAX: Final = 2_000


@dataclass(frozen=True, slots=True)
class Turn:
    """`band` is answer, clarify or handover, or "" where nothing was searched for; `embedding` the
    question's vector as PostgreSQL writes one. `found`: see schema.Turn.
    """

    question: str = ""
    language: str = ""
    band: str = ""
    way: str = ""
    reason: str = ""
    confidence: float | None = None
    found: Sequence[Mapping[str, Any]] = ()
    faults: Sequence[str] = ()
    cost_micros: int = 0
    conduct_version: int = 0
    embedding: str | None = None


@dataclass(frozen=True, slots=True)
class Helped:
    """What a person told a customer whom the assistant could not help."""

    id: int
    workspace_id: int
    question: str
    language: str
    cluster: int | None
    answer: str
    first_id: int


async def add(
    connection: Connection,
    workspace_id: int,
    turn: Turn,
    now: datetime,
    *,
    conversation_id: int,
    message_id: int | None,
) -> None:
    """In the transaction of the answer."""
    unanswered = turn.band == "handover" and turn.embedding is not None
    cluster = await _cluster(connection, workspace_id, turn, now) if unanswered else None
    row = await (
        await connection.execute(
            _SQL["add"],
            {
                "workspace_id": workspace_id,
                "conversation_id": conversation_id,
                "message_id": message_id,
                "question": turn.question[:_QUESTION_MAX],
                "language": turn.language[:8],
                "band": turn.band,
                "way": turn.way,
                "reason": turn.reason,
                "confidence": turn.confidence,
                "found": Jsonb(list(turn.found)),
                "faults": list(turn.faults),
                "cost_micros": turn.cost_micros,
                "conduct_version": turn.conduct_version,
                "embedding": turn.embedding,
                "cluster": cluster,
                "now": now,
            },
        )
    ).fetchone()
    if unanswered and cluster is None and row is not None:
        await connection.execute(_SQL["begin_cluster"], {"id": row["id"]})


async def _cluster(
    connection: Connection, workspace_id: int, turn: Turn, now: datetime
) -> int | None:
    asked = {
        "workspace_id": workspace_id,
        "embedding": turn.embedding,
        "distance": _SAME_DISTANCE,
        "now": now,
    }
    row = await (await connection.execute(_SQL["alike"], asked)).fetchone()
    return None if row is None else row["cluster"]


async def answered_by_people(connection: Connection, now: datetime, *, limit: int) -> list[Helped]:
    cursor = await connection.execute(_SQL["answered_by_people"], {"now": now, "limit": limit})
    return [Helped(**row) for row in await cursor.fetchall()]


async def propose(connection: Connection, helped: Helped, now: datetime) -> None:
    await connection.execute(
        _SQL["propose"],
        {
            "workspace_id": helped.workspace_id,
            "turn_id": helped.id,
            "question": helped.question,
            "answer": helped.answer[:3_500],
            "language": helped.language or "it",
            "cluster": helped.cluster,
            "now": now,
        },
    )


async def set_harvested(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    await connection.execute(_SQL["harvested"], {"ids": list(ids), "now": now})


async def prune(connection: Connection, before: datetime, *, limit: int) -> None:
    await connection.execute(_SQL["prune"], {"before": before, "limit": limit})
