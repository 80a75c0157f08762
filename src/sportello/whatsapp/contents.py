"""What a customer's message may hold: one frozen value for each kind that Meta documents.

Source: wire/webhooks/messages and reference, webhooks 5.3. A kind that is unknown, or known with a
shape that is not, becomes `Unsupported`: shown as such, its JSON kept, never dropped.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import field


class _Content(msgspec.Struct, frozen=True):
    """Named as Meta names it; what is missing is empty."""


class Text(_Content, frozen=True):
    """Words."""

    body: str


class Media(_Content, frozen=True):
    """A picture, video, voice note, document or sticker; the bytes are fetched by `id`."""

    id: str
    kind: str = ""
    mime_type: str = ""
    sha256: str = ""
    url: str = ""
    caption: str = ""
    filename: str = ""
    voice: bool = False
    animated: bool = False


class Location(_Content, frozen=True):
    """A place on the map, in degrees."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""
    url: str = ""


class Contacts(_Content, frozen=True):
    """Contact cards, as Meta sent them."""

    cards: tuple[dict[str, Any], ...]


class Reaction(_Content, frozen=True):
    """An emoji under a message; an empty one takes the reaction away."""

    message_id: str
    emoji: str = ""


class Button(_Content, frozen=True):
    """The quick reply of a template was tapped."""

    text: str = ""
    payload: str = ""


class Choice(_Content, frozen=True):
    """A reply button or a row of a list was tapped; `kind` is Meta's word for which."""

    id: str
    title: str = ""
    description: str = ""
    kind: str = ""


class Flow(_Content, frozen=True):
    """A form was filled in. `response_json` is JSON text, not looked into."""

    name: str = ""
    body: str = ""
    response_json: str = ""


class CallPermission(_Content, frozen=True):
    """The customer said whether we may call."""

    response: str
    is_permanent: bool = False
    expiration_timestamp: int | None = None
    response_source: str = ""


class OrderItem(_Content, frozen=True):
    """One line of an order; the price in units of the currency."""

    product_retailer_id: str
    quantity: int = 1
    item_price: float = 0.0
    currency: str = ""


class Order(_Content, frozen=True):
    """A cart from the catalogue."""

    product_items: tuple[OrderItem, ...]
    catalog_id: str = ""
    text: str = ""


class System(_Content, frozen=True):
    """Something about the customer changed: number, user id or device."""

    type: str = ""
    body: str = ""
    wa_id: str = ""
    identity: dict[str, Any] = field(default_factory=dict)
    user_id: str = ""
    parent_user_id: str = ""
    previous_user_id: str = ""
    previous_parent_user_id: str = ""


class Revoke(_Content, frozen=True):
    """A message was taken back."""

    original_message_id: str


class Unsupported(_Content, frozen=True):
    """Meta's `unsupported`, a kind that we do not know, or one whose shape we do not know."""

    type: str
    reason: str = ""


class Edit(_Content, frozen=True):
    """A message was written anew; `content` is what it says now."""

    original_message_id: str
    content: "Content"


Content = (
    Text
    | Media
    | Location
    | Contacts
    | Reaction
    | Button
    | Choice
    | Flow
    | CallPermission
    | Order
    | System
    | Revoke
    | Edit
    | Unsupported
)

_REASON_LENGTH_MAX: Final = 200
_SIMPLE: Final[Mapping[str, type[Content]]] = {
    "text": Text,
    "location": Location,
    "reaction": Reaction,
    "button": Button,
    "order": Order,
    "system": System,
    "revoke": Revoke,
}
_MEDIA: Final = frozenset({"image", "video", "audio", "document", "sticker"})
_INTERACTIVE: Final[Mapping[str, type[Content]]] = {
    "button_reply": Choice,
    "list_reply": Choice,
    "nfm_reply": Flow,
    "call_permission_reply": CallPermission,
}


def content_of(message: Mapping[str, Any]) -> Content:
    """The content of a message's JSON object, already storable. Raises nothing."""
    kind = message.get("type")
    if not isinstance(kind, str):
        return Unsupported("", "the message names no type")
    try:
        return _typed(kind, message)
    except (msgspec.ValidationError, TypeError, KeyError) as error:
        return Unsupported(kind, f"unexpected shape: {error}"[:_REASON_LENGTH_MAX])


def words(content: Content) -> str:
    """What of it can be read as text: for search, for the list, for the assistant."""
    match content:
        case Text(body=said) | Media(caption=said) | Button(text=said) | Choice(title=said):
            return said
        case Flow(body=said) | Order(text=said) | System(body=said):
            return said
        case Location():
            return " · ".join(part for part in (content.name, content.address) if part)
        case Edit():
            return words(content.content)
        case _:
            return ""


def _typed(kind: str, message: Mapping[str, Any]) -> Content:
    if kind in _SIMPLE:
        return msgspec.convert(message[kind], _SIMPLE[kind], strict=False)
    if kind in _MEDIA:
        media = msgspec.convert(message[kind], Media, strict=False)
        return msgspec.structs.replace(media, kind=kind)
    match kind:
        case "contacts":
            return Contacts(msgspec.convert(message[kind], tuple[dict[str, Any], ...]))
        case "interactive":
            return _interactive(message[kind])
        case "edit":
            edited = content_of(msgspec.convert(message[kind]["message"], dict[str, Any]))
            return Edit(msgspec.convert(message[kind]["original_message_id"], str), edited)
        case "unsupported":
            return _unsupported(message)
        case _:
            return Unsupported(kind, "a kind that is not known here")


def _interactive(interactive: Mapping[str, Any]) -> Content:
    kind = interactive["type"]
    if kind not in _INTERACTIVE:
        return Unsupported(f"interactive/{kind}", "a kind that is not known here")
    reply = msgspec.convert(interactive[kind], _INTERACTIVE[kind], strict=False)
    return msgspec.structs.replace(reply, kind=kind) if isinstance(reply, Choice) else reply


def _unsupported(message: Mapping[str, Any]) -> Unsupported:
    """Meta itself could not say what the customer sent; its error says so in words."""
    told = message.get("unsupported")
    kind = told.get("type") if isinstance(told, dict) else None
    errors = message.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    title = first.get("title") if isinstance(first, dict) else None
    return Unsupported(
        kind if isinstance(kind, str) else "unsupported",
        title[:_REASON_LENGTH_MAX] if isinstance(title, str) else "",
    )
