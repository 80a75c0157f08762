"""Messages that the emulator accepts and statuses that it posts, per second of one core; its
memory with a crowd of 100,000 who got a campaign, and until a million messages have been sent.

The ceiling of acceptance is a bare aiohttp handler that reads the same JSON. Server and caller are
processes of their own; figures are per second of the server's CPU, so a busy machine matters less.
The million goes in without HTTP, through the same functions as a call's; the environment's
BENCH_EMULATOR_MESSAGES says how many, 300,000 if it is silent.
"""

import asyncio
import json
import multiprocessing
import os
import time
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop

CONNECTIONS = 16
MESSAGES = 10_000
CROWD = 100_000
MANY = int(os.environ.get("BENCH_EMULATOR_MESSAGES", "300000"))
AT_ONCE = 1_000
Figure = tuple[str, float, str, float | None]


def run() -> list[Figure]:
    bare_s, _ = _measure("bare")
    accept_s, more = _measure("emulator")
    posted, post_s = float(more["statuses"]), float(more["post_s"])
    return [
        ("messages accepted per CPU second", MESSAGES / accept_s, "/s", bare_s / accept_s),
        ("statuses posted per CPU second", posted / post_s, "/s", None),
        ("memory of the emulator after them", float(more["rss_mb"]), "MB", None),
        *_crowd(),
    ]


def _crowd() -> list[Figure]:
    """In a process of its own, so that its memory is its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, "crowd"), daemon=True)
    process.start()
    theirs.close()
    try:
        told = ours.recv()
    finally:
        process.kill()
        process.join()
    return [
        ("memory of 100,000 people", told["people_mb"], "MB", None),
        ("campaign of 100,000, of a core", told["campaign_s"], "s", None),
        ("its statuses told", told["statuses"], "", None),
        ("memory after the campaign", told["campaign_mb"], "MB", None),
        ("messages without HTTP, with their lives", told["more"] / told["more_s"], "/s", None),
        *((f"memory after {sent:,} messages", mb, "MB", None) for sent, mb in told["curve"]),
        ("of these on disk", told["on_disk"], "", None),
        ("a chat of theirs is shown in", told["chat_ms"], "ms", None),
    ]


def _measure(kind: str) -> tuple[float, dict]:
    """CPU seconds of the server for all messages, and what it says afterwards."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=_serve, args=(theirs, kind), daemon=True)
    server.start()
    theirs.close()
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
    ways = {"bare": _serve_bare, "emulator": _serve_emulator, "crowd": _fill_with_crowd}
    uvloop.run(ways[kind](pipe))


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
    from whatsapp_emulator.serving import facts, open_server, rest_collector
    from whatsapp_emulator.settings import Settings

    rest_collector()
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


async def _fill_with_crowd(pipe: Connection) -> None:
    """A campaign to a crowd, posted to a receiver; then as many again and more, told to nobody."""
    from whatsapp_emulator import reach
    from whatsapp_emulator.crowds import Ways, gather
    from whatsapp_emulator.serving import open_server, rest_collector
    from whatsapp_emulator.settings import Settings

    rest_collector()
    receiver, hook_port, counts = await _receiver()
    settings = Settings(
        webhook_url=f"http://127.0.0.1:{hook_port}/hook", speed=0.0, batch_max=1_000
    )
    served = await open_server(settings, "127.0.0.1", 0)
    emulator = served.emulator
    number = emulator.world.numbers[settings.phone_number_id]
    number.throughput_mps = 1_000_000
    reach.set_limit(emulator, reach.portfolio_of(emulator, number), "TIER_UNLIMITED")
    template = _template(emulator, settings.waba_id)
    before = _rss_mb()
    crowd = gather(emulator, CROWD, {"39": 8.0, "34": 1.0, "49": 1.0}, Ways())
    told = {"people_mb": _rss_mb() - before}
    start = time.process_time()
    await _send(emulator, number, template, crowd.wa_ids)
    await emulator.clock.advance(8 * 3_600, emulator.delivery.room)
    await emulator.delivery.settled(120)
    told["campaign_s"] = time.process_time() - start
    told["statuses"] = counts["statuses"]
    told["campaign_mb"] = _rss_mb()
    emulator.world.wabas[settings.waba_id].subscribed.clear()
    start = time.process_time()
    told["curve"] = []
    for sent in range(2 * CROWD, MANY + 1, CROWD):
        await _send(emulator, number, template, crowd.wa_ids)
        await emulator.clock.advance(25 * 3_600, emulator.delivery.room)
        told["curve"].append((sent, _rss_mb()))
    told["more"] = len(told["curve"]) * CROWD
    told["more_s"] = time.process_time() - start
    told["on_disk"] = len(emulator.attic)
    told["chat_ms"] = _show_some(emulator, crowd.wa_ids[::1_000])
    assert emulator.world.messages_dropped == 0
    pipe.send(told)
    await served.close()
    await receiver.cleanup()


def _show_some(emulator, wa_ids: list[str]) -> float:
    """Milliseconds for a chat, most of which lies on disk; each shows all that was sent."""
    from whatsapp_emulator.chat import chat_view

    start = time.perf_counter()
    views = [chat_view(emulator, emulator.world.people[wa_id], None) for wa_id in wa_ids]
    took_s = time.perf_counter() - start
    assert max(len(view["messages"]) for view in views) >= MANY // CROWD
    return 1_000 * took_s / len(wa_ids)


def _template(emulator, waba_id: str):
    """An approved template that pacing knows."""
    from whatsapp_emulator.world import Template

    body = [{"type": "BODY", "text": "Domani alle nove la aspettiamo in bottega, buona serata."}]
    template = Template("300000000000001", waba_id, "promemoria", "it", "UTILITY", body, "APPROVED")
    template.file.pacing = "passed"
    emulator.world.templates[template.id] = template
    emulator.world.wabas[waba_id].template_ids.append(template.id)
    emulator.world.file.template_ids[waba_id, template.name, template.language] = template.id
    return template


async def _send(emulator, number, template, wa_ids: list[str]) -> None:
    """The template to everyone: each call checked, accepted and begun, as over HTTP."""
    from whatsapp_emulator.call import Call
    from whatsapp_emulator.messages import post_message

    for index, wa_id in enumerate(wa_ids):
        now = emulator.clock.now()
        call = Call(emulator, "POST", "v26.0", number.id, "messages", [], now, "", node=number)
        call.params = {
            "messaging_product": "whatsapp", "to": wa_id, "type": "template",
            "template": {"name": template.name, "language": {"code": "it"}},
        }  # fmt: skip
        if number.reputation.upgrading:
            await emulator.clock.advance(61, emulator.delivery.room)
        post_message(call)
        if index % AT_ONCE == 0:
            await emulator.clock.advance(1, emulator.delivery.room)


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
