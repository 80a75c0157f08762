"""Whether what is to be sent fits an approved template: values, file, lengths once filled in.

Source: reference sending 2.6. `needs` says what a send must bring, `gaps` what it lacks, `filled`
what the customer will read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from sportello.rules.pricing import Category
from sportello.rules.template_scene import BODY_MAX, HEADER_MAX
from sportello.rules.template_text import names, variables
from sportello.rules.template_values import (
    FILES,
    Button,
    ButtonKind,
    HeaderKind,
    Part,
    Parts,
    Template,
)

CODE_MAX: Final = 15
COUPON_MAX: Final = 20
URL_VALUE_MAX: Final = 2000
_BAD_SPACE: Final = re.compile(r"[\n\r\t]| {5,}")
_WITH_FILE_OR_PLACE: Final = FILES | {HeaderKind.LOCATION, HeaderKind.PRODUCT}
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_NO_BUTTONS: Final[Mapping[int, str]] = MappingProxyType({})


class GapCode(StrEnum):
    """What does not fit. Stable: scripts and pages rely on these words."""

    VALUE_MISSING = "value_missing"
    VALUE_UNKNOWN = "value_unknown"
    VALUE_SPACES = "value_spaces"
    TEXT_TOO_LONG = "text_too_long"
    MEDIA_MISSING = "media_missing"
    MEDIA_WRONG = "media_wrong"
    MEDIA_UNEXPECTED = "media_unexpected"
    BUTTON_VALUE_MISSING = "button_value_missing"
    BUTTON_VALUE_WRONG = "button_value_wrong"
    BUTTON_UNKNOWN = "button_unknown"
    CODE_TOO_LONG = "code_too_long"
    CARDS_COUNT = "cards_count"


ANSWERS: Final[Mapping[GapCode, int]] = MappingProxyType(
    {
        GapCode.VALUE_MISSING: 132000,
        GapCode.VALUE_UNKNOWN: 132000,
        GapCode.VALUE_SPACES: 132018,
        GapCode.TEXT_TOO_LONG: 132005,
        GapCode.MEDIA_MISSING: 132012,
        GapCode.MEDIA_WRONG: 132012,
        GapCode.MEDIA_UNEXPECTED: 132000,
        GapCode.BUTTON_VALUE_MISSING: 131008,
        GapCode.BUTTON_VALUE_WRONG: 132012,
        GapCode.BUTTON_UNKNOWN: 132000,
        GapCode.CODE_TOO_LONG: 132005,
        GapCode.CARDS_COUNT: 132012,
    }
)
"""The Graph error with which Meta would refuse the message."""

GAP_MESSAGES: Final[Mapping[GapCode, str]] = MappingProxyType(
    {
        GapCode.VALUE_MISSING: "A value for %(name)s is missing.",
        GapCode.VALUE_UNKNOWN: "The template has no variable %(name)s.",
        GapCode.VALUE_SPACES: "The value of %(name)s has line breaks, tabs or runs of spaces.",
        GapCode.TEXT_TOO_LONG: "Filled in, the text has %(length)d characters, %(limit)d at most.",
        GapCode.MEDIA_MISSING: "The header needs its own %(kind)s.",
        GapCode.MEDIA_WRONG: "The header takes a %(kind)s, not a %(given)s.",
        GapCode.MEDIA_UNEXPECTED: "The template's header takes no file.",
        GapCode.BUTTON_VALUE_MISSING: "The button %(name)s needs a value.",
        GapCode.BUTTON_VALUE_WRONG: "The value of the button %(name)s cannot be sent.",
        GapCode.BUTTON_UNKNOWN: "The template has no button %(name)s that takes a value.",
        GapCode.CODE_TOO_LONG: "A code has %(limit)d characters at most.",
        GapCode.CARDS_COUNT: "%(count)d cards, where the template has %(limit)d.",
    }
)
"""A sentence for each gap, to be translated; its %(values)s are those of the gap."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What a send brings: values by variable, the kind of its file or place, values by button."""

    body: Mapping[str, str] = field(default_factory=lambda: _NONE)
    header: Mapping[str, str] = field(default_factory=lambda: _NONE)
    media: HeaderKind | None = None
    buttons: Mapping[int, str] = field(default_factory=lambda: _NO_BUTTONS)
    cards: tuple["Filling", ...] = ()


