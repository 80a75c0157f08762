"""What a person sees of a message: header, body, footer, buttons, with variables filled in."""

import re
from typing import Any

from whatsapp_emulator.wire import Json

VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")


def variables(text: str) -> list[str]:
    """The variables of a template text, in order, each once."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def component(components: list[Json], kind: str) -> Json | None:
    """The component of that type (`HEADER`, `BODY`, …), whatever its letters' case."""
    for item in components:
        if str(item.get("type", "")).upper() == kind:
            return item
    return None


def parameter_text(parameter: Json) -> str:
    """A parameter as it reads in the text."""
    kind = parameter.get("type", "text")
    if kind in ("currency", "date_time"):
        inner = parameter.get(kind)
        return str(inner.get("fallback_value", "")) if isinstance(inner, dict) else ""
    return str(parameter.get("text", ""))


def fill(text: str, parameters: list[Json]) -> str:
    """The text with its variables replaced, by name where parameters are named."""
    named = {
        str(p["parameter_name"]): parameter_text(p) for p in parameters if p.get("parameter_name")
    }
    ordered = [parameter_text(p) for p in parameters]

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in named:
            return named[name]
        if name.isdigit() and 0 < int(name) <= len(ordered):
            return ordered[int(name) - 1]
        return match.group(0)

    return VARIABLE.sub(value, text)


def template_view(components: list[Json], given: list[Json]) -> Json:
    """The parts of a template message as a phone draws them."""
    view: Json = {}
    header = component(components, "HEADER")
    if header is not None:
        view["header"] = _header_view(header, _given(given, "HEADER"))
    body = component(components, "BODY")
    if body is not None:
        view["body"] = fill(str(body.get("text", "")), _given(given, "BODY"))
    footer = component(components, "FOOTER")
    if footer is not None:
        view["footer"] = footer.get("text", "")
    buttons = component(components, "BUTTONS")
    if buttons is not None:
        view["buttons"] = [
            _button_view(button, _button_given(given, index))
            for index, button in enumerate(buttons.get("buttons", []))
        ]
    carousel = component(components, "CAROUSEL")
    if carousel is not None:
        sent = (component(given, "CAROUSEL") or {}).get("cards", [])
        view["cards"] = [
            template_view(card.get("components", []), _card_given(sent, index))
            for index, card in enumerate(carousel.get("cards", []))
        ]
    return view


def interactive_view(interactive: Json) -> Json:
    """The parts of an interactive message as a phone draws them."""
    action = interactive.get("action") or {}
    view: Json = {"kind": interactive.get("type")}
    if interactive.get("header"):
        view["header"] = interactive["header"]
    for key in ("body", "footer"):
        if interactive.get(key):
            view[key] = interactive[key].get("text", "")
    view["buttons"] = [
        {"type": "reply", **(button.get("reply") or {})} for button in action.get("buttons", [])
    ]
    for key in ("button", "sections", "cards", "name", "parameters"):
        if key in action:
            view[key] = action[key]
    return view


def view_text(view: Json) -> str:
    """Header, body and footer as one text."""
    header = view.get("header") or {}
    parts = [header.get("text"), view.get("body"), view.get("footer")]
    return "\n".join(str(part) for part in parts if part)


def _given(given: list[Json], kind: str) -> list[Json]:
    found = component(given, kind)
    return list(found.get("parameters") or []) if found else []


def _button_given(given: list[Json], index: int) -> list[Json]:
    for item in given:
        if str(item.get("type", "")).upper() == "BUTTON" and str(item.get("index")) == str(index):
            return list(item.get("parameters") or [])
    return []


def _card_given(cards: list[Json], index: int) -> list[Json]:
    for card in cards:
        if card.get("card_index") == index:
            return list(card.get("components") or [])
    return []


def _header_view(header: Json, parameters: list[Json]) -> Json:
    form = str(header.get("format", "TEXT")).lower()
    if form == "text":
        return {"type": "text", "text": fill(str(header.get("text", "")), parameters)}
    media: Any = parameters[0].get(form) if parameters else None
    return {"type": form, form: media or {}}


def _button_view(button: Json, parameters: list[Json]) -> Json:
    kind = str(button.get("type", "")).upper()
    first = parameters[0] if parameters else {}
    view: Json = {"type": kind.lower(), "text": button.get("text", "")}
    if kind == "QUICK_REPLY":
        view["payload"] = first.get("payload", button.get("text", ""))
    elif kind == "URL":
        view["url"] = fill(str(button.get("url", "")), parameters)
    elif kind == "PHONE_NUMBER":
        view["phone_number"] = button.get("phone_number", "")
    elif kind == "COPY_CODE":
        view["code"] = first.get("coupon_code", button.get("example", ""))
    return view
