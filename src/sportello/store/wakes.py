"""Wake-ups from the database: one connection that LISTENs for a whole process, and polls beside it.

A connection of its own for each loop would cost the database as many processes.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

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
    """Says when there may be work. Bursts of announcements become one wake-up.

    The first comes when listening begins, for what was announced to nobody; or fails to begin.
    """

    def __init__(self) -> None:
        self._rung = asyncio.Event()

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


@dataclass(slots=True, eq=False)
class _Ear:
    """Who listens, and for what; `open` while the connection listens for all of it."""

    channels: frozenset[str]
    heard: Heard | None
    gap: Heard | None
    wakes: Wakes = field(default_factory=Wakes)
    open: bool = False

    def begin(self) -> None:
        """From now on nothing is missed; before, something may have been."""
        self.open = True
        _tell(self.gap, "")
        self.wakes.ring()

    def hear(self, payload: str) -> None:
        _tell(self.heard, payload)
        self.wakes.ring()


class Listener:
    """The connection on which a process listens: open while anybody does, and again after every
    loss. Cheap to make.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._ears: list[_Ear] = []
        self._keeping: asyncio.Task[None] | None = None
        self._hearing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def listen(
        self, channels: Sequence[str], *, heard: Heard | None = None, gap: Heard | None = None
    ) -> AsyncIterator[Wakes]:
        """Listens while the block runs.

        `heard` is told each payload; `gap` is told of every beginning of listening, before which
        words may have been missed.
        """
        ear = _Ear(frozenset(channels), heard, gap)
        self._join(ear)
        try:
            yield ear.wakes
        finally:
            await self._leave(ear)

    def _join(self, ear: _Ear) -> None:
        self._ears.append(ear)
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep_listening())
        if self._hearing is not None:
            self._hearing.cancel()  # so that its channels are asked for too

    async def _leave(self, ear: _Ear) -> None:
        self._ears.remove(ear)
        if self._ears or self._keeping is None:
            return
        keeping, self._keeping, self._hearing = self._keeping, None, None
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    async def _keep_listening(self) -> None:
        while True:
            try:
                await self._listen_once()
            except psycopg.Error as error:
                _log.warning("listening interrupted: %s", type(error).__name__)
            for ear in self._ears:
                ear.open = False
                ear.wakes.ring()
            await asyncio.sleep(_PAUSE_S)

    async def _listen_once(self) -> None:
        options = connection_options("sportello-listen")
        connection: AsyncConnection[Any] = await AsyncConnection.connect(
            self._url,
            autocommit=True,
            **options,  # type: ignore[arg-type]  # of several types, all of them right
        )
        channels: set[str] = set()
        async with connection:
            while True:
                await self._open_ears(connection, channels)
                await self._hear_for_a_while(connection)
                # A half-dead connection says nothing at all: ask it now and then.
                await connection.execute("SELECT 1")

    async def _open_ears(self, connection: AsyncConnection[Any], channels: set[str]) -> None:
        """Listens for what newcomers want beside `channels`, and adds it there."""
        while newcomers := [ear for ear in self._ears if not ear.open]:
            for channel in sorted(newcomers[0].channels - channels):
                await connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
                channels.add(channel)
            newcomers[0].begin()

    async def _hear_for_a_while(self, connection: AsyncConnection[Any]) -> None:
        """Ends when somebody joins, or `_LISTENING_S_MAX` later. Raises psycopg.Error.

        Nothing is lost by the end: what is read from the connection is told before the next wait.
        """
        hearing = self._hearing = asyncio.create_task(self._hear(connection))
        try:
            await asyncio.wait({hearing}, timeout=_LISTENING_S_MAX)
        finally:
            hearing.cancel()
        [ended] = await asyncio.gather(hearing, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended

    async def _hear(self, connection: AsyncConnection[Any]) -> None:
        async for notice in connection.notifies():
            for ear in self._ears:
                if notice.channel in ear.channels:
                    ear.hear(notice.payload)


def _tell(told: Heard | None, payload: str) -> None:
    """What one listener cannot take is not its neighbours' trouble, who share the connection."""
    if told is None:
        return
    try:
        told(payload)
    except Exception as error:  # noqa: BLE001  # whatever it is: said, and gone on
        # Without its trace, which may quote what was announced.
        _log.error("an announcement was not taken: %s", type(error).__name__)
