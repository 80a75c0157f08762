"""What Meta refuses at once when a template is created. Source: reference templates 4.2 to 4.4."""

import re

from whatsapp_emulator.errors import GraphError, bad_param, required
from whatsapp_emulator.render import VARIABLE, component, variables
from whatsapp_emulator.shape import objects, part, words
from whatsapp_emulator.template_buttons import check_buttons
from whatsapp_emulator.template_refusals import refused, within
from whatsapp_emulator.template_shapes import (
    LTO_BODY_MAX,
    CardChecks,
    check_authentication,
    check_carousel,
    check_offer,
)
from whatsapp_emulator.wire import Json

NAME = re.compile(r"[a-z0-9_]{1,512}")
CATEGORIES = ("AUTHENTICATION", "MARKETING", "UTILITY")
LANGUAGES = frozenset(
    "af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da "  # noqa: SIM905 - reads better so
    "prs_AF nl nl_BE en en_GB en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA "
    "en_SG en_UG en_ZA et fil fi fr fr_BE fr_CA fr_CH fr_CI fr_MA ka de de_AT de_CH el gu ha he "
    "hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb ps_AF fa pl pt_BR pt_PT pa "
    "ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_HN es_MX es_PA es_PE es_ES "
    "es_UY sw sv ta te th tr uk ur uz vi zu".split()
)
COMPONENTS = (
    "HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER",
    "CALL_PERMISSION_REQUEST",
)  # fmt: skip
FORMATS = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "GIF", "LOCATION", "PRODUCT")
TTL_S = {"AUTHENTICATION": (30, 900), "UTILITY": (30, 43_200), "MARKETING": (43_200, 2_592_000)}
FOREVER_TTL = -1
BODY_MAX = 1024
_LEADING = re.compile(r"^\s*\{\{|\}\}\s*$")
_NAMED = re.compile(r"[a-z0-9_]+")
WORDS_PER_VARIABLE = 2


def check_creation(body: Json) -> None:
    """Raises what Meta answers synchronously; enumerations are upper-cased in place."""
    name = words(body, "name")
    if not NAME.fullmatch(name):
        raise refused(2388040, "Invalid name", "Name may have only lower-case letters, digits, _")
    language = words(body, "language")
    if language not in LANGUAGES:
        raise bad_param("language", f'must be one of the supported languages - got "{language}".')
    body["category"] = category_of(body)
    body["parameter_format"] = str(body.get("parameter_format", "POSITIONAL")).upper()
    if body["parameter_format"] not in ("POSITIONAL", "NAMED"):
        raise bad_param("parameter_format", "must be one of {POSITIONAL, NAMED}")
    check_ttl(body, body["category"])
    check_components(body, body["category"], named=body["parameter_format"] == "NAMED")


def category_of(body: Json) -> str:
    category = words(body, "category").upper()
    if category not in CATEGORIES:
        raise bad_param("category", f"must be one of {{{', '.join(CATEGORIES)}}}")
    return category


def check_ttl(body: Json, category: str) -> None:
    """Seconds to live, by category (reference templates 4.8)."""
    given = body.get("message_send_ttl_seconds")
    if given is None:
        return
    if isinstance(given, str) and given.removeprefix("-").isdigit():
        given = body["message_send_ttl_seconds"] = int(given)
    least, most = TTL_S[category]
    forever = given == FOREVER_TTL and category != "MARKETING"
    whole = isinstance(given, int) and not isinstance(given, bool)
    if not whole or not (least <= given <= most or forever):
        what = f"must be from {least} to {most} for {category}"
        raise bad_param("message_send_ttl_seconds", what)


