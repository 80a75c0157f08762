"""What each check of a template is given: one bubble, its texts with their limits, its language."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sportello.rules.template_codes import Code
from sportello.rules.template_values import (
    Edit,
    Finding,
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
    """The message's bubble, or that of a card."""

    template: Template
    parts: Parts
    card: int | None = None

    @property
    def language(self) -> str:
        """`it`, `en` and so on, without the country."""
        return self.template.language.partition("_")[0].casefold()

    @property
    def body(self) -> Text | None:
        """The body with its limit. Source: reference templates 4.3 and 4.9."""
        if self.parts.body is None:
            return None
        header = self.parts.header
        is_small = self.card is not None or (
            header is not None and header.kind is HeaderKind.PRODUCT
        )
        limit = BODY_OF_OFFER_MAX if self.template.offer is not None else BODY_MAX
        return Text(Part.BODY, self.parts.body, BODY_OF_CARD_MAX if is_small else limit)

    def texts(self) -> Iterator[Text]:
        """Header, body and footer, as far as they are texts."""
        header = self.parts.header
        if header is not None and header.text is not None:
            yield Text(Part.HEADER, header.text, HEADER_MAX)
        if (body := self.body) is not None:
            yield body
        if self.parts.footer is not None:
            yield Text(Part.FOOTER, self.parts.footer, FOOTER_MAX)

    def labels(self) -> Iterator[Text]:
        """The texts on the buttons."""
        for button in self.parts.buttons:
            passage = Passage(button.text, (*button.path, "text"))
            yield Text(Part.BUTTONS, passage, LABEL_MAX, button.index)

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


def rewrite(text: Text, new: str) -> tuple[Edit, ...]:
    """The fix that puts a new text in place; none where it would be empty, too long or the same."""
    old = text.passage.text
    too_long = len(new) > max(text.limit, len(old)) or len(old) > CHECKED_MAX
    return () if not new.strip() or new == old or too_long else (Write(text.passage.path, new),)
