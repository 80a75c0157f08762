"""One connection hears for a whole process: each its own, after every loss, nothing missed."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import psycopg

from sportello.store.wakes import Listener, Wakes
from tests.loop import in_loop

_LISTENING = (
    "SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'sportello-listen'"
)
# Long enough that only an announcement, never a poll, ends a wait of these tests.
_LONG_S = 60.0


async def _announce(url: str, channel: str, payload: str = "") -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("SELECT pg_notify(%s, %s)", [channel, payload])


async def _lines(url: str, *, end: bool = False) -> list[int]:
    """The server's processes that listen; `end`: and ends them, as a database that falls does."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        pids = [row[0] for row in await (await connection.execute(_LISTENING)).fetchall()]
        for pid in pids if end else ():
            await connection.execute("SELECT pg_terminate_backend(%s)", [pid])
        return pids


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110  # told by a callback, on this very loop
            await asyncio.sleep(0.01)


async def _rung(wakes: Wakes) -> None:
    async with asyncio.timeout(30):
        await wakes.wait(_LONG_S)


class _Loop:
    """One that listens as the workers' loops do, and notes what it is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.begun = 0

    def hear(self, payload: str) -> None:
        self.heard.append(payload)

    def begin(self, _payload: str) -> None:
        self.begun += 1


@in_loop
async def test_many_listen_on_one_connection_and_each_hears_its_own(database: str) -> None:
    listener, one, two, late = Listener(database), _Loop(), _Loop(), _Loop()
    async with AsyncExitStack() as stack:
        for loop, channels in ((one, ["a", "both"]), (two, ["b", "both"])):
            await stack.enter_async_context(
                listener.listen(channels, heard=loop.hear, gap=loop.begin)
            )
        await _until(lambda: one.begun == two.begun == 1)
        # A loop that comes later, for a channel that nobody asked for yet.
        await stack.enter_async_context(listener.listen(["late"], heard=late.hear, gap=late.begin))
        await _until(lambda: late.begun == 1)
        for channel in ("a", "b", "late", "both"):
            await _announce(database, channel, channel)
        await _until(lambda: len(one.heard) == len(two.heard) == 2)

        assert len(await _lines(database)) == 1
    assert (one.heard, two.heard, late.heard) == (["a", "both"], ["b", "both"], ["late"])
    assert (one.begun, two.begun, late.begun) == (1, 1, 1), "whoever joins disturbs nobody"


@in_loop
async def test_after_the_connection_fell_everybody_is_woken_and_told_of_the_gap(
    database: str,
) -> None:
    listener, one, two = Listener(database), _Loop(), _Loop()
    async with (
        listener.listen(["a"], heard=one.hear, gap=one.begin) as first,
        listener.listen(["b"], heard=two.hear, gap=two.begin) as second,
    ):
        await _until(lambda: one.begun == two.begun == 1)
        await _rung(first)
        await _rung(second)

        await _lines(database, end=True)
        await _announce(database, "a", "lost")  # maybe while nobody listens
        await _rung(first)
        await _rung(second)
        await _until(lambda: one.begun == two.begun == 2)
        # The words of the gap are lost, but not the wake-up that follows it.
        await _rung(first)
        await _rung(second)
        await _announce(database, "a", "heard")
        await _announce(database, "b", "heard")
        await _until(lambda: one.heard[-1:] == two.heard == ["heard"])
        await _rung(first)
        await _rung(second)


@in_loop
async def test_a_listener_that_fails_leaves_its_neighbours_their_words(database: str) -> None:
    def fall(payload: str) -> None:
        raise ValueError(payload)

    listener, neighbour = Listener(database), _Loop()
    async with (
        listener.listen(["a"], heard=fall, gap=fall),
        listener.listen(["a"], heard=neighbour.hear, gap=neighbour.begin),
    ):
        await _until(lambda: neighbour.begun == 1)
        for word in ("1", "2"):
            await _announce(database, "a", word)
        await _until(lambda: neighbour.heard == ["1", "2"])

        assert neighbour.begun == 1, "the connection stays"


@in_loop
async def test_the_connection_is_closed_when_nobody_listens_and_opened_for_who_comes_back(
    database: str,
) -> None:
    listener, first, second = Listener(database), _Loop(), _Loop()
    async with listener.listen(["a"], gap=first.begin):
        await _until(lambda: first.begun == 1)
    async with asyncio.timeout(30):
        while await _lines(database):  # noqa: ASYNC110  # seen on the server alone
            await asyncio.sleep(0.01)

    async with listener.listen(["a"], heard=second.hear, gap=second.begin):
        await _until(lambda: second.begun == 1)
        await _announce(database, "a", "again")
        await _until(lambda: second.heard == ["again"])
