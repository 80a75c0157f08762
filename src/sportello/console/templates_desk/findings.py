"""What the lint found, ready for the page: in words, under the field it concerns, with its cure."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sportello.console.library.forms import LANGUAGES
from sportello.console.templates_desk import captions
from sportello.console.templates_desk.sheet import Sheet
from sportello.rules.template import Finding
from sportello.rules.template_codes import MESSAGES, Code, Severity
from sportello.rules.template_values import Part

# What is not there yet is no fault of somebody who is still writing.
_MISSING: Final = frozenset(
    {
        Code.NAME_MISSING,
        Code.LANGUAGE_MISSING,
        Code.CATEGORY_UNKNOWN,
        Code.BODY_MISSING,
        Code.TEXT_MISSING,
        Code.EXAMPLE_MISSING,
        Code.SAMPLE_MISSING,
    }
)
_OF_AN_EMPTY_TARGET: Final = frozenset({Code.URL_INVALID, Code.PHONE_INVALID})
_TEXT_SHOWN: Final = 220
_KINDS: Final[Mapping[str, Promise]] = {
    "QUICK_REPLY": _("(quick replies)"),
    "URL": _("(web sites)"),
    "PHONE_NUMBER": _("(calls)"),
    "COPY_CODE": _("(codes)"),
}
_PARTS: Final[Mapping[str, Promise]] = {
    "header": _("header"),
    "footer": _("footer"),
    "cards or offers": _("cards or offers"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding. `key` names it in a form; `cure`: the new text; `is_curable` without one too."""

    key: str
    place: str
    severity: Severity
    caption: captions.Caption
    words: str
    answer: str
    is_curable: bool
    cure: str
    is_missing: bool
    code: str


@dataclass(frozen=True, slots=True)
class Report:
    """All findings by place: `name`, `language`, `category`, `header`, `header-examples`, `body`,
    `body-examples`, `footer`, `buttons`, `button-<n>`, `template`.
    """

    places: Mapping[str, tuple[Shown, ...]]
    errors: int
    warnings: int
    hints: int
    missing: int
    curable: int

    @property
    def is_clean(self) -> bool:
        return not (self.errors or self.warnings or self.missing)

    @property
    def blocks(self) -> bool:
        """Meta would refuse it: nothing to submit yet."""
        return bool(self.errors or self.missing)


def report(findings: Iterable[Finding], sheet: Sheet) -> Report:
    """What the lint says of a sheet's creation body, by place."""
    shown = [_shown(finding, sheet) for finding in findings]
    places: dict[str, tuple[Shown, ...]] = {}
    for one in shown:
        places[one.place] = (*places.get(one.place, ()), one)

    def count(wanted: Callable[[Shown], bool]) -> int:
        return sum(1 for one in shown if wanted(one))

    return Report(
        places=places,
        errors=count(lambda one: one.severity is Severity.ERROR and not one.is_missing),
        warnings=count(lambda one: one.severity is Severity.WARNING and not one.is_missing),
        hints=count(lambda one: one.severity is Severity.HINT),
        missing=count(lambda one: one.is_missing),
        curable=count(lambda one: one.is_curable and one.severity is not Severity.HINT),
    )


def key_of(finding: Finding) -> str:
    """The same for the same finding of the same text."""
    where = finding.where
    parts = (finding.code, where.part, where.index, where.span)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _shown(finding: Finding, sheet: Sheet) -> Shown:
    is_missing = _is_missing(finding, sheet)
    caption = captions.TODO if is_missing else captions.SEVERITIES[finding.severity]
    return Shown(
        key=key_of(finding),
        place=_place(finding),
        severity=finding.severity,
        caption=caption,
        words=words(finding),
        answer="" if is_missing else captions.answer(finding.answers),
        is_curable=bool(finding.fix),
        cure=_cut(finding.mended or ""),
        is_missing=is_missing,
        code=finding.code.value,
    )


def words(finding: Finding) -> str:
    """The sentence of its code in the reader's language, filled in."""
    values = {name: _value(name, value) for name, value in finding.values}
    return " ".join((gettext(MESSAGES[finding.code]) % values).replace(" ,", ",").split())


def _value(name: str, value: str | int) -> str | int:
    """Words of ours among the values are translated; words of the template are not."""
    if isinstance(value, int):
        return value
    match name:
        case "kind":
            return str(_KINDS.get(value, ""))
        case "category":
            return captions.category(value)
        case "declared" | "found":
            return str(_LANGUAGES.get(value, value))
        case "value" if value in _PARTS:
            return str(_PARTS[value])
        case _:
            return value


_LANGUAGES: Final[Mapping[str, Promise]] = dict(LANGUAGES) | {
    "named": _("with names"),
    "numbered": _("with numbers"),
}


def _place(finding: Finding) -> str:
    where = finding.where
    if where.part is Part.BUTTONS and where.index is not None:
        return f"button-{where.index}"
    is_example = finding.code.value.startswith("example_")
    if is_example and where.part in {Part.HEADER, Part.BODY}:
        return f"{where.part.value}-examples"
    return where.part.value if where.part in _PLACES else Part.TEMPLATE.value


_PLACES: Final = frozenset(
    {Part.NAME, Part.LANGUAGE, Part.CATEGORY, Part.HEADER, Part.BODY, Part.FOOTER, Part.BUTTONS}
)


def _is_missing(finding: Finding, sheet: Sheet) -> bool:
    if finding.code in _MISSING:
        return True
    at = finding.where.index
    if finding.where.part is not Part.BUTTONS or at is None or at >= len(sheet.buttons):
        return False
    row = sheet.buttons[at]
    if finding.code is Code.COUPON_INVALID:
        return not row.example
    return finding.code in _OF_AN_EMPTY_TARGET and not row.target


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT_SHOWN else f"{text[:_TEXT_SHOWN].rstrip()}…"


def digest(parts: Iterable[object]) -> str:
    """What a region of the page shows, in short: while it is the same, the region stays."""
    return hashlib.sha256(repr(tuple(parts)).encode()).hexdigest()[:12]
