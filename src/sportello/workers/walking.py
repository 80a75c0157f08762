"""Performs what a turn asks for: searches, recollections, questions to a model; until it ends."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from sportello.assistant.embed import Embedder
from sportello.assistant.search import Query, Searcher
from sportello.assistant.steps import (
    Act,
    Ask,
    End,
    Ranked,
    Recall,
    RecallPassage,
    Search,
    Step,
    Steps,
    Told,
)
from sportello.store import library
from sportello.store.actions import Outcome
from sportello.store.library import vector_text
from sportello.store.pool import Pool
from sportello.workers.certainty import Certainty
from sportello.workers.model_desk import Asking

_STEPS_MAX: Final = 12

Doing = Callable[[Act], Awaitable[Outcome]]
MovedOn = Callable[[], Awaitable[bool]]


@dataclass(slots=True)
class Walked:
    """What was met on the way. `question`: what was searched for first, "" if nothing was."""

    question: str = ""
    embedding: str | None = None
    cost_micros: int = 0
    faults: tuple[str, ...] = ()


class Walker:
    """One for a process: it keeps the clouds of the libraries that were searched last."""

    def __init__(self, pool: Pool, embedder: Embedder) -> None:
        self._pool = pool
        self._searcher = Searcher(embedder)
        self._certainty = Certainty()

    async def walk(
        self,
        workspace_id: int,
        begun: tuple[Steps, Step],
        walked: Walked,
        asking: Asking | None = None,
        *,
        moved_on: MovedOn | None = None,
        doing: Doing | None = None,
    ) -> End:
        """`doing` performs actions; None where none may be.

        Raises model_desk.OvertakenError where `moved_on` says so while a model writes, or where an
        action finds that the conversation has moved on.
        """
        steps, step = begun
        try:
            for _ in range(_STEPS_MAX):
                match step:
                    case Search(query):
                        told: Told = await self._search(workspace_id, query, walked)
                    case Recall() | RecallPassage():
                        told = await self._recall(workspace_id, step)
                    case Act():
                        told = None if doing is None else await doing(step)
                    case Ask():
                        told = None if asking is None else await asking.ask(step, moved_on)
                    case _:
                        return step
                step = steps.send(told)
        finally:
            if asking is not None:
                walked.cost_micros, walked.faults = asking.cost_micros, asking.faults
        raise RuntimeError("a turn that does not end")

    async def _search(self, workspace_id: int, query: Query, walked: Walked) -> Ranked:
        async with self._pool.connection() as connection:
            findings = await self._searcher.search(connection, workspace_id, query)
            sure = await self._certainty.of(connection, workspace_id, findings)
        if not walked.question:
            walked.question = query.text
            if findings.vector is not None:
                walked.embedding = vector_text(findings.vector)
        return Ranked(findings.best, sure)

    async def _recall(self, workspace_id: int, step: Recall | RecallPassage) -> Told:
        async with self._pool.connection() as connection:
            if isinstance(step, Recall):
                return await library.pair(connection, workspace_id, step.pair_id)
            return await library.passage(connection, workspace_id, step.passage_id)
