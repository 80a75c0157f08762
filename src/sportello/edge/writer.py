"""Group commit: what arrives while one write is under way goes to disk together in the next."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection

from sportello.store import journal
from sportello.store.pool import connection_options

ROUND_ENTRIES_MAX: Final = 1_000
ROUND_BYTES_MAX: Final = 16 * 2**20
QUEUE_ENTRIES_MAX: Final = 10_000
QUEUE_BYTES_MAX: Final = 64 * 2**20
# An entry waits for the round under way and then for its own: twice this, below 2 s.
ROUND_S_MAX: Final = 0.9
_log = logging.getLogger(__name__)


class NotKeptError(Exception):
    """The body is not known to be on disk: the sender must send it again."""


def _future() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


@dataclass(slots=True)
class _Waiting:
    """A body, whose app signed it, and who waits for it. No body: only a question whether the
    database answers.
    """

    body: bytes | None
    signed_for: int | None = None
    kept: asyncio.Future[None] = field(default_factory=_future)


class JournalWriter:
    """One writer on one connection. A second would gain nothing: the disk is the bottleneck."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._queue: deque[_Waiting] = deque()
        self._queued_bytes = 0
        self._something = asyncio.Event()
        self._connection: AsyncConnection[Any] | None = None
        self._task: asyncio.Task[None] | None = None
        self.rounds = 0

    async def start(self) -> None:
        self._task = asyncio.create_task(self._write_rounds())

    async def stop(self) -> None:
        """Whoever still waits is told that nothing was kept."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        _refuse(self._queue)
        self._queue.clear()
        await self._disconnect()

    async def keep(self, body: bytes, signed_for: int | None = None) -> None:
        """Returns once the body is on disk. `signed_for`: the workspace whose own app signed it.

        Raises NotKeptError, within 2 s.
        """
        if len(self._queue) >= QUEUE_ENTRIES_MAX or self._queued_bytes >= QUEUE_BYTES_MAX:
            raise NotKeptError("the queue is full")
        await self._wait_for(_Waiting(body, signed_for))

    async def ping(self) -> None:
        """Goes the same way as a body. Raises NotKeptError when a body would not be kept."""
        if len(self._queue) >= QUEUE_ENTRIES_MAX:
            raise NotKeptError("the queue is full")
        await self._wait_for(_Waiting(None))

    async def _wait_for(self, waiting: _Waiting) -> None:
        if self._task is None or self._task.done():
            raise NotKeptError("the writer does not run")
        self._queue.append(waiting)
        self._queued_bytes += len(waiting.body or b"")
        self._something.set()
        await waiting.kept

    async def _write_rounds(self) -> None:
        while True:
            await self._something.wait()
            waiting = self._take()
            if not self._queue:
                self._something.clear()
            await self._round(waiting)

    def _take(self) -> list[_Waiting]:
        taken: list[_Waiting] = []
        size = 0
        while self._queue and len(taken) < ROUND_ENTRIES_MAX and size < ROUND_BYTES_MAX:
            waiting = self._queue.popleft()
            size += len(waiting.body or b"")
            taken.append(waiting)
        self._queued_bytes -= size
        return taken

    async def _round(self, waiting: Sequence[_Waiting]) -> None:
        """Writes in a task of its own: a frozen server must not hold up the refusals."""
        bodies = [(one.body, one.signed_for) for one in waiting if one.body is not None]
        write = asyncio.create_task(self._write(bodies))
        try:
            done, _ = await asyncio.wait({write}, timeout=ROUND_S_MAX)
        except asyncio.CancelledError:
            write.cancel()
            _refuse(waiting)
            raise
        if done and not write.cancelled() and write.exception() is None:
            self.rounds += 1
            _confirm(waiting)
            return
        _refuse(waiting)
        # The next round would wait for the same trouble: nobody shall wait for both.
        _refuse(self._queue)
        self._queue.clear()
        self._queued_bytes = 0
        await self._give_up(write)

    async def _give_up(self, write: asyncio.Task[None]) -> None:
        if not write.done():
            write.cancel()
            await self._refuse_while(write)
        error = None if write.cancelled() else write.exception()
        _log.warning("journal round failed: %s", type(error).__name__ if error else "too slow")
        await self._disconnect()

    async def _refuse_while(self, write: asyncio.Task[None]) -> None:
        """Until the cancelled write has let go of its connection, nobody is kept waiting."""
        while not write.done():
            await asyncio.wait({write}, timeout=0.2)
            _refuse(self._queue)
            self._queue.clear()
            self._queued_bytes = 0

    async def _write(self, bodies: list[tuple[bytes, int | None]]) -> None:
        try:
            await self._write_once(bodies)
        except psycopg.OperationalError:
            if self._connection is None or not self._connection.closed:
                raise
            # The connection may have died unnoticed since the last round. If the commit went
            # through all the same, the entry stands twice, and is folded once.
            await self._disconnect()
            await self._write_once(bodies)

    async def _write_once(self, bodies: list[tuple[bytes, int | None]]) -> None:
        if self._connection is None or self._connection.closed:
            options = connection_options("sportello-edge", statement_ms_max=850, lock_ms_max=800)
            self._connection = await AsyncConnection.connect(
                self._url,
                autocommit=True,
                **options,  # type: ignore[arg-type]  # of several types, all of them right
            )
        connection: AsyncConnection[Any] = self._connection
        if bodies:
            await journal.append(connection, bodies)
        else:
            await journal.ping(connection)

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _confirm(waiting: Sequence[_Waiting]) -> None:
    for one in waiting:
        if not one.kept.done():
            one.kept.set_result(None)


def _refuse(waiting: Sequence[_Waiting] | deque[_Waiting]) -> None:
    for one in waiting:
        if not one.kept.done():
            one.kept.set_exception(NotKeptError("the database does not answer"))
