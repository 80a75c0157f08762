"""A message as a value to the JSON that Meta's `/messages` takes, within Meta's limits.

Source: wire/requests and reference, sending 2.1 to 2.6.
"""

from dataclasses import dataclass
from typing import Any, Final, assert_never

CALLBACK_LENGTH_MAX: Final = 512
_BODY_MAX: Final = 4096
_CAPTION_MAX: Final = 1024
_CAPTIONED: Final = frozenset({"image", "video", "document"})
_MEDIA: Final = _CAPTIONED | {"audio", "sticker"}


class UnsendableError(ValueError):
    """The message breaks a limit of Meta's. `part` names which, in Meta's words."""

    def __init__(self, part: str, rule: str) -> None:
        """The rule in words; never the text that breaks it."""
        super().__init__(f"{part}: {rule}")
        self.part = part
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Text:
    """Words, up to 4096 characters; `preview_url` shows the first link's page."""

    body: str
    preview_url: bool = False


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, video, document, voice note or sticker, by media id or by https link."""

    kind: str
    id: str = ""
    link: str = ""
    caption: str = ""
    filename: str = ""
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A reply button; the id comes back when it is tapped."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Buttons:
    """Words with one to three reply buttons."""

    body: str
    buttons: tuple[Button, ...]
    header: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a title, which only a list of one section may lack."""

    rows: tuple[Row, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class List:
    """Words with a button that opens up to ten rows."""

    body: str
    button: str
    sections: tuple[Section, ...]
    header: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji under a message of the customer's; an empty one takes it away."""

    message_id: str
    emoji: str


@dataclass(frozen=True, slots=True)
class TextParameter:
    """A variable's value. `name` for templates with named variables, empty for counted ones."""

    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class MediaParameter:
    """The picture, video or document in a template's header."""

    kind: str
    id: str = ""
    link: str = ""
    filename: str = ""


@dataclass(frozen=True, slots=True)
class ButtonParameter:
    """The variable of one button: `sub_type` is quick_reply, url or copy_code."""

    index: int
    sub_type: str
    value: str


@dataclass(frozen=True, slots=True)
class Template:
    """An approved template with its variables filled in."""

    name: str
    language: str
    header: TextParameter | MediaParameter | None = None
    body: tuple[TextParameter, ...] = ()
    buttons: tuple[ButtonParameter, ...] = ()


Message = Text | Media | Buttons | List | Reaction | Template
Json = dict[str, Any]


def body_of(message: Message, reply_to: str = "") -> Json:
    """The request without its recipient. `reply_to`: the wamid that the message quotes.

    Raises `UnsendableError`.
    """
    kind, content = _content(message)
    if not reply_to:
        return {"type": kind, kind: content}
    if isinstance(message, Reaction):
        raise UnsendableError("context", "a reaction quotes nothing")
    return {"type": kind, kind: content, "context": {"message_id": reply_to}}


def addressed(body: Json, *, wa_id: str = "", user_id: str = "", attempt: str = "") -> Json:
    """The whole request: a body of `body_of`, to a number or else to a business-scoped user id.

    The number gets its plus sign: without one Meta puts the business's own country code before
    it. `attempt` comes back in every status. Raises `UnsendableError`.
    """
    if not wa_id and not user_id:
        raise UnsendableError("to", "neither a number nor a user id")
    _at_most("biz_opaque_callback_data", attempt, CALLBACK_LENGTH_MAX)
    recipient = {"to": f"+{wa_id.removeprefix('+')}"} if wa_id else {"recipient": user_id}
    callback = {"biz_opaque_callback_data": attempt} if attempt else {}
    whole = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    return whole | recipient | body | callback


def read_mark(wamid: str, *, typing: bool = False) -> Json:
    """Marks a message and all before it as read; with `typing`, shows us writing for 25 s."""
    mark: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    return mark | {"typing_indicator": {"type": "text"}} if typing else mark


def _content(message: Message) -> tuple[str, Json]:
    match message:
        case Text():
            _between("text.body", message.body, _BODY_MAX)
            return "text", {"body": message.body, "preview_url": message.preview_url}
        case Media():
            return message.kind, _media(message)
        case Buttons():
            return "interactive", _buttons(message)
        case List():
            return "interactive", _list(message)
        case Reaction():
            return "reaction", {"message_id": message.message_id, "emoji": message.emoji}
        case Template():
            return "template", _template(message)
        case _:
            assert_never(message)


def _media(media: Media) -> Json:
    if media.kind not in _MEDIA:
        raise UnsendableError("type", "no kind of media")
    if media.caption and media.kind not in _CAPTIONED:
        raise UnsendableError(f"{media.kind}.caption", "has no caption")
    _at_most(f"{media.kind}.caption", media.caption, _CAPTION_MAX)
    content = _source(media.kind, media.id, media.link)
    if media.caption:
        content["caption"] = media.caption
    if media.filename and media.kind == "document":
        content["filename"] = media.filename
    if media.voice and media.kind == "audio":
        content["voice"] = True
    return content


def _source(part: str, media_id: str, link: str) -> Json:
    if bool(media_id) == bool(link):
        raise UnsendableError(part, "either an id or a link")
    if link and not link.startswith("https://"):
        raise UnsendableError(f"{part}.link", "an https address")
    return {"id": media_id} if media_id else {"link": link}


def _buttons(message: Buttons) -> Json:
    _between("interactive.body", message.body, 1024)
    if not 1 <= len(message.buttons) <= 3:
        raise UnsendableError("interactive.action.buttons", "one to three")
    for button in message.buttons:
        _between("button.title", button.title, 20)
        _between("button.id", button.id, 256)
    _unique("button.id", [button.id for button in message.buttons])
    _unique("button.title", [button.title for button in message.buttons])
    replies = [
        {"type": "reply", "reply": {"id": button.id, "title": button.title}}
        for button in message.buttons
    ]
    return _interactive("button", message, {"buttons": replies})


def _list(message: List) -> Json:
    _between("interactive.body", message.body, _BODY_MAX)
    _between("interactive.action.button", message.button, 20)
    rows = [row for section in message.sections for row in section.rows]
    if not 1 <= len(rows) <= 10 or not all(section.rows for section in message.sections):
        raise UnsendableError("interactive.action.sections", "one to ten rows, none empty")
    for section in message.sections:
        if len(message.sections) > 1:
            _between("section.title", section.title, 24)
        _at_most("section.title", section.title, 24)
    for row in rows:
        _between("row.title", row.title, 24)
        _between("row.id", row.id, 200)
        _at_most("row.description", row.description, 72)
    _unique("row.id", [row.id for row in rows])
    sections = [_section(section) for section in message.sections]
    return _interactive("list", message, {"button": message.button, "sections": sections})


def _section(section: Section) -> Json:
    rows = [
        {"id": row.id, "title": row.title}
        | ({"description": row.description} if row.description else {})
        for row in section.rows
    ]
    return {"title": section.title, "rows": rows} if section.title else {"rows": rows}


def _interactive(kind: str, message: Buttons | List, action: Json) -> Json:
    _at_most("interactive.header", message.header, 60)
    _at_most("interactive.footer", message.footer, 60)
    content: Json = {"type": kind, "body": {"text": message.body}, "action": action}
    if message.header:
        content["header"] = {"type": "text", "text": message.header}
    if message.footer:
        content["footer"] = {"text": message.footer}
    return content


def _template(template: Template) -> Json:
    _between("template.name", template.name, 512)
    _between("template.language.code", template.language, 15)
    components: list[Json] = []
    if template.header is not None:
        components.append({"type": "header", "parameters": [_parameter(template.header)]})
    if template.body:
        parameters = [_parameter(parameter) for parameter in template.body]
        components.append({"type": "body", "parameters": parameters})
    components.extend(_button_parameter(button) for button in template.buttons)
    content: Json = {
        "name": template.name,
        "language": {"code": template.language, "policy": "deterministic"},
    }
    return content | ({"components": components} if components else {})


def _parameter(parameter: TextParameter | MediaParameter) -> Json:
    match parameter:
        case TextParameter(text, name):
            _between("parameter.text", text, 1024)
            if any(sign in text for sign in ("\n", "\t", "     ")):
                raise UnsendableError("parameter.text", "no new line, tab or five spaces")
            return {"type": "text"} | ({"parameter_name": name} if name else {}) | {"text": text}
        case MediaParameter(kind, media_id, link, filename):
            if kind not in _CAPTIONED:
                raise UnsendableError("parameter.type", "an image, video or document")
            media = _source(f"parameter.{kind}", media_id, link)
            named = {"filename": filename} if filename and kind == "document" else {}
            return {"type": kind, kind: media | named}
        case _:
            assert_never(parameter)


_BUTTON_VALUES: Final = {
    "quick_reply": ("payload", "payload", 128),
    "url": ("text", "text", 2000),
    "copy_code": ("coupon_code", "coupon_code", 20),
}


def _button_parameter(button: ButtonParameter) -> Json:
    if button.sub_type not in _BUTTON_VALUES or not 0 <= button.index <= 9:
        raise UnsendableError("button", "a quick reply, url or code, among the first ten")
    kind, key, length_max = _BUTTON_VALUES[button.sub_type]
    _between(f"button.{key}", button.value, length_max)
    return {
        "type": "button",
        "sub_type": button.sub_type,
        "index": str(button.index),
        "parameters": [{"type": kind, key: button.value}],
    }


def _between(part: str, value: str, length_max: int) -> None:
    if not value.strip():
        raise UnsendableError(part, "not empty")
    _at_most(part, value, length_max)


def _at_most(part: str, value: str, length_max: int) -> None:
    if len(value) > length_max:
        raise UnsendableError(part, f"at most {length_max} characters")


def _unique(part: str, values: list[str]) -> None:
    if len(set(values)) < len(values):
        raise UnsendableError(part, "all different")
