"""What becomes of an accepted message: sent, delivered, read or failed, each told by webhook."""

from typing import TYPE_CHECKING

from whatsapp_emulator import (
    billing,
    crowds,
    ids,
    keeping,
    marketing,
    payments,
    people,
    reach,
    refusal,
    reputation,
    tally,
)
from whatsapp_emulator.envelope import contact, metadata
from whatsapp_emulator.errors import as_status_error
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Chat, Direction, Message, Number, Person

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

WINDOW_S = 86400.0
FREE_ENTRY_S = 72 * 3600.0
LEAVE_S = (0.2, 0.5)
LISTEN_S = 3.0
KEPT_S = 30 * 86400.0
TTL_S = {"AUTHENTICATION": 600.0}
"""How long a template waits for a device, unless it says so itself; all else 30 days."""


def launch(emulator: "Emulator", message: Message) -> None:
    """Keep an accepted message and let its life begin."""
    keeping.keep(emulator, message)
    _answer_entry(emulator, keeping.owner(emulator, message).chats[message.number_id], message.at)
    emulator.clock.after(emulator.chance.uniform(*LEAVE_S), _leave, emulator, message)


def arrive(emulator: "Emulator", message: Message) -> None:
    """The person's device gets the message: it shows, it is delivered, perhaps read."""
    person = keeping.owner(emulator, message)
    chat = person.chats[message.number_id]
    if chat.blocked or _is_over(emulator, message):
        return
    message.arrived_at = emulator.clock.now()
    if message.type == "reaction":
        people.show_reaction(emulator, message)
        return
    keeping.show(emulator, chat, message)
    chat.unread += 1
    chat.typing_until = 0.0
    message.status = "delivered"
    price = billing.charge(emulator, message)
    tally.spend(emulator, message)
    number = emulator.world.numbers[message.number_id]
    reputation.note(emulator, number, "delivered")
    reach.delivered(emulator, number, message)
    will_read = crowds.reads(emulator, person)
    if will_read and _skips_delivered(emulator, person):
        message.pricing_due = price
    else:
        report(emulator, message, "delivered", price)
    emulator.watchers.changed(message.wa_id)
    if will_read:
        emulator.clock.after(
            emulator.chance.uniform(*person.habits.read_s), look, emulator, message
        )
    people.answer_by_habit(emulator, person, chat, message)
    if person.crowd is not None:
        crowds.meet(emulator, person, number, chat)
    keeping.changed(emulator, message)


def look(emulator: "Emulator", message: Message) -> None:
    """The person reads the message; told only if their read receipts are on."""
    message = keeping.current(emulator, message)
    if message.status != "delivered" or message.direction is not Direction.TO_PERSON:
        return
    message.status = "read"
    person = keeping.owner(emulator, message)
    chat = person.chats[message.number_id]
    chat.unread = max(0, chat.unread - 1)
    marketing.was_read(person, message)
    number = emulator.world.numbers.get(message.number_id)
    if number is not None:
        reputation.note(emulator, number, "read")
    price, message.pricing_due = message.pricing_due, None
    if person.habits.read_receipts:
        report(emulator, message, "read", price)
    elif price is not None:
        report(emulator, message, "delivered", price)
    keeping.changed(emulator, message)
    emulator.watchers.changed(message.wa_id)
    if message.type == "audio" and b'"voice":true' in message.payload.replace(b" ", b""):
        emulator.clock.after(LISTEN_S, _listen, emulator, message)


def report(
    emulator: "Emulator",
    message: Message,
    status: str,
    price: Json | None,
    error: Json | None = None,
) -> None:
    """One status webhook (reference webhooks 5.4)."""
    tally.note(emulator, message, status)
    world = emulator.world
    number = world.numbers.get(message.number_id)
    if number is None:
        return
    person = keeping.owner(emulator, message)
    told: Json = {
        "id": message.id,
        "status": status,
        "timestamp": str(int(emulator.clock.now())),
    }
    by_phone = message.addressed_by != person.user_id
    if by_phone:
        told["recipient_id"] = person.wa_id
    if not by_phone or status != "failed":
        told["recipient_user_id"] = person.user_id
    if message.callback_data is not None and (status != "failed" or _echo_failed(emulator, number)):
        told["biz_opaque_callback_data"] = message.callback_data
    if price is not None:
        told |= _priced(person.chats[message.number_id], status, price)
    if message.identity is not None and status != "failed" and refusal.checks_identity(number):
        told["recipient_identity_key_hash"] = message.identity
    if error is not None:
        told["errors"] = [error]
    value: Json = {"messaging_product": "whatsapp", "metadata": metadata(number)}
    if status != "failed":
        value["contacts"] = [contact(person)]
    value["statuses"] = [told]
    emulator.delivery.push(number.waba_id, "messages", value, number.id)


