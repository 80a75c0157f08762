"""Checks of interactive messages. Source: reference sending 2.5."""

import re
from collections.abc import Callable

from whatsapp_emulator import flows
from whatsapp_emulator.call import Call
from whatsapp_emulator.checks_media import reference
from whatsapp_emulator.errors import bad_param, invalid, missing
from whatsapp_emulator.routes import admit_approximation, admit_missing
from whatsapp_emulator.shape import distinct, maybe_part, need, objects, one_of, part, within
from whatsapp_emulator.wire import Json

FOOTER_MAX = 60
HEADER_TEXT_MAX = 60
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\U0001f1e6-\U0001f1ff\ufe0f]")
_BODY_MAX = {"button": 1024, "list": 4096, "product_list": 1024, "flow": 1024}
_NO_HEADER = ("location_request_message", "request_contact_info", "carousel", "product")

admit_approximation(
    "interactive order_details, order_status, address_message",
    "accepted with a body, their actions are not examined (payments in India and Brazil)",
)
admit_missing("groups", "messages to groups and the group edges are not emulated")
admit_missing("messages_encrypted", "JWE-encrypted sending is not emulated")


def interactive(call: Call) -> str:
    """The body's text, as a reader sees it."""
    given = part(call.params, "interactive")
    kind = one_of(given, "type", _ACTIONS, ", ".join(_ACTIONS).upper(), "interactive")
    _header(call, given, kind)
    footer = maybe_part(given, "footer", "interactive")
    if footer is not None:
        within(footer.get("text"), "Footer text", FOOTER_MAX)
    text = _body(given, kind)
    action = part(given, "action", "interactive")
    _ACTIONS[kind](call, action)
    return text


def _body(given: Json, kind: str) -> str:
    body = maybe_part(given, "body", "interactive")
    if body is None:
        if kind in ("product", "call_permission_request"):
            return ""
        raise missing("interactive['body'] is required")
    return within(body.get("text"), "Body text", _BODY_MAX.get(kind, 1024))


def _header(call: Call, given: Json, kind: str) -> None:
    header = maybe_part(given, "header", "interactive")
    if header is None:
        if kind == "product_list":
            raise missing("interactive['header'] is required")
        return
    if kind in _NO_HEADER:
        raise invalid(f"Header is not supported for interactive type {kind}")
    shown = "TEXT, IMAGE, VIDEO, DOCUMENT"
    form = one_of(
        header, "type", ("text", "image", "video", "document"), shown, "interactive['header']"
    )
    if form == "text":
        within(header.get("text"), "Header text", HEADER_TEXT_MAX)
    elif kind in ("list", "product_list"):
        raise invalid(f"Header of interactive type {kind} must be text")
    else:
        path = "interactive['header']"
        reference(call, part(header, form, path), form, f"{path}['{form}']")


