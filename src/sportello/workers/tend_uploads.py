"""Takes the company's files to Meta, once for each number, so that messages can name them."""

import asyncio
from datetime import timedelta
from typing import Final

import psycopg
import structlog

from sportello.rules.graph_errors import Kind
from sportello.store import templates, uploads, vault
from sportello.store.uploads import Wanted
from sportello.whatsapp.errors import UNKNOWN_CODE, RejectedError, WhatsAppError
from sportello.workers.outward import Outward

AT_ONCE_MAX: Final = 4
ROUND_MAX: Final = 100
ATTEMPTS_MAX: Final = 9
SENDS_MAX: Final = 5_000
# Meta's thirty days, less one: what leaves today must still be there when Meta fetches it.
KEPT: Final = timedelta(days=29)
_LEASE_S: Final = 120.0
_UPLOAD_S_MAX: Final = 90.0
_WAIT_S_FIRST: Final = 2.0
_WAIT_S_MAX: Final = 600.0
_MEDIA_ID_LENGTH_MAX: Final = 64
_REASON_LENGTH_MAX: Final = 200
_FINAL: Final = frozenset({Kind.FINAL, Kind.TEMPLATE})
_log = structlog.get_logger(__name__)


async def bring_out(context: Outward) -> int:
    """Uploads the files that are due, a few at once; how many were tried."""
    tried = 0
    while tried < ROUND_MAX:
        async with context.pool.connection() as connection:
            due = await uploads.claim(connection, lease_s=_LEASE_S, limit=AT_ONCE_MAX)
        await asyncio.gather(*[_try(context, wanted) for wanted in due])
        tried += len(due)
        if len(due) < AT_ONCE_MAX:
            break
    return tried


async def _try(context: Outward, wanted: Wanted) -> None:
    try:
        async with asyncio.timeout(_UPLOAD_S_MAX):
            media_id = await _upload(context, wanted)
    except (WhatsAppError, TimeoutError, ValueError, vault.UnsealError) as error:
        await _not_brought(context, wanted, error)
        return
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        await uploads.keep(connection, wanted, media_id, now + KEPT)
        await uploads.release_sends(connection, wanted, limit=SENDS_MAX)


async def _upload(context: Outward, wanted: Wanted) -> str:
    """Meta's id for the file. Raises ValueError where there is no file, or no id."""
    async with context.pool.connection() as connection:
        file = await templates.file(connection, wanted.workspace_id, wanted.file_id)
    if file is None:
        raise ValueError("no file")
    token = vault.unseal(context.key, wanted.sealed, vault.token_place(wanted.number_id))
    media_id = await context.client.upload(
        wanted.phone_number_id,
        token,
        file.content,
        mime_type=file.mime_type,
        filename=file.filename or "file",
    )
    if not 0 < len(media_id) <= _MEDIA_ID_LENGTH_MAX:
        raise ValueError("no media id")
    return media_id


async def _not_brought(context: Outward, wanted: Wanted, error: Exception) -> None:
    is_final = isinstance(error, RejectedError) and error.kind in _FINAL
    reason = _reason(error)
    is_over = is_final or isinstance(error, ValueError) or wanted.attempts >= ATTEMPTS_MAX
    _log.warning("file not brought", upload=wanted.id, over=is_over, error=type(error).__name__)
    try:
        async with context.pool.connection() as connection, connection.transaction():
            if is_over:
                await uploads.refuse(connection, wanted, reason)
                await uploads.release_sends(connection, wanted, limit=SENDS_MAX)
            else:
                pause = min(_WAIT_S_FIRST * 4.0 ** (wanted.attempts - 1), _WAIT_S_MAX)
                await uploads.postpone(connection, wanted, pause, reason)
    except psycopg.Error as fault:
        # The lease brings it back.
        _log.warning("upload not noted", upload=wanted.id, error=type(fault).__name__)


def _reason(error: Exception) -> str:
    """Meta's words about the file, with the code; else what kind of failure it was."""
    if isinstance(error, RejectedError):
        told = error.error
        said = told.details or told.message
        code = "" if told.code == UNKNOWN_CODE else f"({told.code}) "
        return f"{code}{said}".strip()[:_REASON_LENGTH_MAX]
    return type(error).__name__
