"""The picker of a template as the page shows it: the choices, or one with fields and preview."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from sportello.console import words
from sportello.console.inbox import choices, facts, first_words
from sportello.console.inbox.choices import Choice
from sportello.console.inbox.fillings import Filled
from sportello.console.inbox.piece import Seen
from sportello.console.inbox.pieces import seen_of
from sportello.console.money import prices
from sportello.rules import audience, guard, template_match
from sportello.rules.guard import Allow, Hold, Refuse
from sportello.rules.pricing import Category
from sportello.rules.template_match import Gap, GapCode, Needs
from sportello.rules.template_values import HeaderKind, Passage
from sportello.schema.inbox import Conversation
from sportello.schema.team import User

_ACCEPTS: Final = {
    HeaderKind.IMAGE: "image/jpeg,image/png",
    HeaderKind.VIDEO: "video/mp4,video/3gpp",
    HeaderKind.GIF: "video/mp4",
    HeaderKind.DOCUMENT: ".pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.txt",
}
_OF_MEDIA: Final = {GapCode.MEDIA_MISSING, GapCode.MEDIA_WRONG, GapCode.MEDIA_UNEXPECTED}
_CATEGORIES: Final = {"MARKETING": Category.MARKETING, "UTILITY": Category.UTILITY}


@dataclass(frozen=True, slots=True)
class Line:
    """A template to choose. `price`: what it costs to send, in words; "" while that is unknown."""

    choice: Choice
    price: str


@dataclass(frozen=True, slots=True)
class ValueField:
    """One thing to be filled in. `name`: of the form's field."""

    name: str
    label: str
    value: str
    example: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class MediaField:
    """The header's file. `problem` says also what kind it must be."""

    accepts: str
    label: str
    file_id: int | None
    filename: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Picker:
    """`filled` and what belongs to it only once a template is chosen. `stop`: why it cannot leave;
    `wait`: why it would leave later.
    """

    lines: tuple[Line, ...] = ()
    q: str = ""
    filled: Filled | None = None
    fields: tuple[ValueField, ...] = ()
    media: MediaField | None = None
    seen: Seen | None = None
    price: str = ""
    stop: str = ""
    wait: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who would write what to whom. `conversation` may be one that does not exist yet; with
    `known` false nobody has said to whom. `tried`: what lacks is told only after a try.
    """

    conversation: Conversation
    user: User
    now: datetime
    known: bool = True
    tried: bool = False
    problems: Mapping[str, str] = field(default_factory=dict)


def choosing(asked: Asked, q: str) -> Picker:
    found = choices.choices(asked.conversation.number, q)
    cost = {category: _cost(asked, category) for category in {one.category for one in found}}
    lines = tuple(Line(one, cost[one.category]) for one in found)
    return Picker(lines=lines, q=q, problem=asked.problems.get("template", ""))


def filling(asked: Asked, filled: Filled) -> Picker:
    stop, wait = _verdict(asked, filled)
    needs = template_match.needs(filled.template.parts)
    told = filled.gaps if asked.tried else ()
    return Picker(
        filled=filled,
        fields=tuple(_fields(filled, needs, told)),
        media=_media(filled, needs, asked, told),
        seen=seen_of(filled.shown),
        price=_cost(asked, filled.row.category),
        stop=stop,
        wait=wait,
        problem=asked.problems.get("template", "") or _rest(told),
    )


def _cost(asked: Asked, category: str) -> str:
    if not asked.known or category not in _CATEGORIES:
        return ""
    quote = prices.of_conversation(asked.conversation, _CATEGORIES[category], asked.now)
    return first_words.price(quote.price)


def _verdict(asked: Asked, filled: Filled) -> tuple[str, str]:
    """What the guard says already, before anybody presses the button."""
    if not asked.known:
        return "", ""
    looked_at = facts.of_template(asked.conversation, asked.user.pk, filled.draft, asked.now)
    verdict = guard.decide(looked_at, asked.now)
    match verdict:
        case Allow():
            return "", ""
        case Hold(code=code):
            # A file that was just chosen is on its way: that is no news.
            known = code is not guard.Code.MEDIA_NOT_READY
            return "", _said(code) if known else ""
        case Refuse(code=code):
            return _said(code), ""


def _said(code: guard.Code) -> str:
    return f"{words.GUARD[code].title}. {words.GUARD[code].advice}"


def _fields(filled: Filled, needs: Needs, told: Iterable[Gap]) -> Iterator[ValueField]:
    parts, wrong = filled.template.parts, _by_name(told)
    header = None if parts.header is None else parts.header.text
    for name in needs.header:
        label = _("Heading: %(name)s") % {"name": _variable(name)}
        value = filled.filling.header.get(name, "")
        yield _field(f"{audience.HEADER}{name}", label, value, header, name, wrong)
    for name in sorted(needs.body, key=_order):
        value = filled.filling.body.get(name, "")
        yield _field(name, _variable(name), value, parts.body, name, wrong)
    by_index = {button.index: button for button in parts.buttons}
    for index in needs.buttons:
        button = by_index[index]
        called = button.text or str(index + 1)
        label = _("Button “%(name)s”") % {"name": called}
        value = filled.filling.buttons.get(index, "")
        yield ValueField(
            f"v.{audience.BUTTON}{index}", label, value, button.example, wrong.get(called, "")
        )


def _field(  # noqa: PLR0917  # one field has as many sides
    name: str,
    label: str,
    value: str,
    passage: Passage | None,
    variable: str,
    wrong: Mapping[str, str],
) -> ValueField:
    examples = dict(passage.examples) if passage is not None else {}
    return ValueField(
        f"v.{name}", label, value, examples.get(variable, ""), wrong.get(variable, "")
    )


def _variable(name: str) -> str:
    return _("Variable %(number)s") % {"number": name} if name.isdigit() else name


def _order(name: str) -> int:
    """Counted variables in their order; named ones in the order of the text."""
    return int(name) if name.isdigit() else 0


def _media(filled: Filled, needs: Needs, asked: Asked, told: Iterable[Gap]) -> MediaField | None:
    if needs.media is None:
        return None
    media = filled.media
    found = [first_words.gap(gap) for gap in told if gap.code in _OF_MEDIA]
    return MediaField(
        accepts=_ACCEPTS.get(needs.media, ""),
        label=str(first_words.HEADERS.get(needs.media.lower(), "")),
        file_id=None if media is None else media.file_id,
        filename="" if media is None else media.filename,
        problem=asked.problems.get("media", "") or next(iter(found), ""),
    )


def _by_name(gaps: Iterable[Gap]) -> dict[str, str]:
    named = ((dict(gap.values).get("name"), gap) for gap in gaps)
    return {str(name): first_words.gap(gap) for name, gap in named if name is not None}


def _rest(gaps: Iterable[Gap]) -> str:
    """What is wrong with no field of its own, as a text that has become too long."""
    left = [
        first_words.gap(gap)
        for gap in gaps
        if "name" not in dict(gap.values) and gap.code not in _OF_MEDIA
    ]
    return next(iter(left), "")