def _buttons(_call: Call, action: Json) -> None:
    buttons = objects(action, "buttons", "interactive['action']")
    if not 1 <= len(buttons) <= 3:
        raise invalid("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
    ids, titles = [], []
    for index, button in enumerate(buttons):
        path = f"interactive['action']['buttons'][{index}]"
        one_of(button, "type", ("reply",), "REPLY", path)
        reply = part(button, "reply", path)
        ids.append(within(reply.get("id"), "Button id", 256))
        titles.append(_button_title(reply.get("title")))
    distinct(ids, "Button id")
    distinct(titles, "Button title")


def _button_title(title: str | None) -> str:
    checked = within(title, "Button title", 20)
    if EMOJI.search(checked):
        raise invalid("Button title is not valid: emoji are not allowed")
    return checked


def _list(_call: Call, action: Json) -> None:
    within(action.get("button"), "Action button", 20)
    sections = objects(action, "sections", "interactive['action']")
    if not 1 <= len(sections) <= 10:
        raise invalid("Invalid sections count. Min allowed: 1, Max allowed: 10")
    ids: list[str] = []
    for section in sections:
        if len(sections) > 1 or section.get("title"):
            within(section.get("title"), "Section title", 24)
        rows = objects(section, "rows", "interactive['action']['sections']")
        if not rows:
            raise missing("Section rows are required")
        ids.extend(_row(row) for row in rows)
    if len(ids) > 10:
        raise invalid("Total row count exceed max allowed count: 10")
    distinct(ids, "Row id")


def _row(row: Json) -> str:
    within(row.get("title"), "Row title", 24)
    if row.get("description") is not None:
        within(row["description"], "Row description", 72)
    return within(row.get("id"), "Row id", 200)


def _named(name: str, then: Callable[[Json], None] | None = None) -> Callable[[Call, Json], None]:
    """An action that must bear `name`, with parameters that `then` looks at."""

    def check(_call: Call, action: Json) -> None:
        if need(action, "name", "action.name") != name:
            raise invalid(f"Action name must be {name}")
        if then is not None:
            then(part(action, "parameters", "interactive['action']"))

    return check


def _cta(parameters: Json) -> None:
    within(parameters.get("display_text"), "Display text", 20)
    url = need(parameters, "url", "parameters.url")
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise invalid("parameters.url is not a valid URL")


def _flow(parameters: Json) -> None:
    if str(need(parameters, "flow_message_version", "flow_message_version")) != "3":
        raise invalid("flow_message_version must be 3")
    if bool(parameters.get("flow_id")) == bool(parameters.get("flow_name")):
        raise missing("Exactly one of flow_id and flow_name is required")
    cta = within(need(parameters, "flow_cta", "flow_cta"), "Flow cta", 30)
    if EMOJI.search(cta):
        raise invalid("flow_cta cannot have emoji")
    if parameters.get("mode", "published") not in ("published", "draft"):
        raise invalid("mode must be published or draft")
    if parameters.get("flow_action", "navigate") not in ("navigate", "data_exchange"):
        raise invalid("flow_action must be navigate or data_exchange")


def _healthy_flow(call: Call, action: Json) -> None:
    _named("flow", _flow)(call, action)
    flows.check(call, part(action, "parameters", "interactive['action']"))


def _voice_call(parameters: Json) -> None:
    if parameters.get("display_text") is not None:
        within(parameters["display_text"], "Display text", 20)
    ttl = parameters.get("ttl_minutes")
    if ttl is not None and not (isinstance(ttl, int) and 1 <= ttl <= 43200):
        raise invalid("ttl_minutes must be between 1 and 43200")
    if parameters.get("payload") is not None:
        within(parameters["payload"], "Payload", 512)


def _product(_call: Call, action: Json) -> None:
    need(action, "catalog_id", "catalog_id")
    need(action, "product_retailer_id", "product_retailer_id")


def _product_list(_call: Call, action: Json) -> None:
    need(action, "catalog_id", "catalog_id")
    sections = objects(action, "sections", "interactive['action']")
    if not 1 <= len(sections) <= 10:
        raise invalid("Invalid sections count. Min allowed: 1, Max allowed: 10")
    total = 0
    for section in sections:
        if len(sections) > 1:
            within(section.get("title"), "Section title", 24)
        products = objects(section, "product_items", "interactive['action']['sections']")
        for product in products:
            need(product, "product_retailer_id", "product_retailer_id")
        total += len(products)
    if not 1 <= total <= 30:
        raise invalid("Invalid product count. Min allowed: 1, Max allowed: 30")


def _carousel(call: Call, action: Json) -> None:
    cards = objects(action, "cards", "interactive['action']")
    if not 2 <= len(cards) <= 10:
        raise invalid("Invalid cards count. Min allowed: 2, Max allowed: 10")
    kinds = {str(card.get("type")) for card in cards}
    if len(kinds) > 1:
        raise invalid("All cards must be of the same type")
    for index, card in enumerate(cards):
        if card.get("card_index") != index:
            raise invalid("card_index must count up from 0")
        if kinds != {"product"}:
            _card(call, card, index)


def _card(call: Call, card: Json, index: int) -> None:
    path = f"interactive['action']['cards'][{index}]"
    header = part(card, "header", path)
    form = one_of(header, "type", ("image", "video"), "IMAGE, VIDEO", f"{path}['header']")
    reference(call, part(header, form, path), form, f"{path}['header']['{form}']")
    body = maybe_part(card, "body", path)
    if body is not None:
        within(body.get("text"), "Card body text", 160)
    action = part(card, "action", path)
    if action.get("name") == "cta_url":
        _cta(part(action, "parameters", path))
        return
    buttons = objects(action, "buttons", path)
    if not 1 <= len(buttons) <= 3:
        raise invalid("Invalid buttons count on a card")
    for button in buttons:
        reply = part(button, "quick_reply", path)
        within(reply.get("id"), "Button id", 256)
        _button_title(reply.get("title"))


def _unexamined(_call: Call, action: Json) -> None:
    if not action:
        raise bad_param("interactive['action']", "must not be empty.")


_ACTIONS: dict[str, Callable[[Call, Json], None]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": _named("cta_url", _cta),
    "location_request_message": _named("send_location"),
    "request_contact_info": _named("request_contact_info"),
    "flow": _healthy_flow,
    "product": _product,
    "product_list": _product_list,
    "catalog_message": _named("catalog_message"),
    "carousel": _carousel,
    "call_permission_request": _named("call_permission_request"),
    "voice_call": _named("voice_call", _voice_call),
    "address_message": _unexamined,
    "order_details": _unexamined,
    "order_status": _unexamined,
}
