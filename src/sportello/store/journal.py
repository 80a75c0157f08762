"""The journal: webhook bodies as received, until they are folded, and for some time after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL = statements(__file__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One webhook body. `received_at` is the database's clock; `signed_for`: the workspace whose
    own app signed it, None: the installation's.
    """

    id: int
    body: bytes
    received_at: datetime
    signed_for: int | None = None


async def append(
    connection: AsyncConnection[Any], bodies: Sequence[tuple[bytes, int | None]]
) -> None:
    """Keeps the bodies, each with the workspace whose own app signed it; they are on disk when
    the transaction's commit returns.
    """
    told = {"bodies": [body for body, _ in bodies], "signed": [signed for _, signed in bodies]}
    await connection.execute(_SQL["append"], told)


async def ping(connection: AsyncConnection[Any]) -> None:
    await connection.execute(_SQL["ping"])


async def claim(connection: Connection, *, limit: int, bytes_max: int) -> list[Entry]:
    """The oldest unfolded entries, locked until the transaction ends; at least one if any.

    Together at most `bytes_max`, unless the first alone is larger. What speaks of an account comes
    first, in a batch of its own.
    """
    given = {"limit": limit}
    rows = await (await connection.execute(_SQL["claim_first"], given)).fetchall()
    if not rows:
        rows = await (await connection.execute(_SQL["claim"], given)).fetchall()
    ids: list[int] = []
    size = 0
    for row in rows:
        size += row["size"]
        if ids and size > bytes_max:
            break
        ids.append(row["id"])
    if not ids:
        return []
    found = await (await connection.execute(_SQL["bodies"], {"ids": ids}, binary=True)).fetchall()
    return [Entry(row["id"], row["body"], row["received_at"], row["signed_for"]) for row in found]


async def mark_folded(connection: Connection, ids: Sequence[int]) -> None:
    await connection.execute(_SQL["mark_folded"], {"ids": list(ids)})


async def count_failure(connection: Connection, entry_id: int) -> int:
    """How often this entry has failed by now; 0 if it was folded meanwhile."""
    row = await (await connection.execute(_SQL["count_failure"], {"id": entry_id})).fetchone()
    return 0 if row is None else int(row["attempts"])


async def quarantine(
    connection: Connection, entry: Entry, reason: str, raw: str, *, workspace_id: int | None = None
) -> None:
    await connection.execute(
        _SQL["quarantine"],
        {
            "workspace_id": workspace_id,
            "journal_id": entry.id,
            "reason": reason,
            "raw": raw,
            "at": entry.received_at,
        },
    )


async def replay(connection: Connection, first: int, last: int) -> int:
    """Has the entries from `first` to `last` folded once more; how many there are.

    What they brought is there already and stays as it is: folding changes nothing twice.
    """
    given = {"first": first, "last": last}
    row = await (await connection.execute(_SQL["replay"], given)).fetchone()
    return 0 if row is None else int(row["entries"])


async def prune(connection: Connection, *, days: int, limit: int) -> int:
    """Deletes up to `limit` old entries; how many."""
    return (await connection.execute(_SQL["prune"], {"days": days, "limit": limit})).rowcount
