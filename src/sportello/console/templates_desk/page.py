"""What the editor's page shows: fields with their findings, the phone, the counts, the way back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sportello.console.templates_desk import account, captions, listing
from sportello.console.templates_desk.editing import Editing, Mode, past_line
from sportello.console.templates_desk.findings import Report, Shown, digest, report
from sportello.console.templates_desk.phone import list_words, phone_of
from sportello.console.templates_desk.sheet import (
    BUTTONS,
    CATEGORIES,
    HEADERS,
    Row,
    needs_sample,
    to_body,
)
from sportello.rules import template_life
from sportello.rules.template_checks_account import LANGUAGES
from sportello.schema.channel import Number
from sportello.schema.files import File

_PLACES: Final = (
    "template",
    "name",
    "language",
    "category",
    "header",
    "header-examples",
    "body",
    "body-examples",
    "footer",
    "buttons",
)
# What most companies here write in stands first.
_FIRST_LANGUAGES: Final = ("it", "en", "en_US", "en_GB", "de", "fr", "es")


@dataclass(frozen=True, slots=True)
class Found:
    """A field's findings. `key` changes when they do."""

    place: str
    items: tuple[Shown, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Example:
    """The field of one variable's example."""

    field: str
    variable: str
    value: str


@dataclass(frozen=True, slots=True)
class ButtonField:
    """One button's fields. `prefix` of their names; `has_example`: its address has a variable."""

    prefix: str
    number: int
    row: Row
    words: str
    found: Found
    is_first: bool
    is_last: bool
    has_example: bool


@dataclass(frozen=True, slots=True)
class Way:
    """The way back: the rules' facts, ready to be drawn. `alike` in percent."""

    back: template_life.WayBack
    alike: int
    missing: tuple[str, ...]
    key: str
    number: int | None


def shown(editing: Editing, now: datetime, workspace_name: str) -> dict[str, Any]:
    """The editor's context."""
    sheet = editing.sheet
    told = report(editing.findings(now), sheet)
    return {
        "editing": editing,
        "sheet": sheet,
        "mode": editing.mode.value,
        "template": editing.template,
        "report": told,
        "found": {place.replace("-", "_"): _found(told, place) for place in _PLACES},
        "phone": _phone(editing, workspace_name),
        "list_words": list_words(sheet.language),
        "rows": _rows(editing, told),
        "examples": {part: _examples(editing, part) for part in ("header", "body")},
        "kept": _kept(editing),
        "past": past_line(editing.past),
        "undo_key": digest((editing.past, editing.after)),
        "summary_key": digest((told, editing.tried)),
        "accounts": listing.accounts(),
        "choices": _choices(),
        "needs_sample": needs_sample(sheet),
        "sample": _sample(sheet.sample),
        "way": _way(editing),
        "reason": _reason(editing),
        "draft_key": _draft_key(editing),
    }


def _found(told: Report, place: str) -> Found:
    items = told.places.get(place, ())
    return Found(place, items, digest((place, items)))


def _phone(editing: Editing, workspace_name: str) -> Any:
    number = (
        Number.objects.filter(waba_id=editing.sheet.waba_id or account.first_waba())
        .order_by("pk")
        .first()
    )
    sender = number.verified_name if number is not None and number.verified_name else workspace_name
    return phone_of(to_body(editing.sheet), sender, _sample(editing.sheet.sample))


def _sample(file_id: str) -> File | None:
    return File.objects.filter(pk=int(file_id)).defer("content").first() if file_id else None


def _rows(editing: Editing, told: Report) -> list[ButtonField]:
    rows = editing.sheet.buttons
    return [
        ButtonField(
            prefix=f"button-{at}",
            number=at + 1,
            row=row,
            words=str(captions.BUTTONS[row.kind]),
            found=_found(told, f"button-{at}"),
            is_first=at == 0,
            is_last=at == len(rows) - 1,
            has_example="{{" in row.target or bool(row.example),
        )
        for at, row in enumerate(rows)
    ]


def _examples(editing: Editing, part: str) -> list[Example]:
    sheet = editing.sheet
    return [
        Example(f"example-{part}.{name}", f"{{{{{name}}}}}", sheet.example(part, name))
        for name in sheet.variables(part)
    ]


def _kept(editing: Editing) -> list[tuple[str, str]]:
    """Examples of variables that are gone from the text: hidden, never lost."""
    sheet = editing.sheet
    used = {f"{part}.{name}" for part in ("header", "body") for name in sheet.variables(part)}
    gone = [(key, value) for key, value in sheet.examples.items() if key not in used and value]
    return [(f"example-{key}", value) for key, value in gone]


def _choices() -> Mapping[str, Any]:
    later = sorted(LANGUAGES - set(_FIRST_LANGUAGES))
    return {
        "languages": [(code, listing.language_name(code)) for code in (*_FIRST_LANGUAGES, *later)],
        "categories": [
            (word, captions.CATEGORIES[word], captions.CATEGORY_HINTS[word]) for word in CATEGORIES
        ],
        "headers": [(word, captions.HEADERS[word]) for word in HEADERS],
        "buttons": [(word, captions.BUTTONS[word]) for word in BUTTONS],
    }


def _way(editing: Editing) -> Way | None:
    if editing.mode is not Mode.RETRY or editing.template is None:
        return None
    back = account.way_back(editing.template, to_body(editing.sheet))
    missing = tuple(str(captions.PROFILE[part]) for part in back.missing)
    number = Number.objects.filter(waba_id=editing.template.waba_id).order_by("pk").first()
    pk = None if number is None else number.pk
    return Way(back, round(back.alike * 100), missing, digest((back,)), pk)


def _reason(editing: Editing) -> captions.Why | None:
    """Why the attempt before this one was rejected."""
    if editing.mode is not Mode.RETRY or editing.template is None:
        return None
    return captions.reason(editing.template.reason or "NONE")


def _draft_key(editing: Editing) -> str:
    """Under which the browser keeps what was typed and not saved."""
    pk = editing.template.pk if editing.template is not None else 0
    return f"{editing.mode.value}-{pk}"
