"""Messages that the emulator accepts and statuses that it posts, per second of one core.

The ceiling of acceptance is a bare aiohttp handler that reads the same JSON. Server and caller are
processes of their own; figures are per second of the server's CPU, so a busy machine matters less.
"""

import asyncio
import json
import multiprocessing
import time
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop

CONNECTIONS = 16
MESSAGES = 10_000
Figure = tuple[str, float, str, float | None]


def run() -> list[Figure]:
    bare_s, _ = _measure("bare")
    accept_s, more = _measure("emulator")
    posted, post_s = float(more["statuses"]), float(more["post_s"])
    return [
        ("messages accepted per CPU second", MESSAGES / accept_s, "/s", bare_s / accept_s),
        ("statuses posted per CPU second", posted / post_s, "/s", None),
        ("memory of the emulator after them", float(more["rss_mb"]), "MB", None),
    ]


def _measure(kind: str) -> tuple[float, dict]:
    """CPU seconds of the server for all messages, and what it says afterwards."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=_serve, args=(theirs, kind), daemon=True)
    server.start()
    try:
        facts = ours.recv()
        refused = uvloop.run(_call(facts, MESSAGES))
        assert refused == 0, f"{refused} messages were refused"
        ours.send("done")
        answer = ours.recv()
    finally:
        server.kill()
        server.join()
    return answer["accept_s"], answer


def _serve(pipe: Connection, kind: str) -> None:
    uvloop.run(_serve_bare(pipe) if kind == "bare" else _serve_emulator(pipe))


async def _serve_bare(pipe: Connection) -> None:
    from aiohttp import web

    async def handle(request: web.Request) -> web.Response:
        json.loads(await request.read())
        return web.Response(body=b"{}", content_type="application/json")

    runner = web.AppRunner(web.Application(), access_log=None)
    runner.app.router.add_route("*", "/{path:.*}", handle)
    port = await _listen(runner)
    pipe.send({"port": port, "phone_number_id": "1", "access_token": "x"})
    before = time.process_time()
    await asyncio.to_thread(pipe.recv)
    pipe.send({"accept_s": time.process_time() - before})


async def _serve_emulator(pipe: Connection) -> None:
    from whatsapp_emulator.serving import facts, open_server
    from whatsapp_emulator.settings import Settings

    receiver, hook_port, counts = await _receiver()
    settings = Settings(webhook_url=f"http://127.0.0.1:{hook_port}/hook", speed=0.0)
    served = await open_server(settings, "127.0.0.1", 0)
    port = int(served.url.rsplit(":", 1)[1])
    pipe.send({**facts(settings, served.url), "port": port})
    before = time.process_time()
    await asyncio.to_thread(pipe.recv)
    accepted = time.process_time()
    emulator = served.emulator
    await emulator.clock.advance(60, emulator.delivery.room)
    await emulator.delivery.settled(60)
    pipe.send(
        {
            "accept_s": accepted - before,
            "post_s": time.process_time() - accepted,
            "statuses": counts["statuses"],
            "rss_mb": _rss_mb(),
        }
    )
    await served.close()
    await receiver.cleanup()


async def _receiver():
    """Somebody who takes webhooks and counts the statuses in them."""
    from aiohttp import web

    counts = {"statuses": 0}

    async def take(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.Response(text=request.query["hub.challenge"])
        counts["statuses"] += (await request.read()).count(b'"status":')
        return web.Response()

    runner = web.AppRunner(web.Application(client_max_size=10**8), access_log=None)
    runner.app.router.add_route("*", "/hook", take)
    return runner, await _listen(runner), counts


async def _listen(runner) -> int:
    from aiohttp import web

    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner.addresses[0][1]


async def _call(facts: dict, messages: int) -> int:
    """Send all messages over a few connections; answers how many were refused."""
    if "waba_id" in facts:
        await _lift_throughput(facts)
    shares = [range(i, messages, CONNECTIONS) for i in range(CONNECTIONS)]
    return sum(await asyncio.gather(*(_lane(facts, share) for share in shares)))


async def _lift_throughput(facts: dict) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", facts["port"])
    body = json.dumps({"throughput": 1_000_000}).encode()
    writer.write(_request("PATCH", f"/sim/numbers/{facts['phone_number_id']}", facts, body))
    assert b" 200 " in await reader.readline()
    writer.close()


async def _lane(facts: dict, share: range) -> int:
    """One connection, one request after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", facts["port"])
    path = f"/v26.0/{facts['phone_number_id']}/messages"
    refused = 0
    for index in share:
        message = {
            "messaging_product": "whatsapp",
            "to": f"+39347{index % 100_000:07d}",
            "type": "text",
            "text": {"body": f"Buongiorno, messaggio numero {index} per lei."},
            "biz_opaque_callback_data": f"attempt-{index}",
        }
        writer.write(_request("POST", path, facts, json.dumps(message).encode()))
        head = await reader.readuntil(b"\r\n\r\n")
        refused += b" 200 " not in head[:20]
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
    writer.close()
    return refused


def _request(method: str, path: str, facts: dict, body: bytes) -> bytes:
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {facts['access_token']}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _rss_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
