"""What changed about a template at Meta, and which of it somebody must be told of."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sportello.rules.pricing import Category
from sportello.rules.template_parse import parse
from sportello.rules.template_values import Parts, Passage

# Nothing can be sent with it any more, and nobody here asked for that.
_STATUS_ALARMS: Final = frozenset(
    {"REJECTED", "PAUSED", "DISABLED", "ARCHIVED", "FLAGGED", "LIMIT_EXCEEDED", "DELETED"}
)
_UNSAID: Final = "UNKNOWN"


class Matter(StrEnum):
    """What of a template changed."""

    STATUS = "status"
    CATEGORY = "category"
    COMING_CATEGORY = "coming_category"
    QUALITY = "quality"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class State:
    """A template as far as changes are told. `content`: as `content_of` gives it; empty: unsaid."""

    status: str
    category: str
    coming_category: str = ""
    quality: str = _UNSAID
    reason: str = ""
    content: tuple[str, ...] = ()
    wanted_gone: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a template's history. `is_alarm`: it stands until a person has seen it."""

    matter: Matter
    before: str
    after: str
    reason: str = ""
    is_alarm: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What another category means for those who send. Source: reference, limits 7 and product, T5.

    `consent`: marketing needs a standing consent. `free_in_window`: utility costs nothing while
    the customer's window is open, marketing always does.
    """

    consent: bool
    free_in_window: bool


def changes(before: State, after: State) -> tuple[Change, ...]:
    """In the order in which they are told."""
    return tuple(_changes(before, after))


def _changes(before: State, after: State) -> Iterator[Change]:
    if before.status != after.status:
        is_alarm = after.status in _STATUS_ALARMS and not before.wanted_gone
        yield Change(Matter.STATUS, before.status, after.status, after.reason, is_alarm)
    if before.category != after.category:
        yield Change(Matter.CATEGORY, before.category, after.category, is_alarm=True)
    if before.coming_category != after.coming_category:
        yield Change(
            Matter.COMING_CATEGORY,
            before.coming_category,
            after.coming_category,
            is_alarm=bool(after.coming_category),
        )
    if before.quality != after.quality:
        is_alarm = after.quality == "RED"
        yield Change(Matter.QUALITY, before.quality, after.quality, is_alarm=is_alarm)
    if before.content and after.content and before.content != after.content:
        yield Change(Matter.CONTENT, "", "")


def effect_of(category: str) -> Effect:
    """`category`: Meta's word, in any case."""
    is_marketing = category.lower() == Category.MARKETING
    return Effect(consent=is_marketing, free_in_window=category.lower() == Category.UTILITY)


def content_of(components: object) -> tuple[str, ...]:
    """All that a reader sees, without examples: two templates that say the same have the same."""
    template = parse({"components": components})
    shown = [*_shown(template.parts)]
    for card in template.cards:
        shown += ["card", *_shown(card)]
    if template.offer is not None:
        shown += ["offer", template.offer.text.strip()]
    return tuple(shown)


def _shown(parts: Parts) -> Iterator[str]:
    if parts.header is not None:
        yield from ("header", parts.header.kind.value, _text(parts.header.text))
    yield from ("body", _text(parts.body), "footer", _text(parts.footer))
    for button in parts.buttons:
        yield from (button.kind.value, button.text.strip(), button.target.strip())


def _text(passage: Passage | None) -> str:
    return "" if passage is None else passage.text.strip()
