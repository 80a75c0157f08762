"""Campaigns: the audience frozen in portions, then released in portions into the outbox.

Each step is one transaction that holds the campaign's row, so a pause waits for a step at most and
a crash costs nothing but the step: how far planning has come and who was released are committed
with the rows themselves.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
import structlog
from psycopg.rows import DictRow

from sportello import crash
from sportello.rules import brake, campaign
from sportello.rules.brake import Braked, Ramp
from sportello.rules.campaign import Campaign, Exhausted, Pause, Paused, Planned, State, Tick
from sportello.store import campaigns, enclosures, followups
from sportello.store.pool import Connection, by_index
from sportello.workers import plan_enclosures, plan_errands, plan_followups
from sportello.workers.context import Context
from sportello.workers.plan_audience import plan_portion, spared
from sportello.workers.plan_letters import is_open, written

CHANNELS: Final = ("sportello_campaigns",)
CAMPAIGNS_MAX: Final = 200
# What is released waits in the outbox: little enough that a pause leaves little behind.
AHEAD_S: Final = 2.0
PORTION_MAX: Final = 1_000
AHEAD_MIN: Final = 20
_POLL_S: Final = 1.0
_PAUSE_S: Final = 1.0
_JUDGE_EVERY_S: Final = 2.0
_log = structlog.get_logger(__name__)


async def run(context: Context, stop: asyncio.Event) -> None:
    """Plans and releases until told to stop."""
    async with asyncio.TaskGroup() as both:
        both.create_task(plan_enclosures.run(context, stop))
        both.create_task(_plan(context, stop))


async def _plan(context: Context, stop: asyncio.Event) -> None:
    planning = Planning(context)
    async with context.listen(*CHANNELS) as wakes:
        while not stop.is_set():
            try:
                busy = await planning.look()
            except psycopg.Error as error:
                _log.warning("campaigns", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)
                continue
            await wakes.wait(0.0 if busy else _POLL_S)


@dataclass(slots=True)
class _Seen:
    """What the last look at a campaign's counts allowed: `left` more may be released."""

    at: float = float("-inf")
    left: int = 0


