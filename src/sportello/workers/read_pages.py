"""Web pages and sites: fetched by the guarded client, read in a child process, kept as drafts."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from time import monotonic
from typing import Final
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import structlog

from sportello.fetching import addresses
from sportello.fetching.client import Failure, Fetched, Fetcher, FetchFailedError
from sportello.reading import outside
from sportello.reading.blocks import Code, Unreadable
from sportello.reading.outside import Told
from sportello.reading.passages import fingerprint
from sportello.rules.machine_words import speak_to_a_machine
from sportello.store import documents
from sportello.store.documents import Draft, Walk
from sportello.store.pool import Pool

LEASE_S: Final = 180.0
_WALK_S_MAX: Final = 1_800.0
_PAUSE_S: Final = 0.25
_SITEMAPS_MAX: Final = 10
_QUEUE_MAX: Final = 5_000
_ATTEMPTS_MAX: Final = 3
_AGENT: Final = "Sportello"
NOTHING_FOUND: Final = "nothing_found"
GAVE_UP: Final = "gave_up"
_KINDS: Final = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "text/markdown": "md",
}
# What a link may lead to that is no page.
_NO_PAGE: Final = (
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".ico", ".css", ".js", ".zip", ".gz", ".mp4",
    ".mp3", ".avi", ".mov", ".woff", ".woff2", ".xml", ".json", ".rss", ".exe", ".dmg", ".apk",
)  # fmt: skip

_log = structlog.get_logger()


async def read_page(fetcher: Fetcher, url: str) -> tuple[Told, str]:
    """What a page says, and where it lies. Raises FetchFailedError or Unreadable."""
    fetched = await fetcher.fetch(url)
    return await outside.read(_kind(fetched), fetched.body), fetched.url


def draft_of(told: Told) -> Draft:
    """Raises Unreadable for a page without text."""
    if not told.pieces:
        raise Unreadable(Code.NO_TEXT)
    return Draft(
        title=told.title,
        language="",
        pieces=[(one.heading, one.text, one.asked) for one in told.pieces],
        sha256=fingerprint(told.pieces),
        doubted=any(speak_to_a_machine(f"{one.asked}\n{one.text}") for one in told.pieces),
    )


class Walker:
    """Walks one site after the other. Nothing it meets ends the walk but its own bounds."""

    def __init__(self, pool: Pool, fetcher: Fetcher, *, pause_s: float = _PAUSE_S) -> None:
        self._pool = pool
        self._fetcher = fetcher
        self._pause_s = pause_s

    async def walk_next(self, stop: asyncio.Event) -> bool:
        """Walks one site; False if none waits. A walk that is stopped begins anew at the start."""
        async with self._pool.connection() as connection:
            walk = await documents.claim_site(connection, lease_s=LEASE_S)
        if walk is None:
            return False
        reason = GAVE_UP if walk.attempts > _ATTEMPTS_MAX else await self._walk(walk, stop)
        if not stop.is_set():
            async with self._pool.connection() as connection:
                await documents.end_walk(connection, walk, reason)
        return True

    async def _walk(self, walk: Walk, stop: asyncio.Event) -> str:
        """Why nothing came of it; "" if any page was read."""
        robots, sitemaps = await self._robots(walk.url)
        waiting = _Queue(walk.url)
        waiting.add([walk.url], "")
        for address in await self._of_sitemaps(sitemaps, walk.pages_max):
            waiting.add([address], "")
        kept, read, reason = 0, 0, ""
        until = monotonic() + _WALK_S_MAX
        while kept < walk.pages_max and read < 2 * walk.pages_max and monotonic() < until:
            url = waiting.take()
            if url is None or stop.is_set():
                break
            if not robots.can_fetch(_AGENT, url):
                reason = reason or Failure.REFUSED.value
                continue
            read += 1
            failure = await self._page(walk, url, waiting)
            kept += not failure
            reason = reason or failure
            if not await self._note(walk, read, waiting):
                break
            await asyncio.sleep(self._pause_s)
        return "" if kept else reason or NOTHING_FOUND

    async def _page(self, walk: Walk, url: str, waiting: "_Queue") -> str:
        """Why a page gave nothing; "" if it is kept."""
        try:
            told, found_at = await read_page(self._fetcher, url)
            if not waiting.is_inside(found_at):
                return Failure.NOT_A_PAGE.value
            waiting.add(told.links, found_at)
            draft = await asyncio.to_thread(draft_of, told)
        except (FetchFailedError, Unreadable) as failed:
            return failed.code.value
        waiting.see(found_at)
        async with self._pool.connection() as connection:
            page = await documents.find_page(connection, walk, found_at)
            if page.draft is None and page.state == "indexing":
                return ""
            known = page.sha256 == draft.sha256
            await documents.keep_draft(connection, page.id, draft, known=known)
        return ""

    async def _note(self, walk: Walk, read: int, waiting: "_Queue") -> bool:
        async with self._pool.connection() as connection:
            known = min(read + len(waiting), 2 * walk.pages_max)
            return await documents.note_walk(
                connection, walk, read=read, known=known, lease_s=LEASE_S
            )

    async def _robots(self, url: str) -> tuple[RobotFileParser, list[str]]:
        """What the site asks of programs, and where it says its sitemaps lie."""
        robots = RobotFileParser()
        lines: list[str] = []
        try:
            fetched = await self._fetcher.fetch(urljoin(url, "/robots.txt"), accept="text/plain")
            lines = fetched.body[:100_000].decode(errors="replace").splitlines()
        except FetchFailedError:
            pass
        robots.parse(lines)
        told = robots.site_maps() or []
        return robots, [*told[:_SITEMAPS_MAX], urljoin(url, "/sitemap.xml")]

    async def _of_sitemaps(self, sitemaps: list[str], pages_max: int) -> list[str]:
        """Addresses of pages, from sitemaps and the sitemaps that they name."""
        found: list[str] = []
        asked: set[str] = set()
        waiting = list(sitemaps)
        while waiting and len(asked) < _SITEMAPS_MAX and len(found) < 4 * pages_max:
            url = waiting.pop(0)
            if url in asked:
                continue
            asked.add(url)
            try:
                fetched = await self._fetcher.fetch(url, accept="application/xml,text/xml")
                told = await outside.read("sitemap", fetched.body)
            except (FetchFailedError, Unreadable):
                continue
            if told.title == "index":
                waiting += told.links[:_SITEMAPS_MAX]
            else:
                found += told.links
        return found


class _Queue:
    """Addresses of one site that were not asked yet, each once, in the order they were found."""

    def __init__(self, start: str) -> None:
        self._host = _bare_host(start)
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._seen: set[str] = set()

    def add(self, links: Iterable[str], base: str) -> None:
        for link in links:
            if link.startswith("base:"):
                base = urljoin(base, link.removeprefix("base:"))
                continue
            url = addresses.plain(link, base)
            if url is None or len(self._seen) >= _QUEUE_MAX or url in self._seen:
                continue
            if self.is_inside(url) and not urlsplit(url).path.lower().endswith(_NO_PAGE):
                self._seen.add(url)
                self._waiting[url] = None

    def take(self) -> str | None:
        return self._waiting.popitem(last=False)[0] if self._waiting else None

    def see(self, url: str) -> None:
        """It has been read under this address: a link to it need not be followed."""
        self._seen.add(url)
        self._waiting.pop(url, None)

    def is_inside(self, url: str) -> bool:
        return _bare_host(url) == self._host

    def __len__(self) -> int:
        return len(self._waiting)


def _bare_host(url: str) -> str:
    parts = urlsplit(url)
    return f"{(parts.hostname or '').removeprefix('www.')}:{parts.port or ''}"


def _kind(fetched: Fetched) -> str:
    kind = _KINDS.get(fetched.mime_type)
    if kind is None:
        raise FetchFailedError(Failure.NOT_A_PAGE)
    return kind
