"""Media given by link: fetched once in ten minutes, judged as Meta would, told by 131053.

Source: reference sending 3 and platform 11 (cache of 10 minutes).
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp

from whatsapp_emulator.checks_media import MIMES, SIZES_MAX
from whatsapp_emulator.media_store import keep_fetched
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Message

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

CACHED_S = 600.0
CACHE_MAX = 10_000
TIMEOUT_S = 15.0
AT_ONCE = 8
WAITING_MAX = 1_000
REDIRECTS_MAX = 3
CHUNK = 64 * 1024
BAD_MEDIA = 131053
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

admit_approximation(
    "media links",
    "https anywhere and http on loopback are fetched in 15 seconds of real time, and the last "
    "64 MB kept for the phone; with --no-fetch-links every link is taken to be good",
)


class Links:
    """Fetches that run, by address; messages wait for theirs before they leave."""

    def __init__(self, emulator: "Emulator") -> None:
        self._emulator = emulator
        self._session: aiohttp.ClientSession | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    def begin(self, url: str, kind: str) -> None:
        """Start to fetch, unless it is known, running, or not wanted."""
        emulator = self._emulator
        if not emulator.settings.fetch_links or self._session is None:
            return
        known = emulator.world.file.links.get(url)
        fresh = known is not None and emulator.clock.now() - known[0] < CACHED_S
        if fresh or url in self._running or len(self._running) >= WAITING_MAX:
            return
        self._running[url] = asyncio.create_task(self._fetch(url, kind))

    def delays(self, message: Message, again: Callable[..., None]) -> bool:
        """True while a link of the message is being fetched; `again` is called afterwards."""
        running = [self._running[url] for url in message.links or () if url in self._running]
        if running:
            emulator = self._emulator
            running[0].add_done_callback(
                lambda _: emulator.clock.after(0.0, again, emulator, message)
            )
        return bool(running)

    def code(self, message: Message) -> int | None:
        """131053 if a link of the message led to nothing good."""
        known = self._emulator.world.file.links
        codes = [known[url][1] for url in message.links or () if url in known]
        return next((code for code in codes if code is not None), None)

    async def settled(self) -> None:
        """Wait (bounded) until nothing is being fetched."""
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=TIMEOUT_S + 1)

    def start(self) -> None:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=True,
        )

    async def stop(self) -> None:
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _fetch(self, url: str, kind: str) -> None:
        try:
            async with self._places:
                found = await self._bytes(url, kind)
        finally:
            self._running.pop(url, None)
        links = self._emulator.world.file.links
        links.pop(url, None)
        links[url] = (self._emulator.clock.now(), BAD_MEDIA if found is None else None)
        while len(links) > CACHE_MAX:
            links.pop(next(iter(links)))
        if found is not None:
            keep_fetched(self._emulator, url, *found)

    async def _bytes(self, url: str, kind: str) -> tuple[bytes, str] | None:
        """What is there and its type, if it is of the kind, not empty and not too large."""
        if self._session is None or not _allowed(url):
            return None
        try:
            async with self._session.get(
                url, max_redirects=REDIRECTS_MAX, headers={"User-Agent": "WhatsApp/2"}
            ) as reply:
                right = kind == "document" or reply.content_type in MIMES[kind]
                if reply.status != 200 or not right or not _allowed(str(reply.url)):
                    return None
                content = bytearray()
                async for chunk in reply.content.iter_chunked(CHUNK):
                    content += chunk
                    if len(content) > SIZES_MAX[kind]:
                        return None
                return (bytes(content), reply.content_type) if content else None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return None


def _allowed(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
