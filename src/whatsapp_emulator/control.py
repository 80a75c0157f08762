"""The hand on the world: /sim for resetting, time, people, templates, faults, and looking on."""

import asyncio
from contextlib import suppress

from aiohttp import web

from whatsapp_emulator.chat import bubble, chat_view, people_view, person_view
from whatsapp_emulator.control_mood import add_mood
from whatsapp_emulator.control_people import add_people
from whatsapp_emulator.control_templates import add_templates
from whatsapp_emulator.control_things import add_things
from whatsapp_emulator.emulator import Emulator
from whatsapp_emulator.keys import EMULATOR, GRAPH_PATHS
from whatsapp_emulator.routes import coverage
from whatsapp_emulator.simcall import SimError, body_of, number_in, reply, sim
from whatsapp_emulator.subscriptions import FIELDS, NEVER_TOLD
from whatsapp_emulator.watchers import Watcher
from whatsapp_emulator.wire import Json, dumps

ADVANCE_MAX_S = 3 * 366 * 86400
SPEED_MAX = 100_000
LOG_PAGE = 1_000
KEEP_ALIVE_S = 15.0
LOOK_S = 1.0
COALESCE_S = 0.1
__all__ = ["add_control", "bubble", "chat_view", "people_view", "person_view"]


def add_control(app: web.Application) -> None:
    router = app.router
    router.add_post("/sim/reset", sim(_reset))
    router.add_get("/sim/clock", sim(_clock))
    router.add_post("/sim/clock", sim(_set_clock))
    router.add_post("/sim/clock/advance", sim(_advance))
    router.add_post("/sim/faults", sim(_order_fault))
    router.add_get("/sim/faults", sim(_faults))
    router.add_delete("/sim/faults", sim(_clear_faults))
    router.add_delete("/sim/faults/{fault}", sim(_clear_faults))
    router.add_get("/sim/log", sim(_log))
    router.add_get("/sim/coverage", sim(_coverage))
    router.add_get("/sim/state", sim(_state))
    router.add_get("/sim/events", _events)
    add_people(app)
    add_things(app)
    add_templates(app)
    add_mood(app)


async def _reset(emulator: Emulator, request: web.Request) -> Json:
    body = await body_of(request)
    seed = body.get("seed")
    if seed is not None and not isinstance(seed, int):
        raise SimError("seed is a whole number")
    emulator.reset(seed)
    return {"seed": emulator.seed, "clock": emulator.time()}


async def _clock(emulator: Emulator, _request: web.Request) -> Json:
    return emulator.time()


async def _set_clock(emulator: Emulator, request: web.Request) -> Json:
    speed = number_in(await body_of(request), "speed", 0, SPEED_MAX)
    emulator.clock.set_speed(speed)
    emulator.watchers.changed()
    return emulator.time()


async def _advance(emulator: Emulator, request: web.Request) -> Json:
    """With `settle`, answers only when the webhooks produced have been answered as well."""
    body = await body_of(request)
    seconds = number_in(body, "seconds", 0, ADVANCE_MAX_S)
    await emulator.links.settled()
    await emulator.clock.advance(seconds, emulator.delivery.room)
    if body.get("settle"):
        await emulator.delivery.settled(30.0)
    emulator.watchers.changed()
    return emulator.time()


async def _order_fault(emulator: Emulator, request: web.Request) -> Json:
    try:
        fault = emulator.faults.order(await body_of(request), emulator.clock.now())
    except (TypeError, ValueError) as error:
        raise SimError(str(error)) from error
    emulator.watchers.changed()
    if fault.until is not None:
        emulator.clock.at(fault.until, emulator.watchers.changed)
    return fault.shown()


async def _faults(emulator: Emulator, _request: web.Request) -> Json:
    return {"faults": emulator.faults.shown()}


async def _clear_faults(emulator: Emulator, request: web.Request) -> Json:
    cleared = emulator.faults.clear(request.match_info.get("fault"))
    if cleared:
        emulator.watchers.changed()
    return {"cleared": cleared}


async def _log(emulator: Emulator, request: web.Request) -> Json:
    since = request.query.get("since", "0")
    limit = request.query.get("limit", str(LOG_PAGE))
    if not since.isdigit() or not limit.isdigit():
        raise SimError("since and limit are whole numbers")
    return emulator.journal.since(int(since), min(int(limit), 10 * LOG_PAGE))


async def _coverage(_emulator: Emulator, request: web.Request) -> Json:
    """The Graph edges as they are declared, every other route as it is served, the fields that
    webhooks tell.
    """
    routes = request.app.router.routes()
    beside = ((r.method, r.resource.canonical) for r in routes if r.resource is not None)
    told = coverage((m, p) for m, p in beside if m != "HEAD" and p not in GRAPH_PATHS)
    return {**told, "webhooks": sorted(FIELDS - NEVER_TOLD.keys())}


async def _state(emulator: Emulator, _request: web.Request) -> Json:
    from whatsapp_emulator.control_things import app_view, number_view, waba_view

    world = emulator.world
    return {
        "clock": emulator.time(),
        "seed": emulator.seed,
        "apps": [app_view(emulator, a) for a in world.apps.values()],
        "wabas": [waba_view(emulator, w) for w in world.wabas.values()],
        "numbers": [number_view(n) for n in world.numbers.values()],
        "people": len(world.people),
        "messages": len(world.messages) + len(emulator.attic),
        "messages_on_disk": len(emulator.attic),
        "messages_dropped": world.messages_dropped,
        "webhooks": emulator.delivery.shown(),
        "faults": emulator.faults.shown(),
    }


async def _events(request: web.Request) -> web.StreamResponse:
    """Server-sent events: which person's chat changed, or the world; coalesced."""
    emulator = request.app[EMULATOR]
    watcher = emulator.watchers.join()
    if watcher is None:
        return reply({"error": "too many pages look on"}, 503)
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    try:
        await response.prepare(request)
        with suppress(ConnectionError):
            await _stream(emulator, request, watcher, response)
    finally:
        emulator.watchers.leave(watcher)
    return response


async def _stream(
    emulator: Emulator, request: web.Request, watcher: Watcher, response: web.StreamResponse
) -> None:
    """Until the emulator stops or the page has gone, which is looked at every second."""
    await response.write(b"data: " + dumps({"clock": emulator.time()}) + b"\n\n")
    quiet_s = 0.0
    while emulator.running and _is_there(request):
        if not await watcher.wait(LOOK_S):
            quiet_s += LOOK_S
            if quiet_s >= KEEP_ALIVE_S:
                quiet_s = 0.0
                await response.write(b": still here\n\n")
            continue
        quiet_s = 0.0
        await asyncio.sleep(COALESCE_S)
        for event in watcher.take(emulator.time()):
            await response.write(b"data: " + dumps(event) + b"\n\n")


def _is_there(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()
