"""Documents and pages that wait to be read: bytes → pieces, in a process of their own.

A lease keeps two workers from one file. A worker that dies lets its lease run out; a file on which
three workers have died is given up, so that no file can keep the house from starting.
"""

import asyncio
from dataclasses import replace
from typing import Final

import structlog

from sportello.fetching.client import Fetcher, FetchFailedError, Settings
from sportello.reading import outside
from sportello.reading.blocks import Code, Unreadable
from sportello.store import documents
from sportello.store.documents import Draft, Reading
from sportello.store.pool import Pool
from sportello.store.wakes import Wakes
from sportello.workers.context import Context
from sportello.workers.read_pages import GAVE_UP, Walker, draft_of, read_page

CHANNELS: Final = ("sportello_documents",)
LEASE_S: Final = 180.0
ATTEMPTS_MAX: Final = 3
_POLL_S: Final = 10.0
_PAUSE_S: Final = 1.0

_log = structlog.get_logger()


async def run(context: Context, stop: asyncio.Event) -> None:
    """Reads until `stop`; the file in hand is finished first, which takes 90 seconds at most."""
    async with context.listen(*CHANNELS) as wakes:
        ending = asyncio.create_task(_ring_at(stop, wakes))
        settings = Settings(private_hosts=context.limits.private_hosts)
        async with Fetcher(settings) as fetcher:
            walking = asyncio.create_task(_walk_on(Walker(context.pool, fetcher), context, stop))
            reader = Reader(context.pool, fetcher)
            while not stop.is_set():
                pause_s = await reader.catch_up(stop)
                await wakes.wait(pause_s)
            ending.cancel()
            walking.cancel()
            await asyncio.gather(walking, return_exceptions=True)


async def _walk_on(walker: Walker, context: Context, stop: asyncio.Event) -> None:
    """Sites beside documents: nobody's upload waits for a walk of half an hour."""
    async with context.listen(*CHANNELS) as wakes:
        while not stop.is_set():
            pause_s = _POLL_S
            try:
                while not stop.is_set() and await walker.walk_next(stop):
                    pass
            except Exception as error:  # noqa: BLE001  # top of a loop
                _log.error("walk_failed", error=type(error).__name__)
                pause_s = _PAUSE_S
            await wakes.wait(pause_s)


class Reader:
    """The loop's work."""

    def __init__(
        self, pool: Pool, fetcher: Fetcher | None = None, *, lease_s: float = LEASE_S
    ) -> None:
        self._pool = pool
        self._fetcher = fetcher
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
        try:
            draft = await self._draft(reading)
        except (FetchFailedError, Unreadable) as failed:
            return failed.code.value
        known = reading.kind == "page" and draft.sha256 == reading.sha256
        async with self._pool.connection() as connection:
            await documents.keep_draft(connection, reading.id, draft, known=known)
        return ""

    async def _draft(self, reading: Reading) -> Draft:
        """A file keeps the title that it has; a page has its own."""
        if reading.kind == "page" and self._fetcher is not None:
            told, _ = await read_page(self._fetcher, reading.url)
            return await asyncio.to_thread(draft_of, told)
        if reading.content is None:
            raise Unreadable(Code.NO_TEXT)
        told = await outside.read(reading.format, bytes(reading.content))
        return replace(await asyncio.to_thread(draft_of, told), title="")


async def _ring_at(stop: asyncio.Event, wakes: Wakes) -> None:
    await stop.wait()
    wakes.ring()
