"""Wake-ups from the database: LISTEN on a connection of its own, and a poll beside it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import psycopg
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from sportello.store.pool import connection_options

POLL_S: Final = 1.0
_PAUSE_S: Final = 1.0
_LISTENING_S_MAX: Final = 30.0

Heard = Callable[[str], None]
_log = logging.getLogger(__name__)


class Wakes:
    """Says when there may be work. Bursts of announcements become one wake-up."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._rung.set()  # at the start there may be work that was announced to nobody

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout_s: float = POLL_S) -> None:
        """Until something is announced, or `timeout_s` later: a lost word delays, never loses."""
        try:
            async with asyncio.timeout(max(timeout_s, 0)):
                await self._rung.wait()
        except TimeoutError:
            return
        self._rung.clear()


@asynccontextmanager
async def listen(
    url: str, channels: Sequence[str], *, heard: Heard | None = None, gap: Heard | None = None
) -> AsyncIterator[Wakes]:
    """Listens while the block runs, again after every loss of the connection.

    `heard` is told each payload; `gap` is told of every (re)connection, before which words may
    have been missed.
    """
    wakes = Wakes()
    task = asyncio.create_task(_keep_listening(url, channels, wakes, heard, gap))
    try:
        yield wakes
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_listening(
    url: str, channels: Sequence[str], wakes: Wakes, heard: Heard | None, gap: Heard | None
) -> None:
    while True:
        try:
            await _listen_once(url, channels, wakes, heard, gap)
        except psycopg.Error as error:
            _log.warning("listening interrupted: %s", type(error).__name__)
        wakes.ring()
        await asyncio.sleep(_PAUSE_S)


async def _listen_once(
    url: str, channels: Sequence[str], wakes: Wakes, heard: Heard | None, gap: Heard | None
) -> None:
    options = connection_options("sportello-listen")
    connection = await AsyncConnection.connect(
        url,
        autocommit=True,
        **options,  # type: ignore[arg-type]  # of several types, all of them right
    )
    async with connection:
        for channel in channels:
            await connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
        if gap is not None:
            gap("")
        wakes.ring()
        while True:
            async for notice in connection.notifies(timeout=_LISTENING_S_MAX):
                if heard is not None:
                    heard(notice.payload)
                wakes.ring()
            # A half-dead connection says nothing at all: ask it now and then.
            await connection.execute("SELECT 1")
