"""The buttons of a template: how many, in which order, with which parts. Source: templates 4.3."""

from whatsapp_emulator.errors import bad_param
from whatsapp_emulator.render import VARIABLE
from whatsapp_emulator.shape import objects, words
from whatsapp_emulator.template_refusals import TOO_LONG, refused, within
from whatsapp_emulator.wire import Json

BUTTONS_MAX = {
    "QUICK_REPLY": 10, "URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "FLOW": 1, "CATALOG": 1,
    "MPM": 1, "SPM": 1, "VOICE_CALL": 1, "REQUEST_CONTACT_INFO": 1, "OTP": 1,
}  # fmt: skip
WITH_TEXT = ("QUICK_REPLY", "URL", "PHONE_NUMBER", "FLOW", "CATALOG", "MPM", "SPM", "VOICE_CALL")
ALL_MAX = 10
TEXT_MAX = 25
URL_MAX = 2000
DIGITS_MAX = 20
CODE_MAX = 20


def check_buttons(given: Json, *, at_most: int = ALL_MAX) -> list[str]:
    """The kinds in order; they are upper-cased in place. Raises for counts, order and parts."""
    buttons = objects(given, "buttons", "components['BUTTONS']")
    if not 1 <= len(buttons) <= at_most:
        raise refused(TOO_LONG, "Too many buttons", f"There may be 1 to {at_most} buttons")
    kinds = [_kind(index, button) for index, button in enumerate(buttons)]
    for index, button in enumerate(buttons):
        _check(index, button)
    for kind, most in BUTTONS_MAX.items():
        if kinds.count(kind) > most:
            raise refused(TOO_LONG, "Too many buttons", f"At most {most} buttons of type {kind}")
    if kinds != sorted(kinds, key=lambda k: (k == "QUICK_REPLY") == (kinds[0] != "QUICK_REPLY")):
        raise refused(2388072, "Invalid button order", "Quick replies must stand together")
    if "OTP" in kinds:
        raise refused(2388072, "Invalid button", "OTP buttons are for authentication templates")
    return kinds


def _kind(index: int, button: Json) -> str:
    kind = words(button, "type", f"buttons[{index}]").upper()
    if kind not in BUTTONS_MAX:
        raise bad_param(f"buttons[{index}]['type']", f"must be one of {{{', '.join(BUTTONS_MAX)}}}")
    button["type"] = kind
    return kind


def _check(index: int, button: Json) -> None:
    kind = button["type"]
    if kind in WITH_TEXT:
        within(words(button, "text", f"buttons[{index}]"), TEXT_MAX, f"Text of button {index}")
    match kind:
        case "PHONE_NUMBER":
            _check_phone(index, button)
        case "COPY_CODE":
            check_code(button, CODE_MAX)
        case "URL":
            _check_url(index, button)
        case "FLOW" if not any(button.get(k) for k in ("flow_id", "flow_name", "flow_json")):
            raise refused(2388072, "Invalid button", f"Button {index} names no flow")


def check_code(button: Json, longest: int) -> None:
    """The example of a coupon: text, or a list of one."""
    example = button.get("example")
    code = example[0] if isinstance(example, list) and example else example
    if not isinstance(code, str) or not 1 <= len(code) <= longest:
        raise refused(
            2388043, "Missing example", f"COPY_CODE needs an example code of at most {longest}"
        )


def _check_phone(index: int, button: Json) -> None:
    number = words(button, "phone_number", f"buttons[{index}]")
    digits = number.removeprefix("+").replace(" ", "").replace("-", "")
    if not digits.isdigit():
        raise refused(2388072, "Invalid phone number", f"Button {index}: digits and + only")
    within(digits, DIGITS_MAX, "phone_number")


def _check_url(index: int, button: Json) -> None:
    url = words(button, "url", f"buttons[{index}]", longest=URL_MAX)
    found = VARIABLE.findall(url)
    if not url.startswith(("https://", "http://")):
        raise refused(2388072, "Invalid URL", f"Button {index}: the URL is not valid")
    if len(found) > 1 or (found and not url.endswith("}}")):
        raise refused(2388072, "Invalid URL", f"Button {index}: one variable, at the end")
    if found and not button.get("example"):
        raise refused(2388043, "Missing example", f"Button {index}: a dynamic URL needs an example")