class Planning:
    """The loop's work; remembers of each campaign only what its counts last allowed."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._seen: dict[int, _Seen] = {}

    async def look(self) -> bool:
        """One step for each campaign; whether any of them has more to do at once."""
        now = await asyncio.to_thread(self._context.clock)
        async with self._context.pool.connection() as connection:
            ids = await campaigns.going(connection, now, limit=CAMPAIGNS_MAX)
        self._seen = {one: self._seen.get(one, _Seen()) for one in ids}
        return any([await self.step(one) for one in ids])

    async def step(self, campaign_id: int) -> bool:
        """One portion planned, or released, or a move; whether there is more to do at once."""
        now = await asyncio.to_thread(self._context.clock)
        async with self._context.pool.connection() as connection, connection.transaction():
            await by_index(connection)
            row = await campaigns.hold(connection, campaign_id)
            if row is None:
                return False
            current = _value(row)
            more = await self._step(connection, row, current, now)
            crash.point("plan.stepped")
        crash.point("plan.committed")
        return more

    async def _step(
        self, connection: Connection, row: DictRow, current: Campaign, now: datetime
    ) -> bool:
        if not current.planned:
            if await plan_portion(connection, row, now):
                return True
            await self._move(connection, row, current, Planned(), now)
            return True
        if current.state is State.SCHEDULED:
            return await self._move(connection, row, current, Tick(), now)
        if current.state is State.RUNNING:
            return await self._go_on(connection, row, current, now)
        return False

    async def _move(
        self,
        connection: Connection,
        row: DictRow,
        current: Campaign,
        event: campaign.Event,
        now: datetime,
    ) -> bool:
        moved = campaign.advance(current, event, now)
        if moved is current:
            return False
        await campaigns.move(connection, row["id"], moved, now)
        return moved.state is State.RUNNING

    async def _go_on(
        self, connection: Connection, row: DictRow, current: Campaign, now: datetime
    ) -> bool:
        """Brakes, or releases what may leave now, or ends."""
        out = await campaigns.open_sends(connection, row["id"])
        if out.stopped_by:
            why = campaign.PAUSED_BY[out.stopped_by]
            return await self._move(connection, row, current, Paused(why), now)
        seen = self._seen[row["id"]]
        if asyncio.get_running_loop().time() - seen.at >= _JUDGE_EVERY_S:
            braked = await self._judge(connection, row, seen, out.open, now)
            if braked is not None:
                stopped = campaign.advance(current, Paused(Pause.BRAKE), now)
                await campaigns.move(connection, row["id"], stopped, now, braked)
                return False
        await plan_followups.time(connection, row, now)
        room = min(seen.left, _ahead(row) - out.queued, _by_rate(row), PORTION_MAX)
        zones = await _open_zones(connection, row, now)
        if room <= 0 or zones == []:
            return False
        looked_at, gone = await _release(connection, row, zones, now, room)
        seen.left -= gone
        if looked_at == 0 and out.open == 0 and await _is_over(connection, row, zones):
            await self._move(connection, row, current, Exhausted(), now)
        # A whole portion: a quick number has sent it before the next look would come.
        return gone == PORTION_MAX

    async def _judge(
        self, connection: Connection, row: DictRow, seen: _Seen, under_way: int, now: datetime
    ) -> Braked | None:
        """What the brake says; if nothing, `seen` is what the ramp allows."""
        whole, judged = await campaigns.counts(connection, row, now)
        braked = brake.judge(judged, _thresholds(row))
        if braked is not None:
            return braked
        ramp = None if row["canary"] is None else Ramp(first=row["canary"])
        waited = timedelta(seconds=row["waited_s"] or 0.0)
        allowance, step = brake.released(ramp, whole, row["step"], waited)
        if step != row["step"] or row["waited_s"] is None:
            await campaigns.stepped(connection, row["id"], step)
        seen.at = asyncio.get_running_loop().time()
        seen.left = allowance - whole.sent - under_way
        return None


async def _release(
    connection: Connection, row: DictRow, zones: list[str] | None, now: datetime, room: int
) -> tuple[int, int]:
    """How many it looked at, and how many have gone into the outbox.

    What fell due goes before those who are still to be written to for the first time.
    """
    due, gone = await plan_errands.release(connection, row, zones, now, room)
    people = await campaigns.waiting(connection, row["id"], limit=room - due, among=zones)
    meant = await spared(connection, row, people, now)
    if meant:
        await campaigns.release(connection, row, await written(row, meant), now)
    if meant and row["followed"]:
        await followups.follow(connection, [person.id for person in meant])
    if row["followed"]:
        await followups.spare(connection, [person.id for person in people])
    return due + len(people), gone + len(meant)


async def _is_over(connection: Connection, row: DictRow, zones: list[str] | None) -> bool:
    """Nothing is open and nobody waits; an automation is never over."""
    if row["automatic"] or await _sleeps(connection, row, zones):
        return False
    if row["media_column"] and await enclosures.is_open(connection, row["id"]):
        return False
    if row["followed"]:
        if await followups.pending(connection, row["id"]):
            return False
        await followups.leave_out(connection, row["id"])
    return True


def _value(row: Mapping[str, Any]) -> Campaign:
    why = row["paused_why"]
    return Campaign(
        State(row["state"]), row["planned"], row["starts_at"], Pause(why) if why else None
    )


async def _open_zones(connection: Connection, row: DictRow, now: datetime) -> list[str] | None:
    """In which zones people may be written to now; None: in all, whether they are told or not."""
    if row["calendar"] is None:
        return None
    if row["zone"] != "customer":
        return None if is_open(row, now) else []
    waiting = {"", *await campaigns.zones(connection, row["id"])}
    if row["followed"]:
        waiting |= set(await followups.zones(connection, row["id"]))
    return [zone for zone in sorted(waiting) if is_open(row, now, zone)]


async def _sleeps(connection: Connection, row: DictRow, zones: list[str] | None) -> bool:
    """Whether somebody waits in a zone where it is not the hour."""
    return zones is not None and bool(await campaigns.waiting(connection, row["id"], limit=1))


def _thresholds(row: Mapping[str, Any]) -> brake.Thresholds:
    """The company's own."""
    return brake.Thresholds(
        failures=row["brake_failures"],
        stops=row["brake_stops"],
        marketing_cap=row["brake_marketing_cap"],
        sample_min=row["brake_sample_min"],
    )


def _ahead(row: Mapping[str, Any]) -> int:
    """As much as the number sends in two seconds."""
    return max(AHEAD_MIN, int(row["throughput_mps"] * AHEAD_S))


def _by_rate(row: Mapping[str, Any]) -> int:
    """What the company's own pace lets go since the last portion."""
    if row["rate"] is None:
        return PORTION_MAX
    if row["released_s"] is None:
        return 1
    return int(min(row["released_s"], 60.0) * row["rate"] / 60)
