"""Messages that the emulator accepts and webhooks that it posts, per second of one core; its
memory with a crowd of 100,000 who got a campaign, and until a million messages have been sent;
whether one seed gives one log.

The ceiling of acceptance is a bare aiohttp handler that reads the same JSON. Server, caller and
receiver are processes of their own; figures are per second of the server's CPU, so a busy machine
matters less. The million goes in without HTTP, through the same functions as a call's; the
environment's BENCH_EMULATOR_MESSAGES says how many, 300,000 if it is silent.
"""

import asyncio
import json
import os
import time
from dataclasses import replace
from multiprocessing.connection import Connection

import uvloop

from tests.bench.emulators import Act, counted, heard, listen, process, receiver, rss_mb

CONNECTIONS = 16
MESSAGES = 10_000
CROWD = 100_000
ALIKE, CALLS = 2_000, 200
MANY = int(os.environ.get("BENCH_EMULATOR_MESSAGES", "300000"))
AT_ONCE = 1_000
START = 1_795_000_000.0
Figure = tuple[str, float, str, float | None]


def run() -> list[Figure]:
    with receiver() as hook:
        bare_s = _accept(_bare, "")["accept_s"]
        many, one = _accept(_batches, hook), _accept(_singly, hook)
        return [
            ("messages accepted per CPU second", MESSAGES / many["accept_s"], "/s",
             bare_s / many["accept_s"]),
            ("webhooks posted per CPU second", one["posts"] / one["post_s"], "/s", None),
            ("statuses posted per CPU second, by 100", many["statuses"] / many["post_s"], "/s",
             None),
            ("memory of the emulator after them", many["rss_mb"], "MB", None),
            *_crowd(hook),
            *_alike(hook),
        ]  # fmt: skip


def _crowd(hook: str) -> list[Figure]:
    """In a process of its own, so that its memory is its own."""
    with process(_fill_with_crowd, hook) as pipe:
        told = heard(pipe)
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


def _alike(hook: str) -> list[Figure]:
    """The same moody day twice from one seed, and once from another."""
    logs = []
    for act in (_day_of_seed_1, _day_of_seed_1, _day_of_seed_2):
        with process(act, hook) as pipe:
            logs.append(heard(pipe))
    (first, entries), (second, _), (other, _) = logs
    assert first == second, "one seed gave two logs"
    assert first != other, "two seeds gave one log"
    return [("entries of two logs of one seed, byte for byte the same", entries, "", None)]


def _accept(act: Act, hook: str) -> dict[str, float]:
    """What the server says after all messages: CPU seconds, and what it posted."""
    with process(act, hook) as pipe:
        refused = uvloop.run(_call(heard(pipe), MESSAGES))
        assert refused == 0, f"{refused} messages were refused"
        pipe.send("done")
        told = dict(heard(pipe))
    return {**told, **(counted(hook) if hook else {})}


async def _bare(pipe: Connection, _hook: str) -> None:
    from aiohttp import web

    async def handle(request: web.Request) -> web.Response:
        json.loads(await request.read())
        return web.Response(body=b"{}", content_type="application/json")

    runner = web.AppRunner(web.Application(), access_log=None)
    runner.app.router.add_route("*", "/{path:.*}", handle)
    port = await listen(runner)
    pipe.send({"port": port, "phone_number_id": "1", "access_token": "x"})
    before = time.process_time()
    await asyncio.to_thread(pipe.recv)
    pipe.send({"accept_s": time.process_time() - before})


async def _batches(pipe: Connection, hook: str) -> None:
    await _serve(pipe, hook, batch_max=100)


async def _singly(pipe: Connection, hook: str) -> None:
    await _serve(pipe, hook, batch_max=1)


async def _serve(pipe: Connection, hook: str, batch_max: int) -> None:
    from whatsapp_emulator.serving import facts, open_server, rest_collector
    from whatsapp_emulator.settings import Settings

    rest_collector()
    settings = Settings(webhook_url=hook, speed=0.0, batch_max=batch_max)
    served = await open_server(settings, "127.0.0.1", 0)
    port = int(served.url.rsplit(":", 1)[1])
    pipe.send({**facts(settings, served.url), "port": port})
    before = time.process_time()
    await asyncio.to_thread(pipe.recv)
    accepted = time.process_time()
    emulator = served.emulator
    await emulator.clock.advance(60, emulator.delivery.room)
    assert await emulator.delivery.settled(120), "webhooks are still waiting"
    post_s = time.process_time() - accepted
    pipe.send({"accept_s": accepted - before, "post_s": post_s, "rss_mb": rss_mb()})
    await served.close()


