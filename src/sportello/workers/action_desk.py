"""The company's actions at the answering worker's hand: called once, bounded, written down.

Who an action is about is the customer who writes, by their number as WhatsApp knows it. It stands
in the body under `customer`, and nothing that anybody wrote can take its place.
"""

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import Any, Final

import structlog

from sportello.assistant.steps import Act
from sportello.fetching import call as calling
from sportello.fetching.client import Settings as Guard
from sportello.rules import tool
from sportello.store import actions
from sportello.store.actions import Outcome, State, Target
from sportello.store.answers import Claimed
from sportello.store.vault import UnsealError
from sportello.workers.context import Context
from sportello.workers.model_desk import OvertakenError

_KEY_MAX: Final = 160

_log = structlog.get_logger()


class ActionDesk:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def perform(self, claimed: Claimed, act: Act, wamid: str) -> Outcome:
        """Raises OvertakenError where a person took over, or more was said, before the call."""
        if not claimed.wa_id:
            return Outcome(State.NOTHING, why="no_number")
        async with self._context.pool.connection() as connection:
            target = await actions.target(connection, claimed.workspace_id, act.action_id)
            if target is None:
                return Outcome(State.FAILED, why="withdrawn")
            key = (act.key or wamid)[:_KEY_MAX]
            begun = await actions.begin(connection, claimed, target, key, act.values)
        if begun is None:
            raise OvertakenError
        if begun.before is not None:
            return begun.before
        outcome = await self._call(
            target, claimed.wa_id, act.values, f"{claimed.id}:{key}:{target.id}"
        )
        async with self._context.pool.connection() as connection:
            await actions.settle(connection, begun.id, outcome)
        _log.info("acted", conversation=claimed.id, action=target.id, state=outcome.state.value)
        return outcome

    async def try_out(self) -> bool:
        """Performs one trial from the settings; False if none waits."""
        async with self._context.pool.connection() as connection:
            trial = await actions.to_try(connection)
        if trial is None:
            return False
        outcome = await self._call(trial.target, trial.wa_id, trial.values, f"trial:{trial.id}")
        async with self._context.pool.connection() as connection:
            await actions.settle(connection, trial.id, outcome)
        return True

    async def _call(
        self, target: Target, wa_id: str, values: Mapping[str, str], key: str
    ) -> Outcome:
        begun = monotonic()
        try:
            secret = target.secret(self._context.key)
        except UnsealError:
            return Outcome(State.FAILED, why="secret_unreadable")
        headers = {"Idempotency-Key": key}
        if target.header and secret:
            headers[target.header] = secret
        body: dict[str, Any] = {"customer": wa_id, "parameters": dict(values)}
        hosts = self._context.limits.private_hosts
        guard = Guard(seconds_max=calling.SECONDS_MAX, private_hosts=hosts)
        try:
            answered = await calling.call(target.url, body, headers, guard)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  # a customer is answered whatever breaks in it
            _log.error("action_broke", action=target.id, error=type(error).__name__)
            answered = calling.Answered(why="unreachable")
        took_ms = int(1000 * (monotonic() - begun))
        return _outcome(answered, target.reply, took_ms)


def _outcome(answered: calling.Answered, reply: str, took_ms: int) -> Outcome:
    status = answered.status
    if answered.knows_nothing:
        return Outcome(State.NOTHING, status=status, took_ms=took_ms)
    if answered.why or answered.told is None:
        return Outcome(State.FAILED, why=answered.why, status=status, took_ms=took_ms)
    said = tool.fill(reply, answered.told)
    if said is None:
        return Outcome(State.FAILED, why="value_missing", status=status, took_ms=took_ms)
    return Outcome(State.DONE, said, status=status, took_ms=took_ms)
