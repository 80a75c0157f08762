"""The manners of /sim: JSON in, JSON out, one line of explanation for what is wrong."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiohttp import web

from whatsapp_emulator.emulator import Emulator
from whatsapp_emulator.keys import EMULATOR
from whatsapp_emulator.wire import Json, dumps, loads
from whatsapp_emulator.world import Number, Person

T = TypeVar("T")
Act = Callable[[Emulator, web.Request], Awaitable[Json]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class SimError(Exception):
    """A wish that cannot be fulfilled, in words; `status` is the HTTP status."""

    def __init__(self, words: str, status: int = 400) -> None:
        self.status = status
        super().__init__(words)


def sim(act: Act) -> Handler:
    """An aiohttp handler around `act`: time caught up before, webhooks handed over after."""

    async def handle(request: web.Request) -> web.StreamResponse:
        emulator = request.app[EMULATOR]
        emulator.clock.catch_up()
        if emulator.settings.public_url is None:
            emulator.base_url = f"{request.scheme}://{request.host}"
        try:
            return reply(await act(emulator, request))
        except SimError as error:
            return reply({"error": str(error)}, error.status)
        finally:
            emulator.delivery.flush()

    return handle


def reply(answer: Json, status: int = 200) -> web.Response:
    return web.Response(
        body=dumps(answer),
        status=status,
        headers={"Content-Type": "application/json", "Cache-Control": "no-store"},
    )


async def body_of(request: web.Request) -> Json:
    """The JSON object of the body; an empty body is an empty object."""
    raw = await request.read()
    body = loads(raw) if raw.strip() else {}
    if not isinstance(body, dict):
        raise SimError("the body is to be a JSON object")
    return body


def number_in(body: Json, key: str, least: float, most: float) -> float:
    """A number within bounds."""
    value: Any = body.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise SimError(f"{key} is a number from {least} to {most}")
    return float(value)


def person_of(emulator: Emulator, request: web.Request) -> Person:
    person = emulator.world.people.get(request.match_info["wa_id"])
    if person is None:
        raise SimError("no such person: POST /sim/people first", 404)
    return person


def business_number(emulator: Emulator, wish: object) -> Number:
    """The number with that id, or the only one there is."""
    numbers = emulator.world.numbers
    if wish is None:
        return next(iter(numbers.values()))
    found = numbers.get(str(wish))
    if found is None:
        raise SimError(f"no business number has the id {str(wish)[:40]}", 404)
    return found


def named(table: dict[str, T], request: web.Request, what: str) -> T:
    """The object that the path names. Raises 404."""
    found = table.get(request.match_info["id"])
    if found is None:
        raise SimError(f"no such {what}", 404)
    return found


def one_of(value: object, allowed: tuple[str, ...], key: str, *, upper: bool = True) -> str:
    given = str(value).upper() if upper else str(value)
    if given not in allowed:
        raise SimError(f"{key} is one of {', '.join(allowed)}")
    return given
