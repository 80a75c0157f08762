"""What a bubble shows beside its words: a picture, a file, a place, a card, a choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.console.inbox import captions
from sportello.schema.inbox import Media, MediaState, Message

# Shown inside the page; whatever else comes is offered as a download only.
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
SOUNDS = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr"})
FILMS = frozenset({"video/mp4", "video/3gpp"})
_CARDS_MAX = 10
_TEXT_KINDS = frozenset({"text", "button", "interactive", "template"})


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: words, picture, sound, film, file, missing, place, cards, choice, event, gone,
    unsupported.
    """

    kind: str
    title: str = ""
    detail: str = ""
    url: str = ""
    media_id: int | None = None
    cards: tuple[tuple[str, str], ...] = ()

    @property
    def says_all(self) -> bool:
        """The message's text repeats in words what this shows."""
        return self.kind in {"place", "cards", "event", "gone"}


def piece_of(message: Message, file: Media | None) -> Piece:
    """Never fails: a shape that is not known is shown as not supported."""
    if message.revoked_at is not None:
        return Piece("gone", _("The customer deleted this message"))
    if file is not None:
        return _of_file(message, file)
    if message.type in captions.MARKS or message.type == "system":
        return _event(message)
    return _of_type(message)


def _event(message: Message) -> Piece:
    if message.type == "system":
        return Piece("event", message.text or _("The customer's number or device changed"))
    emoji = message.text if message.type == "reaction" else ""
    return Piece("event", f"{captions.MARKS[message.type]} {emoji}".strip())


def _of_type(message: Message) -> Piece:
    part = _part(message)
    match message.type:
        case kind if kind in _FILES:
            return Piece("missing", str(captions.KINDS[kind]), _("The file has not arrived"))
        case "location":
            return _place(part)
        case "contacts":
            return _cards(part)
        case "interactive" | "button" if not message.text:
            return Piece("choice", _chosen(part))
        case kind if message.text or kind in _TEXT_KINDS:
            return Piece("words")
        case kind:
            return Piece("unsupported", _("This kind of message cannot be shown"), kind)


_FILES = frozenset({"image", "video", "audio", "sticker", "document"})


def _part(message: Message) -> Any:
    """Meta's object of the message's own type, whether kept whole or by its name."""
    return message.payload.get(message.type, message.payload)


def _of_file(message: Message, file: Media) -> Piece:
    title = file.filename or str(captions.KINDS.get(message.type, _("File")))
    if file.state != MediaState.KEPT:
        return Piece("missing", title, str(_WHY_MISSING[MediaState(file.state)]))
    return Piece(kind_of(file.mime_type), title, _detail(file), media_id=file.pk)


_WHY_MISSING = {
    MediaState.WANTED: gettext_lazy("The file is being brought in"),
    MediaState.GONE: gettext_lazy("WhatsApp no longer has this file"),
    MediaState.REFUSED: gettext_lazy("The file was not accepted"),
}


def kind_of(mime_type: str) -> str:
    """How a file of this type is shown; what is not on a list is a download."""
    plain = mime_type.split(";", maxsplit=1)[0].strip().lower()
    if plain in PICTURES:
        return "picture"
    if plain in SOUNDS:
        return "sound"
    return "film" if plain in FILMS else "file"


def _detail(file: Media) -> str:
    """`PDF · 240 kB`: the type as people know it, and the size."""
    ending = file.filename.rpartition(".")[2].upper() if "." in file.filename else ""
    size = "" if file.size is None else _size(file.size)
    return " · ".join(part for part in (ending[:8], size) if part)


def _size(octets: int) -> str:
    return f"{octets / 1e6:.1f} MB" if octets >= 1e6 else f"{max(1, octets // 1000)} kB"


def _place(part: Any) -> Piece:
    if not isinstance(part, Mapping):
        return Piece("place", _("Location"))
    latitude, longitude = part.get("latitude"), part.get("longitude")
    detail = str(part.get("address") or "")
    url = ""
    if isinstance(latitude, int | float) and isinstance(longitude, int | float):
        detail = detail or f"{latitude:.5f}, {longitude:.5f}"
        where = f"{latitude:.6f}/{longitude:.6f}"
        url = f"https://www.openstreetmap.org/?mlat={latitude:.6f}&mlon={longitude:.6f}#map=17/{where}"
    return Piece("place", str(part.get("name") or _("Location")), detail, url)


def _cards(part: Any) -> Piece:
    """Names with their first number, as many as one looks at."""
    people = part.get("contacts", []) if isinstance(part, Mapping) else part
    listed = people if isinstance(people, list) else []
    cards = tuple(_card(card) for card in listed[:_CARDS_MAX] if isinstance(card, Mapping))
    return Piece("cards", _("Contact card"), cards=cards)


def _card(card: Mapping[str, Any]) -> tuple[str, str]:
    name, phones = card.get("name"), card.get("phones")
    called = str(name.get("formatted_name", "")) if isinstance(name, Mapping) else ""
    first = phones[0] if isinstance(phones, list) and phones else {}
    return called or "?", str(first.get("phone", "")) if isinstance(first, Mapping) else ""


def _chosen(part: Any) -> str:
    """The title of the button or line that the customer tapped."""
    if not isinstance(part, Mapping):
        return ""
    for answer in (part, *(value for value in part.values() if isinstance(value, Mapping))):
        title = answer.get("title") or answer.get("text")
        if isinstance(title, str) and title:
            return title
    return _("An answer to our form")
