"""Follow-ups: each person's errands frozen with the audience, and timed once it is known when the
message before them left.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from psycopg.rows import DictRow

from sportello.rules import audience, followup
from sportello.rules.after import After, Unit, later
from sportello.rules.audience import Source
from sportello.rules.followup import Before, before
from sportello.rules.status import State
from sportello.store import followups
from sportello.store.followups import Frozen
from sportello.store.pool import Connection

PORTION: Final = 1_000
_SILENCE: Final = "silence"


async def freeze(
    connection: Connection, campaign: DictRow, columns: Mapping[int, Mapping[str, str]]
) -> None:
    """The errands of a portion of the audience; `columns`: of each contact what is known of it."""
    if not campaign["followed"]:
        return
    steps = await followups.steps(connection, campaign["id"])
    sources = {
        step["position"]: {name: Source(**source) for name, source in step["variables"].items()}
        for step in steps
    }
    portion = [
        Frozen(contact_id, position, audience.values(wanted, known))
        for contact_id, known in columns.items()
        for position, wanted in sources.items()
    ]
    await followups.freeze(connection, campaign["id"], portion)


async def time(connection: Connection, campaign: DictRow, now: datetime) -> None:
    """When what has no time yet falls due; up to a portion of it."""
    zone = ZoneInfo(campaign["time_zone"])
    if campaign["automatic"]:
        await _time_events(connection, campaign["id"], zone, now)
    if not campaign["followed"]:
        return
    rows = await followups.untimed(connection, campaign["id"], limit=PORTION)
    if not rows:
        return
    waits = [
        After(step["after_count"], Unit(step["after_unit"]))
        for step in await followups.steps(connection, campaign["id"])
    ]
    reached = [row for row in rows if _before(row) is not Before.NEVER]
    lost = [row for row in rows if _before(row) is Before.NEVER]
    await followups.time(connection, {row["id"]: _due(row, waits, zone) for row in reached})
    await followups.end(connection, [(row["recipient_id"], row["position"]) for row in lost])


def _before(row: Mapping[str, Any]) -> Before:
    return before(State(row["status"]), row["receipt_code"])


def _due(row: Mapping[str, Any], waits: Sequence[After], zone: tzinfo) -> datetime:
    """A step that an answer made needless counts from when it would have left."""
    needless = _before(row) is Before.NEEDLESS
    since = row["left_due_at"] if needless else row["left_at"]
    return followup.due(since, waits[row["left_position"] : row["position"]], zone)


async def _time_events(
    connection: Connection, campaign_id: int, zone: tzinfo, now: datetime
) -> None:
    """An event's age is the database's, its time the company's: either clock may run by itself.

    Of silence the wait is over when it is noticed.
    """
    rows = await followups.untimed_events(connection, campaign_id, limit=PORTION)
    kept = await followups.automation(connection, campaign_id) if rows else None
    if kept is None:
        return
    waits = 0 if kept["trigger"] == _SILENCE else kept["after_count"]
    wait = After(waits, Unit(kept["after_unit"]))
    due_at = {
        row["id"]: later(now - timedelta(seconds=max(0.0, row["age_s"])), wait, zone)
        for row in rows
    }
    await followups.time(connection, due_at)
