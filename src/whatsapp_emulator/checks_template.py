"""Checks of template messages against the approved template. Source: reference sending 2.6."""

import re

from whatsapp_emulator import flows
from whatsapp_emulator.call import Call
from whatsapp_emulator.checks_media import reference
from whatsapp_emulator.errors import GraphError, bad_param, missing
from whatsapp_emulator.render import (
    VARIABLE,
    component,
    fill,
    parameter_text,
    template_view,
    variables,
    view_text,
)
from whatsapp_emulator.shape import objects, part, words
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Template, World

BODY_MAX = 1024
HEADER_MAX = 60
CODE_MAX = 15
COUPON_MAX = 20
_BAD_SPACE = re.compile(r"[\n\r\t]| {5,}")
_BAD_SIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Control signs, and those that turn the direction of writing."""
_MEDIA_FORMS = ("IMAGE", "VIDEO", "DOCUMENT", "GIF")


def template_message(call: Call) -> str:
    """The text with its variables filled; the template is left in `call.template`."""
    given = part(call.params, "template")
    found = find(call, given)
    sent = given.get("components")
    components = [] if sent is None else objects(given, "components", "template")
    if call.params.get("to") is None and found.category == "AUTHENTICATION":
        raise GraphError(131062)
    check_components(call, found, found.components, components)
    call.template = found
    return view_text(template_view(found.components, components))


def find(call: Call, given: Json) -> Template:
    """The approved template in the asked language. Raises 132001, 132015, 132016."""
    name = words(given, "name", "template", longest=512)
    language = part(given, "language", "template")
    code = words(language, "code", "template['language']")
    found = by_name(call.emulator.world, call.node.waba_id, name, code)
    if found is None or found.status not in ("APPROVED", "PAUSED", "DISABLED"):
        raise GraphError(132001, f"template name ({name}) does not exist in {code}")
    if found.status == "PAUSED":
        raise GraphError(132015, f"Template ({name}) is paused due to low quality")
    if found.status == "DISABLED":
        raise GraphError(132016, f"Template ({name}) is disabled due to low quality")
    return found


def by_name(world: World, waba_id: str, name: str, language: str) -> Template | None:
    return world.templates.get(world.file.template_ids.get((waba_id, name, language), ""))


def check_components(call: Call, template: Template, made: list[Json], sent: list[Json]) -> None:
    """Raises when header, body, buttons or cards do not fit what was created."""
    named = template.parameter_format == "NAMED"
    known = {"HEADER", "BODY", "BUTTON", "CAROUSEL", "LIMITED_TIME_OFFER", "FOOTER"}
    for index, item in enumerate(sent):
        if str(item.get("type", "")).upper() not in known:
            raise bad_param(f"template['components'][{index}]['type']", "is not a valid component.")
    _check_header(call, component(made, "HEADER"), component(sent, "HEADER"), named=named)
    _check_body(component(made, "BODY"), component(sent, "BODY"), named=named)
    buttons = (component(made, "BUTTONS") or {}).get("buttons", [])
    for button in buttons:
        if button.get("type") == "FLOW":
            flows.check(call, button)
    _check_buttons(buttons, [i for i in sent if str(i.get("type", "")).upper() == "BUTTON"])
    carousel = component(made, "CAROUSEL")
    if carousel is not None:
        _check_cards(call, template, carousel, component(sent, "CAROUSEL"))


def _check_header(call: Call, made: Json | None, sent: Json | None, *, named: bool) -> None:
    parameters = _parameters(sent)
    form = "NONE" if made is None else str(made.get("format", "TEXT")).upper()
    if form == "TEXT" and made is not None:
        _check_text("header", str(made.get("text", "")), parameters, named=named)
        if len(fill(str(made.get("text", "")), parameters)) > HEADER_MAX:
            raise GraphError(132005, "header: Text is too long")
        return
    if form in (*_MEDIA_FORMS, "LOCATION", "PRODUCT"):
        received = str(parameters[0].get("type", "")).upper() if parameters else "UNKNOWN"
        if received != form and not (form == "GIF" and received == "VIDEO"):
            raise GraphError(
                132012, f"header: Format mismatch, expected {form}, received {received}"
            )
        if received in ("IMAGE", "VIDEO", "DOCUMENT"):
            kind = received.lower()
            given = part(parameters[0], kind, "header")
            reference(call, given, kind, f"header['{kind}']")
        return
    if parameters:
        raise GraphError(
            132000,
            f"header: number of localizable_params ({len(parameters)}) does not match "
            "the expected number of params (0)",
        )


def _check_body(made: Json | None, sent: Json | None, *, named: bool) -> None:
    text = str((made or {}).get("text", ""))
    parameters = _parameters(sent)
    _check_text("body", text, parameters, named=named)
    if len(fill(text, parameters)) > BODY_MAX:
        raise GraphError(132005, "body: Text is too long")


def _check_text(where: str, text: str, parameters: list[Json], *, named: bool) -> None:
    expected = variables(text)
    if len(parameters) != len(expected):
        raise GraphError(
            132000,
            f"{where}: number of localizable_params ({len(parameters)}) does not match "
            f"the expected number of params ({len(expected)})",
        )
    for index, parameter in enumerate(parameters):
        _check_parameter(where, index, parameter)
    if named and {p.get("parameter_name") for p in parameters} != set(expected):
        raise GraphError(
            100, "Parameter name is missing or empty", message="(#100) Invalid parameter"
        )


def _check_parameter(where: str, index: int, parameter: Json) -> None:
    kind = parameter.get("type")
    if kind not in ("text", "currency", "date_time"):
        raise GraphError(132012, f"{where}: parameter {index} of type {kind} is not text")
    if kind == "text" and not isinstance(parameter.get("text"), str):
        raise GraphError(132012, f"{where}: parameter {index} is missing its text")
    text = parameter_text(parameter)
    if not text:
        raise missing(f"{where}: parameter {index} is missing text value")
    if _BAD_SIGN.search(text):
        raise GraphError(132007, f"{where}: parameter {index} has characters that are not allowed")
    if _BAD_SPACE.search(text):
        raise GraphError(
            132018,
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
        )


def _check_buttons(made: list[Json], sent: list[Json]) -> None:
    by_index = {str(item.get("index")): item for item in sent}
    for index, item in by_index.items():
        if not index.isdigit() or int(index) >= len(made):
            raise GraphError(132000, f"buttons: Button at index {index} does not exist")
        _check_sub_type(index, made[int(index)], item)
    for position, button in enumerate(made):
        _check_button(position, button, _parameters(by_index.get(str(position))))


def _check_sub_type(index: str, made: Json, sent: Json) -> None:
    """Raises 132012 for a button given as another kind than it was created."""
    given = words(sent, "sub_type", "template['components']").lower()
    kind = str(made.get("type", "")).lower()
    if given != kind:
        raise GraphError(
            132012, f"buttons: Button at index {index} is of type {kind}, received {given}"
        )


def _check_button(index: int, button: Json, parameters: list[Json]) -> None:
    kind = str(button.get("type", "")).upper()
    if kind == "URL" and VARIABLE.search(str(button.get("url", ""))):
        if not parameters or not parameters[0].get("text"):
            raise missing(f"buttons: Button at index {index} of type Url requires a parameter")
        if "otp_type=" in str(button.get("url")) and len(str(parameters[0]["text"])) > CODE_MAX:
            raise GraphError(132005, f"buttons: code is longer than {CODE_MAX} characters")
    elif kind == "COPY_CODE":
        code = str(parameters[0].get("coupon_code", "")) if parameters else ""
        if not code:
            raise missing(f"buttons: Button at index {index} of type CopyCode requires a parameter")
        if len(code) > COUPON_MAX or not code.isalnum():
            raise GraphError(132012, f"buttons: coupon code at index {index} is not valid")
    elif kind == "URL" and parameters:
        raise GraphError(132000, f"buttons: Button at index {index} of type Url takes no parameter")


def _check_cards(call: Call, template: Template, made: Json, sent: Json | None) -> None:
    cards = (sent or {}).get("cards") or []
    if len(cards) != len(made.get("cards", [])):
        raise GraphError(132012, "carousel: number of cards differs from the template's")
    for index, card in enumerate(made["cards"]):
        given = cards[index].get("components") or [] if isinstance(cards[index], dict) else []
        check_components(call, template, card.get("components", []), given)


def _parameters(sent: Json | None) -> list[Json]:
    if sent is None:
        return []
    values = sent.get("parameters") or []
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise bad_param("template['components']['parameters']", "must be an array of objects.")
    return values
