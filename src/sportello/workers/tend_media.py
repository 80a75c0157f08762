"""Brings in the files that customers sent: bounded, sniffed, kept under names of our own."""

import asyncio
import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import structlog

from sportello.rules.graph_errors import Kind
from sportello.rules.sniff import HEAD_BYTES, sniffed
from sportello.store import media, vault
from sportello.store.media import Wanted
from sportello.whatsapp.client import Downloaded
from sportello.whatsapp.errors import (
    UNKNOWN_CODE,
    ForeignAddressError,
    RejectedError,
    TooLargeError,
    WhatsAppError,
)
from sportello.workers.media_files import place_of
from sportello.workers.outward import Outward

AT_ONCE_MAX: Final = 4
ROUND_MAX: Final = 100
ATTEMPTS_MAX: Final = 6
# Beyond the longest download: then another process may try.
_LEASE_S: Final = 180.0
_DOWNLOAD_S_MAX: Final = 120.0
_WAIT_S_FIRST: Final = 5.0
_DISK_WAIT_S: Final = 60.0
# The store of files answers these without a code.
_NO_LONGER: Final = frozenset({404, 410})
_log = structlog.get_logger(__name__)


async def bring_in(context: Outward) -> int:
    """Brings in the files that are due, a few at once; how many were tried."""
    tried = 0
    while tried < ROUND_MAX:
        async with context.pool.connection() as connection:
            wanted = await media.claim(connection, lease_s=_LEASE_S, limit=AT_ONCE_MAX)
        await asyncio.gather(*[_bring(context, one) for one in wanted])
        tried += len(wanted)
        if len(wanted) < AT_ONCE_MAX:
            break
    return tried


async def _bring(context: Outward, wanted: Wanted) -> None:
    path = place_of(context.data, wanted.workspace_id, wanted.id)
    try:
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        async with asyncio.timeout(_DOWNLOAD_S_MAX):
            came, head = await _download(context, wanted, path)
        await asyncio.to_thread(_settle, path)
    except (WhatsAppError, ValueError, vault.UnsealError) as error:
        await _not_brought(context, wanted, error)
    except TimeoutError:
        await _later(context, wanted, "too slow")
    except OSError as error:
        # A full disk is no fault of the file's, and heals.
        _log.error("media not written", media=wanted.id, error=type(error).__name__)
        await _later(context, wanted, "disk", _DISK_WAIT_S)
    else:
        mime_type = sniffed(head, wanted.mime_type or came.mime_type)
        async with context.pool.connection() as connection:
            await media.keep(connection, wanted, size=came.size_bytes, mime_type=mime_type)
    finally:
        # Where the folder could not be made, its name cannot be unlinked either.
        with contextlib.suppress(OSError):
            await asyncio.to_thread(_part(path).unlink, missing_ok=True)


@dataclass(slots=True)
class _Sink:
    """Writes the pieces to a file, and remembers how it begins."""

    file: BinaryIO
    head: bytes = b""

    def write(self, piece: bytes) -> None:
        if len(self.head) < HEAD_BYTES:
            self.head += piece[: HEAD_BYTES - len(self.head)]
        self.file.write(piece)


async def _download(context: Outward, wanted: Wanted, path: Path) -> tuple[Downloaded, bytes]:
    token = vault.unseal(context.key, wanted.sealed, vault.token_place(wanted.number_id))
    client, size_max = context.client, context.limits.media_bytes_max
    address = await client.media_address(wanted.media_id, token, wanted.phone_number_id)
    if address.size_bytes > size_max:
        raise TooLargeError(f"more than {size_max} bytes")
    with _part(path).open("wb") as file:
        sink = _Sink(file)
        came = await client.download(address.url, token, sink.write, size_bytes_max=size_max)
        return came, sink.head


def _settle(path: Path) -> None:
    """On disk before the row says so."""
    part = _part(path)
    handle = os.open(part, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    part.replace(path)


def _part(path: Path) -> Path:
    return path.with_suffix(".part")


async def _not_brought(context: Outward, wanted: Wanted, error: Exception) -> None:
    match error:
        case TooLargeError():
            await _drop(context, wanted, "refused", "too large")
        case ForeignAddressError() | ValueError():
            await _drop(context, wanted, "refused", "an address that is not Meta's")
        case RejectedError() if error.error.http in _NO_LONGER:
            await _drop(context, wanted, "gone", f"Meta has it no longer ({_of(error)})")
        case RejectedError() if error.error.code == UNKNOWN_CODE:
            await _later(context, wanted, f"turned away on the way to Meta ({_of(error)})")
        case RejectedError() if error.kind is Kind.FINAL:
            await _drop(context, wanted, "gone", f"Meta has it no longer ({_of(error)})")
        case _:
            await _later(context, wanted, type(error).__name__)


def _of(error: RejectedError) -> str:
    """Meta's code; of an answer without one its status."""
    told = error.error
    return f"HTTP {told.http}" if told.code == UNKNOWN_CODE else str(told.code)


async def _drop(context: Outward, wanted: Wanted, state: str, reason: str) -> None:
    async with context.pool.connection() as connection:
        await media.drop(connection, wanted, state, reason)


async def _later(
    context: Outward, wanted: Wanted, reason: str, wait_s: float | None = None
) -> None:
    """Again, ever later; a full disk is waited for without counting."""
    if wait_s is None and wanted.attempts >= ATTEMPTS_MAX:
        await _drop(context, wanted, "gone", reason)
        return
    pause = wait_s or _WAIT_S_FIRST * 4 ** (wanted.attempts - 1)
    with contextlib.suppress(OSError):
        async with context.pool.connection() as connection:
            await media.postpone(connection, wanted, pause, reason)
