"""Connections that act as the workers' role."""

from typing import Final

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[DictRow]
Pool = AsyncConnectionPool[Connection]

WORKER: Final = "sportello_worker"
STATEMENT_MS_MAX: Final = 15_000
LOCK_MS_MAX: Final = 5_000
_ACQUIRE_S_MAX: Final = 5.0
# A connection that learnt our statements holds some 7 MB of the database's memory.
_IDLE_S_MAX: Final = 30.0
# The pool doubles its pause after each failure; giving up early and starting anew on demand keeps
# every pause under three seconds, so that work goes on soon after the database is back.
_RECONNECT_S_MAX: Final = 4.0


def open_pool(url: str, size: int, *, application: str = "sportello") -> Pool:
    """A pool of at most `size` connections, not yet opened: `async with` opens and closes it."""
    return AsyncConnectionPool(
        url,
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
