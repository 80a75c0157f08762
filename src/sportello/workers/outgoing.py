"""Tells other systems what happened: signed, at least once, in order where that can be had.

A slow or dead endpoint holds a few places at most; what it misses waits, and is tried for three
days.
"""

import asyncio
import secrets
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Final

import psycopg
import structlog

from sportello.fetching.client import Settings as Guard
from sportello.fetching.post import SECONDS_MAX, Answer, post
from sportello.rules import outgoing as rule
from sportello.rules.outgoing import Next, Verdict
from sportello.store import outgoing
from sportello.store.outgoing import Claimed, Outcome
from sportello.store.vault import UnsealError
from sportello.workers.context import Context

CHANNELS: Final = ("sportello_outgoing",)
AT_ONCE: Final = 32
OF_ONE_ENDPOINT: Final = 4
# Longer than a try can last, settling included.
LEASE_S: Final = 60.0
PORTION: Final = 500
_PAUSE_S: Final = 1.0
_POLL_S: Final = 2.0
_STOP_S_MAX: Final = 6.0
_PERMILLE: Final = 1_000
_log = structlog.get_logger(__name__)


async def run(context: Context, stop: asyncio.Event) -> None:
    """Tells until told to stop; then lets what is on the wire come to its end."""
    teller = Teller(context)
    async with context.listen(*CHANNELS) as wakes:
        while not stop.is_set():
            try:
                busy = await teller.begin(wakes.ring)
            except (psycopg.Error, OSError) as error:
                _log.warning("outgoing", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)
                continue
            await wakes.wait(0.0 if busy else _POLL_S)
    await teller.finish()


class Teller:
    """What is on the wire at this moment."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._under_way: set[asyncio.Task[None]] = set()
        # One for all calls: making it costs more than a call.
        self._tls = ssl.create_default_context()

    async def begin(self, ring: Callable[[], None] | None = None) -> bool:
        """Starts what is due as far as there is room; `ring` is called as each comes to its end.
        Whether there may be more to do at once.
        """
        room = AT_ONCE - len(self._under_way)
        async with self._context.pool.connection() as connection:
            more = await outgoing.keep_house(connection, limit=PORTION)
            claimed = (
                await outgoing.claim(connection, limit=room, each=OF_ONE_ENDPOINT, lease_s=LEASE_S)
                if room
                else ()
            )
        for one in claimed:
            task = asyncio.create_task(self._tell(one))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            if ring is not None:
                task.add_done_callback(partial(_ring, ring))
        return more

    async def finish(self) -> None:
        """What does not end in time is told again when its lease has run out."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=_STOP_S_MAX)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _tell(self, claimed: Claimed) -> None:
        begun = monotonic()
        answer = await self._answer(claimed)
        took_ms = int(1_000 * (monotonic() - begun))
        with suppress(psycopg.Error, OSError):  # then its lease runs out, and it is told again
            await _settle(self._context, claimed, answer, took_ms)

    async def _answer(self, claimed: Claimed) -> Answer:
        if not claimed.matter:
            return Answer(why="erased")
        try:
            keys = claimed.secrets(self._context.key)
        except UnsealError:
            keys = []
        if not keys:
            return Answer(why="secret_unreadable")
        body = rule.body(claimed.kind, claimed.at, claimed.matter)
        headers = rule.headers(claimed.uid, claimed.sent_at_s, body, keys)
        hosts = self._context.limits.private_hosts
        guard = Guard(seconds_max=SECONDS_MAX, private_hosts=hosts, tls=self._tls)
        try:
            return await post(claimed.url, body, headers, guard)
        except Exception as error:  # noqa: BLE001  # whatever breaks in it: the others are told
            _log.error("telling broke", delivery=claimed.id, error=type(error).__name__)
            return Answer(why="unreachable")


def _ring(ring: Callable[[], None], _task: asyncio.Task[None]) -> None:
    ring()


async def _settle(context: Context, claimed: Claimed, answer: Answer, took_ms: int) -> None:
    verdict = _verdict(claimed, answer)
    outcome = Outcome(
        state=_STATE[verdict.what],
        status=answer.status,
        why=answer.why,
        took_ms=took_ms,
        answer=answer.said,
        pause_s=verdict.pause_s,
    )
    async with context.pool.connection() as connection, connection.transaction():
        if not await outgoing.settle(connection, claimed, outcome) or claimed.trial:
            return
        if verdict.what is Next.DONE:
            await outgoing.arrived(connection, claimed.endpoint_id)
        elif answer.why != "erased":
            await outgoing.missed(connection, claimed.endpoint_id)
        if verdict.what is Next.SWITCH_OFF:
            why = "gone" if answer.status == rule.GONE else "failing"
            if await outgoing.switch_off(connection, claimed.endpoint_id, why):
                _log.warning("endpoint switched off", endpoint=claimed.endpoint_id, why=why)


def _verdict(claimed: Claimed, answer: Answer) -> Verdict:
    if answer.why in _FINAL:
        return Verdict(Next.GIVE_UP)
    tried = rule.Try(
        status=answer.status,
        arrived=answer.is_well,
        attempts=claimed.attempts,
        trial=claimed.trial,
        failing_for=claimed.failing_for,
        retry_after_s=answer.retry_after_s,
    )
    return rule.after(tried, secrets.randbelow(_PERMILLE) / _PERMILLE)


# No later try can do better.
_FINAL: Final = frozenset({"erased", "secret_unreadable"})
_STATE: Final = {
    Next.DONE: "delivered",
    Next.AGAIN: "queued",
    Next.GIVE_UP: "failed",
    Next.SWITCH_OFF: "failed",
}
