"""The company's language models at the answering worker's hand: asked in order, paid, given up.

A model is asked only while the budgets leave room; what it costs is written down whatever becomes
of the answer, also where it cannot be used or is broken off: else whoever writes in bursts would be
answered beyond every budget. One that keeps failing is left alone for a while.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final

import structlog

from sportello.assistant import prompt
from sportello.assistant.models import Model, ModelFailedError, Why, guessed_tokens
from sportello.assistant.steps import Ask
from sportello.fetching.client import Settings as Guard
from sportello.store import models
from sportello.store.models import Call, Choice
from sportello.store.pool import Connection
from sportello.store.vault import UnsealError
from sportello.workers.context import Context
from sportello.workers.providers import Provided

# All models of a turn together; a conversation's lease is longer (answer.LEASE_WITH_MODEL_S).
TURN_S_MAX: Final = 30.0
_ASK_S_MAX: Final = 18.0
_KEPT_MAX: Final = 64
_FAILURES_MAX: Final = 3
_REST_S: Final = 60.0
_LOOK_S: Final = 0.5

_log = structlog.get_logger()


@dataclass(slots=True)
class _Kept:
    """A model with the version of its row, and how it has fared."""

    model: Provided
    version: datetime
    failures: int = 0
    rests_until: float = 0.0


class OvertakenError(Exception):
    """The conversation has moved on while a model was writing: its words are not wanted."""


@dataclass(frozen=True, slots=True)
class For:
    """Whom a question is for. `conversation_id` is None for a trial."""

    workspace_id: int
    conversation_id: int | None
    zone: str
    now: datetime


class ModelDesk:
    """Keeps the connections of the models that were asked last."""

    def __init__(self, context: Context, given: Model | None = None) -> None:
        self._context = context
        self._given = given
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    async def asking(
        self, connection: Connection, whom: For, *, configured: bool, sees: bool = False
    ) -> "Asking | None":
        """None where no model is to be asked: none chosen, none working, or no budget left.
        `sees`: only those that can look at pictures.
        """
        if self._given is not None:
            return Asking(self._context, whom, [(self._given, None)])
        if not configured:
            return None
        chosen = await models.chosen(connection, whom.workspace_id)
        choices = [choice for choice in chosen if choice.sees or not sees]
        if not await models.has_room(
            connection, whom.workspace_id, whom.conversation_id, whom.zone, whom.now
        ):
            return None
        ready = [kept for choice in choices if (kept := await self._at_hand(choice)) is not None]
        able: list[tuple[Model, _Kept | None]] = [
            (kept.model, kept) for kept in ready if kept.rests_until <= monotonic()
        ]
        return Asking(self._context, whom, able) if able else None

    async def try_out(self) -> bool:
        """Tries one model that somebody wants to see working; False if none waits."""
        async with self._context.pool.connection() as connection:
            wanted = await models.to_try(connection)
        if wanted is None:
            return False
        begun = monotonic()
        why = await self._fails(wanted.workspace_id, wanted.choice)
        async with self._context.pool.connection() as connection:
            took_ms = int(1000 * (monotonic() - begun))
            await models.tried(connection, wanted.choice.id, why, took_ms)
        return True

    async def close(self) -> None:
        for kept in self._kept.values():
            await kept.model.close()
        self._kept.clear()

    async def _fails(self, workspace_id: int, choice: Choice) -> str:
        """Why a model does not answer; "" if it does."""
        kept = await self._at_hand(choice)
        if kept is None:
            return Why.REFUSED_KEY.value
        now = await asyncio.to_thread(self._context.now)
        whom = For(workspace_id, None, "UTC", now)
        asking = Asking(self._context, whom, [(kept.model, kept)])
        await asking.ask(Ask("test", prompt.TRYING, prompt.try_out()))
        return asking.why.value if asking.why else ""

    async def _at_hand(self, choice: Choice) -> _Kept | None:
        """The model with its connections; None where its key cannot be opened any more."""
        kept = self._kept.get(choice.id)
        if kept is None or kept.version != choice.updated_at:
            try:
                key = choice.key(self._context.key)
            except UnsealError:
                _log.error("model_key_unreadable", model=choice.id)
                return None
            if kept is not None:
                await kept.model.close()
            guard = Guard(private_hosts=self._context.limits.private_hosts)
            kept = self._kept[choice.id] = _Kept(Provided(choice, key, guard), choice.updated_at)
        self._kept.move_to_end(choice.id)
        while len(self._kept) > _KEPT_MAX:
            _, oldest = self._kept.popitem(last=False)
            await oldest.model.close()
        return kept


class Asking:
    """The models for one turn. `cost_micros` and `faults` tell afterwards what it took."""

    def __init__(
        self, context: Context, whom: For, models_of: list[tuple[Model, _Kept | None]]
    ) -> None:
        self._context = context
        self._whom = whom
        self._models = models_of
        self._until = monotonic() + TURN_S_MAX
        self.cost_micros = 0
        self.faults: tuple[str, ...] = ()
        self.why: Why | None = None

    async def ask(
        self, ask: Ask, moved_on: Callable[[], Awaitable[bool]] | None = None
    ) -> Mapping[str, Any] | None:
        """The first answer that a model gives; None where none does.

        Raises OvertakenError as soon as `moved_on` says so: the call is broken off.
        """
        self.faults += ask.faults
        if moved_on is None:
            return await self._ask(ask)
        asked = asyncio.ensure_future(self._ask(ask))
        try:
            while True:
                done, _ = await asyncio.wait({asked}, timeout=_LOOK_S)
                if done:
                    return asked.result()
                if await moved_on():
                    raise OvertakenError
        finally:
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)

    async def _ask(self, ask: Ask) -> Mapping[str, Any] | None:
        until = min(self._until, monotonic() + _ASK_S_MAX)
        for model, kept in self._models:
            left_s = until - monotonic()
            if left_s <= 0:
                return None
            begun = monotonic()
            try:
                async with asyncio.timeout(left_s):
                    written = await model.generate(ask.schema, ask.messages)
            except (ModelFailedError, TimeoutError) as error:
                failed = _as_failure(error)
                self.why = failed.why
                _log.warning("model_failed", why=failed.why.value, purpose=ask.purpose)
                await self._failed(ask, kept, begun, failed)
                continue
            except asyncio.CancelledError:
                # We hung up, but it has read the question.
                await self._note(ask, kept, begun, "failed", (guessed_tokens(ask.messages), 0))
                raise
            self.why = None
            if kept is not None:
                kept.failures = 0
            tokens = (written.tokens_in, written.tokens_out)
            await self._note(ask, kept, begun, "written", tokens)
            return written.value
        return None

    async def _failed(
        self, ask: Ask, kept: _Kept | None, begun: float, failed: ModelFailedError
    ) -> None:
        if kept is None:
            return
        kept.failures += 1
        if kept.failures >= _FAILURES_MAX and ask.purpose != "test":
            kept.failures, kept.rests_until = 0, monotonic() + _REST_S
        if failed.why is Why.TOO_SLOW:
            await self._note(ask, kept, begun, "timeout", (guessed_tokens(ask.messages), 0))
        else:
            await self._note(ask, kept, begun, "failed", (failed.tokens_in, failed.tokens_out))

    async def _note(
        self, ask: Ask, kept: _Kept | None, begun: float, outcome: str, tokens: tuple[int, int]
    ) -> None:
        """At once and by itself: what was paid is paid, also for an answer that is not sent."""
        if kept is None:
            return
        choice, whom = kept.model.choice, self._whom
        cost = choice.cost_micros(*tokens)
        self.cost_micros += cost
        took_ms = int(1000 * (monotonic() - begun))
        call = Call(choice.model, ask.purpose, outcome, *tokens, cost, took_ms)
        async with self._context.pool.connection() as connection:
            await models.note(connection, whom.workspace_id, whom.conversation_id, call, whom.now)


def _as_failure(error: ModelFailedError | TimeoutError) -> ModelFailedError:
    return error if isinstance(error, ModelFailedError) else ModelFailedError(Why.TOO_SLOW)
