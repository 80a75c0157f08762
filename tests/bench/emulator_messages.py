"""How many messages a second the emulator accepts on one core, and how many webhooks it posts.

Run: python tests/bench/emulator_messages.py [--messages 20000]. Server, receiver and caller are
processes of their own; the figure is printed, never asserted.
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop

CONNECTIONS = 16


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--webhooks", action="store_true", help="post statuses to a receiver too")
    wish = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=_serve, args=(theirs, wish.webhooks), daemon=True)
    server.start()
    facts = ours.recv()
    took_s, refused = uvloop.run(_call(facts["emulator_url"], facts, wish.messages))
    _say(f"accepted/s {(wish.messages - refused) / took_s:>10.0f}   refused {refused}")
    if wish.webhooks:
        before = time.perf_counter()
        ours.send("advance")
        posts, statuses = ours.recv()
        took_s = time.perf_counter() - before
        _say(f"statuses/s {statuses / took_s:>10.0f}   in {posts} posts, {took_s:.1f} s")
    _say(f"server RSS {_rss_mb(server.pid):>10.0f} MB")
    server.kill()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _serve(pipe: Connection, webhooks: bool) -> None:
    uvloop.run(_serving(pipe, webhooks))


async def _serving(pipe: Connection, webhooks: bool) -> None:
    from aiohttp import web

    from whatsapp_emulator.serving import facts, open_server
    from whatsapp_emulator.settings import Settings

    counts = {"posts": 0, "bytes": 0}

    async def take(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.Response(text=request.query["hub.challenge"])
        counts["posts"] += 1
        counts["bytes"] += (await request.read()).count(b'"status":')
        return web.Response()

    url = None
    if webhooks:
        business = web.Application(client_max_size=10**8)
        business.router.add_route("*", "/hook", take)
        runner = web.AppRunner(business)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    settings = Settings(webhook_url=url, speed=0.0 if webhooks else 1.0)
    served = await open_server(settings, "127.0.0.1", 0)
    pipe.send(facts(settings, served.url))
    if webhooks:
        await asyncio.to_thread(pipe.recv)
        emulator = served.emulator
        await emulator.clock.advance(60, emulator.delivery.room)
        await emulator.delivery.settled(300)
        pipe.send((counts["posts"], counts["bytes"]))
    await asyncio.sleep(3600)


async def _call(url: str, facts: dict, messages: int) -> tuple[float, int]:
    host, port = url.removeprefix("http://").split(":")
    await _post(host, port, f"/sim/numbers/{facts['phone_number_id']}", facts, "PATCH")
    shares = [range(i, messages, CONNECTIONS) for i in range(CONNECTIONS)]
    before = time.perf_counter()
    refused = await asyncio.gather(*(_lane(host, port, facts, share) for share in shares))
    return time.perf_counter() - before, sum(refused)


async def _post(host: str, port: str, path: str, facts: dict, method: str) -> None:
    reader, writer = await asyncio.open_connection(host, int(port))
    body = json.dumps({"throughput": 1_000_000}).encode()
    writer.write(_request(method, path, facts, body))
    assert b" 200 " in await reader.readline()
    writer.close()


async def _lane(host: str, port: str, facts: dict, share: range) -> int:
    """One connection, one request after the other; answers how many were refused."""
    reader, writer = await asyncio.open_connection(host, int(port))
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


def _rss_mb(pid: int | None) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
