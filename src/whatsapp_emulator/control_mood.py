"""/sim for money, discipline, mood and crowds."""

import re

from aiohttp import web

from whatsapp_emulator import enforcement, mood
from whatsapp_emulator.crowds import CROWD_MAX, gather, ways_of
from whatsapp_emulator.emulator import Emulator
from whatsapp_emulator.invoice import invoice
from whatsapp_emulator.moving import move
from whatsapp_emulator.simcall import SimError, body_of, named, number_in, one_of, person_of, sim
from whatsapp_emulator.wire import Json, iso
from whatsapp_emulator.world import Waba

PAGE_MAX = 10_000
COUNTRIES = {"39": 1.0}
_CODE = re.compile(r"\d{1,3}")
_WA_ID = re.compile(r"\d{7,15}")


def add_mood(app: web.Application) -> None:
    router = app.router
    router.add_get("/sim/invoice", sim(_invoice))
    router.add_get("/sim/mood", sim(_mood))
    router.add_patch("/sim/mood", sim(_change_mood))
    router.add_get("/sim/notices", sim(_notices))
    router.add_post("/sim/wabas/{id}/violation", sim(_violation))
    router.add_post("/sim/wabas/{id}/appeal", sim(_appeal))
    router.add_post("/sim/crowds", sim(_gather))
    router.add_get("/sim/crowds/{id}", sim(_crowd))
    router.add_post("/sim/people/{wa_id}/change_number", sim(_move))


async def _invoice(emulator: Emulator, request: web.Request) -> Json:
    wabas = emulator.world.wabas
    wish = request.query.get("waba")
    waba = next(iter(wabas.values())) if wish is None else wabas.get(wish)
    if waba is None:
        raise SimError("no such account", 404)
    try:
        return invoice(emulator, waba, request.query.get("from"), request.query.get("to"))
    except ValueError as error:
        raise SimError(f"from and to are days or instants: {error}") from error


async def _mood(emulator: Emulator, _request: web.Request) -> Json:
    return mood.shown(emulator.mood)


async def _change_mood(emulator: Emulator, request: web.Request) -> Json:
    try:
        emulator.mood = mood.changed(emulator.mood, await body_of(request))
    except ValueError as error:
        raise SimError(str(error)) from error
    return mood.shown(emulator.mood)


async def _notices(emulator: Emulator, _request: web.Request) -> Json:
    """What Meta would write to the business by e-mail, and what this emulator had to give up."""
    return {"notices": [{"at": iso(at), "text": text} for at, text in emulator.notices]}


async def _violation(emulator: Emulator, request: web.Request) -> Json:
    """An offence, and the rung of the ladder that it brings."""
    waba = named(emulator.world.wabas, request, "account")
    kind = one_of(
        (await body_of(request)).get("type", "SPAM"), tuple(sorted(enforcement.VIOLATIONS)), "type"
    )
    enforcement.offend(emulator, waba, kind)
    return standing_view(waba)


async def _appeal(emulator: Emulator, request: web.Request) -> Json:
    """The one request for a review; `result` fixes its outcome, `now` decides at once."""
    waba = named(emulator.world.wabas, request, "account")
    body = await body_of(request)
    outcome = body.get("result")
    if outcome is not None:
        outcome = one_of(outcome, ("REVERSED", "UNCHANGED"), "result")
    try:
        enforcement.appeal(emulator, waba, outcome)
    except ValueError as error:
        raise SimError(str(error), 409) from error
    if body.get("now"):
        enforcement.decide(emulator, waba, outcome)
    return standing_view(waba)


async def _gather(emulator: Emulator, request: web.Request) -> Json:
    body = await body_of(request)
    count = int(number_in(body, "count", 1, CROWD_MAX))
    countries, habits = body.get("countries", COUNTRIES), body.get("habits", {})
    if not isinstance(countries, dict) or not isinstance(habits, dict):
        raise SimError("countries and habits are objects")
    good = all(
        _CODE.fullmatch(code) and isinstance(weight, int | float) and weight > 0
        for code, weight in countries.items()
    )
    if not countries or not good:
        raise SimError('countries gives calling codes their weights, such as {"39": 0.9}')
    try:
        crowd = gather(emulator, count, countries, ways_of(habits))
    except ValueError as error:
        raise SimError(str(error)) from error
    emulator.watchers.changed()
    return {"id": crowd.id, "count": len(crowd.wa_ids), "sample": crowd.wa_ids[:10]}


async def _crowd(emulator: Emulator, request: web.Request) -> Json:
    """A page of its people: wa_id, name and user id."""
    crowd = named(emulator.world.crowds, request, "crowd")
    start, limit = request.query.get("start", "0"), request.query.get("limit", "1000")
    if not start.isdigit() or not limit.isdigit():
        raise SimError("start and limit are whole numbers")
    first = int(start)
    shown = crowd.wa_ids[first : first + min(int(limit), PAGE_MAX)]
    people = [emulator.world.people[w] for w in shown if w in emulator.world.people]
    return {
        "id": crowd.id,
        "count": len(crowd.wa_ids),
        "people": [
            {"wa_id": p.wa_id, "name": p.name, "user_id": p.user_id, "hides_number": p.hides_number}
            for p in people
        ],
        "next": first + len(shown) if first + len(shown) < len(crowd.wa_ids) else None,
    }


async def _move(emulator: Emulator, request: web.Request) -> Json:
    person = person_of(emulator, request)
    to = str((await body_of(request)).get("to", "")).lstrip("+")
    if not _WA_ID.fullmatch(to):
        raise SimError("to is 7 to 15 digits, with the country code")
    try:
        move(emulator, person, to)
    except ValueError as error:
        raise SimError(str(error), 409) from error
    return {"wa_id": person.wa_id, "user_id": person.user_id}


def standing_view(waba: Waba) -> Json:
    """How the account stands: what /sim shows of discipline."""
    standing = waba.standing
    return {
        "ban_state": waba.ban_state,
        "locked": standing.locked,
        "restrictions": waba.restrictions,
        "offences": standing.offences,
        "appeal_used": standing.appeal_used,
        "appeal_until": None if standing.appeal_until is None else iso(standing.appeal_until),
        "held_unpaid": len(standing.held),
    }
