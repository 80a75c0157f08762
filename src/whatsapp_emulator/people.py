"""What people do: answer by habit, react, come back on line, block, report, opt out."""

from typing import TYPE_CHECKING, Any

from whatsapp_emulator import inbound, keeping, reputation, template_quality
from whatsapp_emulator.envelope import contact, metadata
from whatsapp_emulator.wire import Json, loads
from whatsapp_emulator.world import Chat, Message, Number, Person

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

REPLY_AFTER_S = 4.0
BETWEEN_ARRIVALS_S = 0.01
PERSON_FLAGS = ("hides_number", "in_experiment")
HABIT_FLAGS = ("reads", "read_receipts", "reachable", "online")
HABIT_SPANS = ("deliver_s", "read_s")
PERSON_TEXTS = ("name", "username", "identity_hash")


def change(person: Person, wish: Json) -> None:
    """Apply what POST and PATCH /sim/people give. Raises ValueError for what it does not know."""
    for key, value in wish.items():
        if key in HABIT_FLAGS:
            setattr(person.habits, key, bool(value))
        elif key in HABIT_SPANS:
            setattr(person.habits, key, span(value))
        elif key in PERSON_TEXTS:
            setattr(person, key, None if value is None else str(value))
        elif key in PERSON_FLAGS:
            setattr(person, key, bool(value))
        elif key in ("replies", "opted_out"):
            _change_chats(person, key, value)
        elif key != "wa_id":
            raise ValueError(f"unknown property {key}")


def _change_chats(person: Person, key: str, value: Any) -> None:
    if key == "replies":
        person.habits.replies = value
    else:
        person.marketing_stopped = bool(value)
    for chat in person.chats.values():
        if key == "replies":
            chat.replies_made = 0
        else:
            chat.marketing_stopped = bool(value)


def span(value: Any) -> tuple[float, float]:
    """(least, most) seconds from a number or a pair."""
    least, most = value if isinstance(value, list) else (value, value)
    if not 0 <= float(least) <= float(most):
        raise ValueError("a span of seconds is a number or [least, most]")
    return float(least), float(most)


def answer_by_habit(emulator: "Emulator", person: Person, chat: Chat, message: Message) -> None:
    """Schedule the reply that the person's habits foresee for this message, if any."""
    wish = person.habits.replies
    if wish is None or wish == []:
        return
    said, after_s, chance, times = _habit(wish, chat.replies_made)
    if said is None or chat.replies_made >= times:
        return
    if chance < 1 and emulator.chance.random() >= chance:
        return
    chat.replies_made += 1
    emulator.clock.after(after_s, _say, emulator, person, message.number_id, said, message.id)


def show_reaction(emulator: "Emulator", message: Message) -> None:
    """The business's reaction appears on the message that it means."""
    given = (loads(message.payload) or {}).get("reaction") or {}
    target = keeping.find(emulator, str(given.get("message_id")))
    number = emulator.world.numbers.get(message.number_id)
    if target is not None and number is not None:
        inbound.react(target, number.digits, message.text)
        keeping.changed(emulator, target)
        emulator.watchers.changed(message.wa_id)


def block(emulator: "Emulator", person: Person, number: Number, chat: Chat) -> None:
    """Nothing of the business arrives any more; it counts against number and template."""
    if chat.blocked:
        return
    chat.blocked = True
    template_quality.feedback(emulator, person.wa_id, chat)
    reputation.note(emulator, number, "block")
    emulator.watchers.changed(person.wa_id)


def report(emulator: "Emulator", person: Person, number: Number, chat: Chat) -> None:
    """Reported as spam; it counts against number and template."""
    chat.reported = True
    template_quality.feedback(emulator, person.wa_id, chat)
    reputation.note(emulator, number, "report")
    emulator.watchers.changed(person.wa_id)


def stop_marketing(
    emulator: "Emulator", person: Person, number: Number, chat: Chat, *, stop: bool
) -> None:
    """The person's marketing preference, told by `user_preferences` (reference webhooks 5.5)."""
    chat.marketing_stopped = stop
    verb = "stop" if stop else "resume"
    preference: Json = {
        "wa_id": person.wa_id,
        "user_id": person.user_id,
        "detail": f"User requested to {verb} marketing messages",
        "category": "marketing_messages",
        "value": verb,
        "timestamp": int(emulator.clock.now()),
    }
    if person.hides_number:
        del preference["wa_id"]
    value = {
        "messaging_product": "whatsapp",
        "metadata": metadata(number),
        "contacts": [contact(person)],
        "user_preferences": [preference],
    }
    emulator.delivery.push(number.waba_id, "user_preferences", value, number.id)
    emulator.watchers.changed(person.wa_id)


def _habit(wish: Any, made: int) -> tuple[Json | None, float, float, int]:
    """(what is said, after seconds, probability, how many times in all)."""
    if isinstance(wish, str):
        return {"type": "text", "text": {"body": wish}}, REPLY_AFTER_S, 1.0, 1
    if isinstance(wish, list):
        if made >= len(wish):
            return None, 0.0, 0.0, 0
        said, after_s, chance, _ = _habit(wish[made], made)
        return said, after_s, chance, len(wish)
    if not isinstance(wish, dict):
        return None, 0.0, 0.0, 0
    said = wish.get("message")
    if not isinstance(said, dict):
        said = {"type": "text", "text": {"body": str(wish.get("text", "Ok"))}}
    return (
        said,
        float(wish.get("after_s", REPLY_AFTER_S)),
        float(wish.get("probability", 1.0)),
        int(wish.get("times", 1)),
    )


def _say(emulator: "Emulator", person: Person, number_id: str, said: Json, about: str) -> None:
    number = emulator.world.numbers.get(number_id)
    if number is None:
        return
    if said.get("type") in ("button", "interactive") and "context" not in said:
        said = {**said, "context": {"message_id": about}}
    try:
        inbound.receive(emulator, person, number, said)
    except ValueError:
        person.habits.replies = None


def come_online(emulator: "Emulator", person: Person) -> None:
    """The device is back: what waited arrives, in the order in which it was sent."""
    from whatsapp_emulator import statuses

    waiting, person.waiting = person.waiting, []
    first_s = emulator.chance.uniform(*person.habits.deliver_s)
    found = (keeping.find(emulator, message_id) for message_id in waiting)
    for index, message in enumerate(m for m in found if m is not None):
        delay_s = first_s + index * BETWEEN_ARRIVALS_S
        emulator.clock.after(delay_s, statuses.arrive, emulator, message)
