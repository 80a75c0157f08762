"""The editor between two answers: the sheet, what was mended and can be undone, what was done."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.http import QueryDict

from sportello.console.templates_desk import account, bodies, sheet
from sportello.console.templates_desk.findings import digest, key_of
from sportello.console.templates_desk.sheet import Sheet
from sportello.rules.template import Finding, mended
from sportello.rules.template_codes import Severity
from sportello.schema.templates import Template

_PAST_MAX: Final = 10
_ROUNDS_MAX: Final = 60
_STAMP_MAX: Final = 1_000_000
_PAST_LENGTH_MAX: Final = 400_000


class Mode(StrEnum):
    """What saving and submitting mean here."""

    NEW = "new"
    DRAFT = "draft"
    EDIT = "edit"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Editing:
    """`stamp` grows when we rewrote the fields: the browser replaces them then, and only then.

    `past`: sheets before each mend, oldest first; they count while the sheet is as the last mend
    left it (`after`), since undoing later would lose what was typed meanwhile. `tried`: somebody
    wanted to submit, so what is missing is said aloud.
    """

    mode: Mode
    sheet: Sheet
    template: Template | None = None
    stamp: int = 0
    past: tuple[str, ...] = ()
    after: str = ""
    tried: bool = False

    @property
    def template_id(self) -> int | None:
        return (
            self.template.pk if self.template is not None and self.mode is not Mode.RETRY else None
        )

    @property
    def can_undo(self) -> bool:
        return bool(self.past)

    def findings(self, now: datetime) -> tuple[Finding, ...]:
        """What the lint says; an edited template is no other to itself."""
        return account.lint(
            sheet.to_body(self.sheet),
            now,
            waba_id=self.sheet.waba_id,
            template_id=self.template_id,
        )


def from_form(form: QueryDict, mode: Mode, template: Template | None) -> Editing:
    """What the browser sent back."""
    read = sheet.from_form(form)
    if mode is Mode.EDIT and template is not None:
        read = replace(read, name=template.name, language=template.language)
    if template is not None:
        read = replace(read, waba_id=template.waba_id)
    after = str(form.get("after", ""))[:32]
    is_as_mended = after == _digest(read)
    stamp = str(form.get("stamp", "0"))
    return Editing(
        mode=mode,
        sheet=read,
        template=template,
        stamp=int(stamp) % _STAMP_MAX
        if stamp.isascii() and stamp.isdecimal() and len(stamp) < 9
        else 0,
        past=_past(str(form.get("past", ""))) if is_as_mended else (),
        after=after if is_as_mended else "",
        tried=form.get("tried") == "1",
    )


def of_template(template: Template, mode: Mode) -> Editing:
    """The template as it stands, or as an edit that failed wished it."""
    return Editing(mode, sheet_of(template), template)


def sheet_of(template: Template) -> Sheet:
    return sheet.from_body(
        body_of(template),
        waba_id=template.waba_id,
        sample="" if template.sample_id is None else str(template.sample_id),
    )


def body_of(template: Template) -> sheet.Body:
    """Meta's creation body of what the page should show: the wish where there is one."""
    wished = template.wished if isinstance(template.wished, dict) else {}
    stands = bodies.of_row(template)
    return stands | {
        "category": str(wished.get("category") or template.category),
        "components": wished.get("components") or template.components,
    }


def acted(editing: Editing, act: str, now: datetime) -> Editing:
    """After one click. A word that names nothing changes nothing."""
    word, _, about = act.partition(":")
    match word:
        case "add" | "remove" | "up" | "down":
            return _rewritten(editing, _with_rows(editing.sheet, word, about))
        case "mend":
            return _mend(editing, about, now)
        case "mend-all":
            return _mend_all(editing, now)
        case "undo" if editing.past:
            return _undone(editing)
        case "rewrite":
            return replace(editing, stamp=editing.stamp + 1)
        case _:
            return editing


def _rewritten(editing: Editing, new: Sheet) -> Editing:
    return replace(editing, sheet=new, stamp=editing.stamp + 1, past=(), after="")


def _with_rows(given: Sheet, word: str, about: str) -> Sheet:
    rows = list(given.buttons)
    if word == "add":
        new = sheet.new_row(about)
        return sheet.rearranged(given, [*rows, new] if new else rows)
    at = int(about) if about.isascii() and about.isdecimal() and len(about) < 3 else -1
    if not 0 <= at < len(rows):
        return given
    row = rows.pop(at)
    if word != "remove":
        rows.insert(max(0, at - 1) if word == "up" else at + 1, row)
    return sheet.rearranged(given, rows)


def _mend(editing: Editing, key: str, now: datetime) -> Editing:
    """The one finding's cure, if it still stands."""
    finding = next((one for one in editing.findings(now) if key_of(one) == key), None)
    if finding is None or not finding.fix:
        return editing
    return _mended(editing, _cured(editing.mode, editing.sheet, finding))


def _mend_all(editing: Editing, now: datetime) -> Editing:
    """Errors and warnings one by one, since each cure may settle or bring others."""
    now_sheet = editing.sheet
    for _ in range(_ROUNDS_MAX):
        findings = replace(editing, sheet=now_sheet).findings(now)
        curable = (one for one in findings if one.fix and one.severity is not Severity.HINT)
        cures = (_cured(editing.mode, now_sheet, one) for one in curable)
        cured = next((one for one in cures if one != now_sheet), None)
        if cured is None:
            break
        now_sheet = cured
    return _mended(editing, now_sheet)


def _cured(mode: Mode, given: Sheet, finding: Finding) -> Sheet:
    """The examples that no variable uses now stay with the sheet."""
    body = mended(sheet.to_body(given), finding.fix)
    new = sheet.from_body(body, waba_id=given.waba_id, sample=given.sample)
    new = replace(new, examples={**given.examples, **new.examples})
    return replace(new, name=given.name, language=given.language) if mode is Mode.EDIT else new


def _mended(editing: Editing, new: Sheet) -> Editing:
    if new == editing.sheet:
        return editing
    past = (*editing.past, sheet.to_state(editing.sheet))[-_PAST_MAX:]
    return replace(editing, sheet=new, stamp=editing.stamp + 1, past=past, after=_digest(new))


def _undone(editing: Editing) -> Editing:
    before = sheet.from_state(editing.past[-1])
    if before is None:
        return replace(editing, past=(), after="")
    fixed = replace(before, waba_id=editing.sheet.waba_id)
    if editing.mode is Mode.EDIT:
        fixed = replace(fixed, name=editing.sheet.name, language=editing.sheet.language)
    past = editing.past[:-1]
    after = _digest(fixed) if past else ""
    return replace(editing, sheet=fixed, stamp=editing.stamp + 1, past=past, after=after)


def past_line(past: Iterable[str]) -> str:
    """How the past travels in the form."""
    return json.dumps(list(past), separators=(",", ":"))


def _past(line: str) -> tuple[str, ...]:
    if not line or len(line) > _PAST_LENGTH_MAX:
        return ()
    try:
        found = json.loads(line)
    except ValueError:
        return ()
    is_list = isinstance(found, list) and all(isinstance(one, str) for one in found)
    return tuple(found[-_PAST_MAX:]) if is_list else ()


def _digest(given: Sheet) -> str:
    """Examples of variables that are gone do not count: a browser may leave them out."""
    used = {f"{part}.{name}" for part in ("header", "body") for name in given.variables(part)}
    kept: Mapping[str, str] = {key: given.examples.get(key, "") for key in sorted(used)}
    return digest((sheet.to_state(replace(given, examples=kept)),))
