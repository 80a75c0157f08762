"""Where the values of a template's variables come from, in the forms that ask it of many people.

The form's fields are `from.<placeholder>` ("=" or `column:<name>`) and `words.<placeholder>` (the
same for all, or for whoever lacks the column).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from sportello.console.inbox import fillings
from sportello.rules import template_match
from sportello.rules.audience import BUTTON, HEADER
from sportello.rules.template_values import ButtonKind
from sportello.rules.template_values import Template as Parsed

FIXED: Final = "="
PEOPLE_LOOKED_AT: Final = 500
_OF_COLUMN: Final = "column:"
_COLUMNS_MAX: Final = 100
_COLUMN_MAX: Final = 120
_WORDS_MAX: Final = 1_024


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable of the template. `source`: of the form's field: "", "=" or column:<name>."""

    name: str
    label: str
    example: str
    source: str
    words: str


def placeholders(read: Parsed) -> tuple[str, ...]:
    """Of the heading, the text, the buttons, in the order in which one reads them."""
    wanted = template_match.needs(read.parts)
    return (
        *(f"{HEADER}{name}" for name in wanted.header),
        *sorted(wanted.body, key=lambda name: int(name) if name.isdigit() else 0),
        *(f"{BUTTON}{index}" for index in wanted.buttons),
    )


def slots(read: Parsed, variables: Mapping[str, Any]) -> list[Slot]:
    """`variables`: the sources that are kept, by placeholder."""
    return [_slot(read, name, variables.get(name, {})) for name in placeholders(read)]


def sources(read: Parsed, given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What the form says of each variable, as it is kept; gaps are left out."""
    found: dict[str, dict[str, str]] = {}
    for name in placeholders(read):
        said = given.get(f"words.{name}", "").replace("\0", "").strip()[:_WORDS_MAX]
        said = said if fillings.is_text(said) else ""
        source = given.get(f"from.{name}", "")
        if source == FIXED and said:
            found[name] = {"value": said}
        elif source.startswith(_OF_COLUMN) and len(source) > len(_OF_COLUMN):
            column = source.removeprefix(_OF_COLUMN)[:_COLUMN_MAX]
            found[name] = {"column": column, "otherwise": said}
    return found


def columns(people: Iterable[Iterable[str]], more: Iterable[str] = ()) -> list[tuple[str, str]]:
    """What can be chosen: each contact's own columns, `more`, and what was noted of `people`."""
    own = [("first_name", _("First name")), ("name", _("Name")), ("phone", _("Phone number"))]
    noted = dict.fromkeys(sorted(more))
    noted |= dict.fromkeys(sorted({name for properties in people for name in properties}))
    chosen = [*own, *((name, name) for name in list(noted)[:_COLUMNS_MAX])]
    return [(f"{_OF_COLUMN}{name}", words) for name, words in chosen]


def _slot(read: Parsed, name: str, kept: Mapping[str, str]) -> Slot:
    column = kept.get("column", "")
    return Slot(
        name=name,
        label=_label(read, name),
        example=_example(read, name),
        source=f"{_OF_COLUMN}{column}" if column else FIXED if kept.get("value") else "",
        words=kept.get("otherwise", "") if column else kept.get("value", ""),
    )


def _label(read: Parsed, name: str) -> str:
    if name.startswith(BUTTON):
        index = int(name.removeprefix(BUTTON))
        button = next((one for one in read.parts.buttons if one.index == index), None)
        is_code = button is not None and button.kind is ButtonKind.COPY_CODE
        text = "" if button is None else button.text
        named = text or (_("Copy the code") if is_code else str(index + 1))
        return _("Button “%(name)s”") % {"name": named}
    plain = name.removeprefix(HEADER)
    called = _("Variable %(number)s") % {"number": plain} if plain.isdigit() else plain
    return _("Heading: %(name)s") % {"name": called} if name.startswith(HEADER) else called


def _example(read: Parsed, name: str) -> str:
    if name.startswith(BUTTON):
        index = int(name.removeprefix(BUTTON))
        return next((one.example for one in read.parts.buttons if one.index == index), "")
    header = None if read.parts.header is None else read.parts.header.text
    passage = header if name.startswith(HEADER) else read.parts.body
    return "" if passage is None else dict(passage.examples).get(name.removeprefix(HEADER), "")
