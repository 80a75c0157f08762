"""A Meta for benches, in a process of its own: it takes every message and hands out a wamid."""

import asyncio
from multiprocessing.connection import Connection

import msgspec
import uvloop
from aiohttp import web


def answer(pipe: Connection) -> None:
    """Serves until it is killed; tells its port. Asked for anything, it tells when each came.

    The times are the monotonic clock's, which all processes of a machine share.
    """
    uvloop.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    loop = asyncio.get_running_loop()
    came: list[float] = []

    async def handle(request: web.Request) -> web.Response:
        came.append(loop.time())
        attempt = msgspec.json.decode(await request.read()).get("biz_opaque_callback_data", "none")
        told = {
            "messaging_product": "whatsapp",
            "contacts": [{"input": "393330000000", "wa_id": "393330000000"}],
            "messages": [{"id": f"wamid.{attempt}.{len(came)}"}],
        }
        return web.Response(body=msgspec.json.encode(told), content_type="application/json")

    def asked() -> None:
        pipe.recv()
        pipe.send(came)

    app = web.Application()
    app.router.add_post("/v{version}/{number}/messages", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    loop.add_reader(pipe.fileno(), asked)
    pipe.send(runner.addresses[0][1])
    await asyncio.Event().wait()
