"""What the company wishes of its templates, asked of Meta: creation, edit, deletion.

A wish ends when Meta took it or refused it; what passes is tried again, ever later, and its error
shows meanwhile. A creation whose answer was lost is looked for by name before it is repeated.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import psycopg
import structlog

from sportello.rules import template_samples
from sportello.rules.graph_errors import Kind
from sportello.rules.template_change import content_of
from sportello.store import templates as rows
from sportello.store import vault
from sportello.store.templates import News, Wished
from sportello.whatsapp import templates as meta
from sportello.whatsapp.errors import InDoubtError, NotSentError, RejectedError, WhatsAppError
from sportello.workers.outward import Outward
from sportello.workers.tend_news import is_unknown, news_of

AT_ONCE_MAX: Final = 4
ROUND_MAX: Final = 40
ATTEMPTS_MAX: Final = 9
# Beyond the longest step: then another process may try.
LEASE_S: Final = 120.0
_STEP_S_MAX: Final = 100.0
_WAIT_S_FIRST: Final = 5.0
# Meta lets an account create a hundred in an hour: all waits together are longer than that.
_WAIT_S_MAX: Final = 900.0
_SOON: Final = frozenset({Kind.PASSING, Kind.THROTTLED, Kind.TOKEN, Kind.ACCOUNT, Kind.NUMBER})
_log = structlog.get_logger(__name__)

Ask = Callable[["Errand"], Awaitable[News | None]]


class CannotAskError(Exception):
    """Something is missing here, and Meta was not asked. `kind` names it for people."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class LostError(Exception):
    """Somebody else has the wish now."""


class Errand:
    """One attempt at one wish, with all that it takes to speak to Meta."""

    def __init__(self, context: Outward, wished: Wished, app_id: str, token: str) -> None:
        self.context, self.wished = context, wished
        self.app_id, self.token = app_id, token
        self.client = context.client
        self.body: dict[str, Any] = wished.wished if isinstance(wished.wished, dict) else {}

    async def step(self, word: str) -> None:
        """Raises LostError."""
        async with self.context.pool.connection() as connection:
            if not await rows.step(connection, self.wished, word, lease_s=LEASE_S):
                raise LostError


async def fulfil(context: Outward) -> int:
    """Takes up the wishes that are due, a few at once; how many were tried."""
    tried = 0
    while tried < ROUND_MAX:
        async with context.pool.connection() as connection:
            due = await rows.claim(connection, lease_s=LEASE_S, limit=AT_ONCE_MAX)
        await asyncio.gather(*[_try(context, wished) for wished in due])
        tried += len(due)
        if len(due) < AT_ONCE_MAX:
            break
    return tried


async def _try(context: Outward, wished: Wished) -> None:
    try:
        async with asyncio.timeout(_STEP_S_MAX * 3):
            errand = await _errand(context, wished)
            news = await _ASKS[wished.wish](errand)
    except (WhatsAppError, CannotAskError, TimeoutError, ValueError) as error:
        await _not_done(context, wished, error)
    except LostError:
        _log.info("template wish lost", template=wished.id)
    else:
        await _done(context, wished, news)


async def _errand(context: Outward, wished: Wished) -> Errand:
    async with context.pool.connection() as connection:
        account = await rows.account(connection, wished.workspace_id, wished.waba_id)
    if account is None:
        raise CannotAskError("no_token")
    try:
        token = vault.unseal(context.key, account.sealed, vault.token_place(account.number_id))
    except vault.UnsealError:
        raise CannotAskError("no_token") from None
    return Errand(context, wished, account.app_id, token)


async def _create(errand: Errand) -> News:
    """Asks once. From the second attempt on the first may have been heard: then it is found."""
    wished = errand.wished
    if wished.attempts > 1:
        found = await meta.named(
            errand.client, wished.waba_id, errand.token, name=wished.name, language=wished.language
        )
        if found is not None and _says_the_same(found.components, errand.body):
            return news_of(found)
    body = {**errand.body, "components": await _with_handles(errand)}
    await errand.step("submitting")
    node = await meta.create(errand.client, wished.waba_id, errand.token, body)
    return News(
        node.id, wished.name, wished.language,
        status=node.status or "PENDING", category=node.category or None, reason="",
    )  # fmt: skip


async def _edit(errand: Errand) -> News:
    """An edit that Meta took unheard is known by what the template says."""
    wished = errand.wished
    if wished.attempts > 1:
        found = await meta.shown(errand.client, wished.meta_id, errand.token)
        same_category = errand.body.get("category", found.category) == found.category
        if same_category and _says_the_same(found.components, errand.body):
            return news_of(found)
    changes = dict(errand.body)
    if "components" in changes:
        changes["components"] = await _with_handles(errand)
    await errand.step("submitting")
    await meta.edit(errand.client, wished.meta_id, errand.token, changes)
    return news_of(await meta.shown(errand.client, wished.meta_id, errand.token))


