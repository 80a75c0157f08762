"""What Meta refuses at once when a template is created. Source: reference templates 4.2 and 4.3."""

import re

from whatsapp_emulator.errors import GraphError, bad_param, required
from whatsapp_emulator.render import VARIABLE, component, variables
from whatsapp_emulator.shape import objects, part, words
from whatsapp_emulator.wire import Json

NAME = re.compile(r"[a-z0-9_]{1,512}")
CATEGORIES = ("AUTHENTICATION", "MARKETING", "UTILITY")
LANGUAGES = frozenset(
    "af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da "  # noqa: SIM905
    "prs_AF nl nl_BE en en_GB en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA "
    "en_SG en_UG en_ZA et fil fi fr fr_BE fr_CA fr_CH fr_CI fr_MA ka de de_AT de_CH el gu ha he "
    "hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb ps_AF fa pl pt_BR pt_PT pa "
    "ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_HN es_MX es_PA es_PE es_ES "
    "es_UY sw sv ta te th tr uk ur uz vi zu".split()
)
COMPONENTS = ("HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER")
FORMATS = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "GIF", "LOCATION", "PRODUCT")
BUTTONS_MAX = {
    "QUICK_REPLY": 10, "URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "FLOW": 1, "CATALOG": 1,
    "MPM": 1, "SPM": 1, "VOICE_CALL": 1, "REQUEST_CONTACT_INFO": 1, "OTP": 1,
}  # fmt: skip
_LEADING = re.compile(r"^\s*\{\{|\}\}\s*$")
_NAMED = re.compile(r"[a-z0-9_]+")
WORDS_PER_VARIABLE = 2


def check_creation(body: Json) -> None:
    """Raises what Meta answers synchronously; components are upper-cased in place."""
    name = words(body, "name")
    if not NAME.fullmatch(name):
        raise _refused(2388040, "Invalid name", "Name may have only lower-case letters, digits, _")
    language = words(body, "language")
    if language not in LANGUAGES:
        raise bad_param("language", f'must be one of the supported languages - got "{language}".')
    category = words(body, "category").upper()
    if category not in CATEGORIES:
        raise bad_param("category", f"must be one of {{{', '.join(CATEGORIES)}}}")
    body["category"] = category
    body["parameter_format"] = str(body.get("parameter_format", "POSITIONAL")).upper()
    if body["parameter_format"] not in ("POSITIONAL", "NAMED"):
        raise bad_param("parameter_format", "must be one of {POSITIONAL, NAMED}")
    check_components(body, category, named=body["parameter_format"] == "NAMED")


def check_components(body: Json, category: str, *, named: bool) -> None:
    """Raises for header, body, footer and buttons against Meta's rules."""
    components = objects(body, "components")
    for index, item in enumerate(components):
        kind = words(item, "type", f"components[{index}]").upper()
        if kind not in COMPONENTS:
            raise bad_param(
                f"components[{index}]['type']", f"must be one of {{{', '.join(COMPONENTS)}}}"
            )
        item["type"] = kind
    kinds = [item["type"] for item in components]
    if len(set(kinds)) != len(kinds):
        raise GraphError(100, message="(#100) Each component type may come once")
    made_body = component(components, "BODY")
    if made_body is None:
        raise required("components['BODY']")
    if category == "AUTHENTICATION":
        return
    _check_body(made_body, named=named)
    for kind, check in (("HEADER", _check_header), ("FOOTER", _check_footer)):
        found = component(components, kind)
        if found is not None:
            check(found, named)
    buttons = component(components, "BUTTONS")
    if buttons is not None:
        check_buttons(buttons)


def check_variables(text: str, what: str, *, named: bool) -> None:
    """Consecutive or well-named, neither first nor last."""
    found = variables(text)
    if text.count("{{") != len(VARIABLE.findall(text)):
        raise _refused(2388072, "Invalid parameter", f"{what}: braces do not form a variable")
    if named:
        bad = [v for v in found if not _NAMED.fullmatch(v) or v.isdigit()]
        if bad:
            raise _refused(2388072, "Invalid parameter", f"{what}: name {bad[0]} is not allowed")
    elif found != [str(i + 1) for i in range(len(found))]:
        raise _refused(
            2388072, "Invalid parameter", f"{what}: variables must count up from {{{{1}}}}"
        )


def check_buttons(given: Json) -> None:
    """Counts, order and parts of the buttons."""
    buttons = objects(given, "buttons", "components['BUTTONS']")
    if not 1 <= len(buttons) <= 10:
        raise _refused(2388040, "Too many buttons", "A template has 1 to 10 buttons")
    kinds = []
    for index, button in enumerate(buttons):
        kind = words(button, "type", f"buttons[{index}]").upper()
        button["type"] = kind
        if kind not in BUTTONS_MAX:
            raise bad_param(
                f"buttons[{index}]['type']", f"must be one of {{{', '.join(BUTTONS_MAX)}}}"
            )
        kinds.append(kind)
        _check_button(index, button)
    for kind, most in BUTTONS_MAX.items():
        if kinds.count(kind) > most:
            raise _refused(2388040, "Too many buttons", f"At most {most} buttons of type {kind}")
    if kinds != sorted(kinds, key=lambda k: (k == "QUICK_REPLY") == (kinds[0] != "QUICK_REPLY")):
        raise _refused(2388072, "Invalid button order", "Quick replies must stand together")


