"""Documents that wait to be read: bytes → pieces, in a process of their own, kept as a draft.

A lease keeps two workers from one file. A worker that dies lets its lease run out; a file on which
three workers have died is given up, so that no file can keep the house from starting.
"""

import asyncio
from typing import Final

import structlog

from sportello.reading import outside
from sportello.reading.blocks import Code, Unreadable
from sportello.reading.passages import fingerprint
from sportello.store import documents
from sportello.store.documents import Draft, Reading
from sportello.store.pool import Pool
from sportello.store.wakes import Wakes
from sportello.workers.context import Context

CHANNELS: Final = ("sportello_documents",)
LEASE_S: Final = 180.0
ATTEMPTS_MAX: Final = 3
_POLL_S: Final = 10.0
_PAUSE_S: Final = 1.0
GAVE_UP: Final = "gave_up"

_log = structlog.get_logger()


async def run(context: Context, stop: asyncio.Event) -> None:
    """Reads until `stop`; the file in hand is finished first, which takes 90 seconds at most."""
    async with context.listen(*CHANNELS) as wakes:
        ending = asyncio.create_task(_ring_at(stop, wakes))
        reader = Reader(context.pool)
        while not stop.is_set():
            pause_s = await reader.catch_up(stop)
            await wakes.wait(pause_s)
        ending.cancel()


class Reader:
    """The loop's work."""

    def __init__(self, pool: Pool, *, lease_s: float = LEASE_S) -> None:
        self._pool = pool
        self._lease_s = lease_s

    async def catch_up(self, stop: asyncio.Event) -> float:
        """Reads all that waits; how many seconds to wait before looking again unasked."""
        try:
            while not stop.is_set() and await self.read_next():
                pass
        except Exception as error:  # noqa: BLE001  # top of a loop
            _log.error("read_failed", error=type(error).__name__)
            return _PAUSE_S
        return _POLL_S

    async def read_next(self) -> bool:
        """Reads one document; False if none waits."""
        async with self._pool.connection() as connection:
            reading = await documents.claim_to_read(connection, lease_s=self._lease_s)
        if reading is None:
            return False
        reason = await self._read(reading)
        if reason:
            _log.info("document_unreadable", document=reading.id, reason=reason)
            async with self._pool.connection() as connection:
                await documents.fail(connection, reading.id, reason)
        return True

    async def _read(self, reading: Reading) -> str:
        """Why it could not be read; "" if its draft is kept."""
        if reading.attempts > ATTEMPTS_MAX:
            return GAVE_UP
        if reading.content is None:
            return Code.NO_TEXT.value
        try:
            told = await outside.read(reading.format, bytes(reading.content))
        except Unreadable as unreadable:
            return unreadable.code.value
        draft = Draft(
            title=told.title if reading.title == "" else "",
            language="",
            pieces=[(one.heading, one.text, one.asked) for one in told.pieces],
            sha256=fingerprint(told.pieces),
        )
        async with self._pool.connection() as connection:
            await documents.keep_draft(connection, reading.id, draft)
        return ""


async def _ring_at(stop: asyncio.Event, wakes: Wakes) -> None:
    await stop.wait()
    wakes.ring()
