"""The outbox: leases, claims, and what became of each attempt, in SQL.

The transitions are `rules.status.TRANSITIONS`; each statement names its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from sportello.statements import statements
from sportello.store import arrays
from sportello.store.asking import Asked, ask
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Lease:
    """A number that this dispatcher paces, until somebody raises the fence."""

    number_id: int
    workspace_id: int
    phone_number_id: str
    fence: int
    throughput_mps: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What the guard said of a send. `attempt` for those that may go; `reaches_out` for those of
    them that write first, beyond an open window.
    """

    send_id: int
    message_id: int | None
    status: str
    receipt: Mapping[str, Any] | None = None
    attempt: UUID | None = None
    wait: timedelta = timedelta(0)
    code: str = ""
    reaches_out: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """Meta refused this attempt, for good. `error` is what the message keeps."""

    attempt: UUID
    error: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Returned:
    """Not sent, or not taken: again after `wait`. `code`: why, for people."""

    attempt: UUID
    wait: timedelta
    code: str = ""
    error: Mapping[str, Any] | None = None


async def take_numbers(
    connection: Connection, me: UUID, *, lease_s: float, limit: int
) -> list[Lease]:
    """Numbers that nobody paces and that have something to send."""
    parameters = {"me": me, "lease_s": lease_s, "limit": limit}
    cursor = await connection.execute(_SQL["take_numbers"], parameters)
    return [_lease(row) for row in await cursor.fetchall()]


async def keep_numbers(
    connection: Connection, me: UUID, ids: Sequence[int], *, lease_s: float
) -> list[Lease]:
    """Those of our numbers that are still ours, now for longer."""
    parameters = {"me": me, "lease_s": lease_s, "ids": list(ids)}
    cursor = await connection.execute(_SQL["keep_numbers"], parameters)
    return [_lease(row) for row in await cursor.fetchall()]


def _lease(row: DictRow) -> Lease:
    return Lease(
        row["id"], row["workspace_id"], row["phone_number_id"], row["fence"], row["throughput_mps"]
    )


async def next_due(connection: Connection, ids: Sequence[int]) -> dict[int, float]:
    """In how many seconds each of these numbers has something due, if it has anything queued."""
    cursor = await connection.execute(_SQL["next_due"], {"ids": list(ids)})
    return {row["id"]: row["wait_s"] for row in await cursor.fetchall()}


async def release_numbers(connection: Connection, me: UUID) -> None:
    await connection.execute(_SQL["release_numbers"], {"me": me})


async def ask_fence(connection: Connection, lease: Lease, me: UUID) -> Asked[DictRow | None]:
    """The number's row, its token sealed, its company's policy. None: it is another's now."""
    parameters = {"number_id": lease.number_id, "me": me, "fence": lease.fence}
    return await ask(
        connection, _SQL["hold_fence"], parameters, lambda found: found[0] if found else None
    )


async def ask_due(connection: Connection, number_id: int, *, limit: int) -> Asked[list[DictRow]]:
    """What may leave now, most urgent first: id, conversation_id, template_id, file_id."""
    parameters = {"number_id": number_id, "limit": limit}
    return await ask(connection, _SQL["due"], parameters, list)


async def ask_chats(connection: Connection, due: Iterable[DictRow]) -> Asked[dict[int, DictRow]]:
    """Their conversations by id, locked: those that nobody else works on."""
    ids = arrays.numbers(sorted({row["conversation_id"] for row in due}))
    return await ask(
        connection,
        _SQL["lock_conversations"],
        {"ids": ids},
        lambda found: {row["id"]: row for row in found},
    )


async def ask_sends(
    connection: Connection, due: Iterable[DictRow], chats: Iterable[int]
) -> Asked[list[DictRow]]:
    """The sends of these conversations, locked, if they still wait; as urgent as they are due."""
    urgency = {row["id"]: place for place, row in enumerate(due)}
    parameters = {
        "ids": arrays.numbers(sorted(urgency)),
        "conversation_ids": arrays.numbers(chats),
    }
    return await ask(
        connection,
        _SQL["lock_sends"],
        parameters,
        lambda found: sorted(found, key=lambda row: urgency[row["id"]]),
    )


async def claim(
    connection: Connection,
    workspace_id: int,
    decisions: Sequence[Decision],
    *,
    now: datetime,
    lease_s: float,
) -> None:
    """`now` is the company's: Meta's timestamps are compared with it when in doubt."""
    if not decisions:
        return
    parameters = {
        "ids": arrays.numbers(one.send_id for one in decisions),
        "attempts": arrays.uuids(one.attempt for one in decisions if one.attempt is not None),
        "reach_out": arrays.flags(one.reaches_out for one in decisions),
        "now": now,
        "lease_s": lease_s,
        "workspace_id": workspace_id,
        **_receipts(decisions),
    }
    await connection.execute(_SQL["claim"], parameters)
    await connection.execute(_SQL["add_attempts"], parameters)


