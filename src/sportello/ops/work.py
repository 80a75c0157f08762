"""The worker process: one event loop for all that happens by itself."""

import asyncio
import signal

import uvloop

from sportello import clock
from sportello.ops import observe, prepare
from sportello.ops.settings import Settings
from sportello.store import vault
from sportello.store.pool import open_pool
from sportello.whatsapp.client import Client
from sportello.workers import loops
from sportello.workers.context import Context, Limits

_CONNECTIONS = 12
# In the demo the emulator's clock is asked at most five times a second.
_CLOCK_AGE_S = 0.2


def run(settings: Settings) -> None:
    """Runs until SIGTERM, then lets each loop finish the batch in its hands."""
    observe.set_up(settings.log_format, "work")
    uvloop.run(_run(settings))


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    running = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        running.add_signal_handler(number, stop.set)