def _check_button(index: int, button: Json) -> None:
    kind = button["type"]
    if kind in ("QUICK_REPLY", "URL", "PHONE_NUMBER", "FLOW"):
        _within(words(button, "text", f"buttons[{index}]"), 25, f"Text of button {index}", 2388040)
    if kind == "PHONE_NUMBER":
        _within(words(button, "phone_number", f"buttons[{index}]"), 21, "phone_number", 2388040)
    if kind == "COPY_CODE":
        example = button.get("example")
        code = example[0] if isinstance(example, list) and example else example
        if not isinstance(code, str) or not 1 <= len(code) <= 20:
            raise _refused(2388043, "Missing example", "COPY_CODE needs an example code")
    if kind == "URL":
        _check_url(index, button)


def _check_url(index: int, button: Json) -> None:
    url = words(button, "url", f"buttons[{index}]", longest=2000)
    found = VARIABLE.findall(url)
    if not url.startswith(("https://", "http://")):
        raise _refused(2388072, "Invalid URL", f"Button {index}: the URL is not valid")
    if len(found) > 1 or (found and not url.endswith("}}")):
        raise _refused(2388072, "Invalid URL", f"Button {index}: one variable, at the end")
    if found and not button.get("example"):
        raise _refused(
            2388043, "Missing example", f"Button {index}: a dynamic URL needs an example"
        )


def _check_body(made: Json, *, named: bool) -> None:
    text = words(made, "text", "components['BODY']")
    _within(text, 1024, "Body", 2388040)
    check_variables(text, "body", named=named)
    found = variables(text)
    if _LEADING.search(text):
        raise _refused(
            2388299,
            "Leading or trailing params",
            "Variables can't be at the start or end of the template.",
        )
    plain = len(VARIABLE.sub(" ", text).split())
    if found and plain < len(found) * WORDS_PER_VARIABLE + 1:
        raise _refused(
            2388293,
            "Params words ratio exceeded",
            "This template has too many variables for its length. Reduce the number of "
            "variables or increase the message length.",
        )
    _check_examples(made, "body_text", found, named=named)


def _check_header(made: Json, named: bool) -> None:  # noqa: FBT001 - called through a table
    form = str(made.get("format", "")).upper()
    if form not in FORMATS:
        raise bad_param(
            "components['HEADER']['format']", f"must be one of {{{', '.join(FORMATS)}}}"
        )
    made["format"] = form
    if form == "TEXT":
        text = words(made, "text", "components['HEADER']")
        _within(text, 60, "Header", 2388040)
        check_variables(text, "header", named=named)
        if len(variables(text)) > 1:
            raise _refused(2388047, "Invalid header", "A header has at most one variable")
        _check_examples(made, "header_text", variables(text), named=named)
    elif form in ("IMAGE", "VIDEO", "DOCUMENT", "GIF"):
        example = part(made, "example", "components['HEADER']") if made.get("example") else {}
        if not example.get("header_handle"):
            raise _refused(2388043, "Missing example", f"A header of format {form} needs a sample")


def _check_footer(made: Json, _named: bool) -> None:  # noqa: FBT001 - called through a table
    text = words(made, "text", "components['FOOTER']")
    _within(text, 60, "Footer", 2388040)
    if "{{" in text:
        raise _refused(2388073, "Invalid footer", "A footer has no variables")


def _check_examples(made: Json, key: str, found: list[str], *, named: bool) -> None:
    """Every variable needs its example: `body_text: [[…]]`, or `body_text_named_params`."""
    if not found:
        return
    example = made.get("example")
    given: set[str] = set()
    if isinstance(example, dict) and named:
        pairs = example.get(f"{key}_named_params")
        if isinstance(pairs, list):
            given = {
                str(p.get("param_name")) for p in pairs if isinstance(p, dict) and p.get("example")
            }
    elif isinstance(example, dict):
        values = example.get(key)
        if isinstance(values, list) and values and isinstance(values[0], list):
            values = values[0]
        if isinstance(values, list):
            given = {str(i + 1) for i, value in enumerate(values) if value}
    if not set(found) <= given:
        raise _refused(2388043, "Missing example", f"{key}: every variable needs an example value")


def _within(text: str, longest: int, what: str, subcode: int) -> None:
    if len(text) > longest:
        raise _refused(subcode, "Character limit exceeded", f"{what}: at most {longest} characters")


def _refused(subcode: int, title: str, message: str) -> GraphError:
    """Creation errors are code 100 with the 2388xxx as subcode (reference account 9)."""
    return GraphError(
        100,
        message="Invalid parameter",
        subcode=subcode,
        user_title=title,
        user_message=message,
    )
