"""What people or scripts give to fill a template, as the values that `rules` check and send."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sportello.console.inbox.facts import Draft
from sportello.console.templates_desk import bodies
from sportello.rules import template_match, template_send
from sportello.rules.audience import BUTTON, HEADER
from sportello.rules.files import FileKind, kind_of
from sportello.rules.template_match import Filling, Gap, Needs
from sportello.rules.template_parse import parse
from sportello.rules.template_send import HeaderFile
from sportello.rules.template_values import HeaderKind, Template
from sportello.schema import templates
from sportello.schema.files import File

VALUE_LENGTH_MAX: Final = 2000
_BUTTON: Final = re.compile(r"button\.([0-9])")
_NOT_TEXT: Final = re.compile("[\0\ud800-\udfff]")
_KINDS: Final = {
    FileKind.IMAGE: HeaderKind.IMAGE,
    FileKind.VIDEO: HeaderKind.VIDEO,
    FileKind.DOCUMENT: HeaderKind.DOCUMENT,
}


class UnfitFilling(ValueError):  # noqa: N818  # what was given is unfit, nothing broke
    """The values do not fit the template. `gaps`: where and why, at least one."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        super().__init__(", ".join(gap.code.value for gap in gaps))
        self.gaps = tuple(gaps)


@dataclass(frozen=True, slots=True)
class Given:
    """As it came. `values`: by the variable's name; `header.<name>` and `button.<index>` for the
    other parts. Of the header's file one at most: ours, or a link that Meta fetches.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    file: File | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with all that it needs, or with the gaps that are left."""

    row: templates.Template
    template: Template
    filling: Filling
    media: HeaderFile | None
    gaps: tuple[Gap, ...]

    @property
    def draft(self) -> Draft:
        """What the guard looks at."""
        return Draft(self.row, None if self.media is None else self.media.file_id)

    @property
    def body(self) -> dict[str, Any]:
        """Meta's request body without its recipient; only for one without gaps."""
        return template_send.body_of(self.template, self.filling, self.media)

    @property
    def shown(self) -> dict[str, Any]:
        """What the customer sees."""
        seen = template_send.shown(self.template, self.filling, self.media)
        return {"id": self.row.pk, **seen}


def read(row: templates.Template) -> Template:
    """Meta's components, as the rules read them."""
    return parse(bodies.of_row(row))


def fill(row: templates.Template, given: Given) -> Filled:
    template = read(row)
    wanted = template_match.needs(template.parts)
    filling = Filling(
        header=_header(given.values, wanted),
        body=_body(given.values, wanted),
        media=_kind(given, wanted),
        buttons=_buttons(given.values),
    )
    gaps = template_match.gaps(template, filling)
    return Filled(row, template, filling, _media(given), gaps)


def by_order(row: templates.Template, values: Sequence[str]) -> dict[str, str]:
    """A list of the body's values, by the names of its variables; counted ones by their number."""
    names = template_match.needs(read(row).parts).body
    ordered = sorted(names, key=int) if all(name.isdigit() for name in names) else names
    extra = {f"{place}": value for place, value in enumerate(values, 1) if place > len(ordered)}
    return dict(zip(ordered, values, strict=False)) | extra


def _body(values: Mapping[str, str], wanted: Needs) -> dict[str, str]:
    """What names neither the header nor a button is meant for the body, known there or not.

    An empty value is none: so a preview shows the variable that is still to be filled.
    """
    return {
        name: value.strip()
        for name, value in values.items()
        if not name.startswith((HEADER, BUTTON))
        and not _is_of_header(name, wanted)
        and (value.strip() or name not in wanted.body)
    }


def _header(values: Mapping[str, str], wanted: Needs) -> dict[str, str]:
    """A name that the header alone has needs no prefix."""
    return {
        name.removeprefix(HEADER): value.strip()
        for name, value in values.items()
        if value.strip() and (name.startswith(HEADER) or _is_of_header(name, wanted))
    }


def _is_of_header(name: str, wanted: Needs) -> bool:
    return name in wanted.header and name not in wanted.body


def _buttons(values: Mapping[str, str]) -> dict[int, str]:
    found = {_BUTTON.fullmatch(name): value.strip() for name, value in values.items()}
    return {int(match[1]): value for match, value in found.items() if match and value}


def _kind(given: Given, wanted: Needs) -> HeaderKind | None:
    """What a link leads to is Meta's to find out: it counts as what is wanted."""
    if given.file is not None:
        kind = kind_of(given.file.mime_type)
        return None if kind is None else _KINDS.get(kind)
    return (wanted.media or HeaderKind.IMAGE) if given.link else None


def _media(given: Given) -> HeaderFile | None:
    if given.file is not None:
        return HeaderFile(file_id=given.file.pk, filename=given.file.filename)
    return HeaderFile(link=given.link) if given.link else None


def is_text(value: str) -> bool:
    """PostgreSQL keeps no NUL, UTF-8 no lone surrogate."""
    return _NOT_TEXT.search(value) is None
