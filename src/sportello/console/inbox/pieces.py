"""What a bubble shows beside its words: a picture, a file, a place, a card, a choice."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.console.inbox import captions, recap, replies
from sportello.console.inbox.piece import Piece, Seen, SeenButton
from sportello.console.inbox.told import told_of
from sportello.console.templatetags.desk import phone
from sportello.schema.inbox import Media, MediaState, Message, Origin

# Shown inside the page; whatever else comes is offered as a download only.
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
SOUNDS = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr"})
FILMS = frozenset({"video/mp4", "video/3gpp"})
_CARDS_MAX = 10
_TEXT_KINDS = frozenset({"text", "button", "interactive", "template"})


def piece_of(message: Message, file: Media | None) -> Piece:
    """Never fails: a shape that is not known is shown as not supported."""
    if message.revoked_at is not None:
        return Piece("gone", _("The customer deleted this message"), says_all=True)
    if file is not None:
        return _of_file(message, file)
    if message.type == recap.TYPE:
        return recap.piece(message.payload)
    if message.type in captions.MARKS or message.type == "system":
        return _event(message)
    if message.type in _TEXT_KINDS and not message.text and not message.payload:
        return Piece("gone", _("No longer kept"), says_all=True)
    return _of_type(message)


def _event(message: Message) -> Piece:
    part = _part(message)
    part = part if isinstance(part, Mapping) else {}
    return Piece("event", _changed(message, part), says_all=True)


def _changed(message: Message, part: Mapping[str, Any]) -> str:
    """What happened to the customer, or to a message that is not in sight."""
    match message.type, part.get("type"):
        case "system", "user_changed_number":
            number = phone(str(part.get("wa_id") or ""))
            return _("The customer's number changed: it is now %(number)s") % {"number": number}
        case "system", "customer_identity_changed":
            return _("The customer's security code changed: perhaps they have a new phone")
        case "system", "user_changed_user_id":
            return _("The customer's WhatsApp id changed")
        case "system", _kind:
            return message.text or _("The customer's number or device changed")
        case "reaction", _kind if not message.text:
            return _("The customer took a reaction back")
        case kind, _kind:
            mark = str(captions.MARKS[kind])
            return f"{mark}: {message.text}" if message.text else mark


def _of_type(message: Message) -> Piece:
    part = _part(message)
    if message.type == "template" and (seen := seen_of(part)) is not None:
        return Piece("template", seen=seen)
    match message.type:
        case kind if kind in _FILES:
            return _of_ours(message, part) or _missing(message)
        case "location":
            return _place(part)
        case "contacts":
            return _cards(part)
        case "order" if isinstance(part, Mapping):
            return replies.cart(part)
        case "interactive" | "button" if message.origin == Origin.CUSTOMER:
            return _reply(part if isinstance(part, Mapping) else {})
        case kind if kind not in _UNSPOKEN and (message.text or kind in _TEXT_KINDS):
            return Piece("words")
        case _:
            return _unsupported(message)


_FILES = frozenset({"image", "video", "audio", "sticker", "document"})
_UNSPOKEN = frozenset({"unsupported"})


def _missing(message: Message) -> Piece:
    return Piece("missing", _called(message), _("The file has not arrived"))


def _of_ours(message: Message, part: Any) -> Piece | None:
    """What we sent (`inbox.sending`): the file's own row has it. None for a customer's."""
    is_ours = message.origin != Origin.CUSTOMER and isinstance(part, Mapping)
    if not is_ours or not isinstance(part.get("file"), int):
        return None
    mime_type, size = str(part.get("mime_type") or ""), part.get("size")
    name = str(part.get("filename") or "")
    ending = name.rpartition(".")[2].upper()[:8] if "." in name else ""
    told = _size(size) if isinstance(size, int) else ""
    return Piece(
        kind_of(mime_type),
        name or _called(message),
        " · ".join(one for one in (ending, told) if one),
        file_id=part["file"],
    )


def _called(message: Message) -> str:
    """A file's kind in words; a sound that nobody spoke into the phone is no voice message."""
    part = message.payload.get("audio")
    if message.type == "audio" and isinstance(part, Mapping) and part.get("voice") is False:
        return _("Audio")
    return str(captions.KINDS.get(message.type, _("File")))


def _reply(part: Mapping[str, Any]) -> Piece:
    """A template's quick reply, or one of the answers that Meta calls interactive."""
    form, permission = part.get("nfm_reply"), part.get("call_permission_reply")
    if isinstance(form, Mapping):
        return replies.form(form)
    if isinstance(permission, Mapping):
        return replies.call_permission(permission)
    return replies.tapped(part)


