"""What happens by the clock: files come and go, idle chats go back, Meta is asked and looked at."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import psycopg
import structlog

from sportello.rules import ownership, window
from sportello.rules.ids import OperatorId
from sportello.rules.ownership import Holder, Ownership, Release
from sportello.store import (
    channel,
    connections,
    housekeeping,
    journal,
    notices,
    outgoing,
    sends,
    statuses,
)
from sportello.workers import tend_desk, tend_doctor
from sportello.workers.harvest import harvest, prune_turns
from sportello.workers.outward import Outward
from sportello.workers.tend_connect import SECRET_HOURS, connect
from sportello.workers.tend_erasures import erase
from sportello.workers.tend_media import bring_in
from sportello.workers.tend_numbers import look_at_numbers, look_at_unpaid, look_at_unseen
from sportello.workers.tend_retention import forget
from sportello.workers.tend_silence import notice_silence
from sportello.workers.tend_tallies import tally
from sportello.workers.tend_taps import read_taps
from sportello.workers.tend_templates import Rests, synchronise
from sportello.workers.tend_uploads import bring_out
from sportello.workers.tend_wishes import fulfil

IDLE_MAX: Final = 100
PRUNE_MAX: Final = 5_000
ORPHANS_MAX: Final = 1_000
ORPHAN_DAYS: Final = 8
ATTEMPT_DAYS: Final = 90
# As long as a caller may repeat a write.
REPLY_HOURS: Final = 24
TRIAL_DAYS: Final = 7
LINK_DAYS: Final = 1
NEWS_DAYS: Final = 30
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Duty:
    """Something to be done every so often; the first time at the start."""

    name: str
    every_s: float
    do: Callable[[Outward], Awaitable[object]]


async def run(context: Outward, stop: asyncio.Event) -> None:
    """Looks after things until told to stop; a long duty does not hold up the others."""
    rests = Rests()
    reading = _Duty("templates", 1.0, lambda given: synchronise(given, rests))
    async with asyncio.TaskGroup() as duties:
        for duty in (*_DUTIES, reading):
            duties.create_task(_repeat(duty, context, stop))
        for serve in (fulfil, bring_out):
            duties.create_task(_serve(serve, context, stop))
        examine = _serve(tend_doctor.examine_wanted, context, stop, wake="sportello_doctor")
        duties.create_task(examine)
        sweep = _serve(tend_desk.sweep, context, stop, wake="sportello_sweeps")
        duties.create_task(sweep)
        duties.create_task(connect(context, stop))


async def _repeat(duty: _Duty, context: Outward, stop: asyncio.Event) -> None:
    """A duty that fails is tried again at its next time."""
    while not stop.is_set():
        try:
            await duty.do(context)
        except (psycopg.Error, OSError) as error:
            _log.warning("duty failed", duty=duty.name, error=type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(duty.every_s):
                await stop.wait()


async def _serve(
    serve: Callable[[Outward], Awaitable[int]],
    context: Outward,
    stop: asyncio.Event,
    wake: str = "sportello_tend",
) -> None:
    """What people asked of Meta, as soon as it is announced or due."""
    async with context.listen(wake) as wakes:
        while not stop.is_set():
            try:
                await serve(context)
            except (psycopg.Error, OSError) as error:
                _log.warning("duty failed", duty=serve.__name__, error=type(error).__name__)
            await wakes.wait()


async def release_idle(context: Outward) -> int:
    """Gives chats back that a person holds and has left alone; how many."""
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        rows = await channel.idle(connection, now, limit=IDLE_MAX)
        for row in rows:
            held = Ownership(
                Holder.OPERATOR,
                operator=OperatorId(row["operator_id"] or 0),
                control_epoch=row["control_epoch"],
            )
            moved = ownership.advance(held, Release(assistant_on=row["assistant_on"]))
            owes = (
                moved.holder is Holder.ASSISTANT
                and row["last_message_origin"] == "customer"
                and window.is_open(row["window_closes_at"], now)
            )
            await channel.release(connection, row["id"], moved, now, owes=owes)
        return len(rows)


async def adopt_orphans(context: Outward) -> int:
    """Statuses that came before their message was known, and slipped by; how many."""
    async with context.pool.connection() as connection, connection.transaction():
        return await statuses.adopt_orphans(connection, limit=ORPHANS_MAX)


async def prune(context: Outward) -> None:
    """What is kept for some time only; a bounded number of each kind each time."""
    now = await asyncio.to_thread(context.clock)
    days = context.limits.journal_days
    async with context.pool.connection() as connection:
        await journal.prune(connection, days=days, limit=PRUNE_MAX)
        await statuses.drop_orphans(connection, days=ORPHAN_DAYS, limit=PRUNE_MAX)
        before = now - timedelta(days=ATTEMPT_DAYS)
        await sends.prune_attempts(connection, before, limit=PRUNE_MAX)
        await housekeeping.prune_replies(connection, hours=REPLY_HOURS, limit=PRUNE_MAX)
        await housekeeping.prune_trials(connection, days=TRIAL_DAYS, limit=PRUNE_MAX)
        await connections.prune_secrets(connection, hours=SECRET_HOURS)
        since = now - timedelta(days=LINK_DAYS)
        await housekeeping.prune_links(connection, since, limit=PRUNE_MAX)
        await housekeeping.prune_audit(connection, now, limit=PRUNE_MAX)
        await outgoing.prune(connection, days=NEWS_DAYS, limit=PRUNE_MAX)
        await notices.prune(connection, days=NEWS_DAYS, limit=PRUNE_MAX)


_DUTIES: Final = (
    _Duty("media", 1.0, bring_in),
    _Duty("idle chats", 10.0, release_idle),
    _Duty("orphans", 10.0, adopt_orphans),
    _Duty("numbers", 3600.0, look_at_numbers),
    _Duty("unpaid numbers", 60.0, look_at_unpaid),
    _Duty("unseen numbers", 1.0, look_at_unseen),
    _Duty("silence", 60.0, notice_silence),
    _Duty("prune", 60.0, prune),
    _Duty("days of lines", 60.0, tally),
    _Duty("taps", 3600.0, read_taps),
    _Duty("reminders", 5.0, tend_desk.ring),
    _Duty("shared queues", 3.0, tend_desk.share_queues),
    _Duty("old sweeps", 600.0, tend_desk.prune),
    _Duty("answers of people", 30.0, harvest),
    _Duty("old turns", 600.0, prune_turns),
    _Duty("erasures", 2.0, erase),
    _Duty("retention", 30.0, forget),
    _Duty("old examinations", 3600.0, tend_doctor.prune),
)