@dataclass(frozen=True, slots=True)
class Needs:
    """What a send must bring. `buttons`: which of them take a value."""

    header: tuple[str, ...]
    media: HeaderKind | None
    body: tuple[str, ...]
    buttons: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that does not fit; `values` fill the words of its code."""

    code: GapCode
    part: Part
    values: tuple[tuple[str, str | int], ...] = ()
    card: int | None = None

    @property
    def answers(self) -> int:
        """The Graph error with which Meta would refuse."""
        return ANSWERS[self.code]

    @property
    def message(self) -> str:
        """The English sentence with its values."""
        return GAP_MESSAGES[self.code] % dict(self.values)


@dataclass(frozen=True, slots=True)
class Filled:
    """What the customer reads. `links`: the address of each button that has one."""

    header: str
    body: str
    footer: str
    links: tuple[tuple[int, str], ...]


@lru_cache(maxsize=256)
def needs(parts: Parts) -> Needs:
    """What a send of these parts must bring; asked several times for each message of a campaign."""
    header = parts.header
    media = header.kind if header is not None and header.kind in _WITH_FILE_OR_PLACE else None
    text = header.text.text if header is not None and header.text is not None else ""
    return Needs(
        header=names(text),
        media=media,
        body=names(parts.body.text) if parts.body is not None else (),
        buttons=tuple(button.index for button in parts.buttons if _takes_value(button)),
    )


def gaps(template: Template, filling: Filling) -> tuple[Gap, ...]:
    """All that does not fit, in the order of the parts; empty when it may be sent."""
    found = list(_gaps(template, template.parts, filling))
    if len(filling.cards) != len(template.cards):
        values = (("count", len(filling.cards)), ("limit", len(template.cards)))
        return (*found, Gap(GapCode.CARDS_COUNT, Part.CARDS, values))
    for at, (card, given) in enumerate(zip(template.cards, filling.cards, strict=True)):
        found.extend(
            Gap(gap.code, gap.part, gap.values, at) for gap in _gaps(template, card, given)
        )
    return tuple(found)


def filled(parts: Parts, filling: Filling) -> Filled:
    """The parts with the values put in; a variable without a value stays as it is."""
    header = parts.header.text.text if parts.header and parts.header.text else ""
    return Filled(
        header=_put(header, filling.header),
        body=_put(parts.body.text if parts.body else "", filling.body),
        footer=parts.footer.text if parts.footer else "",
        links=tuple(
            (button.index, _link(button, filling.buttons.get(button.index)))
            for button in parts.buttons
            if button.kind is ButtonKind.URL
        ),
    )


def _gaps(template: Template, parts: Parts, filling: Filling) -> Iterator[Gap]:
    wanted, shown = needs(parts), filled(parts, filling)
    yield from _values(Part.HEADER, wanted.header, filling.header)
    yield from _length(Part.HEADER, shown.header, HEADER_MAX)
    yield from _media(wanted.media, filling.media)
    yield from _values(Part.BODY, wanted.body, filling.body)
    yield from _length(Part.BODY, shown.body, BODY_MAX)
    if template.category is Category.AUTHENTICATION:
        codes = [*filling.body.values(), *filling.buttons.values()]
        if any(len(code) > CODE_MAX for code in codes):
            yield Gap(GapCode.CODE_TOO_LONG, Part.BODY, (("limit", CODE_MAX),))
    yield from _button_values(parts, wanted.buttons, filling.buttons)


def _values(part: Part, wanted: tuple[str, ...], given: Mapping[str, str]) -> Iterator[Gap]:
    for name in wanted:
        value = given.get(name, "")
        if not value.strip():
            yield Gap(GapCode.VALUE_MISSING, part, (("name", name),))
        elif _BAD_SPACE.search(value):
            yield Gap(GapCode.VALUE_SPACES, part, (("name", name),))
    for name in given:
        if name not in wanted:
            yield Gap(GapCode.VALUE_UNKNOWN, part, (("name", name),))


def _length(part: Part, text: str, limit: int) -> Iterator[Gap]:
    if len(text) > limit:
        yield Gap(GapCode.TEXT_TOO_LONG, part, (("length", len(text)), ("limit", limit)))


def _media(wanted: HeaderKind | None, given: HeaderKind | None) -> Iterator[Gap]:
    """A GIF is sent as the video that it is."""
    is_gif = wanted is HeaderKind.GIF and given is HeaderKind.VIDEO
    if wanted is given or is_gif:
        return
    if wanted is None:
        yield Gap(GapCode.MEDIA_UNEXPECTED, Part.HEADER)
    elif given is None:
        yield Gap(GapCode.MEDIA_MISSING, Part.HEADER, (("kind", wanted.lower()),))
    else:
        values = (("kind", wanted.lower()), ("given", given.lower()))
        yield Gap(GapCode.MEDIA_WRONG, Part.HEADER, values)


def _takes_value(button: Button) -> bool:
    return button.kind is ButtonKind.COPY_CODE or (
        button.kind is ButtonKind.URL and bool(variables(button.target))
    )


def _button_values(
    parts: Parts, wanted: tuple[int, ...], given: Mapping[int, str]
) -> Iterator[Gap]:
    """A quick reply may bring a payload of its own; no other button takes what it does not need."""
    by_index = {button.index: button for button in parts.buttons}
    for index in wanted:
        button, value = by_index[index], given.get(index, "")
        name = (("name", button.text or str(index + 1)),)
        if not value.strip():
            yield Gap(GapCode.BUTTON_VALUE_MISSING, Part.BUTTONS, name)
        elif not _is_sendable(button, value):
            yield Gap(GapCode.BUTTON_VALUE_WRONG, Part.BUTTONS, name)
    for index in given:
        button_there = by_index.get(index)
        is_reply = button_there is not None and button_there.kind is ButtonKind.QUICK_REPLY
        if index not in wanted and not is_reply:
            values = (("name", str(index + 1)),)
            yield Gap(GapCode.BUTTON_UNKNOWN, Part.BUTTONS, values)


def _is_sendable(button: Button, value: str) -> bool:
    if button.kind is ButtonKind.COPY_CODE:
        return len(value) <= COUPON_MAX and value.isascii() and value.isalnum()
    return len(_link(button, value)) <= URL_VALUE_MAX and not re.search(r"\s", value)


def _link(button: Button, value: str | None) -> str:
    found = variables(button.target)
    if not found or value is None:
        return button.target
    return button.target[: found[0].start] + value + button.target[found[0].end :]


def _put(text: str, values: Mapping[str, str]) -> str:
    """Each variable is replaced once: braces within a value stay text."""
    for one in reversed(variables(text)):
        if one.name in values:
            text = text[: one.start] + values[one.name] + text[one.end :]
    return text
