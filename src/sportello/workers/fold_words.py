"""What a customer's message says when it is read as text: in the chat, and in one line."""

import re
from typing import Final

from sportello.store.inbox import Customer
from sportello.whatsapp.contents import (
    CallPermission,
    Contacts,
    Content,
    Location,
    Media,
    Order,
    Reaction,
    words,
)
from sportello.whatsapp.events import Person

_NAME_MAX: Final = 200
_CARDS_MAX: Final = 10
_SPOKEN: Final = "🎤"
_SIGNS: Final = {
    "image": "📷",
    "video": "🎬",
    "audio": "🎵",
    "document": "📄",
    "sticker": "🖼️",
}
# Line ends, other control characters, and the marks that turn the direction of all that follows.
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def message_text(content: Content) -> str:
    """The words of the bubble; empty where only a picture or a card is to be shown."""
    match content:
        case Location():
            return f"📍 {words(content)}".strip()
        case Contacts():
            return f"👤 {', '.join(_names(content))}".strip()
        case Order() if not content.text:
            return f"🛒 {sum(item.quantity for item in content.product_items)}"
        case Reaction():
            return content.emoji
        case CallPermission():
            return "📞 ✓" if content.response == "accept" else "📞 ✗"
        case _:
            return words(content)


def customer(person: Person) -> Customer:
    return Customer(
        wa_id=person.wa_id,
        user_id=person.user_id,
        profile_name=one_line(person.name)[:_NAME_MAX],
        username=one_line(person.username)[:100],
    )


def list_line(content: Content) -> str:
    """The one line of the list, which says by a sign that there is a file."""
    text = one_line(message_text(content))
    if not isinstance(content, Media):
        return text
    name = text or one_line(content.filename)
    sign = _SPOKEN if content.voice else _SIGNS.get(content.kind, "📎")
    return f"{sign} {name}".strip()


def one_line(text: str) -> str:
    """Without line ends, control characters and overrides of the writing direction."""
    return _UNSEEN.sub(" ", text).strip()


def _names(content: Contacts) -> list[str]:
    found: list[str] = []
    for card in content.cards[:_CARDS_MAX]:
        name = card.get("name")
        shown = name.get("formatted_name") if isinstance(name, dict) else None
        if isinstance(shown, str):
            found.append(one_line(shown))
    return found
