"""A running emulator with a receiver of its webhooks, for tests written as coroutines."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from whatsapp_emulator.app import make_app
from whatsapp_emulator.emulator import Emulator
from whatsapp_emulator.keys import EMULATOR
from whatsapp_emulator.mood import CALM
from whatsapp_emulator.settings import Settings

START = 1_795_000_000.0  # 2026-11-18, under the pricing rules of October 2026
ANNA = "393471112201"


@dataclass
class Receiver:
    """The business's side: keeps what it was sent, answers `status`."""

    token: str
    status: int = 200
    bodies: list[dict] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    headers: list[dict] = field(default_factory=list)
    handshakes: list[dict] = field(default_factory=list)
    lag_s: float = 0.0
    """It answers after up to so many seconds, never twice the same."""

    async def verify(self, request: web.Request) -> web.Response:
        self.handshakes.append(dict(request.query))
        if request.query.get("hub.verify_token") != self.token:
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])

    async def take(self, request: web.Request) -> web.Response:
        raw = await request.read()
        self.raw.append(raw)
        self.headers.append(dict(request.headers))
        self.bodies.append(await request.json())
        await asyncio.sleep(secrets.randbelow(1_000) / 1_000 * self.lag_s)
        return web.Response(status=self.status)

    def changes(self, field_name: str = "messages") -> list[dict]:
        """The values of one field, in the order received."""
        return [
            change["value"]
            for body in self.bodies
            for entry in body["entry"]
            for change in entry["changes"]
            if change["field"] == field_name
        ]

    def statuses(self, wamid: str | None = None) -> list[dict]:
        found = [s for value in self.changes() for s in value.get("statuses", [])]
        return [s for s in found if wamid is None or s["id"] == wamid]

    def messages(self) -> list[dict]:
        return [m for value in self.changes() for m in value.get("messages", [])]


class Play:
    """What a test does with the emulator over HTTP: `graph` for Meta's API, `sim` for control."""

    def __init__(
        self, url: str, emulator: Emulator, http: aiohttp.ClientSession, receiver: Receiver
    ) -> None:
        self.url = url
        self.emulator = emulator
        self.http = http
        self.receiver = receiver
        self.emulator_app: web.Application | None = None
        self.settings = emulator.settings
        self.number = emulator.settings.phone_number_id
        self.waba = emulator.settings.waba_id

    async def graph(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **options: Any
    ) -> tuple[int, Any]:
        bearer = self.settings.access_token if token is None else token
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        if body is not None:
            options["json"] = body
        async with self.http.request(
            method, f"{self.url}/v26.0/{path}", headers=headers, **options
        ) as reply:
            return reply.status, await reply.json(content_type=None)

    async def sim(self, method: str, path: str, body: Any = None) -> Any:
        async with self.http.request(method, f"{self.url}/sim/{path}", json=body) as reply:
            answer = await reply.json()
            assert reply.status == 200, answer
            return answer

    async def send(self, body: dict, to: str = ANNA) -> tuple[int, Any]:
        whole = {"messaging_product": "whatsapp", "to": to, **body}
        return await self.graph("POST", f"{self.number}/messages", whole)

    async def says(self, text: str, wa_id: str = ANNA) -> dict:
        """The customer writes, which opens the window."""
        return await self.sim(
            "POST", f"people/{wa_id}/messages", {"type": "text", "text": {"body": text}}
        )

    async def text(self, body: str, to: str = ANNA) -> str:
        """Send a text that is accepted; its id."""
        status, answer = await self.send({"type": "text", "text": {"body": body}}, to)
        assert status == 200, answer
        return answer["messages"][0]["id"]

    async def chat(self, wa_id: str = ANNA) -> list[dict]:
        return (await self.sim("GET", f"people/{wa_id}/chat"))["messages"]

    async def advance(self, seconds: float) -> None:
        """Move virtual time and wait until the webhooks were answered."""
        await self.sim("POST", "clock/advance", {"seconds": seconds, "settle": True})

    async def settle(self) -> None:
        await self.advance(0)

    async def template(self, **changes: Any) -> dict:
        """A template created and approved."""
        body = {
            "name": "promemoria_v1",
            "language": "it",
            "category": "UTILITY",
            "components": [
                {
                    "type": "BODY",
                    "text": "Buongiorno {{1}}, la aspettiamo alle {{2}} di domani.",
                    "example": {"body_text": [["Anna", "15:30"]]},
                }
            ],
            **changes,
        }
        status, made = await self.graph("POST", f"{self.waba}/message_templates", body)
        assert status == 200, made
        await self.sim("POST", f"templates/{made['id']}/review", {"decision": "APPROVED"})
        return made


@pytest.fixture(scope="session")
def play() -> Callable[..., Any]:
    """Runs a coroutine function of one argument, a `Play`, against a fresh emulator.

    Virtual time stands still unless the test advances it.
    """

    def run(scene: Callable[[Play], Any], *, webhook: bool = True, **settings: Any) -> Any:
        return asyncio.run(_scene(scene, webhook, settings))

    return run


async def _scene(scene: Callable[[Play], Any], webhook: bool, wishes: dict[str, Any]) -> Any:
    receiver = Receiver(token="verify-me")
    business = web.Application(client_max_size=16 * 1024 * 1024)
    business.router.add_get("/hook", receiver.verify)
    business.router.add_post("/hook", receiver.take)
    async with TestServer(business) as business_server:
        url = str(business_server.make_url("/hook")) if webhook else None
        settings = Settings(
            **{"webhook_url": url, "start": START, "speed": 0.0, "mood": CALM, **wishes}
        )
        app = make_app(settings)
        async with TestServer(app) as server, aiohttp.ClientSession() as http:
            made = Play(str(server.make_url("")).rstrip("/"), app[EMULATOR], http, receiver)
            made.emulator_app = app
            return await scene(made)
