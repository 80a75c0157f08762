"""A template chosen and where its values come from, in forms of follow-ups and automations.

The form's fields are `template` (an id), those of `slots`, and `media`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile

from sportello.console.campaigns import slots as slot_rows
from sportello.console.campaigns.deeds import UnfitCampaign
from sportello.console.campaigns.slots import PEOPLE_LOOKED_AT, Slot
from sportello.console.contacts.properties import definitions
from sportello.console.inbox import choices, fillings, first_words
from sportello.console.inbox.choices import Choice, NoTemplate
from sportello.console.templates_desk import bodies, files, phone
from sportello.console.templates_desk.files import UnfitFile
from sportello.console.templates_desk.phone import Phone
from sportello.rules import template_match
from sportello.rules.files import OURS_MAX
from sportello.schema.channel import Number
from sportello.schema.files import File
from sportello.schema.people import Contact
from sportello.schema.team import User
from sportello.schema.templates import Template

_ID_DIGITS_MAX: Final = 18


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
    return slot_rows.sources(fillings.read(row), given)


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
        slots=slot_rows.slots(read, variables),
        phone=seen,
        list_words=phone.list_words(seen.language),
        needs_file=media is not None,
        media_label="" if media is None else str(first_words.HEADERS.get(media.lower(), "")),
        file=file if media is not None else None,
    )


def _columns(more: Iterable[str]) -> list[tuple[str, str]]:
    """What contacts have, what events bring, and what was noted of the newest contacts."""
    people = Contact.objects.order_by("-pk").values_list("properties", flat=True)
    defined = [one.name for one in definitions()]
    return slot_rows.columns(people[:PEOPLE_LOOKED_AT], [*defined, *more])
