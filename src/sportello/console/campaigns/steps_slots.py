"""A template chosen and where its values come from, in forms of follow-ups and automations.

The form's fields are `template` (an id), `from.<placeholder>` ("=" or `column:<name>`),
`words.<placeholder>` (the same for all, or for whoever lacks the column) and `media`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from sportello.console.campaigns.deeds import UnfitCampaign
from sportello.console.inbox import choices, fillings, first_words
from sportello.console.inbox.choices import Choice, NoTemplate
from sportello.console.templates_desk import bodies, files, phone
from sportello.console.templates_desk.files import UnfitFile
from sportello.console.templates_desk.phone import Phone
from sportello.rules import template_match
from sportello.rules.audience import BUTTON, HEADER
from sportello.rules.files import OURS_MAX
from sportello.rules.template_values import Template as Parsed
from sportello.schema.channel import Number
from sportello.schema.files import File
from sportello.schema.people import Contact
from sportello.schema.team import User
from sportello.schema.templates import Template

FIXED: Final = "="
COLUMN: Final = "column:"
_PEOPLE_LOOKED_AT: Final = 500
_COLUMNS_MAX: Final = 100
_WORDS_MAX: Final = 1_024
_COLUMN_MAX: Final = 120
_ID_DIGITS_MAX: Final = 18


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable of the template. `source`: of the form's field: "", "=" or column:<name>."""

    name: str
    label: str
    example: str
    source: str
    words: str


@dataclass(frozen=True, slots=True)
class Sight:
    """The template with its slots, the phone that shows it, and the file that it carries."""

    row: Template
    slots: list[Slot]
    phone: Phone
    list_words: str
    needs_file: bool
    media_label: str
    file: File | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What can be chosen; `sight` once a template is."""

    choices: list[Choice]
    columns: list[tuple[str, str]]
    sight: Sight | None


def template_of(number: Number, given: str) -> Template | None:
    """By its id as a form gives it; None for what is none, or cannot be filled."""
    if not given.isascii() or not given.isdigit() or len(given) > _ID_DIGITS_MAX:
        return None
    try:
        return choices.chosen(number, int(given))
    except NoTemplate:
        return None


def shown(
    number: Number,
    row: Template | None,
    variables: Mapping[str, Any],
    file: File | None,
    more: Iterable[str] = (),
) -> Shown:
    """`more`: columns that an event brings."""
    sight = None if row is None else _sight(number, row, variables, file)
    return Shown(choices.choices(number), _columns(more), sight)


def sources(row: Template, given: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What the form says of each variable; gaps are left out."""
    found: dict[str, dict[str, str]] = {}
    for name in _placeholders(fillings.read(row)):
        said = given.get(f"words.{name}", "").strip()[:_WORDS_MAX]
        said = said if fillings.is_text(said) else ""
        source = given.get(f"from.{name}", "")
        if source == FIXED and said:
            found[name] = {"value": said}
        elif source.startswith(COLUMN) and len(source) > len(COLUMN):
            column = source.removeprefix(COLUMN)[:_COLUMN_MAX]
            found[name] = {"column": column, "otherwise": said}
    return found


def file_of(
    workspace_id: int, by: User | None, upload: "UploadedFile[Any] | None", kept: File | None
) -> File | None:
    """The one that was just given, else the one that was kept. Raises UnfitCampaign."""
    if upload is None:
        return kept
    try:
        if (upload.size or 0) > OURS_MAX:
            raise UnfitCampaign("header_media", "unfit")
        return files.keep(
            workspace_id,
            by,
            upload.read(),
            filename=upload.name or "",
            mime_type=upload.content_type or "",
        )
    except UnfitFile as unfit:
        raise UnfitCampaign("header_media", "unfit") from unfit


def _sight(number: Number, row: Template, variables: Mapping[str, Any], file: File | None) -> Sight:
    read = fillings.read(row)
    media = template_match.needs(read.parts).media
    seen = phone.phone_of(
        bodies.of_row(row), number.verified_name, file if media is not None else None
    )
    return Sight(
        row=row,
        slots=[_slot(read, name, variables.get(name, {})) for name in _placeholders(read)],
        phone=seen,
        list_words=phone.list_words(seen.language),
        needs_file=media is not None,
        media_label="" if media is None else str(first_words.HEADERS.get(media.lower(), "")),
        file=file if media is not None else None,
    )


def _placeholders(read: Parsed) -> list[str]:
    wanted = template_match.needs(read.parts)
    return [
        *(f"{HEADER}{name}" for name in wanted.header),
        *wanted.body,
        *(f"{BUTTON}{index}" for index in wanted.buttons),
    ]


def _columns(more: Iterable[str]) -> list[tuple[str, str]]:
    """What contacts have: their own columns, what events bring, and what was noted of the newest
    of them.
    """
    own = [
        (f"{COLUMN}first_name", _("First name")),
        (f"{COLUMN}name", _("Name")),
        (f"{COLUMN}phone", _("Phone number")),
    ]
    noted: dict[str, None] = dict.fromkeys(sorted(more))
    people = Contact.objects.order_by("-pk").values_list("properties", flat=True)
    for properties in people[:_PEOPLE_LOOKED_AT]:
        noted |= dict.fromkeys(properties)
    return [*own, *((f"{COLUMN}{name}", name) for name in list(noted)[:_COLUMNS_MAX])]


def _slot(read: Parsed, name: str, kept: Mapping[str, str]) -> Slot:
    column = kept.get("column", "")
    return Slot(
        name=name,
        label=_label(read, name),
        example=_example(read, name),
        source=f"{COLUMN}{column}" if column else FIXED if kept.get("value") else "",
        words=kept.get("otherwise", "") if column else kept.get("value", ""),
    )


def _label(read: Parsed, name: str) -> str:
    if name.startswith(BUTTON):
        index = int(name.removeprefix(BUTTON))
        text = next((one.text for one in read.parts.buttons if one.index == index), "")
        return _("Button “%(name)s”") % {"name": text or index + 1}
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
