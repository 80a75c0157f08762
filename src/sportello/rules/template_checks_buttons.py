"""Checks of buttons: kinds, numbers, order, texts, addresses, phone numbers, codes."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from sportello.rules.pricing import Category
from sportello.rules.template_codes import Code
from sportello.rules.template_links import SHORTENERS, WHATSAPP, address, completed, host_of, phone
from sportello.rules.template_scene import CHECKED_MAX, Scene
from sportello.rules.template_text import LINK, braces, variables
from sportello.rules.template_values import (
    Arrange,
    Button,
    ButtonKind,
    Finding,
    Part,
    Write,
)

BUTTONS_MAX: Final = 10
CARD_BUTTONS_MAX: Final = 2
SHOWN_MAX: Final = 3  # more are shown as a list
URL_MAX: Final = 2000
COUPON_MAX: Final = 20
COUPON_OF_OFFER_MAX: Final = 15
_MOST: Final = {ButtonKind.QUICK_REPLY: 10, ButtonKind.URL: 2}  # of every other kind one
_HOST_ENDED: Final = re.compile(r"\s*(?:https?://|(?!https?:))[^/?#]+[/?#]", re.IGNORECASE)
_WITH_TEXT: Final = frozenset(
    {ButtonKind.QUICK_REPLY, ButtonKind.URL, ButtonKind.PHONE_NUMBER, ButtonKind.FLOW}
)


def buttons(scene: Scene) -> Iterator[Finding]:
    """All about the buttons, taken together and one by one."""
    yield from _numbers(scene)
    yield from _order(scene)
    yield from _same(scene)
    for button in scene.parts.buttons:
        yield from _label(scene, button)
        match button.kind:
            case ButtonKind.URL:
                yield from _url(scene, button)
            case ButtonKind.PHONE_NUMBER:
                yield from _phone(scene, button)
            case ButtonKind.COPY_CODE:
                yield from _coupon(scene, button)
            case ButtonKind.FLOW if not button.target:
                yield scene.finding(Code.FLOW_INCOMPLETE, Part.BUTTONS, index=button.index)
            case ButtonKind.OTP if scene.template.category is not Category.AUTHENTICATION:
                yield scene.finding(Code.OTP_ELSEWHERE, Part.BUTTONS, index=button.index)


def links(scene: Scene) -> Iterator[Finding]:
    """Links within the body."""
    body = scene.body
    if body is None:
        return
    for found in LINK.finditer(body.text):
        host = host_of(found[0])
        if host in SHORTENERS:
            yield scene.about(body, Code.URL_SHORTENER, span=found.span(), value=host)
        elif host in WHATSAPP:
            yield scene.about(body, Code.LINK_WHATSAPP, span=found.span())


def _numbers(scene: Scene) -> Iterator[Finding]:
    given = scene.parts.buttons
    most = BUTTONS_MAX if scene.card is None else CARD_BUTTONS_MAX
    if len(given) > most:
        yield scene.finding(
            Code.BUTTONS_TOO_MANY, Part.BUTTONS, count=len(given), kind="", limit=most
        )
    elif len(given) > SHOWN_MAX:
        yield scene.finding(Code.BUTTONS_AS_LIST, Part.BUTTONS)
    for kind, count in Counter(button.kind for button in given).items():
        limit = _MOST.get(kind, 1)
        if count > limit and len(given) <= most:
            yield scene.finding(
                Code.BUTTONS_TOO_MANY, Part.BUTTONS, count=count, kind=kind.value, limit=limit
            )


def _order(scene: Scene) -> Iterator[Finding]:
    """Quick replies stand together. Source: reference templates 4.3."""
    given = scene.parts.buttons
    quick = [button for button in given if button.kind is ButtonKind.QUICK_REPLY]
    others = [button for button in given if button.kind is not ButtonKind.QUICK_REPLY]
    if not quick or [b.index for b in quick] == list(
        range(quick[0].index, quick[0].index + len(quick))
    ):
        return
    wanted = quick + others if given[0] in quick else others + quick
    is_whole = [button.index for button in given] == list(range(len(given)))
    order = tuple(button.index for button in wanted)
    yield scene.finding(
        Code.BUTTONS_APART,
        Part.BUTTONS,
        index=_first_apart(quick),
        fix=(Arrange(scene.parts.buttons_path, order),) if is_whole else (),
    )


def _first_apart(quick: list[Button]) -> int:
    pairs = itertools.pairwise(quick)
    return next(right.index for left, right in pairs if right.index != left.index + 1)


def _same(scene: Scene) -> Iterator[Finding]:
    seen: set[str] = set()
    for button in scene.parts.buttons:
        text = " ".join(button.text.casefold().split())
        if text and text in seen:
            yield scene.finding(
                Code.BUTTONS_SAME_TEXT, Part.BUTTONS, index=button.index, value=button.text
            )
        seen.add(text)


def _label(scene: Scene, button: Button) -> Iterator[Finding]:
    if not button.text.strip() and button.kind in _WITH_TEXT:
        yield scene.finding(Code.TEXT_MISSING, Part.BUTTONS, index=button.index)
    if found := braces(button.text[:CHECKED_MAX]):
        span = (found[0].start, found[0].end)
        yield scene.finding(Code.BUTTON_VARIABLES, Part.BUTTONS, index=button.index, span=span)


def _url(scene: Scene, button: Button) -> Iterator[Finding]:
    at = button.index
    if len(button.target) > URL_MAX:
        yield scene.finding(
            Code.TOO_LONG, Part.BUTTONS, index=at, length=len(button.target), limit=URL_MAX
        )
        return
    found = braces(button.target)
    is_good = not found or _is_at_the_end(button.target)
    if not is_good:
        span = (found[0].start, found[0].end)
        yield scene.finding(Code.URL_VARIABLE, Part.BUTTONS, index=at, span=span)
    elif found and not button.example.strip():
        value = button.target[found[0].start :]
        yield scene.finding(Code.EXAMPLE_MISSING, Part.BUTTONS, index=at, value=value)
    yield from _where_it_leads(scene, button, is_good=is_good)


def _is_at_the_end(url: str) -> bool:
    """One variable, the last thing in the address, and not in its host."""
    found = braces(url)
    is_last = len(found) == 1 and found[0].good and url.endswith("}}")
    return is_last and _HOST_ENDED.match(url[: found[0].start]) is not None


def _where_it_leads(scene: Scene, button: Button, *, is_good: bool) -> Iterator[Finding]:
    first = next(iter(variables(button.target)), None)
    fixed = button.target if first is None else button.target[: first.start]
    whole = address(fixed)
    at = button.index
    if whole is None:
        if is_good:
            better = completed(fixed)
            new = better and better + button.target[len(fixed) :].strip()
            fix = (Write((*button.path, "url"), new),) if new else ()
            value = button.target[:80]
            yield scene.finding(Code.URL_INVALID, Part.BUTTONS, index=at, fix=fix, value=value)
    elif whole.host.removeprefix("www.") in WHATSAPP:
        yield scene.finding(Code.URL_WHATSAPP, Part.BUTTONS, index=at)
    elif whole.host.removeprefix("www.") in SHORTENERS:
        yield scene.finding(Code.URL_SHORTENER, Part.BUTTONS, index=at, value=whole.host)
    elif whole.scheme == "http":
        fix = (Write((*button.path, "url"), f"https{button.target[4:]}"),)
        yield scene.finding(Code.URL_INSECURE, Part.BUTTONS, index=at, fix=fix)


def _phone(scene: Scene, button: Button) -> Iterator[Finding]:
    number = phone(button.target[:80], scene.language)
    if number != button.target:
        fix = (Write((*button.path, "phone_number"), number),) if number else ()
        value = button.target[:40]
        yield scene.finding(
            Code.PHONE_INVALID, Part.BUTTONS, index=button.index, fix=fix, value=value
        )


def _coupon(scene: Scene, button: Button) -> Iterator[Finding]:
    limit = COUPON_MAX if scene.template.offer is None else COUPON_OF_OFFER_MAX
    code = button.example
    if not (1 <= len(code) <= limit and code.isascii() and code.isalnum()):
        yield scene.finding(Code.COUPON_INVALID, Part.BUTTONS, index=button.index, limit=limit)
