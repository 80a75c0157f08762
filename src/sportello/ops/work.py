"""The worker process: one event loop for all that happens by itself."""

import asyncio
import signal
from functools import partial

import uvloop

from sportello import clock
from sportello.fetching import vapid
from sportello.ops import demo_vectors, observe
from sportello.ops.ours import ours_of
from sportello.ops.reached import database_url
from sportello.ops.settings import Settings
from sportello.store import vault
from sportello.store.pool import Pool, open_pool
from sportello.whatsapp.client import Client
from sportello.whatsapp.client import Settings as ClientSettings
from sportello.workers import (
    answer,
    automate,
    dispatch,
    fold,
    index,
    loops,
    notify,
    outgoing,
    plan,
    read,
    take_in,
    tend,
)
from sportello.workers.context import Limits
from sportello.workers.outward import Outward

_CONNECTIONS = 12
# Shared by all numbers: one whose calls are slow must not use up what the others need.
_PATIENCE = ClientSettings(connections_max=768)


def run(settings: Settings) -> None:
    """Runs until SIGTERM, then lets each loop finish the batch in its hands."""
    observe.set_up(settings.log_format, "work")
    loops.collect_seldom()
    uvloop.run(_run(settings))


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    running = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        running.add_signal_handler(number, stop.set)
    url = database_url(settings)
    async with (
        open_pool(url, _CONNECTIONS, application="sportello-work") as pool,
        Client(settings.graph_url, settings.graph_version, _PATIENCE) as client,
    ):
        await loops.run_all(_loops(_context(settings, url, pool, client), settings), stop)


def _context(settings: Settings, url: str, pool: Pool, client: Client) -> Outward:
    return Outward(
        pool=pool,
        url=url,
        key=vault.key_of(*settings.read_secret_keys()),
        clock=clock.now,
        data=settings.data,
        limits=Limits(
            journal_days=settings.journal_days,
            private_hosts=frozenset(filter(None, settings.private_hosts.split(","))),
        ),
        client=client,
        ours=ours_of(settings),
    )


def _loops(context: Outward, settings: Settings) -> dict[str, loops.Loop]:
    signer = vapid.signer_of(settings.read_secret_key(), settings.url)
    return {
        "fold": partial(fold.run, context),
        "answer": partial(answer.run, context),
        "dispatch": partial(dispatch.run, context),
        "index": partial(index.run, context, demo_vectors.read() if settings.demo else {}),
        "read": partial(read.run, context),
        "plan": partial(plan.run, context),
        "take_in": partial(take_in.run, context),
        "automate": partial(automate.run, context),
        "notify": partial(notify.run, context, signer),
        "outgoing": partial(outgoing.run, context),
        "tend": partial(tend.run, context),
    }
