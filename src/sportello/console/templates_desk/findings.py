"""What the lint found, ready for the page: in words, under the field it concerns, with its cure."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sportello.console.library.forms import LANGUAGES
from sportello.console.templates_desk import captions
from sportello.console.templates_desk.sheet import Sheet, to_body
from sportello.rules.template import Finding
from sportello.rules.template_codes import MESSAGES, Code, Severity
from sportello.rules.template_values import Part, Path, Write

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
_AROUND: Final = 24
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
class Cure:
    """What a mend takes away and puts there, with a few words on both sides."""

    before: str
    gone: str
    new: str
    after: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding. `key` names it in a form; some are curable though no `cure` can be shown."""

    key: str
    place: str
    severity: Severity
    caption: captions.Caption
    words: str
    answer: str
    is_curable: bool
    cure: "Cure | None"
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
    body = to_body(sheet)
    shown = [_shown(finding, sheet, body) for finding in findings]
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


def _shown(finding: Finding, sheet: Sheet, body: object) -> Shown:
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
        cure=_cure(finding, body),
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


def _cure(finding: Finding, body: object) -> Cure | None:
    """Where the mend writes one text; None where it takes away or orders."""
    written = [edit for edit in finding.fix if isinstance(edit, Write)]
    if len(finding.fix) != 1 or not written:
        return None
    old, new = _at(body, written[0].path), str(written[0].value)
    start = _shared(old, new)
    rest = min(len(old), len(new)) - start
    end = min(_shared(old[::-1], new[::-1]), rest)
    before, after = new[:start], new[len(new) - end :]
    return Cure(
        before=_near(before[::-1])[::-1],
        gone=_seen(old[start : len(old) - end]),
        new=_seen(new[start : len(new) - end]),
        after=_near(after),
    )


def _shared(one: str, other: str) -> int:
    """How many characters they begin with alike."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _pair in pairs)


def _at(body: object, path: Path) -> str:
    """The text there; empty where there is none."""
    for step in path:
        if isinstance(body, dict) and isinstance(step, str):
            body = body.get(step)
        elif isinstance(body, list) and isinstance(step, int) and step < len(body):
            body = body[step]
        else:
            return ""
    return body if isinstance(body, str) else ""


def _near(text: str) -> str:
    return _seen(text if len(text) <= _AROUND else f"{text[:_AROUND]}…")


def _seen(text: str) -> str:
    """Line breaks as one sees them, and not too much of anything."""
    return text.replace("\n", "↵")[:_TEXT_SHOWN]


def digest(parts: Iterable[object]) -> str:
    """What a region of the page shows, in short: while it is the same, the region stays."""
    return hashlib.sha256(repr(tuple(parts)).encode()).hexdigest()[:12]