def _unsupported(message: Message) -> Piece:
    """What Meta would not pass on, or nobody here knows: of which kind, and Meta's code."""
    told, errors = message.payload.get("unsupported"), message.payload.get("errors")
    kind = told.get("type") if isinstance(told, Mapping) else message.type
    first = errors[0] if isinstance(errors, list) and errors else None
    code = first.get("code") if isinstance(first, Mapping) else None
    title = captions.NOT_PASSED_ON.get(code) if isinstance(code, int) else None
    parts = (
        str(captions.UNSHOWN.get(str(kind), "" if kind == "unsupported" else kind)),
        _("code %(code)d") % {"code": code} if isinstance(code, int) else "",
    )
    return Piece(
        "unsupported",
        str(title or _("This kind of message cannot be shown")),
        " · ".join(part for part in parts if part),
    )


def _part(message: Message) -> Any:
    """Meta's object of the message's own type, whether kept whole or by its name."""
    return message.payload.get(message.type, message.payload)


def _of_file(message: Message, file: Media) -> Piece:
    title = file.filename or _called(message)
    if file.state == MediaState.WANTED:
        return Piece("coming", title, _("The file is being brought in"))
    if file.state != MediaState.KEPT:
        return Piece("missing", title, str(_WHY_MISSING[MediaState(file.state)]))
    label, words = told_of(message.type, file)
    kind = kind_of(file.mime_type)
    return Piece(kind, title, _detail(file), media_id=file.pk, label=label, told=words)


_WHY_MISSING = {
    MediaState.GONE: gettext_lazy("WhatsApp no longer has this file"),
    MediaState.REFUSED: gettext_lazy("The file was not accepted"),
}


def seen_of(shown: Any) -> Seen | None:
    """What was kept with the message when it was written; None for another shape."""
    if not isinstance(shown, Mapping) or not isinstance(shown.get("header"), Mapping):
        return None
    header, buttons = shown["header"], shown.get("buttons")
    listed = buttons if isinstance(buttons, list) else []
    file_id = header.get("file")
    return Seen(
        heading=str(header.get("text") or ""),
        media=_HEADERS.get(str(header.get("kind") or ""), ""),
        file_id=file_id if isinstance(file_id, int) else None,
        filename=str(header.get("filename") or ""),
        body=str(shown.get("body") or ""),
        footer=str(shown.get("footer") or ""),
        buttons=tuple(_seen_button(one) for one in listed if isinstance(one, Mapping)),
    )


_HEADERS = {"IMAGE": "picture", "VIDEO": "film", "GIF": "film", "DOCUMENT": "file"}
_BUTTONS = {"URL": "external-link", "PHONE_NUMBER": "phone", "COPY_CODE": "copy"}


def _seen_button(shown: Mapping[str, Any]) -> SeenButton:
    kind = str(shown.get("kind") or "")
    text = str(shown.get("text") or "")
    if kind == "COPY_CODE":
        text = text or _("Copy the code")
    return SeenButton(_BUTTONS.get(kind, "arrow-back-up"), text, str(shown.get("target") or ""))


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
        return Piece("place", _("Location"), says_all=True)
    latitude, longitude = part.get("latitude"), part.get("longitude")
    detail = str(part.get("address") or "")
    url = ""
    if isinstance(latitude, int | float) and isinstance(longitude, int | float):
        detail = detail or f"{latitude:.5f}, {longitude:.5f}"
        where = f"{latitude:.6f}/{longitude:.6f}"
        url = f"https://www.openstreetmap.org/?mlat={latitude:.6f}&mlon={longitude:.6f}#map=17/{where}"
    return Piece("place", str(part.get("name") or _("Location")), detail, url, says_all=True)


def _cards(part: Any) -> Piece:
    """Names with their first number, as many as one looks at."""
    people = part.get("contacts", []) if isinstance(part, Mapping) else part
    listed = people if isinstance(people, list) else []
    cards = tuple(_card(card) for card in listed[:_CARDS_MAX] if isinstance(card, Mapping))
    return Piece("cards", _("Contact card"), cards=cards, says_all=True)


def _card(card: Mapping[str, Any]) -> tuple[str, str]:
    name, phones = card.get("name"), card.get("phones")
    called = str(name.get("formatted_name", "")) if isinstance(name, Mapping) else ""
    first = phones[0] if isinstance(phones, list) and phones else {}
    return called or "?", str(first.get("phone", "")) if isinstance(first, Mapping) else ""
