"""The queue of what other systems are told: claimed with a lease, settled, told again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sportello.statements import statements
from sportello.store import vault
from sportello.store.pool import Connection
from sportello.store.vault import Key

_SQL: Final = statements(__file__)
ANSWER_MAX: Final = 1_000
_TOOK_MS_MAX: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours until `claimed_until`. `matter` is {} where the person was erased."""

    id: int
    endpoint_id: int
    attempts: int
    trial: bool
    claimed_until: datetime
    url: str
    uid: str
    kind: str
    matter: dict[str, Any]
    at: datetime
    failing_for: timedelta | None
    sent_at_s: int
    sealed: tuple[bytes, ...]

    def secrets(self, key: Key) -> list[str]:
        """Newest first. Raises UnsealError."""
        place = vault.endpoint_secret_place(self.endpoint_id)
        return [vault.unseal(key, one, place) for one in self.sealed]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try. `state`: queued (again after `pause_s`), delivered or failed."""

    state: str
    status: int = 0
    why: str = ""
    took_ms: int = 0
    answer: str = ""
    pause_s: float = 0.0


async def claim(
    connection: Connection, *, limit: int, each: int, lease_s: float
) -> tuple[Claimed, ...]:
    """At most `limit`, of which `each` to one endpoint."""
    asked = {"limit": limit, "each": each, "lease_s": lease_s}
    rows = await (await connection.execute(_SQL["claim"], asked)).fetchall()
    return tuple(_claimed(row) for row in sorted(rows, key=lambda row: row["id"]))


async def settle(connection: Connection, claimed: Claimed, outcome: Outcome) -> bool:
    """False where the lease had run out and somebody else has it now."""
    told = {
        "id": claimed.id,
        "claimed_until": claimed.claimed_until,
        "state": outcome.state,
        "status": outcome.status,
        "why": outcome.why,
        "took_ms": min(outcome.took_ms, _TOOK_MS_MAX),
        "answer": outcome.answer[:ANSWER_MAX],
        "pause_s": outcome.pause_s,
    }
    return bool((await connection.execute(_SQL["settle"], told)).rowcount)


async def arrived(connection: Connection, endpoint_id: int) -> None:
    await connection.execute(_SQL["arrived"], {"endpoint_id": endpoint_id})


async def missed(connection: Connection, endpoint_id: int) -> None:
    await connection.execute(_SQL["missed"], {"endpoint_id": endpoint_id})


async def switch_off(connection: Connection, endpoint_id: int, why: str) -> bool:
    """`why`: failing or gone. Whether it was on."""
    told = {"endpoint_id": endpoint_id, "why": why}
    return bool((await connection.execute(_SQL["switch_off"], told)).rowcount)


async def keep_house(connection: Connection, *, limit: int) -> bool:
    """Takes back what was claimed and never settled, lays down what nobody can be told, and puts a
    portion of what shall be told again into the queue; whether there may be more of it.
    """
    await connection.execute(_SQL["reclaim"], {"limit": limit})
    down = (await connection.execute(_SQL["lay_down"], {"limit": limit})).rowcount
    row = await (await connection.execute(_SQL["replay"], {"limit": limit})).fetchone()
    return down >= limit or (row is not None and row["again"] >= limit)


async def prune(connection: Connection, *, days: int, limit: int) -> int:
    """How many pieces of news went."""
    gone = await connection.execute(_SQL["prune_news"], {"days": days, "limit": limit})
    await connection.execute(_SQL["prune_secrets"])
    return gone.rowcount


def _claimed(row: dict[str, Any]) -> Claimed:
    sealed = tuple(bytes(one) for one in row.pop("sealed"))
    return Claimed(sealed=sealed, **row)
