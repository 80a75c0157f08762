"""Connections to Meta while `tend` performs them: claimed by a lease, one step at a time."""

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
    """A connection in our hands. `attempts` counts this one, and tells us from who came before."""

    id: int
    workspace_id: int
    kind: str
    by_hand: bool
    number_id: int | None
    waba_id: str
    phone_number_id: str
    facts: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a step found out, to be kept with its end."""

    waba_id: str
    phone_number_id: str
    number_id: int | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AppSecret:
    """A company's own app and its sealed secret."""

    id: int
    workspace_id: int
    app_id: str
    sealed: bytes


async def claim(connection: Connection, *, lease_s: float, limit: int) -> list[Claimed]:
    cursor = await connection.execute(_SQL["claim"], {"lease_s": lease_s, "limit": limit})
    return [Claimed(**row) for row in await cursor.fetchall()]


async def next_step(connection: Connection, connection_id: int) -> tuple[int, str] | None:
    """Its place and name; None: all are done."""
    row = await (await connection.execute(_SQL["next_step"], {"id": connection_id})).fetchone()
    return None if row is None else (row["place"], row["name"])


async def begin_step(
    connection: Connection, claimed: Claimed, place: int, now: datetime, *, lease_s: float
) -> bool:
    """False: somebody else has the connection now."""
    told = {"id": claimed.id, "attempts": claimed.attempts, "place": place, "now": now}
    cursor = await connection.execute(_SQL["begin_step"], told | {"lease_s": lease_s})
    return await cursor.fetchone() is not None


async def hold(connection: Connection, claimed: Claimed) -> bool:
    told = {"id": claimed.id, "attempts": claimed.attempts}
    return await (await connection.execute(_SQL["hold"], told)).fetchone() is not None


async def end_step(
    connection: Connection, claimed: Claimed, place: int, found: Found, now: datetime
) -> None:
    await connection.execute(
        _SQL["end_step"],
        {
            "id": claimed.id,
            "place": place,
            "now": now,
            "facts": Jsonb(dict(found.facts)),
            "number_id": found.number_id,
            "waba_id": found.waba_id,
            "phone_number_id": found.phone_number_id,
        },
    )


async def fail_step(
    connection: Connection,
    claimed: Claimed,
    place: int,
    error: Mapping[str, Any],
    now: datetime,
    *,
    wait_s: float | None,
    facts: Mapping[str, Any],
) -> None:
    """`wait_s` None: it waits for a person."""
    await connection.execute(
        _SQL["fail_step"],
        {
            "id": claimed.id,
            "attempts": claimed.attempts,
            "place": place,
            "error": Jsonb(dict(error)),
            "facts": Jsonb(dict(facts)),
            "wait_s": wait_s,
            "now": now,
        },
    )


async def finish(connection: Connection, claimed: Claimed, now: datetime) -> None:
    told = {"id": claimed.id, "attempts": claimed.attempts, "now": now}
    await connection.execute(_SQL["finish"], told)


async def secrets(connection: Connection, connection_id: int) -> dict[str, bytes]:
    cursor = await connection.execute(_SQL["secrets"], {"id": connection_id})
    return {row["name"]: row["sealed"] for row in await cursor.fetchall()}


async def keep_secret(connection: Connection, claimed: Claimed, name: str, sealed: bytes) -> None:
    told = {"id": claimed.id, "workspace_id": claimed.workspace_id, "name": name, "sealed": sealed}
    await connection.execute(_SQL["keep_secret"], told)


async def forget_secret(connection: Connection, connection_id: int, name: str) -> None:
    await connection.execute(_SQL["forget_secret"], {"id": connection_id, "name": name})


async def prune_secrets(connection: Connection, *, hours: int) -> None:
    await connection.execute(_SQL["prune_secrets"], {"hours": hours})


async def token(connection: Connection, number_id: int) -> tuple[bytes, bytes | None] | None:
    """The number's sealed token and PIN."""
    row = await (await connection.execute(_SQL["token"], {"number_id": number_id})).fetchone()
    return None if row is None else (row["sealed"], row["pin"])


async def owner(connection: Connection, phone_number_id: str) -> int | None:
    """The workspace that has the number; None: nobody."""
    told = {"phone_number_id": phone_number_id}
    row = await (await connection.execute(_SQL["owner"], told)).fetchone()
    return None if row is None else int(row["workspace_id"])


async def add_number(connection: Connection, number: Mapping[str, Any]) -> int | None:
    """None: another company has it."""
    row = await (await connection.execute(_SQL["add_number"], number)).fetchone()
    return None if row is None else int(row["id"])


async def keep_token(
    connection: Connection,
    workspace_id: int,
    number_id: int,
    sealed: bytes,
    pin: bytes | None,
    *,
    last4: str,
) -> None:
    """A PIN of None stays what it was."""
    told = {"workspace_id": workspace_id, "number_id": number_id, "sealed": sealed, "pin": pin}
    await connection.execute(_SQL["keep_token"], told)
    await connection.execute(_SQL["show_token"], {"number_id": number_id, "last4": last4})


async def keep_app_secret(
    connection: Connection, workspace_id: int, app_id: str, sealed: bytes
) -> None:
    told = {"workspace_id": workspace_id, "app_id": app_id, "sealed": sealed}
    await connection.execute(_SQL["keep_app_secret"], told)


async def apps(connection: Connection, workspace_id: int) -> list[str]:
    cursor = await connection.execute(_SQL["apps"], {"workspace_id": workspace_id})
    return [row["app_id"] for row in await cursor.fetchall()]


async def app_secrets(connection: Connection, *, limit: int) -> list[AppSecret]:
    cursor = await connection.execute(_SQL["app_secrets"], {"limit": limit})
    return [AppSecret(**row) for row in await cursor.fetchall()]


async def let_go(connection: Connection, number_id: int) -> None:
    await connection.execute(_SQL["let_go"], {"number_id": number_id})


async def stop(connection: Connection, number_id: int) -> None:
    await connection.execute(_SQL["stop"], {"number_id": number_id})


async def neighbours(connection: Connection, waba_id: str, number_id: int) -> int:
    told = {"waba_id": waba_id, "number_id": number_id}
    row = await (await connection.execute(_SQL["neighbours"], told)).fetchone()
    return 0 if row is None else int(row["count"])


async def count_templates(connection: Connection, workspace_id: int, waba_id: str) -> int:
    told = {"workspace_id": workspace_id, "waba_id": waba_id}
    row = await (await connection.execute(_SQL["count_templates"], told)).fetchone()
    return 0 if row is None else int(row["count"])


async def begin_repair(
    connection: Connection, number_id: int, steps: Sequence[str], now: datetime, since: datetime
) -> bool:
    """Unless something is going on with the number, or it was repaired after `since`."""
    told = {"number_id": number_id, "now": now, "since": since}
    row = await (await connection.execute(_SQL["begin_repair"], told)).fetchone()
    if row is not None:
        await connection.execute(_SQL["add_steps"], dict(row) | {"names": list(steps)})
    return row is not None
