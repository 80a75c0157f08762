"""The live stream tells a browser which conversations changed, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import aiohttp
import psycopg
import pytest

from sportello.edge.live import PENDING_MAX
from sportello.rules import ticket
from sportello.rules.ids import UserId, WorkspaceId
from tests.edge.serving import NOW, TICKET_KEY, edge, served
from tests.loop import in_loop

_RESYNC = '{"resync": true}'
# Whose stream no test reads.
_NOBODYS = 1


def _ticket(workspace: int, lasts: timedelta = timedelta(minutes=5)) -> str:
    return ticket.issue(TICKET_KEY, UserId(1), WorkspaceId(workspace), NOW + lasts)


@asynccontextmanager
async def _stream(base: str, shown: str) -> AsyncIterator[aiohttp.ClientResponse]:
    async with aiohttp.request("GET", f"{base}/live", params={"ticket": shown}) as answer:
        yield answer


async def _next(answer: aiohttp.ClientResponse) -> str:
    """The next event's data."""
    async with asyncio.timeout(60):
        event = (await answer.content.readuntil(b"\n\n")).decode()
    return event.removeprefix("data: ").strip()


def _notify(url: str, *payloads: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for payload in payloads:
            connection.execute("SELECT pg_notify('sportello_live', %s)", [payload])


@asynccontextmanager
async def listening(database: str) -> AsyncIterator[str]:
    """An edge that already listens to the database: no gap of its own disturbs the stream."""
    async with served(edge(database)) as base:
        async with asyncio.timeout(60):
            while not _is_listening(database):  # noqa: ASYNC110  # seen on the server alone
                await asyncio.sleep(0.01)
        # The gap is told of before the first change is heard.
        async with _stream(base, _ticket(_NOBODYS)) as answer:
            _notify(database, f"{_NOBODYS}:1")
            while await _next(answer) == _RESYNC:
                pass
        yield base


@in_loop
async def test_a_browser_hears_of_its_workspace_alone(database: str) -> None:
    async with listening(database) as base, _stream(base, _ticket(7)) as answer:
        assert await _next(answer) == _RESYNC
        _notify(database, "8:99", "7:812")

        assert await _next(answer) == '{"conversation": 812}'


@in_loop
async def test_one_conversation_that_changes_often_is_told_at_most_ten_times_a_second(
    database: str,
) -> None:
    async with listening(database) as base, _stream(base, _ticket(7)) as answer:
        await _next(answer)
        _notify(database, *["7:1"] * 20, "7:2")

        told = 0
        while await _next(answer) != '{"conversation": 2}':
            told += 1
    assert 1 <= told < 10


@in_loop
async def test_more_changes_than_a_browser_can_be_told_become_one_resync(database: str) -> None:
    async with listening(database) as base, _stream(base, _ticket(7)) as answer:
        await _next(answer)
        with psycopg.connect(database) as connection:
            connection.execute(
                "SELECT pg_notify('sportello_live', '7:' || n) FROM generate_series(1, %s) n",
                [PENDING_MAX + 1],
            )
        seen = [await _next(answer)]
        while seen[-1] != _RESYNC:
            seen.append(await _next(answer))

        assert len(seen) <= PENDING_MAX


@in_loop
async def test_after_a_lost_connection_to_the_database_the_browser_fetches_anew(
    database: str,
) -> None:
    async with listening(database) as base, _stream(base, _ticket(7)) as answer:
        await _next(answer)
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'sportello-listen' AND datname = current_database()"
            )

        assert await _next(answer) == _RESYNC
        _notify(database, "7:5")
        assert await _next(answer) == '{"conversation": 5}'


@in_loop
async def test_the_stream_ends_when_its_ticket_expires(database: str) -> None:
    async with (
        listening(database) as base,
        _stream(base, _ticket(7, lasts=timedelta(seconds=1))) as answer,
    ):
        async with asyncio.timeout(60):
            whole = await answer.content.read()

    assert whole == b'data: {"resync": true}\n\n'


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "x.y",
        _ticket(7, lasts=timedelta(seconds=-1)),
        ticket.issue(b"another key", UserId(1), WorkspaceId(7), NOW + timedelta(minutes=5)),
    ],
    ids=["none", "nonsense", "expired", "another key"],
)
@in_loop
async def test_without_a_valid_ticket_nothing_is_told(database: str, shown: str) -> None:
    async with served(edge(database)) as base, _stream(base, shown) as answer:
        assert answer.status == 403


@in_loop
async def test_the_edge_stops_while_browsers_listen(database: str) -> None:
    async with AsyncExitStack() as browser, served(edge(database)) as base:
        answer = await browser.enter_async_context(_stream(base, _ticket(7)))
        assert await _next(answer) == _RESYNC


def _is_listening(database: str) -> bool:
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "SELECT FROM pg_stat_activity WHERE application_name = 'sportello-listen'"
            " AND datname = current_database() AND query LIKE 'LISTEN%'"
        ).fetchone()
    return found is not None
