"""The pool gives few connections to much short work, and more to who would wait for long work."""

import asyncio
from contextlib import AsyncExitStack

from sportello.store.pool import FEW, Pool, open_pool
from tests.loop import in_loop

_FOREVER_S = 60.0


async def _look(pool: Pool) -> int:
    """A loop's look at its queue: the server's process that answered."""
    async with pool.connection() as connection:
        row = await (await connection.execute("SELECT pg_backend_pid() AS pid")).fetchone()
    assert row is not None
    pid: int = row["pid"]
    return pid


@in_loop
async def test_loops_that_look_at_the_same_moment_share_a_few_connections(worker_url: str) -> None:
    async with open_pool(worker_url, 12, patience_s=_FOREVER_S) as pool:
        pids = await asyncio.gather(*[_look(pool) for _ in range(100)])

    assert len(set(pids)) <= FEW, "each of the loops would otherwise hold its own"


@in_loop
async def test_who_would_wait_for_long_work_gets_a_further_connection(worker_url: str) -> None:
    async with open_pool(worker_url, 12, patience_s=0.01) as pool, AsyncExitStack() as held:
        for _ in range(12):
            await held.enter_async_context(pool.connection())

        assert pool.get_stats()["pool_size"] == 12


@in_loop
async def test_a_turn_is_given_back_also_by_who_failed_or_was_stopped(worker_url: str) -> None:
    async def fail() -> None:
        async with pool.connection():
            raise ValueError

    async def stay() -> None:
        async with pool.connection():
            await asyncio.Event().wait()

    async with open_pool(worker_url, 12, patience_s=_FOREVER_S) as pool:
        await asyncio.gather(*[fail() for _ in range(3 * FEW)], return_exceptions=True)
        staying = [asyncio.create_task(stay()) for _ in range(3 * FEW)]
        await asyncio.sleep(0)
        for task in staying:
            task.cancel()
        await asyncio.gather(*staying, return_exceptions=True)

        assert await asyncio.gather(*[_look(pool) for _ in range(FEW)])
