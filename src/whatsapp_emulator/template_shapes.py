"""Templates of special shape: authentication, carousel, limited-time offer.

Source: reference templates 4.4 and 4.9.
"""

from collections.abc import Callable
from dataclasses import dataclass

from whatsapp_emulator.errors import GraphError, bad_param, required
from whatsapp_emulator.render import component
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.shape import objects, part, words
from whatsapp_emulator.template_buttons import check_buttons, check_code
from whatsapp_emulator.template_refusals import TOO_LONG, refused, within
from whatsapp_emulator.wire import Json

LTO_BODY_MAX = 600
LTO_TEXT_MAX = 16
LTO_CODE_MAX = 15
CARDS = (2, 10)
CARD_BODY_MAX = 160
CARD_BUTTONS_MAX = 2
MINUTES = (1, 90)
APPS_MAX = 5
PACKAGE_MAX = 224
HASH_LENGTH = 11
OTP_TYPES = ("COPY_CODE", "ONE_TAP", "ZERO_TAP")
OTP_URL = "https://www.whatsapp.com/otp/code/?otp_type="
AUTH_TEXTS = {
    "it": (
        "*{{1}}* è il tuo codice di verifica.",
        " Per la tua sicurezza, non condividerlo con nessuno.",
        "Questo codice scade tra {minutes} minuti.",
        "Copia codice",
    ),
    "en": (
        "*{{1}}* is your verification code.",
        " For your security, do not share this code.",
        "This code expires in {minutes} minutes.",
        "Copy code",
    ),
}

admit_approximation(
    "authentication templates",
    "the fixed texts are Italian for it and English for every other language",
)


@dataclass(frozen=True)
class CardChecks:
    """The checks that a carousel's cards share with the template itself."""

    header: Callable[[Json, bool], None]
    body: Callable[..., None]


def check_authentication(components: list[Json], language: str) -> list[Json]:
    """What Meta makes of the asked components: fixed texts, the OTP button as a URL.

    Raises for what an authentication template cannot have.
    """
    for kind in ("HEADER", "CAROUSEL", "LIMITED_TIME_OFFER"):
        if component(components, kind) is not None:
            raise refused(2388072, "Invalid component", f"Authentication templates have no {kind}")
    body = component(components, "BODY")
    if body is None:
        raise required("components['BODY']")
    text, advice, expiry, copy = AUTH_TEXTS.get(language, AUTH_TEXTS["en"])
    advised = bool(body.get("add_security_recommendation"))
    made: list[Json] = [
        {
            "type": "BODY",
            "text": text + (advice if advised else ""),
            "add_security_recommendation": advised,
            "example": {"body_text": [["123456"]]},
        }
    ]
    footer = component(components, "FOOTER")
    if footer is not None:
        minutes = _minutes(footer)
        made.append(
            {
                "type": "FOOTER",
                "text": expiry.format(minutes=minutes),
                "code_expiration_minutes": minutes,
            }
        )
    made.append({"type": "BUTTONS", "buttons": [_otp_button(components, copy)]})
    return made


def check_offer(offer: Json, components: list[Json], category: str) -> None:
    """A marketing template with a short text, no footer, and a short code."""
    if category != "MARKETING":
        raise refused(2388072, "Invalid category", "Limited-time offers are MARKETING templates")
    inner = part(offer, "limited_time_offer", "components['LIMITED_TIME_OFFER']")
    within(words(inner, "text", "limited_time_offer"), LTO_TEXT_MAX, "limited_time_offer text")
    if component(components, "FOOTER") is not None:
        raise refused(2388073, "Invalid footer", "Limited-time offers have no footer")
    for button in (component(components, "BUTTONS") or {}).get("buttons", []):
        if button.get("type") == "COPY_CODE":
            check_code(button, LTO_CODE_MAX)


