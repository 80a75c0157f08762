"""Questions asked together: within a pipeline their answers are waited for once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from psycopg import AsyncCursor
from psycopg.rows import DictRow

from sportello.store.pool import Connection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """A question on its way. Outside a pipeline it has been answered already."""

    _cursor: AsyncCursor[DictRow]
    _read: Callable[[list[DictRow]], T]

    async def told(self) -> T:
        """Waits for the answer; once. Raises psycopg.Error."""
        return self._read(await self._cursor.fetchall())


async def ask(
    connection: Connection, sql: bytes, parameters: Any, read: Callable[[list[DictRow]], T]
) -> Asked[T]:
    """Sends the question; `told` reads its rows. Statements are done in the order asked."""
    return Asked(await connection.execute(sql, parameters), read)
