"""Messages sent per second, outbox and all, against a bare aiohttp loop that posts the same bodies.

The answering server is a process of its own that only hands out wamids.
"""

import asyncio
import json
from datetime import timedelta
from multiprocessing.connection import Connection
from time import perf_counter
from uuid import UUID

import aiohttp
import psycopg
import uvloop
from aiohttp import web
from psycopg.types.json import Jsonb

from sportello.store.pool import open_pool
from sportello.whatsapp.client import Client, Settings
from sportello.workers import dispatch
from sportello.workers.outward import Outward
from tests.bench.desks import Figure, beside, fresh_database, heard
from tests.bench.mailings import more_numbers
from tests.workers.desk import KEY, NOW, Desk, open_desk

MESSAGES = 4_000
IN_FLIGHT = 256
_SECONDS_MAX = 120.0


def run() -> list[Figure]:
    with fresh_database(durable=True) as url, beside(_answer) as server:
        base = f"http://127.0.0.1:{heard(server)}"
        bare = MESSAGES / uvloop.run(_post(base))
        desk = open_desk(url)
        _fill_outbox(desk)
        sent = MESSAGES / uvloop.run(_dispatch(desk, base))
    return [("messages sent at full speed", sent, "/s", sent / bare)]


def _answer(pipe: Connection) -> None:
    uvloop.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    async def handle(request: web.Request) -> web.Response:
        attempt = json.loads(await request.read())["biz_opaque_callback_data"]
        told = {"messaging_product": "whatsapp", "messages": [{"id": f"wamid.{attempt}"}]}
        return web.json_response(told)

    app = web.Application()
    app.router.add_post("/v25.0/{number}/messages", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pipe.send(runner.addresses[0][1])
    await asyncio.Event().wait()


async def _post(base: str) -> float:
    """The ceiling: seconds for all bodies, so many at a time, and nothing noted down."""
    numbers = iter(range(MESSAGES))
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def lane() -> None:
            for n in numbers:
                attempt = str(UUID(int=n))
                body = {**_body(n), "to": "393331234567", "biz_opaque_callback_data": attempt}
                async with session.post(f"{base}/v25.0/1/messages", json=body) as answer:
                    assert "messages" in await answer.json()

        begun = perf_counter()
        await asyncio.gather(*(lane() for _ in range(IN_FLIGHT)))
        return perf_counter() - begun


async def _dispatch(desk: Desk, base: str) -> float:
    """Seconds until the outbox is settled, by the worker's own loop."""
    stop = asyncio.Event()
    async with (
        open_pool(desk.url, 12) as pool,
        Client(base, settings=Settings(connections_max=512)) as client,
    ):
        context = Outward(
            pool=pool, url=desk.url, key=KEY, clock=lambda: NOW, data=desk.data, client=client
        )
        begun = perf_counter()
        task = asyncio.create_task(dispatch.run(context, stop))
        async with asyncio.timeout(_SECONDS_MAX):
            while await asyncio.to_thread(_open, desk):  # noqa: ASYNC110  # rows make no sound
                await asyncio.sleep(0.05)
        took = perf_counter() - begun
        stop.set()
        await task
    accepted = desk.row("SELECT count(*) AS n FROM sportello_send WHERE state = 'accepted'")["n"]
    assert accepted == MESSAGES, accepted
    return took


def _open(desk: Desk) -> bool:
    busy = desk.row(
        "SELECT count(*) AS n FROM sportello_send WHERE state IN ('queued', 'sending', 'in_doubt')"
    )
    return bool(busy["n"])


def _body(n: int) -> dict[str, object]:
    text = f"Buongiorno, messaggio numero {n} per lei."
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _fill_outbox(desk: Desk) -> None:
    """One message to each of many customers, all windows open; five numbers at Meta's highest rate.

    Pacing then bounds nothing.
    """
    numbers = [desk.number_id, *more_numbers(desk, 4)]
    desk.rows("UPDATE sportello_number SET throughput_mps = 1000")
    with psycopg.connect(desk.url) as connection:
        connection.execute(
            "INSERT INTO sportello_contact (workspace_id, wa_id)"
            " SELECT %s, (393330000000 + n)::text FROM generate_series(1, %s) AS n",
            [desk.workspace_id, MESSAGES],
        )
        connection.execute(
            "INSERT INTO sportello_conversation (workspace_id, number_id, contact_id, holder,"
            " window_closes_at) SELECT workspace_id, (%s::bigint[])[1 + id %% %s], id, 'operator',"
            " %s FROM sportello_contact",
            [numbers, len(numbers), NOW + timedelta(hours=20)],
        )
        connection.execute(
            "INSERT INTO sportello_message (workspace_id, conversation_id, origin, type, text,"
            " status, at) SELECT workspace_id, id, 'operator', 'text', 'x', 'queued', %s"
            " FROM sportello_conversation",
            [NOW],
        )
        connection.execute(
            "INSERT INTO sportello_send (workspace_id, number_id, conversation_id, message_id,"
            " origin, body, due_at) SELECT c.workspace_id, c.number_id, c.id, m.id, 'operator', %s,"
            " clock_timestamp() FROM sportello_message AS m"
            " JOIN sportello_conversation AS c ON c.id = m.conversation_id",
            [Jsonb(_body(0))],
        )
    desk.rows("VACUUM ANALYZE")