async def _fill_with_crowd(pipe: Connection, hook: str) -> None:
    """A campaign to a crowd, posted to a receiver; then as many again and more, told to nobody."""
    from whatsapp_emulator.crowds import Ways, gather
    from whatsapp_emulator.serving import open_server, rest_collector
    from whatsapp_emulator.settings import Settings

    rest_collector()
    settings = Settings(webhook_url=hook, speed=0.0, batch_max=1_000)
    served = await open_server(settings, "127.0.0.1", 0)
    emulator = served.emulator
    number, template = _prepared(emulator)
    before = rss_mb()
    crowd = gather(emulator, CROWD, {"39": 8.0, "34": 1.0, "49": 1.0}, Ways())
    told: dict = {"people_mb": rss_mb() - before}
    start = time.process_time()
    await _send(emulator, number, template, crowd.wa_ids)
    await emulator.clock.advance(8 * 3_600, emulator.delivery.room)
    assert await emulator.delivery.settled(120), "webhooks are still waiting"
    told["campaign_s"] = time.process_time() - start
    told["statuses"] = (await asyncio.to_thread(counted, hook))["statuses"]
    told["campaign_mb"] = rss_mb()
    emulator.world.wabas[settings.waba_id].subscribed.clear()
    # Ten campaigns that two in a thousand block would cost the template its life.
    crowd.ways = replace(crowd.ways, blocks=0.0, reports=0.0)
    start = time.process_time()
    told["curve"] = []
    for sent in range(2 * CROWD, MANY + 1, CROWD):
        await _send(emulator, number, template, crowd.wa_ids)
        await emulator.clock.advance(25 * 3_600, emulator.delivery.room)
        told["curve"].append((sent, rss_mb()))
    told["more"] = len(told["curve"]) * CROWD
    told["more_s"] = time.process_time() - start
    told["on_disk"] = len(emulator.attic)
    told["chat_ms"] = _show_some(emulator, crowd.wa_ids[::1_000])
    assert emulator.world.messages_dropped == 0
    pipe.send(told)
    await served.close()


def _show_some(emulator, wa_ids: list[str]) -> float:
    """Milliseconds for a chat, most of which lies on disk; each shows all that was sent."""
    from whatsapp_emulator.chat import chat_view

    start = time.perf_counter()
    views = [chat_view(emulator, emulator.world.people[wa_id], None) for wa_id in wa_ids]
    took_s = time.perf_counter() - start
    assert max(len(view["messages"]) for view in views) >= MANY // CROWD
    return 1_000 * took_s / len(wa_ids)


async def _day_of_seed_1(pipe: Connection, hook: str) -> None:
    await _day(pipe, hook, 1)


async def _day_of_seed_2(pipe: Connection, hook: str) -> None:
    await _day(pipe, hook, 2)


async def _day(pipe: Connection, hook: str, seed: int) -> None:
    """A campaign to a crowd under a wild mood and faults; the whole /sim/log but for its walls."""
    import aiohttp

    from whatsapp_emulator.crowds import Ways, gather
    from whatsapp_emulator.mood import WILD
    from whatsapp_emulator.serving import open_server
    from whatsapp_emulator.settings import Settings

    settings = Settings(
        webhook_url=hook, speed=0.0, start=START, seed=seed, mood=WILD, public_url="http://meta"
    )
    served = await open_server(settings, "127.0.0.1", 0)
    emulator = served.emulator
    number, template = _prepared(emulator)
    for kind in ("duplicate", "shuffle", "delay", "drop_then_retry", "unreachable"):
        emulator.faults.order({"where": "webhooks", "kind": kind, "rate": 0.1}, START)
    ways = Ways(answers=0.2, stops=0.05, blocks=0.02, reports=0.02, hides_number=0.1)
    crowd = gather(emulator, ALIKE, {"39": 1.0}, ways)
    await _send(emulator, number, template, crowd.wa_ids)
    await emulator.clock.advance(86_400, emulator.delivery.room)
    async with aiohttp.ClientSession(served.url) as http:
        entries = await _logged(http, settings, crowd.wa_ids[:CALLS])
    pipe.send((json.dumps(entries), len(entries)))
    await served.close()


async def _logged(http, settings, wa_ids: list[str]) -> list[dict]:
    """The whole log, after a text to each of a few people over HTTP, without its walls."""
    path, bearer = f"/v26.0/{settings.phone_number_id}/messages", settings.access_token
    for wa_id in wa_ids:
        text = {"type": "text", "text": {"body": "Buongiorno"}}
        message = {"messaging_product": "whatsapp", "to": f"+{wa_id}", **text}
        await http.post(path, json=message, headers={"Authorization": f"Bearer {bearer}"})
    await http.post("/sim/clock/advance", json={"seconds": 3_600, "settle": True})
    entries: list[dict] = []
    while True:
        since = entries[-1]["seq"] if entries else 0
        async with http.get(f"/sim/log?since={since}&limit=10000") as reply:
            page = await reply.json()
        entries += page["entries"]
        if page["last"] == page["newest"]:
            assert page["dropped"] == 0
            for entry in entries:
                del entry["wall"]
            return entries


def _prepared(emulator):
    """The number without limits, and an approved template that pacing knows."""
    from whatsapp_emulator import reach
    from whatsapp_emulator.world import Template

    world, settings = emulator.world, emulator.settings
    number = world.numbers[settings.phone_number_id]
    number.throughput_mps = 1_000_000
    reach.set_limit(emulator, reach.portfolio_of(emulator, number), "TIER_UNLIMITED")
    body = [{"type": "BODY", "text": "Domani alle nove la aspettiamo in bottega, buona serata."}]
    waba_id = settings.waba_id
    template = Template("300000000000001", waba_id, "promemoria", "it", "UTILITY", body, "APPROVED")
    template.file.pacing = "passed"
    world.templates[template.id] = template
    world.wabas[waba_id].template_ids.append(template.id)
    world.file.template_ids[waba_id, template.name, template.language] = template.id
    return number, template


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
