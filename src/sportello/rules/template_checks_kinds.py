"""Checks of what special templates are made of: authentication, carousel, limited-time offer."""

from collections.abc import Iterator
from typing import Final

from sportello.rules.pricing import Category
from sportello.rules.template_codes import Code
from sportello.rules.template_scene import LABEL_MAX, Scene
from sportello.rules.template_values import (
    Button,
    ButtonKind,
    Finding,
    HeaderKind,
    Part,
    Parts,
    Remove,
    Template,
    Where,
    Write,
)

CARDS_MIN: Final = 2
CARDS_MAX: Final = 10
EXPIRES_MIN: Final = 1
EXPIRES_MAX: Final = 90
APPS_MAX: Final = 5
PACKAGE_MAX: Final = 224
SIGNATURE_LENGTH: Final = 11
_CODE_ADDRESS: Final = "https://www.whatsapp.com/otp/code/"
_OTP_TYPES: Final = frozenset({"COPY_CODE", "ONE_TAP", "ZERO_TAP"})
_CARD_HEADERS: Final = frozenset({HeaderKind.IMAGE, HeaderKind.VIDEO, HeaderKind.PRODUCT})


def authentication(scene: Scene) -> Iterator[Finding]:
    """Meta's fixed form. Source: reference templates 4.4."""
    template, parts = scene.template, scene.parts
    if _is_as_meta_returns(parts):
        return
    if parts.body is not None:
        paths = (parts.body.path, parts.body.example_path)
        removed = tuple(Remove(path) for path in paths if path)
        yield scene.finding(Code.AUTH_BODY, Part.BODY, fix=removed)
    if parts.header is not None:
        yield scene.finding(Code.AUTH_EXTRA, Part.HEADER, value="header")
    if parts.footer is not None:
        removed = (Remove(parts.footer.path),) if template.expires_path else ()
        yield scene.finding(Code.AUTH_EXTRA, Part.FOOTER, fix=removed, value="footer")
    if template.has_cards or template.offer is not None:
        yield scene.finding(Code.AUTH_EXTRA, Part.TEMPLATE, value="cards or offers")
    minutes = template.expires_min
    if minutes is not None and not EXPIRES_MIN <= minutes <= EXPIRES_MAX:
        nearest = min(max(minutes, EXPIRES_MIN), EXPIRES_MAX)
        fix = (Write(template.expires_path, nearest),)
        yield scene.finding(Code.AUTH_EXPIRATION, Part.FOOTER, fix=fix)
    yield from _code_button(scene)


def _is_as_meta_returns(parts: Parts) -> bool:
    """Once created its words are written out, and its button is an address: nothing to mend."""
    return any(
        button.kind is ButtonKind.URL and button.target.startswith(_CODE_ADDRESS)
        for button in parts.buttons
    )


def _code_button(scene: Scene) -> Iterator[Finding]:
    given = scene.parts.buttons
    if [button.kind for button in given] != [ButtonKind.OTP] or given[0].otp_type not in _OTP_TYPES:
        yield scene.finding(Code.AUTH_BUTTON, Part.BUTTONS)
        return
    button = given[0]
    if button.otp_type != "COPY_CODE" and not _has_apps(button):
        yield scene.finding(Code.AUTH_APP, Part.BUTTONS, index=button.index)
    if len(button.autofill) > LABEL_MAX:
        yield scene.finding(
            Code.TOO_LONG,
            Part.BUTTONS,
            index=button.index,
            length=len(button.autofill),
            limit=LABEL_MAX,
        )


def _has_apps(button: Button) -> bool:
    are_good = all(
        1 <= len(app.package) <= PACKAGE_MAX and len(app.signature) == SIGNATURE_LENGTH
        for app in button.apps
    )
    is_accepted = button.zero_tap_accepted or button.otp_type != "ZERO_TAP"
    return 1 <= len(button.apps) <= APPS_MAX and are_good and is_accepted


def carousel(template: Template) -> Iterator[Finding]:
    """As many cards as Meta takes, all alike. Source: reference templates 4.9."""
    if not template.has_cards:
        return
    cards = template.cards
    if not CARDS_MIN <= len(cards) <= CARDS_MAX:
        yield Finding(Code.CARDS_COUNT, Where(Part.CARDS), (("count", len(cards)),))
    for at, card in enumerate(cards):
        if card.header is None or card.header.kind not in _CARD_HEADERS:
            yield Finding(Code.CARD_HEADER, Where(Part.HEADER, card=at))
        if _form(card) != _form(cards[0]):
            yield Finding(Code.CARDS_UNEVEN, Where(Part.CARDS, card=at))


def _form(card: Parts) -> tuple[object, ...]:
    kind = card.header.kind if card.header else None
    return kind, card.body is None, tuple(button.kind for button in card.buttons)


def offer(scene: Scene) -> Iterator[Finding]:
    """A limited-time offer has a short text and no footer. Source: reference templates 4.9."""
    if scene.template.offer is None or scene.template.category is Category.AUTHENTICATION:
        return
    if not scene.template.offer.text.strip():
        yield scene.finding(Code.TEXT_MISSING, Part.OFFER)
    if scene.parts.footer is not None:
        # A second footer would only move into the place of the first.
        is_only = all(flaw.code is not Code.REPEATED_COMPONENT for flaw in scene.template.flaws)
        fix = (Remove(scene.parts.footer.path[:-1]),) if is_only else ()
        yield scene.finding(Code.OFFER_FOOTER, Part.FOOTER, fix=fix)