def _priced(chat: Chat, status: str, price: Json) -> Json:
    """With the conversation where a free entry point is open, as every version tells it."""
    if price["type"] != "free_entry_point":
        return {"pricing": price}
    conversation: Json = {"id": chat.free_entry_id, "origin": {"type": price["category"]}}
    if status == "sent":
        conversation["expiration_timestamp"] = str(int(chat.free_entry_until or 0))
    return {"conversation": conversation, "pricing": price}


def fail(emulator: "Emulator", message: Message, code: int) -> None:
    message.status, message.error = "failed", code
    details = refusal.DETAILS.get(code, "Message could not be delivered.")
    report(emulator, message, "failed", None, as_status_error(code, details))
    keeping.changed(emulator, message)


def _listen(emulator: "Emulator", message: Message) -> None:
    """A voice message was heard; told only if read receipts are on."""
    message = keeping.current(emulator, message)
    message.status = "played"
    keeping.changed(emulator, message)
    if keeping.owner(emulator, message).habits.read_receipts:
        report(emulator, message, "played", None)


def _leave(emulator: "Emulator", message: Message) -> None:
    """Meta's own decision, a moment after acceptance."""
    number = emulator.world.numbers.get(message.number_id)
    if number is None:
        return
    if not payments.holds(emulator.world.wabas[number.waba_id], message):
        go_on(emulator, message)


def go_on(emulator: "Emulator", message: Message) -> None:
    """Refused or sent; then the way to the device."""
    person = keeping.owner(emulator, message)
    number = emulator.world.numbers.get(message.number_id)
    if number is None or emulator.links.delays(message, _leave):
        return
    code = emulator.links.code(message) or refusal.code_of(emulator, message, person, number)
    if code is not None:
        fail(emulator, message, code)
        return
    message.status = "sent"
    keeping.changed(emulator, message)
    _count(emulator, message, person, number)
    report(emulator, message, "sent", billing.price(emulator, message))
    if person.habits.online:
        emulator.clock.after(
            emulator.chance.uniform(*person.habits.deliver_s), arrive, emulator, message
        )
    else:
        person.waiting.append(message.id)


def _count(emulator: "Emulator", message: Message, person: Person, number: Number) -> None:
    """Against the portfolio's day and the person's."""
    if not message.in_window:
        reach.count(emulator, number, message)
    if message.category in marketing.CATEGORIES:
        marketing.took(emulator, person, message)


def _is_over(emulator: "Emulator", message: Message) -> bool:
    """Whether its time to live is over: it stays `sent` and costs nothing (templates 4.8).

    Marketing has such a time by /marketing_messages alone.
    """
    template = emulator.world.templates.get(message.template_id or "")
    ttl_s = KEPT_S
    if template is not None and message.category != "marketing":
        ttl_s = TTL_S.get(template.category, KEPT_S) if template.ttl_s is None else template.ttl_s
    return emulator.clock.now() - message.at > (KEPT_S if ttl_s < 0 else ttl_s)


def _skips_delivered(emulator: "Emulator", person: Person) -> bool:
    """A mood: the message is read before `delivered` was told, so it never is."""
    share = emulator.mood.delivered_skipped
    return share > 0 and person.habits.read_receipts and emulator.whim.random() < share


def _answer_entry(emulator: "Emulator", chat: Chat, now: float) -> None:
    """A reply within 24 h to somebody from an ad opens 72 free hours (reference limits 6.1)."""
    if chat.entry_at is not None:
        if now - chat.entry_at < WINDOW_S:
            chat.free_entry_until = now + FREE_ENTRY_S
            chat.free_entry_id = ids.hexadecimal(emulator.chance, 32)
        chat.entry_at = None


def _echo_failed(emulator: "Emulator", number: Number) -> bool:
    apps = emulator.world.wabas[number.waba_id].subscribed
    return all(
        emulator.world.apps[app_id].callback_data_on_failed
        for app_id in apps
        if app_id in emulator.world.apps
    )
