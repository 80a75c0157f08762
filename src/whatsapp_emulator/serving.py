"""Serving an emulator on a real port until told to stop."""

import asyncio
import gc
import signal
from collections.abc import Callable

from aiohttp import web

from whatsapp_emulator.app import make_app
from whatsapp_emulator.emulator import Emulator
from whatsapp_emulator.keys import EMULATOR
from whatsapp_emulator.settings import Settings
from whatsapp_emulator.wire import Json

SHUTDOWN_S = 1.0
GC_THRESHOLD = 50_000
"""A world is a great many lasting objects: looking through them often only costs time."""


class Served:
    """A running emulator: `url` is where; `close` ends it."""

    def __init__(self, runner: web.AppRunner, host: str, port: int) -> None:
        self._runner = runner
        self.emulator: Emulator = runner.app[EMULATOR]
        self.url = f"http://{host}:{port}"

    async def close(self) -> None:
        await self._runner.cleanup()


async def open_server(settings: Settings, host: str, port: int) -> Served:
    """Bind and serve. Raises OSError if the port is taken."""
    runner = web.AppRunner(
        make_app(settings), access_log=None, shutdown_timeout=SHUTDOWN_S, handle_signals=False
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    bound = runner.addresses[0][1]
    return Served(runner, host, int(bound))


async def serve_until_signal(
    settings: Settings, host: str, port: int, ready: Callable[[Json], None]
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is told once the port is open."""
    rest_collector()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    served = await open_server(settings, host, port)
    try:
        ready(facts(settings, served.url))
        await stop.wait()
    finally:
        await served.close()


def rest_collector() -> None:
    """For a process that is an emulator and nothing else."""
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, 50, 100)


def facts(settings: Settings, url: str) -> Json:
    """What a client needs to know to talk to this emulator."""
    return {
        "emulator_url": url,
        "graph_url": f"{url}/v26.0",
        "phone_url": f"{url}/phone",
        "app_id": settings.app_id,
        "app_secret": settings.app_secret,
        "waba_id": settings.waba_id,
        "phone_number_id": settings.phone_number_id,
        "business_id": settings.business_id,
        "access_token": settings.access_token,
        "verify_token": settings.verify_token,
        "webhook_url": settings.webhook_url,
    }
