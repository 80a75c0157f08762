"""A company's order system on loopback, which knows orders by the customer's number."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Orders:
    """`asked`: (body, headers) of each call; `answers`: what it says next instead of the truth."""

    url: str = ""
    known: dict[str, Any] = field(
        default_factory=lambda: {"393555010001": {"code": "MV-1042", "state": "in viaggio"}}
    )
    asked: list[tuple[dict[str, Any], dict[str, str]]] = field(default_factory=list)
    answers: dict[str, Any] | None = None


@asynccontextmanager
async def ordering() -> AsyncIterator[Orders]:
    orders = Orders()

    async def answer(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        orders.asked.append((body, dict(request.headers)))
        if orders.answers is not None:
            return web.Response(**orders.answers)
        order = orders.known.get(body["customer"])
        if order is None:
            return web.json_response({}, status=404)
        return web.json_response({"order": order})

    app = web.Application()
    app.router.add_post("/order", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    orders.url = f"http://127.0.0.1:{runner.addresses[0][1]}/order"
    try:
        yield orders
    finally:
        await runner.cleanup()
