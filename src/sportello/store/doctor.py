"""What the doctor reads of our own rows, and the report that it writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question to be looked into. `attempts` counts this one."""

    id: int
    workspace_id: int
    number_id: int
    subject: str
    subject_id: int
    deed: str = ""
    attempts: int = 1


async def claim(connection: Connection, *, lease_s: float, limit: int) -> list[Wanted]:
    cursor = await connection.execute(_SQL["claim"], {"lease_s": lease_s, "limit": limit})
    return [Wanted(**row) for row in await cursor.fetchall()]


async def note(connection: Connection, wanted: Wanted, look: Mapping[str, Any]) -> None:
    """`look`: by its name."""
    await connection.execute(_SQL["note"], {"id": wanted.id, "look": Jsonb(look)})


async def finish(
    connection: Connection, wanted: Wanted, report: Mapping[str, Any], now: datetime
) -> None:
    """`report`: findings, looks and deed_error."""
    deed_error = report["deed_error"]
    parameters = {
        "id": wanted.id,
        "attempts": wanted.attempts,
        "findings": Jsonb(report["findings"]),
        "looks": Jsonb(report["looks"]),
        "deed_error": None if deed_error is None else Jsonb(deed_error),
        "now": now,
    }
    await connection.execute(_SQL["finish"], parameters)


async def prune(connection: Connection, *, days: int, limit: int) -> None:
    await connection.execute(_SQL["prune"], {"days": days, "limit": limit})


async def numbers(connection: Connection, *, limit: int) -> list[DictRow]:
    return await (await connection.execute(_SQL["numbers"], {"limit": limit})).fetchall()


async def subject(connection: Connection, kind: str, subject_id: int) -> DictRow | None:
    """The number that it is about; None where there is no such thing."""
    return await _one(connection, "subject", {"subject": kind, "id": subject_id})


async def report(connection: Connection, examination_id: int) -> DictRow | None:
    """None while it is being looked into."""
    return await _one(connection, "report", {"id": examination_id})


async def number(connection: Connection, number_id: int) -> DictRow | None:
    return await _one(connection, "number", {"id": number_id})


async def silence(
    connection: Connection, number_id: int, since: datetime, before: datetime
) -> DictRow:
    parameters = {"number_id": number_id, "since": since, "before": before}
    found = await _one(connection, "silence", parameters)
    assert found is not None, "a count has its row"
    return found


async def house(connection: Connection, number_id: int, workspace_id: int) -> DictRow:
    parameters = {"number_id": number_id, "workspace_id": workspace_id}
    found = await _one(connection, "house", parameters)
    assert found is not None, "a row of counts"
    return found


async def row(connection: Connection, name: str, workspace_id: int, row_id: int) -> DictRow | None:
    """`name`: message, last_message, chat, template or campaign."""
    return await _one(connection, name, {"id": row_id, "workspace_id": workspace_id})


async def upload(connection: Connection, file_id: int, number_id: int) -> DictRow | None:
    return await _one(connection, "upload", {"file_id": file_id, "number_id": number_id})


async def campaign_reasons(connection: Connection, campaign_id: int) -> Sequence[DictRow]:
    cursor = await connection.execute(_SQL["campaign_reasons"], {"id": campaign_id})
    return await cursor.fetchall()


async def template_of(connection: Connection, wanted: Wanted) -> DictRow | None:
    """The template that the subject is, or carries."""
    parameters = {
        "workspace_id": wanted.workspace_id,
        "subject": wanted.subject,
        "subject_id": wanted.subject_id,
    }
    return await _one(connection, "template_of", parameters)


async def _one(connection: Connection, name: str, parameters: Mapping[str, Any]) -> DictRow | None:
    return await (await connection.execute(_SQL[name], parameters)).fetchone()
