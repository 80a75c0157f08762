"""What people write to the business: every inbound kind, its webhook, and the window it opens.

Source: reference webhooks 5.3.
"""

import base64
import binascii
from typing import TYPE_CHECKING, Any

from whatsapp_emulator import ids, keeping, marketing, samples, tally
from whatsapp_emulator.envelope import contact, metadata
from whatsapp_emulator.fresh import chat_of
from whatsapp_emulator.media_store import keep_inbound, media_url
from whatsapp_emulator.wire import Json, dumps, loads
from whatsapp_emulator.world import Chat, Direction, Message, Number, Person

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

MEDIA = ("image", "video", "audio", "document", "sticker")
OBJECTS = ("location", "order", "system", "edit", "revoke", "interactive", "button", "reaction")
KINDS = ("text", "contacts", "unsupported", *MEDIA, *OBJECTS)
LATEST_S = {
    "edit": (900.0, "changed for 15 minutes"),
    "revoke": (172_800.0, "taken back for 2 days"),
}
"""How long after sending (reference webhooks 5.3), in seconds and in words."""
SILENT = ("system", "edit", "revoke")
"""Kinds that are told but are not a word of the customer: they open no window."""
UNSUPPORTED_ERROR = {
    "code": 131051,
    "title": "Message type unknown",
    "message": "Message type unknown",
    "error_data": {"details": "Message type is currently not supported."},
}
INTERACTIVE_TEXT = {"button_reply": "title", "list_reply": "title", "nfm_reply": "body"}
READ = {
    **dict.fromkeys(MEDIA, ("caption", "filename")),
    "text": ("body",),
    "button": ("text",),
    "reaction": ("emoji",),
    "location": ("name", "address"),
    "system": ("body",),
}
"""Which member of each kind a reader reads: the first that is there."""


def receive(emulator: "Emulator", person: Person, number: Number, said: Json) -> Message:
    """The person sends `said` to the number. Raises ValueError with what is wrong in it."""
    kind = str(said.get("type", "text"))
    if kind not in KINDS:
        raise ValueError(f"type must be one of {', '.join(sorted(KINDS))}")
    chat = chat_of(person, number.id, emulator.settings.bounds.chat_messages)
    if person.wa_id in number.file.blocked:
        raise ValueError("the business has blocked this person")
    if chat.blocked:
        raise ValueError("this person has blocked the business; unblock it first")
    content = _content(emulator, number, kind, said)
    now = emulator.clock.now()
    if kind in LATEST_S:
        _check_age(emulator, person, kind, content)
    message = Message(
        id=ids.wamid(emulator.chance, person.wa_id, from_user=True),
        number_id=number.id,
        wa_id=person.wa_id,
        direction=Direction.TO_BUSINESS,
        type=kind,
        text=_text(kind, content),
        payload=dumps({"type": kind, **({} if content is None else {kind: content})}),
        at=now,
        status="delivered",
        arrived_at=now,
        context_id=_context_id(said),
    )
    _remember(emulator, person, chat, message, content)
    if kind not in SILENT:
        chat.last_inbound_at = now
        marketing.answered(emulator, person)
        if isinstance(said.get("referral"), dict):
            chat.entry_at = now
    _count_tap(emulator, message)
    _tell(emulator, person, number, message, content, said)
    emulator.watchers.changed(person.wa_id)
    return message


def _count_tap(emulator: "Emulator", message: Message) -> None:
    """A quick reply of a template is counted for its analytics."""
    target = keeping.find(emulator, message.context_id or "")
    if message.type == "button" and target is not None and target.template_id is not None:
        tally.click(emulator, target, "quick_reply_button", message.text)


def _content(emulator: "Emulator", number: Number, kind: str, said: Json) -> Any:
    """The object under the type's key, as the webhook carries it."""
    given = said.get(kind)
    if kind == "unsupported":
        return given if isinstance(given, dict) else None
    if kind in MEDIA:
        return _media(emulator, number, kind, given if isinstance(given, dict) else {})
    if kind == "contacts":
        if not isinstance(given, list) or not given:
            raise ValueError("contacts must be a list of at least one contact")
        return given
    if not isinstance(given, dict):
        raise ValueError(f"{kind} must be an object")  # noqa: TRY004 - the wish's own fault
    if kind == "text" and not isinstance(given.get("body"), str):
        raise ValueError("text.body must be a string")
    if kind == "reaction" and not isinstance(given.get("message_id"), str):
        raise ValueError("reaction.message_id must be a string")
    return given


def _check_age(emulator: "Emulator", person: Person, kind: str, content: Json) -> None:
    """Raises ValueError for a word of the person's that is too old, or that another said."""
    target = keeping.find(emulator, str(content.get("original_message_id")))
    if target is None:
        return
    longest_s, words = LATEST_S[kind]
    if target.direction is not Direction.TO_BUSINESS or target.wa_id != person.wa_id:
        raise ValueError("only a message of one's own can be changed or taken back")
    if emulator.clock.now() - target.at > longest_s:
        raise ValueError(f"a message can be {words}")


