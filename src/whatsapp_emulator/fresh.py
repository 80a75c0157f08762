"""The world at the beginning: one company with one Italian number, and a handful of people."""

from random import Random

from whatsapp_emulator import ids
from whatsapp_emulator.rate_cards import country_of
from whatsapp_emulator.settings import Settings
from whatsapp_emulator.world import (
    App,
    Chat,
    Number,
    Person,
    Portfolio,
    Shelf,
    Subscription,
    Token,
    Waba,
    World,
)

PEOPLE = (
    ("393471112201", "Anna Bianchi"),
    ("393471112202", "Bruno Verdi"),
    ("393471112203", "Chiara Fontana"),
    ("393471112204", "Dario Colombo"),
    ("393471112205", "Elena Marchetti"),
    ("393471112206", "Franco Serra"),
)


def fresh_world(settings: Settings, chance: Random, now: float) -> World:
    """Equal settings, chance and instant give an equal world."""
    world = World()
    _company(world, settings, chance, now)
    for wa_id, name in PEOPLE:
        add_person(world, chance, wa_id, name)
    return world


def add_person(world: World, chance: Random, wa_id: str, name: str | None = None) -> Person:
    """A new person with ordinary habits, reachable under `wa_id`."""
    person = Person(
        wa_id=wa_id,
        name=name or f"Cliente {wa_id[-4:]}",
        user_id=ids.user_id(chance, country_of(wa_id)),
    )
    world.people[wa_id] = person
    world.by_user_id[person.user_id] = person
    return person


def chat_of(person: Person, number_id: str, keep: int) -> Chat:
    """The chat between a person and a number, begun if it was not."""
    chat = person.chats.get(number_id)
    if chat is None:
        chat = person.chats[number_id] = Chat(number_id, Shelf(keep))
        chat.marketing_stopped = person.marketing_stopped
    return chat


def _company(world: World, settings: Settings, chance: Random, now: float) -> None:
    app = App(settings.app_id, "Emulated app", settings.app_secret)
    app.batch_max = settings.batch_max
    app.callback_data_on_failed = settings.callback_data_on_failed
    if settings.webhook_url:
        app.subscription = Subscription(settings.webhook_url, settings.verify_token)
    waba = Waba(
        settings.waba_id,
        settings.business_name,
        settings.business_id,
        settings.currency,
        settings.timezone,
        namespace=ids.hexadecimal(chance, 32),
        subscribed={app.id: None},
        number_ids=[settings.phone_number_id],
    )
    number = Number(
        settings.phone_number_id,
        waba.id,
        settings.display_phone_number,
        settings.business_name,
        settings.display_phone_number.lstrip("+").split(" ", 1)[0],
        last_onboarded_at=now,
    )
    world.apps[app.id] = app
    world.portfolios[settings.business_id] = Portfolio(settings.business_id, settings.business_name)
    world.wabas[waba.id] = waba
    world.numbers[number.id] = number
    world.tokens[settings.access_token] = Token(settings.access_token, app.id, issued_at=now)
