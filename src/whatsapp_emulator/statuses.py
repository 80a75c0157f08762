"""What becomes of an accepted message: sent, delivered, read or failed, each told by webhook."""

from typing import TYPE_CHECKING

from whatsapp_emulator import (
    billing,
    crowds,
    keeping,
    marketing,
    payments,
    people,
    reach,
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
DETAILS = {
    132015: "The template was paused for its low quality, or dropped by its quality assessment.",
    131053: "Media could not be fetched from its link, or is not of the kind announced.",
    131026: "Message Undeliverable.",
    131042: (
        "Message failed to send because there were one or more errors related to your payment "
        "method."
    ),
    130472: "This user is part of an experiment: the message was not delivered.",
    131048: "Message failed to send because the messaging limit has been reached.",
    131049: "This message was not delivered to maintain healthy ecosystem engagement.",
    131047: (
        "Message failed to send because more than 24 hours have passed since the customer "
        "last replied to this number."
    ),
    131050: (
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing "
        "messages on WhatsApp from your business."
    ),
}


def launch(emulator: "Emulator", message: Message) -> None:
    """Keep an accepted message and let its life begin."""
    keeping.keep(emulator, message)
    _answer_entry(emulator.world.people[message.wa_id].chats[message.number_id], message.at)
    emulator.clock.after(emulator.chance.uniform(*LEAVE_S), _leave, emulator, message)


def arrive(emulator: "Emulator", message: Message) -> None:
    """The person's device gets the message: it shows, it is delivered, perhaps read."""
    person = emulator.world.people[message.wa_id]
    chat = person.chats[message.number_id]
    if chat.blocked:
        return
    message.arrived_at = emulator.clock.now()
    if message.type == "reaction":
        people.show_reaction(emulator, message)
        return
    chat.messages.append(message)
    chat.unread += 1
    chat.typing_until = 0.0
    message.status = "delivered"
    price = billing.charge(emulator, message)
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


def look(emulator: "Emulator", message: Message) -> None:
    """The person reads the message; told only if their read receipts are on."""
    if message.status != "delivered" or message.direction is not Direction.TO_PERSON:
        return
    message.status = "read"
    person = emulator.world.people[message.wa_id]
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
    emulator.watchers.changed(message.wa_id)


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
    person = world.people[message.wa_id]
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
        told["pricing"] = price
    if error is not None:
        told["errors"] = [error]
    value: Json = {"messaging_product": "whatsapp", "metadata": metadata(number)}
    if status != "failed":
        value["contacts"] = [contact(person)]
    value["statuses"] = [told]
    emulator.delivery.push(number.waba_id, "messages", value, number.id)


def fail(emulator: "Emulator", message: Message, code: int) -> None:
    message.status, message.error = "failed", code
    details = DETAILS.get(code, "Message could not be delivered.")
    report(emulator, message, "failed", None, as_status_error(code, details))


def _leave(emulator: "Emulator", message: Message) -> None:
    """Meta's own decision, a moment after acceptance."""
    number = emulator.world.numbers.get(message.number_id)
    if number is None:
        return
    if not payments.holds(emulator.world.wabas[number.waba_id], message):
        go_on(emulator, message)


def go_on(emulator: "Emulator", message: Message) -> None:
    """Refused or sent; then the way to the device."""
    person = emulator.world.people[message.wa_id]
    number = emulator.world.numbers.get(message.number_id)
    if number is None or emulator.links.delays(message, _leave):
        return
    code = emulator.links.code(message) or _refusal(emulator, message, person, number)
    if code is not None:
        fail(emulator, message, code)
        return
    message.status = "sent"
    _count(emulator, message, person, number)
    report(emulator, message, "sent", billing.price(emulator, message))
    if person.habits.online:
        emulator.clock.after(
            emulator.chance.uniform(*person.habits.deliver_s), arrive, emulator, message
        )
    else:
        person.waiting.append(message)


def _refusal(emulator: "Emulator", message: Message, person: Person, number: Number) -> int | None:
    """The code with which the message fails, or None if it goes on its way."""
    chat = person.chats[message.number_id]
    template = emulator.world.templates.get(message.template_id or "")
    if template is not None and template.status == "PAUSED":
        return 132015
    if not person.habits.reachable or message.wa_id in number.file.blocked:
        return 131026
    if message.template_id is None and not message.in_window:
        return 131047
    if message.category == "marketing" and chat.marketing_stopped:
        return 131050
    if payments.refuses(emulator, emulator.world.wabas[number.waba_id], message):
        return 131042
    if message.category == "marketing":
        code = marketing.refusal(emulator, person, message)
        if code is not None:
            return code
    if not message.in_window and reach.is_over(emulator, number, message):
        return 131048
    return None


def _count(emulator: "Emulator", message: Message, person: Person, number: Number) -> None:
    """Against the portfolio's day and the person's."""
    if not message.in_window:
        reach.count(emulator, number, message)
    if message.category == "marketing":
        marketing.took(emulator, person, message)


def _skips_delivered(emulator: "Emulator", person: Person) -> bool:
    """A mood: the message is read before `delivered` was told, so it never is."""
    share = emulator.mood.delivered_skipped
    return share > 0 and person.habits.read_receipts and emulator.whim.random() < share


def _answer_entry(chat: Chat, now: float) -> None:
    """A reply within 24 h to somebody from an ad opens 72 free hours (reference limits 6.1)."""
    if chat.entry_at is not None:
        if now - chat.entry_at < WINDOW_S:
            chat.free_entry_until = now + FREE_ENTRY_S
        chat.entry_at = None


def _echo_failed(emulator: "Emulator", number: Number) -> bool:
    apps = emulator.world.wabas[number.waba_id].subscribed
    return all(
        emulator.world.apps[app_id].callback_data_on_failed
        for app_id in apps
        if app_id in emulator.world.apps
    )