def _media(emulator: "Emulator", number: Number, kind: str, given: Json) -> Json:
    """Takes `data` (base64) and `mime_type`, or a small sample; keeps the bytes for 7 days."""
    mime, content = samples.SAMPLES[kind]
    if given.get("data") is not None:
        try:
            content = base64.b64decode(str(given["data"]), validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"{kind}.data must be base64") from None
        mime = str(given.get("mime_type", mime))
    kept = keep_inbound(emulator, number.waba_id, content, mime, given.get("filename"))
    told: Json = {
        "mime_type": mime,
        "sha256": base64.b64encode(bytes.fromhex(kept.sha256)).decode(),
        "id": kept.id,
        "url": media_url(emulator, kept),
    }
    for key in ("caption", "filename", "voice", "animated"):
        if given.get(key) is not None:
            told[key] = given[key]
    if kind == "audio":
        told.setdefault("voice", False)
    return told


def _text(kind: str, content: Any) -> str:
    """What a reader sees of it."""
    if kind == "contacts":
        return ", ".join(_formatted(card) for card in content)
    if kind == "interactive":
        inner = str(content.get("type", ""))
        reply = content.get(inner)
        return str(reply.get(INTERACTIVE_TEXT.get(inner), "")) if isinstance(reply, dict) else ""
    return next((str(content[key]) for key in READ.get(kind, ()) if content.get(key)), "")


def _formatted(card: Any) -> str:
    name = card.get("name") if isinstance(card, dict) else None
    return str(name.get("formatted_name", "")) if isinstance(name, dict) else ""


def _context_id(said: Json) -> str | None:
    context = said.get("context")
    if not isinstance(context, dict):
        return None
    found = context.get("message_id") or context.get("id")
    return str(found) if found else None


def _remember(
    emulator: "Emulator", person: Person, chat: Chat, message: Message, content: Any
) -> None:
    """Into the chat; edits, revocations and reactions change the message that they mean."""
    keeping.keep(emulator, message)
    if message.type in ("edit", "revoke", "reaction"):
        key = "message_id" if message.type == "reaction" else "original_message_id"
        target = keeping.find(emulator, str(content.get(key)))
        if target is None or target.wa_id != person.wa_id:
            return
        if message.type == "reaction":
            react(target, person.wa_id, message.text)
        elif message.type == "revoke":
            target.type, target.text, target.payload = "revoked", "", b"{}"
        else:
            _edit(target, content)
        keeping.changed(emulator, target)
        return
    keeping.show(emulator, chat, message)
    chat.unread = 0


def react(target: Message, sender: str, emoji: str) -> None:
    """Set, or with an empty emoji take away, the sender's reaction."""
    reactions = target.reactions or {}
    if emoji:
        reactions[sender] = emoji
    else:
        reactions.pop(sender, None)
    target.reactions = reactions or None


def _edit(target: Message, content: Json) -> None:
    """The words of a text, or under a picture, a film or a file."""
    edited = content.get("message")
    kind = edited.get("type", "text") if isinstance(edited, dict) else None
    inner = edited.get(kind) if isinstance(edited, dict) and kind == target.type else None
    if not isinstance(inner, dict):
        return
    target.edited = True
    if kind == "text":
        target.text = str(inner.get("body", ""))
        target.payload = dumps({"type": "text", "text": inner})
    elif kind in MEDIA:
        payload = loads(target.payload) or {}
        target.text = str(inner.get("caption", ""))
        payload[kind] = {**(payload.get(kind) or {}), "caption": target.text}
        target.payload = dumps(payload)


def _tell(  # noqa: PLR0917 - a webhook has these sources
    emulator: "Emulator", person: Person, number: Number, message: Message, content: Any, said: Json
) -> None:
    told: Json = {}
    if not person.hides_number:
        told["from"] = person.wa_id
    told["from_user_id"] = person.user_id
    told["id"] = message.id
    told["timestamp"] = str(int(message.at))
    told["type"] = message.type
    if message.type == "unsupported":
        told["errors"] = [UNSUPPORTED_ERROR]
    if content is not None:
        told[message.type] = content
    context = _context(emulator, number, message, said)
    if context:
        told["context"] = context
    if isinstance(said.get("referral"), dict):
        told["referral"] = said["referral"]
    value: Json = {"messaging_product": "whatsapp", "metadata": metadata(number)}
    if message.type != "system":
        value["contacts"] = [contact(person)]
    value["messages"] = [told]
    emulator.delivery.push(number.waba_id, "messages", value, number.id)


def _context(emulator: "Emulator", number: Number, message: Message, said: Json) -> Json:
    given = said.get("context")
    context: Json = {}
    if message.context_id is not None:
        target = keeping.find(emulator, message.context_id)
        own = target is not None and target.direction is Direction.TO_BUSINESS
        context = {"from": message.wa_id if own else number.digits, "id": message.context_id}
    for key in ("forwarded", "frequently_forwarded", "referred_product"):
        flag = said.get(key) or (given.get(key) if isinstance(given, dict) else None)
        if flag:
            context[key] = flag
    return context
