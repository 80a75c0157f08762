"""The whole way of a message: emulator, edge and workers, over real HTTP and a real database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from sportello.edge.app import make_app as make_edge
from sportello.store import vault
from sportello.store.pool import open_pool
from sportello.whatsapp.client import Client
from sportello.whatsapp.client import Settings as ClientSettings
from sportello.workers import dispatch, fold, tend
from sportello.workers.loops import run_all
from sportello.workers.outward import Ours, Outward
from tests.edge.serving import TICKET_KEY, served
from tests.workers.desk import KEY, Desk, open_desk
from whatsapp_emulator.app import make_app as make_emulator
from whatsapp_emulator.emulator import Emulator
from whatsapp_emulator.keys import EMULATOR
from whatsapp_emulator.mood import CALM
from whatsapp_emulator.settings import Settings

Run = Callable[[Outward, asyncio.Event], Awaitable[None]]
START = 1_795_000_000.0
# Time is held here: what a moody Meta would deliver late would never be delivered.
SETTINGS = Settings(start=START, speed=0.0, mood=CALM)
STREAM: Mapping[str, Run] = {"fold": fold.run, "dispatch": dispatch.run, "tend": tend.run}


@dataclass(frozen=True, slots=True)
class House:
    """`edge` and `emulator_url` are base URLs. The emulator's time is the company's."""

    desk: Desk
    edge: str
    emulator_url: str
    emulator: Emulator
    context: Outward
    http: aiohttp.ClientSession

    def now(self) -> datetime:
        return _time_of(self.emulator)

    async def sim(self, method: str, path: str, body: Any = None) -> Any:
        async with self.http.request(
            method, f"{self.emulator_url}/sim/{path}", json=body
        ) as answer:
            told = await answer.json()
            assert answer.status == 200, told
            return told

    async def writes(self, wa_id: str, body: str) -> None:
        await self.sends(wa_id, {"type": "text", "text": {"body": body}})

    async def sends(self, wa_id: str, message: dict[str, Any]) -> None:
        await self.sim("POST", f"people/{wa_id}/messages", message)

    async def advance(self, seconds: float) -> None:
        """Moves the emulator's time on, until its webhooks have been answered."""
        await self.sim("POST", "clock/advance", {"seconds": seconds, "settle": True})

    async def phone(self, wa_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.sim("GET", f"people/{wa_id}/chat"))["messages"]
        return found

    async def until(self, truth: Callable[[], bool], seconds: float = 60) -> None:
        """Waits for something that a worker brings about."""
        async with asyncio.timeout(seconds):
            while not await asyncio.to_thread(truth):  # noqa: ASYNC110  # rows make no sound
                await asyncio.sleep(0.02)


@asynccontextmanager
async def house(
    database: str,
    data: Path,
    *,
    workers: Mapping[str, Run] = STREAM,
    settings: Settings = SETTINGS,
) -> AsyncIterator[House]:
    """Everything runs while the block does; time stands still but for `advance`."""
    desk = replace(open_desk(database), data=data)
    _give_token(desk, SETTINGS.access_token)
    async with AsyncExitStack() as running:
        edge = await running.enter_async_context(served(_edge(desk)))
        app = make_emulator(replace(settings, webhook_url=f"{edge}/webhooks/whatsapp"))
        server = await running.enter_async_context(TestServer(app))
        url = str(server.make_url("")).rstrip("/")
        context = Outward(
            pool=await running.enter_async_context(open_pool(desk.url, 12)),
            url=desk.url,
            key=KEY,
            clock=lambda: _time_of(app[EMULATOR]),
            data=data,
            client=await running.enter_async_context(
                Client(url, settings=ClientSettings(connections_max=512))
            ),
            ours=Ours(
                SETTINGS.app_id,
                SETTINGS.app_secret,
                SETTINGS.verify_token,
                f"{edge}/webhooks/whatsapp",
            ),
        )
        http = await running.enter_async_context(aiohttp.ClientSession())
        await running.enter_async_context(working(context, workers))
        yield House(desk, edge, url, app[EMULATOR], context, http)


@asynccontextmanager
async def working(context: Outward, workers: Mapping[str, Run]) -> AsyncIterator[None]:
    """These loops run while the block does."""
    stop = asyncio.Event()
    loops = {name: partial(run, context) for name, run in workers.items()}
    task = asyncio.create_task(run_all(loops, stop)) if loops else None
    try:
        yield
    finally:
        stop.set()
        if task is not None:
            await task


def _edge(desk: Desk) -> Any:
    return make_edge(
        database_url=desk.url,
        app_secrets=(SETTINGS.app_secret.encode(),),
        verify_token=SETTINGS.verify_token,
        ticket_key=TICKET_KEY,
        fallback=None,
        clock=lambda: datetime.fromtimestamp(START, UTC),
    )


def _give_token(desk: Desk, token: str) -> None:
    sealed = vault.seal(KEY, token, vault.token_place(desk.number_id))
    desk.rows("UPDATE sportello_token SET sealed = %s", sealed)


def _time_of(emulator: Emulator) -> datetime:
    return datetime.fromtimestamp(emulator.clock.now(), UTC)
