"""Changes that are tried before they are published: claimed, asked about, settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from sportello.statements import statements
from sportello.store import library
from sportello.store.answers import House
from sportello.store.documents import Drafted, Waiting
from sportello.store.library import Pair, Passage
from sportello.store.pool import Connection

_SQL = statements(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal(House):
    """A change that is ours to try until `claimed_until` (the database's clock)."""

    id: int
    kind: str
    pair_id: int | None
    document_id: int | None
    draft: Mapping[str, Any]
    replayed: int
    claimed_until: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """One of a set (`of_set` names it), or one that a customer asked (`turn_id`)."""

    question: str
    question_id: int | None = None
    turn_id: int | None = None
    of_set: str = ""
    band: str = ""
    pair_id: int | None = None
    facts: Sequence[str] = ()


async def claim(connection: Connection, *, lease_s: float) -> Rehearsal | None:
    row = await (await connection.execute(_SQL["claim"], {"lease_s": lease_s})).fetchone()
    return None if row is None else Rehearsal(**row)


async def questions(
    connection: Connection, workspace_id: int, *, kept: int, real: int
) -> list[Question]:
    """At most so many of sets and so many of customers; those of sets first."""
    told = {"workspace_id": workspace_id, "limit": kept}
    of_sets = await (await connection.execute(_SQL["kept"], told)).fetchall()
    asked = await (await connection.execute(_SQL["real"], {**told, "limit": real})).fetchall()
    return [*(Question(**row) for row in of_sets), *(Question(**row) for row in asked)]


async def note(
    connection: Connection, own: Rehearsal, *, asked: int, total: int, lease_s: float
) -> datetime | None:
    """Until when it is ours now; None where nobody wants it any more."""
    told = {
        "id": own.id,
        "claimed_until": own.claimed_until,
        "asked": asked,
        "total": total,
        "lease_s": lease_s,
    }
    row = await (await connection.execute(_SQL["note"], told)).fetchone()
    return None if row is None else row["claimed_until"]


async def settle(
    connection: Connection,
    own: Rehearsal,
    counts: Mapping[str, int],
    rows: Sequence[Mapping[str, Any]],
    reason: str = "",
) -> None:
    """With a reason, it failed."""
    told = {
        "id": own.id,
        "claimed_until": own.claimed_until,
        "state": "failed" if reason else "done",
        "reason": reason,
        "counts": Jsonb(dict(counts)),
        "rows": Jsonb(list(rows)),
    }
    await connection.execute(_SQL["settle"], told)


async def still_there(connection: Connection, workspace_id: int, pair_ids: Sequence[int]) -> int:
    """How many of these pairs were not taken away."""
    told = {"workspace_id": workspace_id, "pair_ids": list(pair_ids)}
    row = await (await connection.execute(_SQL["still_there"], told)).fetchone()
    return 0 if row is None else int(row["n"])


async def put_pair(connection: Connection, pair: Pair, passage: Passage) -> None:
    """As if it were published. To be called in a transaction that is rolled back."""
    if not pair.id:
        added = await library.add_pair(connection, pair)
        await library.put(connection, added, passage)
        return
    told = {
        "pair_id": pair.id,
        "question": pair.question,
        "answer": pair.answer,
        "variants": list(pair.variants),
        "language": pair.language,
        "enabled": pair.enabled,
    }
    await connection.execute(_SQL["write_pair"], told)
    await library.put(connection, pair, passage)


async def draft(connection: Connection, workspace_id: int, document_id: int) -> Drafted | None:
    told = {"workspace_id": workspace_id, "document_id": document_id}
    row = await (await connection.execute(_SQL["draft"], told)).fetchone()
    return None if row is None else Drafted(**row)


async def hold_draft(connection: Connection, document_id: int) -> bool:
    """Whether it still waits to be looked at; locked until the transaction ends."""
    told = {"document_id": document_id}
    return await (await connection.execute(_SQL["hold_draft"], told)).fetchone() is not None


async def waiting_of(connection: Connection, document_id: int) -> list[Waiting]:
    told = {"document_id": document_id}
    rows = await (await connection.execute(_SQL["waiting_of"], told)).fetchall()
    return [Waiting(**row) for row in rows]


async def prune(connection: Connection, before: datetime, *, limit: int) -> None:
    await connection.execute(_SQL["prune"], {"before": before, "limit": limit})
