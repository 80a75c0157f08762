"""Automations that listen for silence: each chat in which nobody answers is noticed once.

Webhooks and lists set off their automations as they write (console/automations, the trigger of
`campaigns.sql`); what they owe is timed and released by `plan`. Silence alone has to be looked for.
"""

import asyncio
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import psycopg
import structlog
from psycopg.rows import DictRow

from sportello import crash
from sportello.rules.after import After, Unit, earlier
from sportello.store import automations
from sportello.workers.context import Context

CHANNELS: Final = ("sportello_campaigns",)
PORTION: Final = 500
# Nobody is told to the minute that they have not answered.
LOOK_EVERY_S: Final = 10.0
_POLL_S: Final = 5.0
_PAUSE_S: Final = 1.0
_log = structlog.get_logger(__name__)


async def run(context: Context, stop: asyncio.Event) -> None:
    """Looks until told to stop."""
    async with context.listen(*CHANNELS) as wakes:
        while not stop.is_set():
            try:
                busy = await look(context)
            except psycopg.Error as error:
                _log.warning("automations", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)
                continue
            await wakes.wait(0.0 if busy else _POLL_S)


async def look(context: Context) -> bool:
    """One portion of one automation; whether there may be more to do at once."""
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection, connection.transaction():
        row = await automations.claim(connection)
        if row is None:
            return False
        after = After(row["after_count"], Unit(row["after_unit"]))
        # What it has looked at stays looked at, also when the company's clock is set back.
        until = max(earlier(now, after, ZoneInfo(row["time_zone"])), row["looked_up_to"])
        chats = await automations.silent(connection, row, until, limit=PORTION)
        occasions = {chat["contact_id"]: _occasion(row, chat) for chat in chats}
        await automations.take(connection, row, occasions)
        is_whole = len(chats) < PORTION
        up_to = (until, 0) if is_whole else (chats[-1]["last_message_at"], chats[-1]["id"])
        wait_s = LOOK_EVERY_S if is_whole else 0.0
        await automations.looked(connection, row["id"], _later(row, up_to), wait_s=wait_s)
        crash.point("automate.looked")
    return True


def _later(row: DictRow, up_to: tuple[datetime, int]) -> tuple[datetime, int]:
    """Of two places the further: what shares its instant with the last one is not seen again."""
    return max(up_to, (row["looked_up_to"], row["looked_up_to_id"]))


def _occasion(row: DictRow, chat: DictRow) -> str:
    if not row["repeats"]:
        return "once"
    return f"silence:{chat['id']}:{chat['last_message_at'].isoformat()}"
