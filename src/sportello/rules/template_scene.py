"""What each check of a template is given: one bubble, its texts with their limits, its language."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sportello.rules.template_codes import Code
from sportello.rules.template_values import (
    Edit,
    Finding,
    Header,
    HeaderKind,
    Part,
    Parts,
    Passage,
    Template,
    Where,
    Write,
)

HEADER_MAX: Final = 60
FOOTER_MAX: Final = 60
BODY_MAX: Final = 1024
BODY_OF_OFFER_MAX: Final = 600
BODY_OF_CARD_MAX: Final = 160
OFFER_MAX: Final = 16
LABEL_MAX: Final = 25
CHECKED_MAX: Final = 4096  # a longer text is only called too long


@dataclass(frozen=True, slots=True)
class Text:
    """A passage, what part it is, and how long it may be."""

    part: Part
    passage: Passage
    limit: int
    index: int | None = None  # which button

    @property
    def text(self) -> str:
        """The words, cut where no check looks further."""
        return self.passage.text[:CHECKED_MAX]


@dataclass(frozen=True, slots=True)
class Scene:
    """The message's bubble, or that of a card. `texts`: header, body and footer as far as they
    are texts; `labels`: the buttons'.
    """

    template: Template
    parts: Parts
    card: int | None = None

    texts: tuple[Text, ...] = ()
    labels: tuple[Text, ...] = ()

    @property
    def language(self) -> str:
        """`it`, `en` and so on, without the country."""
        return self.template.language.partition("_")[0].casefold()

    @property
    def body(self) -> Text | None:
        """The body with its limit."""
        return next((text for text in self.texts if text.part is Part.BODY), None)

    @property
    def all_texts(self) -> tuple[Text, ...]:
        """All that is to be read, buttons included."""
        return self.texts + self.labels

    def about(
        self,
        text: Text,
        code: Code,
        *,
        span: tuple[int, int] | None = None,
        fix: tuple[Edit, ...] = (),
        **values: str | int,
    ) -> Finding:
        """A finding about one of the texts."""
        where = Where(text.part, text.index, self.card, span)
        return Finding(code, where, tuple(values.items()), fix)

    def finding(
        self,
        code: Code,
        part: Part,
        *,
        index: int | None = None,
        span: tuple[int, int] | None = None,
        fix: tuple[Edit, ...] = (),
        **values: str | int,
    ) -> Finding:
        """A finding about a part of this bubble."""
        where = Where(part, index, self.card, span)
        return Finding(code, where, tuple(values.items()), fix)


def scene_of(template: Template, parts: Parts, card: int | None = None) -> Scene:
    """A bubble made ready to be looked at."""
    return Scene(template, parts, card, tuple(_texts(template, parts, card)), _labels(parts))


def _texts(template: Template, parts: Parts, card: int | None) -> Iterator[Text]:
    header = parts.header
    if header is not None and header.text is not None:
        yield Text(Part.HEADER, header.text, HEADER_MAX)
    if parts.body is not None:
        yield Text(Part.BODY, parts.body, _body_limit(template, header, card))
    if parts.footer is not None:
        yield Text(Part.FOOTER, parts.footer, FOOTER_MAX)


def _body_limit(template: Template, header: Header | None, card: int | None) -> int:
    """Source: reference templates 4.3 and 4.9."""
    is_product = header is not None and header.kind is HeaderKind.PRODUCT
    if card is not None or is_product:
        return BODY_OF_CARD_MAX
    return BODY_MAX if template.offer is None else BODY_OF_OFFER_MAX


def _labels(parts: Parts) -> tuple[Text, ...]:
    return tuple(
        Text(Part.BUTTONS, Passage(button.text, (*button.path, "text")), LABEL_MAX, button.index)
        for button in parts.buttons
    )


def rewrite(text: Text, new: str) -> tuple[Edit, ...]:
    """The fix that puts a new text in place; none where it would be empty, too long or the same."""
    old = text.passage.text
    too_long = len(new) > max(text.limit, len(old)) or len(old) > CHECKED_MAX
    return () if not new.strip() or new == old or too_long else (Write(text.passage.path, new),)
