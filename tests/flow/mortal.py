"""Workers that a test kills: processes of their own, quick to start, that end as by `kill -9`."""

import asyncio
import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import uvloop

from sportello import clock, crash
from sportello.store.pool import open_pool
from sportello.whatsapp.client import Client, Settings
from sportello.workers import dispatch, fold, plan
from sportello.workers.loops import run_all
from sportello.workers.outward import Outward
from tests.workers.desk import KEY

# Small, so that what the other side leaves hanging does not hold up the test.
_READ_S = 2.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a worker needs to know; sent to its process."""

    database_url: str
    graph_url: str
    data: Path


@contextmanager
def worker(where: Surroundings, *, dies_at: str = "") -> Iterator[ForkServerProcess]:
    """Plans, dispatches and folds until it dies, or the block ends and kills it."""
    process = _context().Process(target=_work, args=(where, dies_at), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


@cache
def _context() -> ForkServerContext:
    """A new process costs a fork: what it imports is imported once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _work(where: Surroundings, dies_at: str) -> None:
    crash._NAME, _, crash._COUNT = dies_at.partition(":")  # type: ignore[misc]  # read from the environment at import, as a rule
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    uvloop.run(_run(where))


async def _run(where: Surroundings) -> None:
    followed = clock._Followed(f"{where.graph_url}/sim/clock")
    async with (
        open_pool(where.database_url, 8) as pool,
        Client(where.graph_url, settings=Settings(connections_max=512, read_s=_READ_S)) as client,
    ):
        context = Outward(
            pool=pool,
            url=where.database_url,
            key=KEY,
            clock=followed.now,
            data=where.data,
            client=client,
        )
        loops = {
            "plan": lambda stop: plan.run(context, stop),
            "dispatch": lambda stop: dispatch.run(context, stop),
            "fold": lambda stop: fold.run(context, stop),
        }
        await run_all(loops, asyncio.Event())


def was_killed(process: ForkServerProcess) -> bool:
    return process.exitcode == -signal.SIGKILL
