"""Numbers connected, reconnected, disconnected: a step at a time, each committed before the next.

A login code lives for 30 seconds, so a connection is begun as soon as it is announced, whatever
else goes on. A crash goes on with the first step that is not done; each step bears repeating.
"""

import asyncio
from typing import Any, Final

import psycopg
import structlog

from sportello import crash
from sportello.rules import connecting
from sportello.rules.graph_errors import Kind
from sportello.store import connections as rows
from sportello.store import vault
from sportello.store.connections import Claimed
from sportello.whatsapp.errors import (
    UNKNOWN_CODE,
    InDoubtError,
    NotSentError,
    RejectedError,
    WhatsAppError,
)
from sportello.workers.outward import Outward
from sportello.workers.tend_steps import STEPS, Doing, StoppedError, UsedUpError

AT_ONCE_MAX: Final = 8
ATTEMPTS_MAX: Final = 6
LEASE_S: Final = 60.0
_STEP_S_MAX: Final = 55.0
_WAIT_S_FIRST: Final = 2.0
_WAIT_S_MAX: Final = 120.0
SECRET_HOURS: Final = 24
_SOON: Final = frozenset({Kind.PASSING, Kind.THROTTLED})
_log = structlog.get_logger(__name__)


async def connect(context: Outward, stop: asyncio.Event) -> None:
    """Runs until told to stop; a slow connection holds up no other."""
    going: set[asyncio.Task[None]] = set()
    async with context.listen("sportello_tend") as wakes:
        while not stop.is_set():
            try:
                for claimed in await _claim(context, AT_ONCE_MAX - len(going)):
                    task = asyncio.create_task(perform(context, claimed))
                    going.add(task)
                    task.add_done_callback(going.discard)
            except (psycopg.Error, OSError) as error:
                _log.warning("connections", error=type(error).__name__)
            await wakes.wait()
    for task in going:
        task.cancel()
    await asyncio.gather(*going, return_exceptions=True)


async def _claim(context: Outward, room: int) -> list[Claimed]:
    if room <= 0:
        return []
    async with context.pool.connection() as connection:
        return await rows.claim(connection, lease_s=LEASE_S, limit=room)


async def perform(context: Outward, claimed: Claimed) -> None:
    """All steps that are still to be done, or up to the first that does not succeed."""
    doing = Doing(context, claimed, await asyncio.to_thread(context.clock))
    try:
        for _ in STEPS:
            if not await _step(doing):
                return
    except (psycopg.Error, OSError) as error:
        # The lease brings it back.
        _log.warning("connection interrupted", connection=claimed.id, error=type(error).__name__)


async def _step(doing: Doing) -> bool:
    """Takes the next step; False where there is none, or it did not succeed."""
    context, claimed = doing.context, doing.claimed
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        found = await rows.next_step(connection, claimed.id)
        if found is None:
            await rows.finish(connection, claimed, now)
            _log.info("connection done", connection=claimed.id, kind=claimed.kind)
            return False
        place, name = found
        if not await rows.begin_step(connection, claimed, place, now, lease_s=LEASE_S):
            return False
    crash.point(f"connect.{name}.begun")
    doing.now = now
    try:
        async with asyncio.timeout(_STEP_S_MAX):
            await STEPS[name](doing)
    except (WhatsAppError, StoppedError, TimeoutError, ValueError, vault.UnsealError) as error:
        await _not_done(doing, place, name, error)
        return False
    crash.point(f"connect.{name}.asked")
    return await _done(doing, place)


async def _done(doing: Doing, place: int) -> bool:
    context, claimed = doing.context, doing.claimed
    async with context.pool.connection() as connection, connection.transaction():
        if not await rows.hold(connection, claimed):
            return False
        await doing.write(connection)
        await rows.end_step(connection, claimed, place, doing.found(), doing.now)
    return True


async def _not_done(doing: Doing, place: int, name: str, error: Exception) -> None:
    told = told_of(error)
    wait_s = _wait_s(doing.claimed, error)
    _log.warning(
        "connection's step not done", connection=doing.claimed.id, step=name, kind=told["kind"],
        code=told["code"], again_s=wait_s,
    )  # fmt: skip
    async with doing.context.pool.connection() as connection, connection.transaction():
        if isinstance(error, UsedUpError):
            await rows.forget_secret(connection, doing.claimed.id, error.secret)
        await rows.fail_step(
            connection, doing.claimed, place, told, doing.now, wait_s=wait_s, facts=doing.facts
        )


def _wait_s(claimed: Claimed, error: Exception) -> float | None:
    """How long until the next attempt; None: a person decides."""
    if claimed.attempts >= ATTEMPTS_MAX or isinstance(error, StoppedError):
        return None
    if isinstance(error, RejectedError):
        passes = error.kind in _SOON or error.error.is_transient
    else:
        passes = isinstance(error, InDoubtError | NotSentError | TimeoutError)
    if not passes:
        return None
    return float(min(_WAIT_S_FIRST * 3.0 ** (claimed.attempts - 1), _WAIT_S_MAX))


def told_of(error: Exception) -> dict[str, Any]:
    """For the row: `kind` names it for people; of an answer of Meta's its code and words."""
    told: dict[str, Any] = {"kind": "unasked", "code": None, "subcode": None, "said": ""}
    match error:
        case StoppedError():
            return told | {"kind": error.kind, "said": error.said}
        case RejectedError():
            graph = error.error
            if graph.code == UNKNOWN_CODE:
                return told | {"kind": "not_meta", "said": graph.message}
            return {
                "kind": connecting.meaning(graph.code, graph.subcode),
                "code": graph.code,
                "subcode": graph.subcode,
                "said": (graph.details or graph.message)[:400],
            }
        case NotSentError() | TimeoutError():
            return told | {"kind": "unreachable"}
        case InDoubtError():
            return told | {"kind": "in_doubt"}
        case vault.UnsealError():
            return told | {"kind": "token_unreadable"}
        case _:
            return told
