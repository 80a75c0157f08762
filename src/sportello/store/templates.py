"""Templates as rows: wishes taken up and settled, and what Meta tells of them written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from sportello.rules.template_change import Change, State, changes, content_of
from sportello.statements import statements
from sportello.store.pool import Connection

_SQL: Final = statements(__file__)
_GONE: Final = frozenset({"DELETED", "PENDING_DELETION"})
_REASON_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Wished:
    """Something to be asked of Meta. `attempts` counts this one; `wish`: create, edit, delete."""

    id: int
    workspace_id: int
    waba_id: str
    meta_id: str
    name: str
    language: str
    status: str
    wish: str
    wished: Any
    attempts: int


@dataclass(frozen=True, slots=True)
class Account:
    """Through which number an account is spoken for. `app_id` may be empty."""

    number_id: int
    app_id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    mime_type: str
    filename: str


@dataclass(frozen=True, slots=True)
class News:
    """What Meta says of a template; None: it did not say."""

    meta_id: str
    name: str = ""
    language: str = ""
    status: str | None = None
    category: str | None = None
    coming_category: str | None = None
    quality: str | None = None
    reason: str | None = None
    reason_detail: str = ""
    paused_until: datetime | None = None
    components: list[Any] | None = field(default=None)
    parameter_format: str = "POSITIONAL"


async def claim(connection: Connection, *, lease_s: float, limit: int) -> list[Wished]:
    cursor = await connection.execute(_SQL["claim"], {"lease_s": lease_s, "limit": limit})
    return [Wished(**row) for row in await cursor.fetchall()]


async def account(connection: Connection, workspace_id: int, waba_id: str) -> Account | None:
    """None where no number of the account has a token."""
    asked = {"workspace_id": workspace_id, "waba_id": waba_id}
    row = await (await connection.execute(_SQL["account"], asked)).fetchone()
    return None if row is None else Account(**row)


async def file(connection: Connection, workspace_id: int, file_id: int) -> File | None:
    asked = {"workspace_id": workspace_id, "id": file_id}
    row = await (await connection.execute(_SQL["file"], asked)).fetchone()
    return None if row is None else File(**row)


async def step(connection: Connection, wished: Wished, word: str, *, lease_s: float) -> bool:
    """Shows how far it is; False if somebody else has it, or it is done."""
    parameters = {**_attempt(wished), "step": word, "lease_s": lease_s}
    return (await connection.execute(_SQL["step"], parameters)).rowcount > 0


async def created(connection: Connection, wished: Wished, news: News, now: datetime) -> None:
    """`news`: id, status and category. A webhook may have told it first: then nothing is left."""
    told = {"id": wished.id, "meta_id": news.meta_id, "now": now}
    if (await connection.execute(_SQL["created"], told)).rowcount:
        await tell(connection, wished.workspace_id, wished.waba_id, news, now)


async def edited(connection: Connection, wished: Wished, news: News, now: datetime) -> None:
    """`news`: the template as Meta has it after the edit."""
    if not (await connection.execute(_SQL["edited"], {"id": wished.id, "now": now})).rowcount:
        return
    if wished.status == "APPROVED":
        counted = {"workspace_id": wished.workspace_id, "id": wished.id, "now": now}
        await connection.execute(_SQL["count_edit"], counted)
    await tell(connection, wished.workspace_id, wished.waba_id, news, now)


async def deleted(connection: Connection, wished: Wished, now: datetime) -> None:
    row = await (
        await connection.execute(_SQL["deleted"], {"id": wished.id, "now": now})
    ).fetchone()
    if row is not None:
        await _note_status(connection, wished, row["status"], now)


async def failed(
    connection: Connection, wished: Wished, error: Mapping[str, Any], now: datetime
) -> None:
    """Unless another attempt is under way by now."""
    told = {**_attempt(wished), "error": Jsonb(dict(error)), "now": now}
    is_over = (await connection.execute(_SQL["failed"], told)).rowcount > 0
    if is_over and wished.wish == "create":
        await _note_status(connection, wished, "failed", now)


async def postponed(
    connection: Connection, wished: Wished, error: Mapping[str, Any], wait_s: float, now: datetime
) -> None:
    told = {**_attempt(wished), "error": Jsonb(dict(error)), "now": now, "wait_s": wait_s}
    await connection.execute(_SQL["postponed"], told)


def _attempt(wished: Wished) -> dict[str, Any]:
    return {"id": wished.id, "wish": wished.wish, "attempts": wished.attempts}


async def tell(
    connection: Connection, workspace_id: int, waba_id: str, news: News, now: datetime
) -> bool:
    """Writes down what Meta says of a template that we know; False for one that we do not.

    `now`: when Meta said it. Its changes become lines of its history, some of them alarms.
    """
    asked = {
        "workspace_id": workspace_id, "waba_id": waba_id, "meta_id": news.meta_id,
        "name": news.name, "language": news.language,
    }  # fmt: skip
    row = await (await connection.execute(_SQL["find"], asked)).fetchone()
    if row is None:
        return False
    after = _after(row, news, now)
    found = changes(_state(row), _state(after))
    if found or _differs(row, after):
        await connection.execute(_SQL["learn"], {**after, "now": now})
    for change in found:
        await _note(connection, workspace_id, row["id"], change, now)
    return True


async def add(
    connection: Connection, workspace_id: int, waba_id: str, news: News, now: datetime
) -> None:
    """One that was made elsewhere."""
    told = {
        "workspace_id": workspace_id, "waba_id": waba_id, "meta_id": news.meta_id,
        "name": news.name, "language": news.language, "category": news.category or "",
        "coming_category": news.coming_category or "", "status": news.status or "",
        "parameter_format": news.parameter_format, "components": Jsonb(news.components or []),
        "reason": news.reason or "", "quality": news.quality or "UNKNOWN",
        "deleted_at": now if news.status in _GONE else None, "now": now,
    }  # fmt: skip
    await connection.execute(_SQL["add"], told)


async def is_overtaken(connection: Connection, event: Mapping[str, Any], meta_id: str) -> bool:
    """Whether the same field of the same template was told anew since the event's `at`."""
    asked = {
        "workspace_id": event["workspace_id"], "waba_id": event["waba_id"],
        "field": event["field"], "at": event["at"], "meta_id": meta_id,
    }  # fmt: skip
    return (await connection.execute(_SQL["is_overtaken"], asked)).rowcount > 0