def check_components(body: Json, category: str, *, named: bool) -> None:
    """Raises for components against Meta's rules; those of an authentication template are
    replaced by what Meta makes of them.
    """
    components = objects(body, "components")
    kinds = [_kind(index, item) for index, item in enumerate(components)]
    if len(set(kinds)) != len(kinds):
        raise GraphError(100, message="(#100) Each component type may come once")
    if category == "AUTHENTICATION":
        body["components"] = check_authentication(components, str(body.get("language", "en")))
        return
    made_body = component(components, "BODY")
    if made_body is None:
        raise required("components['BODY']")
    offer = component(components, "LIMITED_TIME_OFFER")
    check_body(made_body, named=named, longest=BODY_MAX if offer is None else LTO_BODY_MAX)
    for kind, check in (("HEADER", check_header), ("FOOTER", _check_footer)):
        found = component(components, kind)
        if found is not None:
            check(found, named)
    buttons = component(components, "BUTTONS")
    if buttons is not None:
        check_buttons(buttons)
    if offer is not None:
        check_offer(offer, components, category)
    carousel = component(components, "CAROUSEL")
    if carousel is not None:
        check_carousel(carousel, components, CardChecks(check_header, check_body), named=named)


def check_body(made: Json, *, named: bool, longest: int = BODY_MAX) -> None:
    """Length, variables, their place, their share of the words, their examples."""
    text = words(made, "text", "components['BODY']")
    within(text, longest, "Body")
    _check_variables(text, "body", named=named)
    found = variables(text)
    if _LEADING.search(text):
        raise refused(
            2388299,
            "Leading or trailing params",
            "Variables can't be at the start or end of the template.",
        )
    plain = len(VARIABLE.sub(" ", text).split())
    if found and plain < len(found) * WORDS_PER_VARIABLE + 1:
        raise refused(
            2388293,
            "Params words ratio exceeded",
            "This template has too many variables for its length. Reduce the number of "
            "variables or increase the message length.",
        )
    _check_examples(made, "body_text", found, named=named)


def check_header(made: Json, named: bool) -> None:  # noqa: FBT001 - called through a table
    """A text of 60 characters with one variable at most, or a sample of the media."""
    form = str(made.get("format", "")).upper()
    if form not in FORMATS:
        raise bad_param(
            "components['HEADER']['format']", f"must be one of {{{', '.join(FORMATS)}}}"
        )
    made["format"] = form
    if form == "TEXT":
        text = words(made, "text", "components['HEADER']")
        within(text, 60, "Header")
        _check_variables(text, "header", named=named)
        if len(variables(text)) > 1:
            raise refused(2388047, "Invalid header", "A header has at most one variable")
        _check_examples(made, "header_text", variables(text), named=named)
    elif form in ("IMAGE", "VIDEO", "DOCUMENT", "GIF"):
        example = part(made, "example", "components['HEADER']") if made.get("example") else {}
        if not example.get("header_handle"):
            raise refused(2388043, "Missing example", f"A header of format {form} needs a sample")


def _kind(index: int, item: Json) -> str:
    kind = words(item, "type", f"components[{index}]").upper()
    if kind not in COMPONENTS:
        raise bad_param(
            f"components[{index}]['type']", f"must be one of {{{', '.join(COMPONENTS)}}}"
        )
    item["type"] = kind
    return kind


def _check_variables(text: str, what: str, *, named: bool) -> None:
    """Consecutive or well-named."""
    found = variables(text)
    if text.count("{{") != len(VARIABLE.findall(text)):
        raise refused(2388072, "Invalid parameter", f"{what}: braces do not form a variable")
    if named:
        bad = [v for v in found if not _NAMED.fullmatch(v) or v.isdigit()]
        if bad:
            raise refused(2388072, "Invalid parameter", f"{what}: name {bad[0]} is not allowed")
    elif found != [str(i + 1) for i in range(len(found))]:
        raise refused(
            2388072, "Invalid parameter", f"{what}: variables must count up from {{{{1}}}}"
        )


def _check_footer(made: Json, _named: bool) -> None:  # noqa: FBT001 - called through a table
    text = words(made, "text", "components['FOOTER']")
    within(text, 60, "Footer")
    if "{{" in text:
        raise refused(2388073, "Invalid footer", "A footer has no variables")


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
        raise refused(2388043, "Missing example", f"{key}: every variable needs an example value")