async def _delete(errand: Errand) -> None:
    """What Meta does not know any more is deleted."""
    wished = errand.wished
    try:
        await meta.delete(
            errand.client, wished.waba_id, errand.token,
            template_id=wished.meta_id, name=wished.name,
        )  # fmt: skip
    except RejectedError as error:
        if error.kind in _SOON or not await _is_gone(errand):
            raise


async def _is_gone(errand: Errand) -> bool:
    try:
        node = await meta.shown(errand.client, errand.wished.meta_id, errand.token)
    except RejectedError as error:
        return is_unknown(error)
    return node.status in {"PENDING_DELETION", "DELETED"}


_ASKS: Final[Mapping[str, Ask]] = {"create": _create, "edit": _edit, "delete": _delete}


def _says_the_same(components: Any, body: Mapping[str, Any]) -> bool:
    return content_of(components) == content_of(body.get("components", components))


async def _with_handles(errand: Errand) -> Any:
    """The wished components with each file of ours uploaded, once, and its handle in place."""
    components = errand.body.get("components", [])
    found = [handle for _, handle in template_samples.handles(components)]
    ours = [handle for handle in dict.fromkeys(found) if handle.startswith(template_samples.OURS)]
    handles: dict[str, str] = {}
    for name in ours:
        await errand.step("uploading")
        async with asyncio.timeout(_STEP_S_MAX):
            handles[name] = await _upload(errand, name)
    return template_samples.replaced(components, handles)


async def _upload(errand: Errand, name: str) -> str:
    wished = errand.wished
    file_id = template_samples.file_id(name)
    async with errand.context.pool.connection() as connection:
        file = await rows.file(connection, wished.workspace_id, file_id or 0)
    if file is None:
        raise CannotAskError("no_file")
    app_id = errand.app_id or await meta.app_of(errand.client, wished.waba_id, errand.token)
    if not app_id:
        raise CannotAskError("no_app")
    return await meta.sample(
        errand.client, app_id, errand.token, file.content,
        mime_type=file.mime_type, filename=file.filename or "sample",
    )  # fmt: skip


async def _done(context: Outward, wished: Wished, news: News | None) -> None:
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        if news is None:
            await rows.deleted(connection, wished, now)
        elif wished.wish == "create":
            await rows.created(connection, wished, news, now)
        else:
            await rows.edited(connection, wished, news, now)
    _log.info("template wish done", template=wished.id, wish=wished.wish)


async def _not_done(context: Outward, wished: Wished, error: Exception) -> None:
    told = told_of(error)
    now = await asyncio.to_thread(context.clock)
    wait_s = _wait_s(wished, error)
    _log.warning(
        "template wish not done", template=wished.id, wish=wished.wish, kind=told["kind"],
        code=told["code"], again_s=wait_s,
    )  # fmt: skip
    try:
        async with context.pool.connection() as connection, connection.transaction():
            if wait_s is None:
                await rows.failed(connection, wished, told, now)
            else:
                await rows.postponed(connection, wished, told, wait_s, now)
    except psycopg.Error as fault:
        # The lease brings it back.
        _log.warning("template wish not noted", template=wished.id, error=type(fault).__name__)


def _wait_s(wished: Wished, error: Exception) -> float | None:
    """How long to wait; None: it is over."""
    if wished.attempts >= ATTEMPTS_MAX:
        return None
    if isinstance(error, RejectedError):
        passes = error.kind in _SOON or error.error.is_transient
    else:
        passes = isinstance(error, InDoubtError | NotSentError | TimeoutError)
    return pause_s(wished.attempts) if passes else None


def pause_s(attempts: int) -> float:
    """Seconds after so many attempts, four times as long each time."""
    return float(min(_WAIT_S_FIRST * 4.0 ** (attempts - 1), _WAIT_S_MAX))


def told_of(error: Exception) -> dict[str, Any]:
    """For the row: `kind`, and for an answer of Meta's its code and words."""
    match error:
        case RejectedError():
            graph = error.error
            return {
                "kind": "rejected", "code": graph.code, "subcode": graph.subcode,
                "message": graph.message, "details": graph.details,
            }  # fmt: skip
        case CannotAskError():
            kind = error.kind
        case NotSentError() | TimeoutError():
            kind = "unreachable"
        case InDoubtError():
            kind = "in_doubt"
        case _:
            kind = "unasked"
    return {"kind": kind, "code": None, "subcode": None, "message": "", "details": ""}
