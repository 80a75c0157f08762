"""Connections that act as the workers' role."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[DictRow]

WORKER: Final = "sportello_worker"
STATEMENT_MS_MAX: Final = 15_000
LOCK_MS_MAX: Final = 5_000
_ACQUIRE_S_MAX: Final = 5.0
# A connection that learnt our statements holds some 10 MB of the database's memory. Most work takes
# it for a few milliseconds, so that few of them carry much; whoever has waited gets another.
FEW: Final = 4
_PATIENCE_S: Final = 0.2
_IDLE_S_MAX: Final = 10.0
# The pool doubles its pause after each failure; giving up early and starting anew on demand keeps
# every pause under three seconds, so that work goes on soon after the database is back.
_RECONNECT_S_MAX: Final = 4.0


class Pool(AsyncConnectionPool[Connection]):
    """Beyond `FEW` at a time it gives a connection only to who has waited `patience_s` for one of
    those, so that loops which look about at the same moment do not each hold their own.
    """

    def __init__(self, url: str, patience_s: float, **options: Any) -> None:
        super().__init__(url, **options)
        self._turns, self._patience_s = asyncio.Semaphore(FEW), patience_s

    @asynccontextmanager
    async def connection(self, timeout: float | None = None) -> AsyncIterator[Connection]:  # noqa: ASYNC109  # its name there
        """As the pool's own. Raises psycopg_pool.PoolTimeout."""
        async with self._turn(), super().connection(timeout) as connection:
            yield connection

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience_s):
                await self._turns.acquire()
        except TimeoutError:
            yield
            return
        try:
            yield
        finally:
            self._turns.release()


async def by_index(connection: Connection) -> None:
    """For the rest of the transaction no table is read from end to end where an index leads there.

    For what a message's way pays for: a plan that is kept was made when the tables were as small
    as they are on a first day, and the first campaign makes them large within seconds.
    """
    await connection.execute("SET LOCAL enable_seqscan = off")


def open_pool(
    url: str, size: int, *, application: str = "sportello", patience_s: float = _PATIENCE_S
) -> Pool:
    """A pool of at most `size` connections, not yet opened: `async with` opens and closes it."""
    return Pool(
        url,
        patience_s,
        connection_class=Connection,
        kwargs=connection_options(application),
        min_size=1,
        max_size=size,
        timeout=_ACQUIRE_S_MAX,
        max_idle=_IDLE_S_MAX,
        reconnect_timeout=_RECONNECT_S_MAX,
        open=False,
        name=application,
    )


def connection_options(
    application: str, *, statement_ms_max: int = STATEMENT_MS_MAX, lock_ms_max: int = LOCK_MS_MAX
) -> dict[str, object]:
    """What every connection of edge and workers is opened with: role, limits, rows as dicts."""
    return {
        "application_name": application,
        "options": f"-c role={WORKER} -c statement_timeout={statement_ms_max}"
        f" -c lock_timeout={lock_ms_max} -c timezone=UTC",
        "connect_timeout": 5,
        "row_factory": dict_row,
        "prepare_threshold": 1,
    }
