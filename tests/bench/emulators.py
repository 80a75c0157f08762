"""Processes for what is measured, and one that takes the webhooks of emulators."""

import asyncio
import json
import multiprocessing
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvloop

Act = Callable[[Connection, str], Awaitable[None]]
PATIENCE_S = 1_500
"""For what one process may take in all."""


@contextmanager
def process(act: Act, hook: str = "") -> Iterator[Connection]:
    """Runs `act` on a loop of its own elsewhere; both ends talk over the pipe."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    made = context.Process(target=_run, args=(act, theirs, hook), daemon=True)
    made.start()
    theirs.close()
    try:
        yield ours
    finally:
        made.kill()
        made.join()
        ours.close()


@contextmanager
def receiver() -> Iterator[str]:
    """The address of somebody who takes every webhook with 200 and counts what is in them."""
    with process(receive) as pipe:
        yield f"http://127.0.0.1:{heard(pipe)}/hook"


def heard(pipe: Connection) -> Any:
    """What the other side says next. Raises TimeoutError rather than wait for ever."""
    if not pipe.poll(PATIENCE_S):
        raise TimeoutError("the measured process says nothing")
    return pipe.recv()


def counted(hook: str) -> dict[str, int]:
    """How many POSTs a receiver took, and statuses in them; the count begins anew."""
    from urllib.request import urlopen

    with urlopen(f"{hook}/count", timeout=60) as reply:
        return dict(json.load(reply))


async def receive(pipe: Connection, _hook: str) -> None:
    from aiohttp import web

    counts = {"posts": 0, "statuses": 0}

    async def take(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.Response(text=request.query["hub.challenge"])
        counts["posts"] += 1
        counts["statuses"] += (await request.read()).count(b'"status":')
        return web.Response()

    async def tell(_request: web.Request) -> web.Response:
        told = dict(counts)
        counts.update(posts=0, statuses=0)
        return web.json_response(told)

    runner = web.AppRunner(web.Application(client_max_size=10**8), access_log=None)
    runner.app.router.add_route("*", "/hook", take)
    runner.app.router.add_get("/hook/count", tell)
    pipe.send(await listen(runner))
    await asyncio.Event().wait()


async def listen(runner: Any) -> int:
    """Serve on a free port; which."""
    from aiohttp import web

    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return int(runner.addresses[0][1])


def rss_mb() -> float:
    """Memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _run(act: Act, pipe: Connection, hook: str) -> None:
    uvloop.run(act(pipe, hook))
