"""How long an event takes to all open browsers: from the write to each of 200 live streams.

Edge and database beside; the browsers are this process: real HTTP, and nothing drawn.
"""

import asyncio
from datetime import timedelta
from multiprocessing.connection import Connection
from time import perf_counter

import aiohttp
import psycopg

from sportello.edge.app import make_app
from sportello.rules import ticket
from sportello.rules.ids import UserId, WorkspaceId
from tests.bench.desks import Figure, beside, fresh_database, heard, serve, share_of
from tests.edge.serving import NOW, TICKET_KEY
from tests.workers.desk import Desk, open_desk

BROWSERS = 200
EVENTS = 50
_EVENT_S_MAX = 20
# The aim of the product.
_CEILING_MS = 300


def run() -> list[Figure]:
    with fresh_database(durable=True) as url:
        desk = open_desk(url)
        chats = _chats(desk)
        with beside(_edge, url) as server:
            waits = asyncio.run(_measure(desk, heard(server), chats))
    p95 = 1000 * share_of(waits, 0.95)
    return [
        (f"event to {BROWSERS} open streams, p50", 1000 * share_of(waits, 0.5), "ms", None),
        (f"event to {BROWSERS} open streams, p95", p95, "ms", p95 / _CEILING_MS),
    ]


def _edge(pipe: Connection, url: str) -> None:
    app = make_app(
        database_url=url, app_secrets=(b"secret",), verify_token="x" * 8, ticket_key=TICKET_KEY,
        clock=lambda: NOW, fallback=None,
    )  # fmt: skip
    serve(pipe, app)


def _chats(desk: Desk) -> list[int]:
    """One for each event, so that no event is taken for another."""
    rows = desk.rows(
        "WITH contact AS (INSERT INTO sportello_contact (workspace_id, wa_id)"
        " SELECT %s, (393400000000 + n)::text FROM generate_series(1, %s) AS n RETURNING id)"
        " INSERT INTO sportello_conversation (workspace_id, number_id, contact_id, last_message_at)"
        " SELECT %s, %s, id, now() FROM contact RETURNING id",
        desk.workspace_id, EVENTS, desk.workspace_id, desk.number_id,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def _measure(desk: Desk, port: int, chats: list[int]) -> list[float]:
    """Seconds from each write, its commit included, to each stream; one event after another."""
    shown = ticket.issue(
        TICKET_KEY, UserId(1), WorkspaceId(desk.workspace_id), NOW + timedelta(minutes=5)
    )
    address = f"http://127.0.0.1:{port}/live?ticket={shown}"
    waits: list[float] = []
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
        ) as http,
        await psycopg.AsyncConnection.connect(desk.url, autocommit=True) as database,
    ):
        streams = await asyncio.gather(*(http.get(address) for _ in range(BROWSERS)))
        # Each begins with the word that it shall look at everything anew.
        await asyncio.gather(*(stream.content.readuntil(b"\n\n") for stream in streams))
        for chat in chats:
            heard_of = [asyncio.create_task(_heard_of(stream, chat)) for stream in streams]
            begun = perf_counter()
            await database.execute(
                "UPDATE sportello_conversation SET unread_count = 1 WHERE id = %s", [chat]
            )
            async with asyncio.timeout(_EVENT_S_MAX):
                waits += [at - begun for at in await asyncio.gather(*heard_of)]
        for stream in streams:
            stream.close()
    return waits


async def _heard_of(stream: aiohttp.ClientResponse, chat: int) -> float:
    wanted = b'{"conversation": %d}' % chat
    while wanted not in await stream.content.readuntil(b"\n\n"):
        pass
    return perf_counter()
