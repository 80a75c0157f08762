"""Tells people of what waits for them: windows about to shut, and a wake-up for their browsers.

A wake-up carries nothing: neither who wrote nor what. The browser says that something waits, and
opens the desk.
"""

import asyncio
import ssl
from datetime import datetime, timedelta
from time import monotonic
from typing import Final
from zoneinfo import ZoneInfo

import psycopg
import structlog

from sportello.fetching.client import Settings as Guard
from sportello.fetching.post import Answer, post
from sportello.fetching.vapid import Signer
from sportello.rules.notice import is_quiet
from sportello.store import notices
from sportello.store.notices import Place
from sportello.workers.context import Context

CHANNELS: Final = ("sportello_notices",)
PORTION: Final = 200
AT_ONCE: Final = 16
WARN_BEFORE: Final = timedelta(hours=2)
_LOOK_EVERY_S: Final = 30.0
_POLL_S: Final = 5.0
_PAUSE_S: Final = 1.0
_PUSH_S_MAX: Final = 8.0
# A wake-up that does not reach its browser within an hour comes too late.
_KEPT_S: Final = 3_600
_GONE: Final = frozenset({404, 410})
_log = structlog.get_logger(__name__)


async def run(context: Context, signer: Signer, stop: asyncio.Event) -> None:
    """Tells until told to stop."""
    waker, look_at = Waker(context, signer), 0.0
    async with context.listen(*CHANNELS) as wakes:
        while not stop.is_set():
            try:
                if monotonic() >= look_at:
                    look_at = monotonic() + _LOOK_EVERY_S
                    await warn(context)
                busy = await waker.wake()
            except (psycopg.Error, OSError) as error:
                _log.warning("notices", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)
                continue
            await wakes.wait(0.0 if busy else _POLL_S)


async def warn(context: Context) -> int:
    """Of windows that are about to shut; how many people were told."""
    now = await asyncio.to_thread(context.clock)
    async with context.pool.connection() as connection:
        return await notices.tell_closing(connection, now, now + WARN_BEFORE)


class Waker:
    """Speaks to the push services of people's browsers, all addresses of which people gave."""

    def __init__(self, context: Context, signer: Signer) -> None:
        self._context, self._signer = context, signer
        self._tls = ssl.create_default_context()
        self._places = asyncio.Semaphore(AT_ONCE)

    async def wake(self) -> bool:
        """Wakes those who have something new; whether there was anybody."""
        async with self._context.pool.connection() as connection:
            places = await notices.claim(connection, limit=PORTION)
        if not places:
            return False
        now = await asyncio.to_thread(self._context.clock)
        loud = [one for one in places if not _rests(one, now)]
        await asyncio.gather(*(self._knock(one) for one in loud))
        return True

    async def _knock(self, place: Place) -> None:
        async with self._places:
            answer = await self._push(place)
        if answer.status in _GONE:
            async with self._context.pool.connection() as connection:
                await notices.forget(connection, place.id)
        elif not answer.is_well:
            _log.warning("push", place=place.id, status=answer.status, why=answer.why)

    async def _push(self, place: Place) -> Answer:
        hosts = self._context.limits.private_hosts
        guard = Guard(seconds_max=_PUSH_S_MAX, private_hosts=hosts, tls=self._tls)
        headers = {
            "authorization": self._signer.authorization(place.address, place.now_s),
            "ttl": str(_KEPT_S),
            "urgency": "high",
            "topic": "sportello",
        }
        return await post(place.address, b"", headers, guard)


def _rests(place: Place, now: datetime) -> bool:
    at = now.astimezone(ZoneInfo(place.time_zone)).time()
    return is_quiet(at, place.quiet_from, place.quiet_until)
