"""Crowds: thousands of people drawn from the seed, with habits in shares, who act by themselves."""

from dataclasses import dataclass, field, fields
from random import Random
from typing import TYPE_CHECKING

from whatsapp_emulator import ids, rate_cards
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Chat, Habits, Number, Person

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

CROWD_MAX = 200_000
PEOPLE_MAX = 1_000_000
CROWDS_MAX = 1_000
FIRST_NAMES = (
    "Ada", "Aldo", "Bice", "Bruno", "Carla", "Ciro", "Dina", "Dario", "Edda", "Elio", "Fulvia",
    "Furio", "Gilda", "Guido", "Ilaria", "Ivo", "Lea", "Lino", "Mara", "Marco", "Nadia", "Nino",
    "Olga", "Oreste", "Pia", "Piero", "Rita", "Rocco", "Sara", "Sergio", "Tina", "Tullio",
)  # fmt: skip
LAST_NAMES = (
    "Abate", "Bassi", "Carli", "De Luca", "Esposito", "Ferri", "Galli", "Iorio", "Longo", "Moretti",
    "Neri", "Orsini", "Pace", "Quaglia", "Riva", "Sala", "Testa", "Urso", "Villa", "Zanetti",
)  # fmt: skip
DIGITS = {"39": 10, "1": 10, "44": 10, "49": 11, "33": 9, "34": 9}
FIRST_DIGITS = {"39": "3", "1": "2", "44": "7", "49": "15", "33": "6", "34": "6"}
STOPS = ("STOP", "Basta", "Cancellami", "Non scrivetemi più", "stop please", "Unsubscribe")
WORDS = (
    "Sì, grazie",
    "Ok",
    "Quanto costa?",
    "Quando siete aperti?",
    "No grazie",
    "Mi interessa 😀",
)
KINDS = ("image", "voice", "document")


@dataclass(frozen=True)
class Ways:
    """Shares of people (the first five) or of the messages that they get; delays in seconds."""

    unreachable: float = 0.02
    offline: float = 0.0
    hides_number: float = 0.0
    no_receipts: float = 0.1
    stopped_marketing: float = 0.0
    reads: float = 0.8
    answers: float = 0.05
    media: float = 0.2
    """Of the answers, those that are a picture, a voice note or a document."""
    stops: float = 0.005
    """Write a word such as STOP."""
    opts_out: float = 0.002
    """Stop marketing by WhatsApp's own menu."""
    blocks: float = 0.002
    reports: float = 0.001
    answer_s: tuple[float, float] = (10.0, 3600.0)
    read_s: tuple[float, float] = (2.0, 1800.0)
    deliver_s: tuple[float, float] = (0.2, 5.0)


@dataclass(slots=True)
class Crowd:
    id: str
    ways: Ways
    wa_ids: list[str] = field(default_factory=list)


def ways_of(wish: Json) -> Ways:
    """Raises ValueError for an unknown habit, or one out of bounds."""
    known = {f.name for f in fields(Ways)}
    given: dict[str, float | tuple[float, float]] = {}
    for key, value in wish.items():
        if key not in known:
            raise ValueError(f"unknown habit {key}")
        given[key] = _seconds(key, value) if key.endswith("_s") else _share(key, value)
    return Ways(**given)  # type: ignore[arg-type]  # checked when they are read


def gather(emulator: "Emulator", count: int, countries: dict[str, float], ways: Ways) -> Crowd:
    """So many new people, their calling codes drawn by weight. Raises ValueError when too many."""
    world = emulator.world
    if len(world.people) + count > PEOPLE_MAX or len(world.crowds) >= CROWDS_MAX:
        raise ValueError(f"there is room for {PEOPLE_MAX} people in {CROWDS_MAX} crowds")
    crowd = Crowd(world.next_id("crowd", 1), ways)
    world.crowds[crowd.id] = crowd
    chance = Random(f"{emulator.seed}:crowd:{crowd.id}")  # noqa: S311 - a repeatable world
    codes, weights = list(countries), list(countries.values())
    for code in chance.choices(codes, weights, k=count):
        crowd.wa_ids.append(_add(emulator, crowd, chance, code).wa_id)
    return crowd


