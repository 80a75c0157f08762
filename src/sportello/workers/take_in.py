"""Files of contacts that wait: looked at, then taken in, portion by portion, each exactly once.

How far an import has come is committed with what a portion brought. A worker that dies lets its
lease run out; the next one reads the file again and goes on behind the last committed row.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

import structlog

from sportello import crash
from sportello.intake import outside
from sportello.intake.table import UnfitFile
from sportello.store import imports
from sportello.store.imports import Claimed
from sportello.workers.context import Context

CHANNELS: Final = ("sportello_imports",)
LEASE_S: Final = 120.0
# A file on which so many workers have died is given up.
ATTEMPTS_MAX: Final = 20
GAVE_UP: Final = "gave_up"
_PAUSE_S: Final = 1.0
_POLL_S: Final = 5.0
_CLEARED_AT_ONCE: Final = 20_000
# How much the newest portion counts for in the rate that is shown.
_NEWNESS: Final = 0.2

_log = structlog.get_logger(__name__)


async def run(context: Context, stop: asyncio.Event) -> None:
    """Takes in until `stop`; the portion in hand is finished first."""
    taking = Taking(context)
    async with context.listen(*CHANNELS) as wakes:
        while not stop.is_set():
            try:
                busy = await taking.next(stop)
            except Exception as error:  # noqa: BLE001  # top of a loop
                _log.error("import_failed", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)
                continue
            await wakes.wait(0.0 if busy else _POLL_S)


class Taking:
    """The loop's work."""

    def __init__(self, context: Context, *, lease_s: float = LEASE_S) -> None:
        self._context = context
        self._lease_s = lease_s

    async def next(self, stop: asyncio.Event) -> bool:
        """Looks at one file, or takes one in; False if none waits."""
        async with self._context.pool.connection() as connection:
            claimed = await imports.claim(connection, lease_s=self._lease_s)
        if claimed is None:
            return False
        now = await asyncio.to_thread(self._context.clock)
        try:
            over = await self._work(claimed, now, stop)
        except _Lost:
            over = True
        except UnfitFile as unfit:
            over = await self._fail(claimed, unfit.flaw.value, now)
        if over:
            await self._clear(claimed)
        return True

    async def _work(self, claimed: Claimed, now: datetime, stop: asyncio.Event) -> bool:
        """Whether the import is over."""
        if claimed.attempts > ATTEMPTS_MAX:
            return await self._fail(claimed, GAVE_UP, now)
        async with self._file(claimed) as file:
            if claimed.plan is None:
                await self._look(claimed, file)
                return False
            return await self._take_in(claimed, claimed.plan, file, now, stop)

    async def _look(self, claimed: Claimed, file: BinaryIO) -> None:
        async def counted(rows: int) -> None:
            await self._still(claimed, rows)

        told = dict(await outside.look(file, counted))
        total = told.pop("total")
        async with self._context.pool.connection() as connection:
            await imports.seen(connection, claimed, told, total)

    async def _take_in(
        self,
        claimed: Claimed,
        plan: Mapping[str, Any],
        file: BinaryIO,
        now: datetime,
        stop: asyncio.Event,
    ) -> bool:
        pace = _Pace(claimed.done)

        async def passed(_rows: int) -> None:
            await self._still(claimed)
            pace.begin()

        async with outside.portions(file, plan, passed, after=claimed.done) as portions:
            async for portion in portions:
                rate = pace.at(portion["upto"])
                if not await self._one(claimed, portion, rate):
                    return True
                if stop.is_set():
                    return await self._release(claimed)
        async with self._context.pool.connection() as connection:
            await imports.finish(connection, claimed, now)
        crash.point("take_in.finished")
        return True

    async def _still(self, claimed: Claimed, rows: int = 0) -> None:
        """It is read on: the lease goes on. Raises _Lost."""
        async with self._context.pool.connection() as connection:
            if not await imports.still(connection, claimed, lease_s=self._lease_s, rows=rows):
                raise _Lost

    async def _one(self, claimed: Claimed, portion: Mapping[str, Any], rate: float) -> bool:
        async with self._context.pool.connection() as connection:
            async with connection.transaction():
                taken = await imports.take_in(
                    connection, claimed, portion, lease_s=self._lease_s, rate=rate
                )
                crash.point("take_in.taken")
            crash.point("take_in.committed")
        return taken

    async def _fail(self, claimed: Claimed, reason: str, now: datetime) -> bool:
        _log.info("import_unfit", upload=claimed.id, reason=reason)
        async with self._context.pool.connection() as connection:
            await imports.fail(connection, claimed, reason, now)
        return True

    async def _release(self, claimed: Claimed) -> bool:
        async with self._context.pool.connection() as connection:
            await imports.release(connection, claimed)
        return False

    async def _clear(self, claimed: Claimed) -> None:
        more = True
        while more:
            async with self._context.pool.connection() as connection:
                more = await imports.clear(connection, claimed.id, limit=_CLEARED_AT_ONCE)

    @asynccontextmanager
    async def _file(self, claimed: Claimed) -> AsyncIterator[BinaryIO]:
        """The upload as a file without a name, which is gone with the last process that has it."""
        folder = self._context.data / "imports"
        folder.mkdir(parents=True, exist_ok=True)
        with await asyncio.to_thread(_unnamed, folder) as file:
            place = -1
            while True:
                async with self._context.pool.connection() as connection:
                    part = await imports.next_part(connection, claimed.id, place)
                if part is None:
                    break
                place, content = part
                await asyncio.to_thread(file.write, content)
            file.flush()
            yield file


def _unnamed(folder: Path) -> BinaryIO:
    return tempfile.TemporaryFile(dir=folder)


class _Lost(Exception):  # noqa: N818  # an expected end
    """The import was cancelled, or is another worker's by now."""


class _Pace:
    """Rows a second, of late: what the page shows of an import's speed."""

    def __init__(self, done: int) -> None:
        self._done, self._rate = done, 0.0
        self.begin()

    def begin(self) -> None:
        """What went before was no work that is to come again."""
        self._at = asyncio.get_running_loop().time()

    def at(self, done: int) -> float:
        now = asyncio.get_running_loop().time()
        newest = (done - self._done) / max(now - self._at, 1e-6)
        self._done, self._at = done, now
        first = self._rate == 0.0
        self._rate = newest if first else self._rate + _NEWNESS * (newest - self._rate)
        return self._rate
