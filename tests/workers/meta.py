"""A Meta whose answers a test writes: for faults that have to come at one exact moment."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from sportello.store.pool import open_pool
from sportello.whatsapp.client import Client, Settings
from sportello.workers.outward import Outward
from tests.workers.desk import KEY, NOW, Desk

Reply = Callable[[dict[str, Any], web.Request], Awaitable[web.StreamResponse]]


async def accept(call: dict[str, Any], request: web.Request) -> web.StreamResponse:
    """Meta's answer to a message that it takes on; the wamid tells which attempt it was."""
    del request
    if call.get("status") == "read":
        return web.json_response({"success": True})
    wamid = f"wamid.{call['biz_opaque_callback_data']}"
    return web.json_response({"messaging_product": "whatsapp", "messages": [{"id": wamid}]})


def refuse(code: int, http: int = 400) -> Reply:
    async def refused(call: dict[str, Any], request: web.Request) -> web.StreamResponse:
        error = {"message": "(#…)", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
        return web.json_response({"error": error}, status=http)

    return refused


async def hang_up(call: dict[str, Any], request: web.Request) -> web.StreamResponse:
    """The request was read; no answer comes."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@dataclass(slots=True)
class Meta:
    """`script` is used up first, one entry a call; then `usual` answers."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    script: list[Reply] = field(default_factory=list)
    usual: Reply = accept
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        call = await request.json()
        self.calls.append(call)
        self.came.set()
        reply = self.script.pop(0) if self.script else self.usual
        return await reply(call, request)

    @property
    def texts(self) -> list[str]:
        return [call["text"]["body"] for call in self.calls if call.get("type") == "text"]


@asynccontextmanager
async def outward(desk: Desk, meta: Meta, *, connections: int = 512) -> AsyncIterator[Outward]:
    """What the workers are given, with a client that speaks to this Meta."""
    app = web.Application()
    app.router.add_post("/v25.0/{id}/messages", meta.answer)
    async with (
        TestServer(app) as server,
        Client(str(server.make_url("")), settings=Settings(connections_max=connections)) as client,
        open_pool(desk.url, 8) as pool,
    ):
        yield Outward(
            pool=pool,
            url=desk.url,
            key=KEY,
            clock=lambda: NOW,
            data=desk.data,
            client=client,
        )
