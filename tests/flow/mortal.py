"""Workers that a test kills: processes of their own, quick to start, that end as by `kill -9`."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import uvloop

from sportello import clock, crash
from sportello.store.pool import open_pool
from sportello.whatsapp.client import Client, Settings
from sportello.workers import dispatch, fold, plan
from sportello.workers.loops import run_all
from sportello.workers.outward import Ours, Outward
from sportello.workers.tend_connect import connect
from tests.flow.forking import forked
from tests.workers.desk import KEY

# Small, so that what the other side leaves hanging does not hold up the test.
_READ_S = 2.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a worker needs to know, and which loops it runs; sent to its process."""

    database_url: str
    graph_url: str
    data: Path
    loops: tuple[str, ...] = ("plan", "dispatch", "fold")
    ours: Ours = field(default_factory=Ours)


@contextmanager
def worker(where: Surroundings, *, dies_at: str = "") -> Iterator[ForkServerProcess]:
    """Runs its loops until it dies, or the block ends and kills it."""
    process = forked(_work, where, dies_at)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _work(where: Surroundings, dies_at: str) -> None:
    let_die(dies_at)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    uvloop.run(_run(where))


def let_die(point: str) -> None:
    """As the setting does, which is read from the environment when a process begins to import."""
    crash._NAME, _, crash._COUNT = point.partition(":")  # type: ignore[misc]  # Final, for nobody else changes it


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
            ours=where.ours,
        )
        runs = {"plan": plan.run, "dispatch": dispatch.run, "fold": fold.run, "connect": connect}
        loops = {name: partial(runs[name], context) for name in where.loops}
        await run_all(loops, asyncio.Event())


def was_killed(process: ForkServerProcess) -> bool:
    return process.exitcode == -signal.SIGKILL
