"""What a person's phone shows: chats, bubbles, ticks, typing; and the list of people."""

from typing import TYPE_CHECKING

from whatsapp_emulator import keeping
from whatsapp_emulator.render import interactive_view, template_view
from whatsapp_emulator.wire import Json, iso, loads
from whatsapp_emulator.world import Chat, Direction, Message, Person

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator


def chat_view(emulator: "Emulator", person: Person, number_id: str | None) -> Json:
    """All that the phone shows, in order of arrival; of one number, or of all together."""
    chats = [c for i, c in person.chats.items() if number_id is None or i == number_id]
    messages = [m for chat in chats for m in keeping.history(emulator, person, chat)]
    messages.sort(key=lambda m: m.arrived_at or m.at)
    now = emulator.clock.now()
    return {
        "messages": [bubble(emulator, m) for m in messages],
        "typing": any(chat.typing_until > now for chat in chats),
        "person": person_view(emulator, person),
        "numbers": [_chat_state(emulator, chat) for chat in chats],
    }


def bubble(emulator: "Emulator", message: Message) -> Json:
    """One message as the contract of /sim words it, with `view` for who wants to draw it."""
    number = emulator.world.numbers.get(message.number_id)
    business = number.digits if number else message.number_id
    outgoing = message.direction is Direction.TO_PERSON
    payload = loads(message.payload)
    payload = payload if isinstance(payload, dict) else {}
    return {
        "id": message.id,
        "from": business if outgoing else message.wa_id,
        "to": message.wa_id if outgoing else business,
        "type": message.type,
        "text": message.text,
        "payload": payload,
        "view": view(message, payload),
        "status": message.status,
        "at": iso(message.arrived_at or message.at),
        "sent_at": iso(message.at),
        "context": message.context_id,
        "edited": message.edited,
        "fetched": _fetched(emulator, message),
        "reactions": message.reactions or {},
    }


def _fetched(emulator: "Emulator", message: Message) -> Json:
    """Links of the message -> the media that was found there, where it is still kept."""
    known = emulator.world.file.fetched
    return {url: known[url] for url in message.links or () if url in known}


def view(message: Message, payload: Json) -> Json:
    """The parts to draw: header, body, footer, buttons; media as under the type's key."""
    if message.type == "template" and message.components is not None:
        sent = (payload.get("template") or {}).get("components") or []
        return template_view(message.components, sent)
    if message.type == "interactive" and message.direction is Direction.TO_PERSON:
        return interactive_view(payload.get("interactive") or {})
    return {"body": message.text} if message.text else {}


def people_view(emulator: "Emulator", limit: int, wish: str = "") -> Json:
    """Everyone, whoever wrote or was written to last first; at most `limit`.

    `wish` is part of a name, a user name or a number; `found` are all whom it fits.
    """
    everyone = list(emulator.world.people.values())
    found = [p for p in everyone if _fits(p, wish)] if wish else everyone
    found.sort(key=_last_at, reverse=True)
    return {
        "people": [
            {**person_view(emulator, p), **_last_and_unread(emulator, p)} for p in found[:limit]
        ],
        "found": len(found),
        "total": len(everyone),
    }


def _fits(person: Person, wish: str) -> bool:
    plain = wish.casefold().strip()
    digits = "".join(filter(str.isdigit, plain))
    named = plain in person.name.casefold() or plain in (person.username or "")
    return named or (digits != "" and digits in person.wa_id)


def person_view(emulator: "Emulator", person: Person) -> Json:
    habits = person.habits
    return {
        "wa_id": person.wa_id,
        "name": person.name,
        "user_id": person.user_id,
        "username": person.username,
        "hides_number": person.hides_number,
        "reads": habits.reads,
        "read_receipts": habits.read_receipts,
        "reachable": habits.reachable,
        "online": habits.online,
        "replies": habits.replies,
        "waiting": len(person.waiting),
        "chats": [_chat_state(emulator, chat) for chat in person.chats.values()],
    }


def _chat_state(emulator: "Emulator", chat: Chat) -> Json:
    last = chat.last_inbound_at
    return {
        "phone_number_id": chat.number_id,
        "unread": chat.unread,
        "blocked": chat.blocked,
        "reported": chat.reported,
        "marketing_stopped": chat.marketing_stopped,
        "typing": chat.typing_until > emulator.clock.now(),
        "last_inbound_at": None if last is None else iso(last),
    }


def _last_and_unread(emulator: "Emulator", person: Person) -> Json:
    chat = max(person.chats.values(), key=lambda c: c.last_at, default=None)
    last = None if chat is None else keeping.newest(emulator, person, chat)
    return {
        "last": None if last is None else bubble(emulator, last),
        "unread": sum(c.unread for c in person.chats.values()),
    }


def _last_at(person: Person) -> float:
    return max((chat.last_at for chat in person.chats.values()), default=0.0)