def check_carousel(
    carousel: Json, components: list[Json], checks: CardChecks, *, named: bool
) -> None:
    """2 to 10 cards of one shape: media header, body of 160 on all or none, 1 or 2 buttons."""
    if any(component(components, kind) for kind in ("HEADER", "FOOTER", "BUTTONS")):
        raise refused(2388072, "Invalid component", "Beside a carousel there is only a body")
    cards = objects(carousel, "cards", "components['CAROUSEL']")
    if not CARDS[0] <= len(cards) <= CARDS[1]:
        raise refused(TOO_LONG, "Invalid number of cards", "A carousel has 2 to 10 cards")
    shapes = [_card_shape(index, card, checks, named=named) for index, card in enumerate(cards)]
    if any(shape != shapes[0] for shape in shapes):
        raise refused(
            2388072, "Cards differ", "All cards need the same header format, body and buttons"
        )


def _card_shape(
    index: int, card: Json, checks: CardChecks, *, named: bool
) -> tuple[str, bool, tuple[str, ...]]:
    """(header format, whether it has a body, kinds of buttons)."""
    where = f"cards[{index}]"
    components = objects(card, "components", where)
    for item in components:
        item["type"] = words(item, "type", where).upper()
    header = component(components, "HEADER")
    if header is None:
        raise required(f"{where}['HEADER']")
    checks.header(header, named)
    if header["format"] not in ("IMAGE", "VIDEO", "PRODUCT"):
        raise refused(2388047, "Invalid header", f"{where}: the header is an image or a video")
    body = component(components, "BODY")
    if body is not None:
        checks.body(body, named=named, longest=CARD_BODY_MAX)
    buttons = component(components, "BUTTONS")
    if buttons is None:
        raise required(f"{where}['BUTTONS']")
    kinds = check_buttons(buttons, at_most=CARD_BUTTONS_MAX)
    return header["format"], body is not None, tuple(kinds)


def _minutes(footer: Json) -> int:
    value = footer.get("code_expiration_minutes")
    if not isinstance(value, int) or not MINUTES[0] <= value <= MINUTES[1]:
        raise bad_param("code_expiration_minutes", f"must be from {MINUTES[0]} to {MINUTES[1]}")
    return value


def _otp_button(components: list[Json], copy: str) -> Json:
    """The one OTP button, checked and turned into the URL button that Meta keeps."""
    given = component(components, "BUTTONS")
    buttons = [] if given is None else objects(given, "buttons", "components['BUTTONS']")
    if len(buttons) != 1 or str(buttons[0].get("type", "")).upper() not in ("OTP", "URL"):
        raise refused(2388072, "Invalid button", "Authentication templates have one OTP button")
    button = buttons[0]
    if "otp_type=" in str(button.get("url", "")):
        return button
    kind = words(button, "otp_type", "buttons[0]").upper()
    if kind not in OTP_TYPES:
        raise bad_param("buttons[0]['otp_type']", f"must be one of {{{', '.join(OTP_TYPES)}}}")
    for key in ("text", "autofill_text"):
        within(str(button.get(key) or ""), 25, key)
    if kind != "COPY_CODE":
        _check_apps(button)
    if kind == "ZERO_TAP" and button.get("zero_tap_terms_accepted") is not True:
        raise GraphError(100, message="(#100) zero_tap_terms_accepted must be true")
    url = f"{OTP_URL}{kind}&code=otp{{{{1}}}}"
    return {"type": "URL", "text": button.get("text") or copy, "url": url, "example": [url]}


def _check_apps(button: Json) -> None:
    apps = objects(button, "supported_apps", "buttons[0]")
    if not 1 <= len(apps) <= APPS_MAX:
        raise refused(TOO_LONG, "Too many apps", f"1 to {APPS_MAX} supported apps")
    for app in apps:
        within(words(app, "package_name", "supported_apps"), PACKAGE_MAX, "package_name")
        if len(words(app, "signature_hash", "supported_apps")) != HASH_LENGTH:
            raise bad_param("signature_hash", f"must have {HASH_LENGTH} characters")
