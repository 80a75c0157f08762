"""Writing first, in SQL: templates and files as Meta has them, people reached, answers awaited."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.rows import DictRow

from sportello.statements import statements
from sportello.store import arrays
from sportello.store.asking import Asked, ask
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)

Key = tuple[int, str]


async def ask_templates(connection: Connection, ids: Collection[int]) -> Asked[list[DictRow]]:
    return await ask(connection, _SQL["templates"], {"ids": sorted(ids)}, list)


async def ask_uploads(
    connection: Connection, number_id: int, file_ids: Collection[int]
) -> Asked[list[DictRow]]:
    parameters = {"number_id": number_id, "file_ids": sorted(file_ids)}
    return await ask(connection, _SQL["uploads"], parameters, list)


async def want_uploads(
    connection: Connection, number: DictRow, file_ids: Collection[int], now: datetime
) -> None:
    parameters = {
        "number_id": number["id"],
        "workspace_id": number["workspace_id"],
        "file_ids": sorted(file_ids),
        "now": now,
    }
    await connection.execute(_SQL["want_uploads"], parameters)


async def ask_contacts(connection: Connection, ids: Iterable[int]) -> Asked[set[int]]:
    """Those whose ledger nobody writes at this moment, locked; inside a transaction."""
    return await ask(
        connection,
        _SQL["lock_contacts"],
        {"ids": arrays.numbers(sorted(ids))},
        lambda found: {row["id"] for row in found},
    )


async def people_reached(
    connection: Connection, number: DictRow, since: datetime, *, limit: int
) -> int:
    parameters = _portfolio(number) | {"since": since, "limit": limit}
    row = await (await connection.execute(_SQL["people_reached"], parameters)).fetchone()
    return int(row["people"]) if row else 0


async def reached_among(
    connection: Connection, number: DictRow, contact_ids: Iterable[int], since: datetime
) -> set[int]:
    parameters = _portfolio(number) | {"since": since, "contact_ids": sorted(contact_ids)}
    cursor = await connection.execute(_SQL["reached_among"], parameters)
    return {row["contact_id"] for row in await cursor.fetchall()}


def _portfolio(number: DictRow) -> dict[str, Any]:
    return {"number_id": number["id"], "portfolio_id": number["portfolio_id"]}


async def await_answers(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    if ids:
        asked = {"ids": arrays.numbers(sorted(ids)), "now": now}
        await connection.execute(_SQL["await_answers"], asked)


async def lock_chats_of_attempts(connection: Connection, attempts: Sequence[UUID]) -> list[int]:
    """Before anything is written about these attempts; the conversations' ids."""
    if not attempts:
        return []
    cursor = await connection.execute(_SQL["lock_chats_of_attempts"], {"attempts": list(attempts)})
    return [row["id"] for row in await cursor.fetchall()]


async def await_no_more(connection: Connection, ids: Sequence[int]) -> None:
    """After sends of these conversations have ended badly."""
    if ids:
        await connection.execute(_SQL["await_no_more"], {"ids": list(ids)})


async def shut_windows_of(connection: Connection, attempts: Sequence[UUID]) -> None:
    if attempts:
        await connection.execute(_SQL["shut_windows_of"], {"attempts": list(attempts)})


async def did_not_arrive(connection: Connection, keys: Iterable[Key]) -> None:
    """Messages that have failed, once their rows say so: nobody awaits an answer to them."""
    ordered = sorted(set(keys))
    if not ordered:
        return
    parameters = {
        "workspace_ids": [workspace_id for workspace_id, _ in ordered],
        "wamids": [wamid for _, wamid in ordered],
    }
    cursor = await connection.execute(_SQL["lock_chats_of_failed"], parameters)
    ids = [row["id"] for row in await cursor.fetchall()]
    if ids:
        await connection.execute(_SQL["unreach"], parameters)
        await await_no_more(connection, ids)
