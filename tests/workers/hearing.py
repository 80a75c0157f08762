"""Another system of a company on loopback, which keeps what it is told."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Ears:
    """`heard`: (headers, body) of each call, oldest first, and `rang` once there is one; `answers`:
    what it says to it.
    """

    url: str = ""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    rang: asyncio.Event = field(default_factory=asyncio.Event)
    answers: dict[str, Any] = field(default_factory=lambda: {"status": 200, "text": "ok"})

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]

    def kinds(self) -> list[str]:
        return [one["type"] for one in self.told()]


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """As the specification tells receivers to look, by other code than ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{made}" in headers["webhook-signature"].split(" ")


@asynccontextmanager
async def hearing() -> AsyncIterator[Ears]:
    ears = Ears()

    async def hear(request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        ears.heard.append((headers, await request.read()))
        ears.rang.set()
        return web.Response(**ears.answers)

    app = web.Application()
    app.router.add_post("/hook", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    ears.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield ears
    finally:
        await runner.cleanup()
