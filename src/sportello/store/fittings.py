"""How sure each company's assistant may be: labelled questions read, what was learnt kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL = statements(__file__)


@dataclass(frozen=True, slots=True)
class Fitting:
    """A company whose certainty is ours to measure until `claimed_until`."""

    workspace_id: int
    claimed_until: datetime
    due_at: datetime
    language: str


@dataclass(frozen=True, slots=True)
class Label:
    """`kind`: right or wrong tells of the pair or document, other names the pair that is right
    instead, none says that nothing answers.
    """

    question: str
    kind: str
    pair_id: int | None
    document_id: int | None


@dataclass(frozen=True, slots=True)
class Learnt:
    """`weights` is None where the shipped ones are not bettered."""

    labels: int
    answerable: int
    weights: Mapping[str, Any] | None
    figures: Sequence[Mapping[str, float]]


async def claim(connection: Connection, *, lease_s: float) -> Fitting | None:
    row = await (await connection.execute(_SQL["claim"], {"lease_s": lease_s})).fetchone()
    return None if row is None else Fitting(**row)


async def labelled(connection: Connection, workspace_id: int, *, limit: int) -> list[Label]:
    told = {"workspace_id": workspace_id, "limit": limit}
    rows = await (await connection.execute(_SQL["labelled"], told)).fetchall()
    return [Label(**row) for row in rows]


async def settle(connection: Connection, own: Fitting, learnt: Learnt, now: datetime) -> None:
    told = {
        "workspace_id": own.workspace_id,
        "claimed_until": own.claimed_until,
        "due_at": own.due_at,
        "labels": learnt.labels,
        "answerable": learnt.answerable,
        "weights": None if learnt.weights is None else Jsonb(dict(learnt.weights)),
        "figures": Jsonb([dict(one) for one in learnt.figures]),
        "now": now,
    }
    await connection.execute(_SQL["settle"], told)


async def set_aside(connection: Connection, own: Fitting) -> None:
    told = {"workspace_id": own.workspace_id, "claimed_until": own.claimed_until}
    await connection.execute(_SQL["set_aside"], told)


async def weights(
    connection: Connection, workspace_id: int
) -> tuple[datetime, Mapping[str, Any]] | None:
    """With when they were learnt, by which they may be remembered."""
    told = {"workspace_id": workspace_id}
    row = await (await connection.execute(_SQL["weights"], told)).fetchone()
    return None if row is None else (row["fitted_at"], row["weights"])
