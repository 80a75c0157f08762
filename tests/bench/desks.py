"""A database of a bench's own, as durable as the product's, and processes beside the bench's."""

import asyncio
import multiprocessing
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import psycopg
import uvicorn
import uvloop

from tests import database as databases

Figure = tuple[str, float, str, float | None]


@contextmanager
def fresh_database(*, durable: bool) -> Iterator[str]:
    """URL (owner's) of a migrated database. `durable`: commits wait for the disk, meanwhile."""
    cluster = databases.ensure_cluster()
    name = f"bench_{secrets.token_hex(4)}"
    url = databases.create(cluster, name)
    try:
        _wait_for_the_disk(cluster, durable=durable)
        yield url
    finally:
        _wait_for_the_disk(cluster, durable=False)
        databases.drop(cluster, name)


def _wait_for_the_disk(cluster: str, *, durable: bool) -> None:
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET fsync = {'on' if durable else 'off'}")
        connection.execute("SELECT pg_reload_conf()")


@contextmanager
def beside(work: Callable[..., None], *given: Any) -> Iterator[Connection]:
    """`work(pipe, *given)` in a process of its own, while the block runs."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, *given), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        process.kill()
        process.join()


def heard(pipe: Connection, seconds: float = 60) -> Any:
    """What the process beside says next."""
    assert pipe.poll(seconds), "the process beside is silent"
    return pipe.recv()


def serve(pipe: Connection, app: Any) -> None:
    """Says its port through the pipe, and serves until it is killed."""
    uvloop.run(_serve(pipe, app))


async def _serve(pipe: Connection, app: Any) -> None:
    config = uvicorn.Config(app, port=0, log_level="warning", ws="none", http="httptools")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn announces its start in no other way
        await asyncio.sleep(0.01)
    pipe.send(server.servers[0].sockets[0].getsockname()[1])
    await task


def share_of(values: list[float], share: float) -> float:
    """The value below which that share of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