async def want_synchronised(connection: Connection, workspace_id: int, waba_id: str) -> None:
    asked = {"workspace_id": workspace_id, "waba_id": waba_id}
    await connection.execute(_SQL["want_synchronised"], asked)


async def claim_accounts(
    connection: Connection, now: datetime, before: datetime, *, not_now: Sequence[str], limit: int
) -> list[tuple[int, str]]:
    """Workspaces and accounts to be read. `not_now`: `<workspace>:<account>` that shall wait."""
    asked = {"now": now, "before": before, "not_now": list(not_now), "limit": limit}
    rows = await (await connection.execute(_SQL["claim_accounts"], asked)).fetchall()
    return sorted({(row["workspace_id"], row["waba_id"]) for row in rows})


async def of_account(connection: Connection, workspace_id: int, waba_id: str) -> list[DictRow]:
    asked = {"workspace_id": workspace_id, "waba_id": waba_id}
    return await (await connection.execute(_SQL["of_account"], asked)).fetchall()


def is_news(row: Mapping[str, Any], news: News) -> bool:
    """Whether a row that was read without a lock differs from what Meta has."""
    after = _after(row, news, None)
    return bool(changes(_state(row), _state(after))) or _differs(row, after)


def _after(row: Mapping[str, Any], news: News, now: datetime | None) -> dict[str, Any]:
    """The row's columns once the news is in it."""
    status = row["status"] if news.status is None else news.status
    gone, same = status in _GONE, status == row["status"]
    category = news.category or row["category"]
    coming = row["coming_category"] if news.coming_category is None else news.coming_category
    components = row["components"] if news.components is None else news.components
    return {
        "id": row["id"],
        "meta_id": news.meta_id,
        "status": status,
        "category": category,
        "coming_category": "" if coming == category else coming,
        "components": Jsonb(components),
        "quality": news.quality or row["quality"],
        "reason": row["reason"] if news.reason is None else news.reason,
        # Only webhooks tell these; what is told beside them later does not take them back.
        "reason_detail": news.reason_detail or (row.get("reason_detail", "") if same else ""),
        "paused_until": news.paused_until or (row.get("paused_until") if same else None),
        "deleted_at": (row["deleted_at"] or now) if gone else None,
    }


def _state(row: Mapping[str, Any]) -> State:
    components = row["components"]
    return State(
        status=row["status"],
        category=row["category"],
        coming_category=row["coming_category"],
        quality=row["quality"],
        reason=row["reason"],
        content=content_of(components.obj if isinstance(components, Jsonb) else components),
        wanted_gone=row["deleted_at"] is not None or row.get("wish") == "delete",
    )


def _differs(row: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """In what no change is told of: the id that we hear first, a reason, an example's address."""
    return (
        row["meta_id"] != after["meta_id"]
        or row["reason"] != after["reason"]
        or row["components"] != after["components"].obj
        or (row["deleted_at"] is None) != (after["deleted_at"] is None)
    )


async def _note_status(connection: Connection, wished: Wished, status: str, now: datetime) -> None:
    before = State(wished.status, "")
    for change in changes(before, State(status, "", wanted_gone=True)):
        await _note(connection, wished.workspace_id, wished.id, change, now)


async def _note(
    connection: Connection, workspace_id: int, template_id: int, change: Change, at: datetime
) -> None:
    told = {
        "workspace_id": workspace_id, "template_id": template_id, "kind": change.matter.value,
        "before": change.before, "after": change.after,
        "reason": change.reason[:_REASON_LENGTH], "is_alarm": change.is_alarm, "at": at,
    }  # fmt: skip
    await connection.execute(_SQL["add_change"], told)