def meet(emulator: "Emulator", person: Person, number: Number, chat: Chat) -> None:
    """What somebody of a crowd does about a message that has just arrived."""
    ways, chance = person.crowd.ways if person.crowd else Ways(), emulator.whim
    roll = chance.random()
    for share, act in (
        (ways.blocks, _block), (ways.reports, _report), (ways.opts_out, _opt_out),
        (ways.stops, _stop), (ways.answers, _answer),
    ):  # fmt: skip
        if roll < share:
            delay_s = chance.uniform(*ways.answer_s)
            emulator.clock.after(delay_s, act, emulator, person, number, chat)
            return
        roll -= share


def reads(emulator: "Emulator", person: Person) -> bool:
    """Whether this message is one that the person opens."""
    if person.crowd is None or not person.habits.reads:
        return person.habits.reads
    return emulator.whim.random() < person.crowd.ways.reads


def _add(emulator: "Emulator", crowd: Crowd, chance: Random, code: str) -> Person:
    world, ways = emulator.world, crowd.ways
    while True:
        head = code + FIRST_DIGITS.get(code, "6")
        wide = len(code) + DIGITS.get(code, 9) - len(head)
        wa_id = head + str(chance.randrange(10 ** (wide - 1), 10**wide))
        if wa_id not in world.people:
            break
    habits = Habits(
        read_receipts=chance.random() >= ways.no_receipts,
        reachable=chance.random() >= ways.unreachable,
        online=chance.random() >= ways.offline,
        deliver_s=ways.deliver_s,
        read_s=ways.read_s,
    )
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
    person = Person(wa_id, name, ids.user_id(chance, rate_cards.country_of(wa_id)), habits)
    person.crowd = crowd
    person.hides_number = chance.random() < ways.hides_number
    person.marketing_stopped = chance.random() < ways.stopped_marketing
    person.in_experiment = emulator.mood.experiment > chance.random()
    if person.hides_number:
        person.username = f"{name.split(' ', 1)[0].lower()}.{wa_id[-5:]}"
    world.people[wa_id] = person
    world.by_user_id[person.user_id] = person
    return person


def _block(emulator: "Emulator", person: Person, number: Number, chat: Chat) -> None:
    from whatsapp_emulator.people import block

    block(emulator, person, number, chat)


def _report(emulator: "Emulator", person: Person, number: Number, chat: Chat) -> None:
    from whatsapp_emulator.people import report

    report(emulator, person, number, chat)


def _opt_out(emulator: "Emulator", person: Person, number: Number, chat: Chat) -> None:
    from whatsapp_emulator.people import stop_marketing

    if not chat.marketing_stopped:
        stop_marketing(emulator, person, number, chat, stop=True)


def _stop(emulator: "Emulator", person: Person, number: Number, chat: Chat) -> None:
    _say(emulator, person, number, chat, _text(emulator.whim.choice(STOPS)))


def _answer(emulator: "Emulator", person: Person, number: Number, chat: Chat) -> None:
    whim = emulator.whim
    media = person.crowd is not None and whim.random() < person.crowd.ways.media
    if not media:
        _say(emulator, person, number, chat, _text(whim.choice(WORDS)))
        return
    kind = whim.choice(KINDS)
    if kind == "voice":
        _say(emulator, person, number, chat, {"type": "audio", "audio": {"voice": True}})
    elif kind == "image":
        _say(emulator, person, number, chat, {"type": "image", "image": {"caption": "Eccola"}})
    else:
        said = {"type": "document", "document": {"filename": "ricevuta.pdf"}}
        _say(emulator, person, number, chat, said)


def _say(emulator: "Emulator", person: Person, number: Number, chat: Chat, said: Json) -> None:
    from whatsapp_emulator.inbound import receive

    if not chat.blocked:
        receive(emulator, person, number, said)


def _text(body: str) -> Json:
    return {"type": "text", "text": {"body": body}}


def _share(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{key} is a share from 0 to 1")
    return float(value)


def _seconds(key: str, value: object) -> tuple[float, float]:
    from whatsapp_emulator.people import span

    try:
        return span(value)
    except (TypeError, ValueError):
        raise ValueError(f"{key} is seconds, or [least, most]") from None
