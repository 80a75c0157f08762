"""Documents that were read: their drafts become passages, their passages words and vectors.

Passages are embedded a few at a time, each few one transaction: a worker that dies loses at most
those, and another goes on with the next. How far it has come is counted from the rows.
"""

from typing import Final

import structlog

from sportello.assistant.embed import Embedder
from sportello.assistant.library import planned, prepare_all
from sportello.store import documents, library
from sportello.store.documents import Waiting
from sportello.store.pool import Connection, Pool

# Two to four seconds of one core: pairs that a person has just written wait no longer than that.
_AT_ONCE: Final = 16
_SET_ASIDE_MAX: Final = 1_000

_log = structlog.get_logger()


class DocumentIndexing:
    """One step at a time; each answers which workspace's library it has changed, or None."""

    def __init__(self, pool: Pool, embedder: Embedder) -> None:
        self._pool = pool
        self._embedder = embedder
        self._set_aside: list[int] = []
        self._passages_set_aside: list[int] = []

    async def next(self) -> int | None:
        """Removals first, so that what was withdrawn frees its place; then drafts, then vectors."""
        return await self._remove() or await self._replace() or await self._embed()

    async def _remove(self) -> int | None:
        async with self._pool.connection() as connection:
            removed = await documents.remove_next(connection, self._set_aside)
        return None if removed is None else removed[0]

    async def _replace(self) -> int | None:
        async with self._pool.connection() as connection:
            drafted = await documents.claim_draft(connection, self._set_aside)
            if drafted is None:
                return None
            try:
                await documents.replace(connection, drafted, planned(drafted))
            except Exception:
                self._set_aside = [*self._set_aside[-_SET_ASIDE_MAX:], drafted.id]
                _log.warning("document_set_aside", document=drafted.id)
                raise
        return drafted.workspace_id

    async def _embed(self) -> int | None:
        async with self._pool.connection() as connection:
            claimed = await documents.claim_passages(
                connection, limit=_AT_ONCE, but=self._passages_set_aside
            )
            if not claimed:
                return None
            some = [one for one in claimed if one.workspace_id == claimed[0].workspace_id]
            try:
                await self._put(connection, some)
            except Exception:
                ids = [one.id for one in some]
                kept = self._passages_set_aside[-_SET_ASIDE_MAX:]
                self._passages_set_aside = [*kept, *ids]
                _log.warning("passages_set_aside", document=some[0].document_id, count=len(ids))
                raise
        return some[0].workspace_id

    async def _put(self, connection: Connection, some: list[Waiting]) -> None:
        workspace_id = some[0].workspace_id
        # Held before the search for known vectors: they must not be removed meanwhile.
        await library.hold(connection, workspace_id)
        sha256s = [one.content_sha256 for one in some]
        known = await documents.same_vectors(connection, workspace_id, sha256s)
        embedded = await prepare_all(some, known, self._embedder)
        await documents.put(connection, workspace_id, embedded)
        await documents.settle(connection, list({one.document_id for one in some}))
