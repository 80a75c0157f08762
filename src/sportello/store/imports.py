"""Imports of contacts under way: leased, taken in portion by portion, over.

A lease alone does not keep an old worker out: each portion is written on condition that the
import's `attempts` are still those of the claim.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Jsonb

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """An import in our hands. `plan` None: it is to be looked at; `done`: rows behind us."""

    id: int
    workspace_id: int
    state: str
    attempts: int
    plan: Mapping[str, Any] | None
    done: int


async def claim(connection: Connection, *, lease_s: float) -> Claimed | None:
    row = await (await connection.execute(_SQL["claim"], {"lease_s": lease_s})).fetchone()
    return None if row is None else Claimed(**row)


async def next_part(connection: Connection, import_id: int, after: int) -> tuple[int, bytes] | None:
    """Place and content of the file's next piece."""
    asked = {"id": import_id, "after": after}
    row = await (await connection.execute(_SQL["parts"], asked)).fetchone()
    return None if row is None else (row["place"], bytes(row["content"]))


async def seen(
    connection: Connection, claimed: Claimed, sample: Mapping[str, Any], total: int
) -> None:
    """The first rows of a file, and how many there are."""
    asked = {"id": claimed.id, "attempts": claimed.attempts, "total": total}
    await connection.execute(_SQL["seen"], asked | {"sample": Jsonb(dict(sample))})


async def still(connection: Connection, claimed: Claimed, *, lease_s: float, rows: int) -> bool:
    """False: the import was cancelled, or is another worker's."""
    asked = {"id": claimed.id, "attempts": claimed.attempts, "lease_s": lease_s, "rows": rows}
    return (await connection.execute(_SQL["still"], asked)).rowcount == 1


async def fail(connection: Connection, claimed: Claimed, reason: str, now: datetime) -> None:
    asked = {"id": claimed.id, "attempts": claimed.attempts, "reason": reason, "now": now}
    await connection.execute(_SQL["fail"], asked)


async def take_in(
    connection: Connection,
    claimed: Claimed,
    portion: Mapping[str, Any],
    *,
    lease_s: float,
    rate: float,
) -> bool:
    """A portion as `intake.portions` tells it; all or nothing, in the caller's transaction.

    False: the import was cancelled, or is another worker's, or the portion is behind us already.
    """
    asked = {"id": claimed.id, "attempts": claimed.attempts}
    row = await (await connection.execute(_SQL["hold"], asked)).fetchone()
    if row is None or portion["upto"] <= row["done"]:
        return False
    fits, wrongs = portion["fits"], list(portion["wrongs"])
    counts = dict(row["counts"])
    _add(counts, {"merged": portion["merged"], "rejected": portion["rejected"]})
    of = {"id": claimed.id, "workspace_id": claimed.workspace_id}
    if fits:
        taken = {**of, "fits": json.dumps(fits)}
        told = await (await connection.execute(_SQL["take_in"], taken)).fetchone()
        came = dict(told["told"]) if told else {}
        wrongs += _gone(came.pop("gone"))
        _add(counts, came)
    if wrongs:
        await connection.execute(_SQL["add_flaws"], {**of, "wrongs": json.dumps(wrongs)})
    done = min(portion["upto"], row["total"])
    paced = {"id": claimed.id, "done": done, "rate": rate, "lease_s": lease_s}
    await connection.execute(_SQL["advance"], paced | {"counts": Jsonb(counts)})
    return True


async def release(connection: Connection, claimed: Claimed) -> None:
    """For the next worker, at once."""
    asked = {"id": claimed.id, "attempts": claimed.attempts}
    await connection.execute(_SQL["release"], asked)


async def finish(connection: Connection, claimed: Claimed, now: datetime) -> None:
    asked = {"id": claimed.id, "attempts": claimed.attempts, "now": now}
    await connection.execute(_SQL["finish"], asked)


async def clear(connection: Connection, import_id: int, *, limit: int) -> bool:
    """Forgets what an import that is over needs no more; False once there is nothing left."""
    await connection.execute(_SQL["clear_parts"], {"id": import_id})
    gone = await connection.execute(_SQL["clear_seen"], {"id": import_id, "limit": limit})
    return gone.rowcount == limit


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        counts[name] = counts.get(name, 0) + count


def _gone(lines: Sequence[int]) -> list[dict[str, Any]]:
    """Rows of people who have since said no."""
    return [{"line": line, "code": "opted_out"} for line in lines]
