"""What happens by itself to the order of the desk: reminders, the shared queue, sweeps."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from sportello.rules.ids import THE_API
from sportello.rules.ownership import Ownership
from sportello.rules.sharing import PRESENT_FOR
from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)
_PRESENT_S: Final = PRESENT_FOR.total_seconds()


async def ring(connection: Connection, now: datetime, *, limit: int) -> int:
    """How many chats were brought back."""
    return (await connection.execute(_SQL["ring"], {"now": now, "limit": limit})).rowcount


async def sharing(connection: Connection, *, limit: int) -> list[DictRow]:
    """Workspaces in which chats wait and somebody is there, each with its calendar."""
    cursor = await connection.execute(_SQL["sharing"], {"present_s": _PRESENT_S, "limit": limit})
    return await cursor.fetchall()


async def present(connection: Connection, workspace_id: int) -> list[DictRow]:
    given = {"workspace_id": workspace_id, "present_s": _PRESENT_S}
    return await (await connection.execute(_SQL["present"], given)).fetchall()


async def waiting(connection: Connection, workspace_id: int, *, limit: int) -> list[DictRow]:
    """Locked."""
    given = {"workspace_id": workspace_id, "limit": limit}
    return await (await connection.execute(_SQL["waiting"], given)).fetchall()


async def give(
    connection: Connection, workspace_id: int, given: Mapping[int, int], now: datetime
) -> None:
    """`given`: by conversation the person who gets it."""
    users = list(given.values())
    parameters = {"ids": list(given), "users": users, "now": now}
    await connection.execute(_SQL["give"], parameters)
    noted = {"workspace_id": workspace_id, "users": sorted(set(users))}
    await connection.execute(_SQL["note_given"], noted)


async def sweep(connection: Connection) -> DictRow | None:
    """Locked."""
    return await (await connection.execute(_SQL["sweep"])).fetchone()


async def batch(connection: Connection, sweep_id: int, *, undoes: bool) -> DictRow | None:
    name = "batch_to_undo" if undoes else "batch_to_do"
    return await (await connection.execute(_SQL[name], {"sweep_id": sweep_id})).fetchone()


async def is_person(connection: Connection, workspace_id: int, user_id: int | None) -> bool:
    given = {"workspace_id": workspace_id, "user_id": user_id}
    return (await (await connection.execute(_SQL["is_person"], given)).fetchone()) is not None


async def chats(
    connection: Connection, workspace_id: int, ids: Sequence[int], label_id: int | None
) -> list[DictRow]:
    """Locked in the order of their ids."""
    given = {"workspace_id": workspace_id, "ids": list(ids), "label_id": label_id}
    return await (await connection.execute(_SQL["chats"], given)).fetchall()


async def move(connection: Connection, moved: Mapping[int, Ownership], now: datetime) -> None:
    if not moved:
        return
    await connection.execute(_SQL["cancel_sends"], {"ids": list(moved), "now": now})
    held = list(moved.values())
    nobody = {None, THE_API}
    parameters = {
        "ids": list(moved),
        "holders": [one.holder.value for one in held],
        "operators": [None if one.operator in nobody else one.operator for one in held],
        "reasons": ["" if one.reason is None else one.reason.value for one in held],
        "epochs": [one.control_epoch for one in held],
        "now": now,
    }
    await connection.execute(_SQL["move"], parameters)


async def mark(connection: Connection, marked: Mapping[int, tuple[int, int | None]]) -> None:
    """By conversation what is unread, and its folder."""
    if not marked:
        return
    parameters = {
        "ids": list(marked),
        "unreads": [unread for unread, _ in marked.values()],
        "folders": [folder for _, folder in marked.values()],
    }
    await connection.execute(_SQL["mark"], parameters)


async def label(
    connection: Connection, workspace_id: int, label_id: int, ids: list[int], *, carries: bool
) -> None:
    given = {"workspace_id": workspace_id, "label_id": label_id, "ids": ids}
    await connection.execute(_SQL["label" if carries else "unlabel"], given)


async def note_batch(
    connection: Connection, batch_id: int, before: Mapping[str, Any] | None
) -> None:
    noted = None if before is None else Jsonb(dict(before))
    await connection.execute(_SQL["note_batch"], {"id": batch_id, "before": noted})


async def note_sweep(
    connection: Connection, sweep_id: int, state: str, *, looked: int = 0, changed: int = 0
) -> None:
    given = {"id": sweep_id, "state": state, "looked": looked, "changed": changed}
    await connection.execute(_SQL["note_sweep"], given)


async def prune(connection: Connection, sweeps: datetime, deleted: datetime, *, limit: int) -> None:
    """Sweeps older than the one instant, labels and folders deleted before the other."""
    await connection.execute(_SQL["prune_sweeps"], {"before": sweeps, "limit": limit})
    for name in ("prune_labels", "prune_folders"):
        await connection.execute(_SQL[name], {"before": deleted, "limit": limit})
