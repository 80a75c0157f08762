"""/sim/people: who there is, what their phones show, what they do."""

from aiohttp import web

from whatsapp_emulator import keeping, statuses
from whatsapp_emulator.chat import bubble, chat_view, people_view, person_view
from whatsapp_emulator.emulator import Emulator
from whatsapp_emulator.fresh import add_person, chat_of
from whatsapp_emulator.inbound import receive
from whatsapp_emulator.people import block, change, come_online, report, stop_marketing
from whatsapp_emulator.simcall import SimError, body_of, business_number, person_of, sim
from whatsapp_emulator.taps import tap
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Chat, Number, Person

LIST_MAX = 1_000


def add_people(app: web.Application) -> None:
    router = app.router
    router.add_get("/sim/people", sim(_everyone))
    router.add_post("/sim/people", sim(_create))
    router.add_get("/sim/people/{wa_id}", sim(_show))
    router.add_patch("/sim/people/{wa_id}", sim(_change))
    router.add_get("/sim/people/{wa_id}/chat", sim(_chat))
    router.add_post("/sim/people/{wa_id}/messages", sim(_write))
    router.add_post("/sim/people/{wa_id}/read", sim(_read))
    router.add_post("/sim/people/{wa_id}/tap", sim(_tap))
    router.add_post("/sim/people/{wa_id}/block", sim(_block))
    router.add_post("/sim/people/{wa_id}/unblock", sim(_unblock))
    router.add_post("/sim/people/{wa_id}/report", sim(_report))
    router.add_post("/sim/people/{wa_id}/stop_marketing", sim(_stop_marketing))
    router.add_post("/sim/people/{wa_id}/resume_marketing", sim(_resume_marketing))


async def _everyone(emulator: Emulator, request: web.Request) -> Json:
    """The latest first; `q` is part of a name, a user name or a number."""
    wish = request.query.get("limit", "200")
    if not wish.isdigit():
        raise SimError("limit is a whole number")
    return people_view(emulator, min(int(wish), LIST_MAX), request.query.get("q", ""))


async def _create(emulator: Emulator, request: web.Request) -> Json:
    """A new person, or new habits for one who exists."""
    body = await body_of(request)
    person = _known_or_new(emulator, str(body.get("wa_id", "")))
    _apply(emulator, person, body)
    return person_view(emulator, person)


async def _show(emulator: Emulator, request: web.Request) -> Json:
    return person_view(emulator, person_of(emulator, request))


async def _change(emulator: Emulator, request: web.Request) -> Json:
    person = person_of(emulator, request)
    _apply(emulator, person, await body_of(request))
    return person_view(emulator, person)


async def _chat(emulator: Emulator, request: web.Request) -> Json:
    return chat_view(emulator, person_of(emulator, request), request.query.get("number"))


async def _write(emulator: Emulator, request: web.Request) -> Json:
    """The customer writes; whoever is not known yet becomes a person."""
    body = await body_of(request)
    number = business_number(emulator, body.pop("to", None))
    person = _known_or_new(emulator, request.match_info["wa_id"])
    try:
        message = receive(emulator, person, number, body)
    except ValueError as error:
        raise SimError(str(error)) from error
    return bubble(emulator, message)


async def _read(emulator: Emulator, request: web.Request) -> Json:
    """The person opens the chat: everything delivered is read."""
    person, _, chat = await _placed(emulator, request)
    for message in keeping.history(emulator, person, chat):
        statuses.look(emulator, message)
    chat.unread = 0
    emulator.watchers.changed(person.wa_id)
    return person_view(emulator, person)


async def _tap(emulator: Emulator, request: web.Request) -> Json:
    """The person opens the link of a template's button, named by its text."""
    body = await body_of(request)
    person = person_of(emulator, request)
    try:
        return tap(emulator, person, str(body.get("message_id")), str(body.get("button")))
    except ValueError as error:
        raise SimError(str(error), 404) from error


async def _block(emulator: Emulator, request: web.Request) -> Json:
    person, number, chat = await _placed(emulator, request)
    block(emulator, person, number, chat)
    return person_view(emulator, person)


async def _unblock(emulator: Emulator, request: web.Request) -> Json:
    person, _, chat = await _placed(emulator, request)
    chat.blocked = False
    emulator.watchers.changed(person.wa_id)
    return person_view(emulator, person)


async def _report(emulator: Emulator, request: web.Request) -> Json:
    person, number, chat = await _placed(emulator, request)
    report(emulator, person, number, chat)
    return person_view(emulator, person)


async def _stop_marketing(emulator: Emulator, request: web.Request) -> Json:
    person, number, chat = await _placed(emulator, request)
    stop_marketing(emulator, person, number, chat, stop=True)
    return person_view(emulator, person)


async def _resume_marketing(emulator: Emulator, request: web.Request) -> Json:
    person, number, chat = await _placed(emulator, request)
    stop_marketing(emulator, person, number, chat, stop=False)
    return person_view(emulator, person)


async def _placed(emulator: Emulator, request: web.Request) -> tuple[Person, Number, Chat]:
    """The person, the number that `to` names (or the only one), and their chat."""
    body = await body_of(request)
    person = person_of(emulator, request)
    number = business_number(emulator, body.get("to"))
    return person, number, chat_of(person, number.id, emulator.settings.bounds.chat_messages)


def _apply(emulator: Emulator, person: Person, body: Json) -> None:
    was_online = person.habits.online
    try:
        change(person, body)
    except (TypeError, ValueError) as error:
        raise SimError(str(error)) from error
    if person.habits.online and not was_online:
        come_online(emulator, person)
    emulator.watchers.changed(person.wa_id)


def _known_or_new(emulator: Emulator, wa_id: str) -> Person:
    digits = wa_id.lstrip("+")
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
        raise SimError("wa_id is 7 to 15 digits, with the country code")
    known = emulator.world.people.get(digits)
    return known or add_person(emulator.world, emulator.chance, digits)
