"""Measures how sure a company's assistant may be, on the questions that its people labelled."""

import asyncio
import json
from typing import Final

import structlog

from sportello.assistant import calibration, language
from sportello.assistant.embed import Embedder
from sportello.assistant.refit import Marked, Refit, refit
from sportello.assistant.search import Findings, Found, Query, Searcher
from sportello.store import fittings
from sportello.store.fittings import Fitting, Label, Learnt
from sportello.workers.context import Context

LEASE_S: Final = 300.0
LABELS_MAX: Final = 1_000
_log = structlog.get_logger()


class Fittings:
    """One company after the other."""

    def __init__(self, context: Context, embedder: Embedder) -> None:
        self._context = context
        self._pool = context.pool
        self._embedder = embedder

    async def next(self) -> bool:
        """Measures one company; False if none is due."""
        async with self._pool.connection() as connection:
            own = await fittings.claim(connection, lease_s=LEASE_S)
        if own is None:
            return False
        try:
            learnt = await self._learn(own)
        except Exception as error:  # noqa: BLE001  # top of a loop
            _log.error("fitting_failed", workspace=own.workspace_id, error=type(error).__name__)
            async with self._pool.connection() as connection:
                await fittings.set_aside(connection, own)
            return True
        now = await asyncio.to_thread(self._context.now)
        async with self._pool.connection() as connection:
            await fittings.settle(connection, own, learnt, now)
        return True

    async def _learn(self, own: Fitting) -> Learnt:
        async with self._pool.connection() as connection:
            labels = await fittings.labelled(connection, own.workspace_id, limit=LABELS_MAX)
        searcher, marked = Searcher(self._embedder), list[Marked]()
        for label in labels:
            guess = language.guess([label.question], own.language)
            query = Query(label.question, guess.language, certain=guess.certain)
            async with self._pool.connection() as connection:
                findings = await searcher.search(connection, own.workspace_id, query)
            if (told := _marked(label, findings)) is not None:
                marked.append(told)
        made = await asyncio.to_thread(refit, calibration.shipped(), marked)
        return _learnt(marked, made)


def _marked(label: Label, findings: Findings) -> Marked | None:
    """None where the label says nothing of what is found now."""
    if label.kind == "none":
        return Marked(findings, right=False, answerable=False)
    if label.pair_id is None and label.document_id is None:
        return None
    found = bool(findings.best) and _is(findings.best[0], label)
    match label.kind:
        case "wrong":
            return Marked(findings, right=False, answerable=False) if found else None
        case _:
            return Marked(findings, right=found, answerable=True)


def _is(first: Found, label: Label) -> bool:
    if label.pair_id is not None:
        return first.pair_id == label.pair_id
    return first.document_id is not None and first.document_id == label.document_id


def _learnt(marked: list[Marked], made: Refit) -> Learnt:
    weights = None
    if made.calibration is not None:
        weights = json.loads(calibration.dumps(made.calibration))
    return Learnt(
        labels=len(marked),
        answerable=sum(one.answerable for one in marked),
        weights=weights,
        figures=[
            {"from": one.answers_from, "answered": one.answered, "wrong": one.wrong}
            for one in made.figures
        ],
    )