async def hold(connection: Connection, decisions: Sequence[Decision]) -> None:
    if not decisions:
        return
    parameters = {
        "ids": [one.send_id for one in decisions],
        "waits_s": [one.wait.total_seconds() for one in decisions],
        "codes": [one.code for one in decisions],
    }
    await connection.execute(_SQL["hold"], parameters)


async def stop(connection: Connection, decisions: Sequence[Decision]) -> None:
    """Refused or cancelled, as the status says."""
    if not decisions:
        return
    parameters = {
        "ids": [one.send_id for one in decisions],
        "states": [one.status for one in decisions],
    }
    await connection.execute(_SQL["stop"], parameters)


async def show(connection: Connection, decisions: Iterable[Decision]) -> None:
    """In the order of the messages' ids, as those who apply statuses lock them."""
    seen = sorted(
        ((one.message_id, one) for one in decisions if one.message_id is not None),
        key=lambda pair: pair[0],
    )
    if not seen:
        return
    parameters = {
        "message_ids": arrays.numbers(message_id for message_id, _ in seen),
        "statuses": arrays.texts(one.status for _, one in seen),
        **_receipts([one for _, one in seen]),
    }
    await connection.execute(_SQL["show"], parameters)


def _receipts(decisions: Sequence[Decision]) -> dict[str, Any]:
    """A receipt that many share travels once."""
    receipts = {id(one.receipt): one.receipt for one in decisions}
    places = {known: place for place, known in enumerate(receipts, start=1)}
    return {
        "places": arrays.numbers(places[id(one.receipt)] for one in decisions),
        "receipts": [Jsonb(one) for one in receipts.values()],
    }


async def reject(connection: Connection, rejected: Sequence[Rejected], now: datetime) -> None:
    if not rejected:
        return
    parameters = {
        "attempts": [one.attempt for one in rejected],
        "errors": [Jsonb(one.error) for one in rejected],
        "now": now,
    }
    await connection.execute(_SQL["reject"], parameters)


async def requeue(connection: Connection, returned: Sequence[Returned]) -> None:
    if not returned:
        return
    parameters = {
        "attempts": [one.attempt for one in returned],
        "waits_s": [one.wait.total_seconds() for one in returned],
        "codes": [one.code for one in returned],
        "errors": [None if one.error is None else Jsonb(one.error) for one in returned],
    }
    await connection.execute(_SQL["requeue"], parameters)


async def lose(connection: Connection, attempts: Sequence[UUID]) -> None:
    if attempts:
        await connection.execute(_SQL["lose"], {"attempts": list(attempts)})


async def lose_abandoned(connection: Connection, *, limit: int) -> int:
    """Attempts whose process died are in doubt; how many. Inside a transaction."""
    rows = await (await connection.execute(_SQL["abandoned"], {"limit": limit})).fetchall()
    await lose(connection, [row["attempt"] for row in rows])
    return len(rows)


async def doubts(connection: Connection, before: datetime, *, limit: int) -> list[DictRow]:
    """Sends in doubt since before that instant, locked."""
    parameters = {"before": before, "limit": limit}
    return await (await connection.execute(_SQL["doubts"], parameters)).fetchall()


async def resend(connection: Connection, ids: Sequence[int]) -> None:
    if ids:
        await connection.execute(_SQL["resend"], {"ids": list(ids)})


async def give_up(connection: Connection, ids: Sequence[int]) -> None:
    if ids:
        await connection.execute(_SQL["give_up"], {"ids": list(ids)})


async def pause(connection: Connection, number_id: int, why: str, *, account: bool = False) -> None:
    """`account`: all numbers of the same WhatsApp account with it."""
    await connection.execute(_SQL["pause"], {"id": number_id, "why": why, "account": account})


async def note_probe(connection: Connection, number_id: int) -> None:
    await connection.execute(_SQL["note_probe"], {"id": number_id})


async def forget_probe(connection: Connection, number_id: int) -> None:
    await connection.execute(_SQL["forget_probe"], {"id": number_id})


async def resume(connection: Connection, number_id: int) -> None:
    await connection.execute(_SQL["resume"], {"id": number_id})


async def prune_attempts(connection: Connection, before: datetime, *, limit: int) -> int:
    parameters = {"before": before, "limit": limit}
    return (await connection.execute(_SQL["prune_attempts"], parameters)).rowcount
