"""Live updates as server-sent events: "conversation 812 changed"; ids only, never content.

Announced as `<workspace>:<id>` for a conversation, `<workspace>:<kind>:<id>` for anything else.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs

from sportello.edge.asgi import Receive, Scope, Send, answer
from sportello.edge.measures import BROWSERS
from sportello.rules import ticket
from sportello.rules.ids import WorkspaceId
from sportello.store.wakes import Listener

Clock = Callable[[], datetime]
Thing = tuple[str, int]  # its kind and id

BROWSERS_MAX: Final = 1_000
PENDING_MAX: Final = 200
HEARTBEAT_S: Final = 15.0
FLUSH_EVERY_S: Final = 0.1
SEND_S_MAX: Final = 30.0
_STREAM: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)
# What a browser missed before it listened is fetched once more, also after a reconnection.
_RESYNC: Final = b'data: {"resync": true}\n\n'
_HEARTBEAT: Final = b": still here\n\n"


class _Browser:
    """One open stream: what changed since the last flush, each thing once."""

    def __init__(self) -> None:
        self.awake = asyncio.Event()
        self.gone = False
        self._pending: dict[Thing, None] = {}
        self._overrun = False

    def nudge(self, thing: Thing) -> None:
        if len(self._pending) >= PENDING_MAX and thing not in self._pending:
            self.overrun()
            return
        self._pending[thing] = None
        self.awake.set()

    def overrun(self) -> None:
        """Too much to name: it shall fetch what it shows anew."""
        self._pending.clear()
        self._overrun = True
        self.awake.set()

    def leave(self) -> None:
        self.gone = True
        self.awake.set()

    def take(self) -> bytes:
        """What to send now; empties the buffer."""
        self.awake.clear()
        overrun, self._overrun = self._overrun, False
        pending, self._pending = self._pending, {}
        if overrun:
            return _RESYNC
        return b"".join(b'data: {"%s": %d}\n\n' % (kind.encode(), id_) for kind, id_ in pending)


class Live:
    """The path `/live?ticket=`. One LISTEN for the process, fanned out by workspace."""

    def __init__(self, url: str, *, ticket_key: bytes, clock: Clock) -> None:
        if not ticket_key:
            raise ValueError("live updates need a key for their tickets")
        self._key, self._clock = ticket_key, clock
        self._listener = Listener(url)
        self._browsers: dict[int, set[_Browser]] = {}
        self._count = 0
        self._running = AsyncExitStack()

    async def start(self) -> None:
        await self._running.enter_async_context(
            self._listener.listen(["sportello_live"], heard=self._heard, gap=self._missed)
        )

    async def stop(self) -> None:
        for browser in self._all():
            browser.leave()
        await self._running.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await answer(send, 405)
            return
        query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)
        # The clock may be another process's, asked over HTTP: not on this loop.
        now = await asyncio.to_thread(self._clock)
        shown = ticket.read(self._key, query.get("ticket", [""])[0], now)
        if shown is None:
            await answer(send, 403, b"no valid ticket")
        elif self._count >= BROWSERS_MAX:
            await answer(send, 503, b"too many browsers")
        else:
            lasts_s = (shown.expires_at - now).total_seconds()
            await self._stream(shown.workspace, lasts_s, receive, send)

    async def _stream(
        self, workspace: WorkspaceId, lasts_s: float, receive: Receive, send: Send
    ) -> None:
        browser = _Browser()
        self._browsers.setdefault(workspace, set()).add(browser)
        self._count += 1
        BROWSERS.inc()
        watch = asyncio.create_task(_watch(receive, browser))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _STREAM})
            browser.overrun()
            async with asyncio.timeout(lasts_s):
                await _feed(browser, send)
        except TimeoutError:
            pass  # the ticket has expired, or the browser does not read: it comes again
        finally:
            watch.cancel()
            self._forget(workspace, browser)
        if not browser.gone:
            await send({"type": "http.response.body", "body": b""})

    def _forget(self, workspace: int, browser: _Browser) -> None:
        self._browsers[workspace].discard(browser)
        if not self._browsers[workspace]:
            del self._browsers[workspace]
        self._count -= 1
        BROWSERS.dec()

    def _heard(self, payload: str) -> None:
        workspace, _, thing = payload.partition(":")
        kind, _, id_ = thing.rpartition(":")
        for browser in self._browsers.get(int(workspace), ()):
            browser.nudge((kind or "conversation", int(id_)))

    def _missed(self, _payload: str) -> None:
        for browser in self._all():
            browser.overrun()

    def _all(self) -> list[_Browser]:
        return [browser for browsers in self._browsers.values() for browser in browsers]


async def _watch(receive: Receive, browser: _Browser) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    browser.leave()


async def _feed(browser: _Browser, send: Send) -> None:
    """At most ten flushes a second; raises TimeoutError for a browser that stops reading."""
    while True:
        piece = await _next_piece(browser)
        if browser.gone:
            return
        async with asyncio.timeout(SEND_S_MAX):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(FLUSH_EVERY_S)


async def _next_piece(browser: _Browser) -> bytes:
    """What changed, once something has; a sign of life after `HEARTBEAT_S` of quiet."""
    try:
        async with asyncio.timeout(HEARTBEAT_S):
            await browser.awake.wait()
    except TimeoutError:
        return _HEARTBEAT
    return browser.take()
