"""Pairs from a file: what fits comes in, what does not is told row by row."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sportello.console.library.deeds import Draft, UnfitPair, checked
from sportello.reading import decoding, tables
from sportello.schema.library import Pair

FILE_BYTES_MAX: Final = 4 * 2**20
ROWS_MAX: Final = 5_000
PAIRS_MAX: Final = 20_000
ERRORS_SHOWN_MAX: Final = 200
_AT_ONCE: Final = 500

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "question": ("question", "domanda", "questions", "domande", "q"),
    "answer": ("answer", "risposta", "answers", "risposte", "a"),
    "variants": ("variants", "varianti", "variant", "altre domande", "other questions"),
    "language": ("language", "lingua", "lang"),
    "enabled": ("enabled", "attiva", "in uso", "in use", "active"),
}
_NO: Final = frozenset({"0", "no", "n", "false", "falso", "off", "disattivata"})


@dataclass(frozen=True, slots=True)
class Row:
    """A pair as a file or a request has it, at its place there."""

    number: int
    draft: Draft


@dataclass(frozen=True, slots=True)
class RowError:
    """`part`: the column; `code`: a key of `words.UNFIT`."""

    row: int
    part: str
    code: str


@dataclass(slots=True)
class Plan:
    """What a file would bring: new pairs, pairs that would change (with what would be written into
    them), how many say what is known already, and the rows that do not fit.
    """

    new: list[Draft] = field(default_factory=list)
    changed: list[tuple[Pair, Draft]] = field(default_factory=list)
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """How many came in, changed what was there, or said what was known already."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


def read(raw: bytes, language: str) -> list[Row]:
    """The rows of a CSV or TSV file, in any usual encoding; `language` where a row names none.

    A first row that names columns is no pair; without one the columns are question and answer.
    Raises UnfitPair about the part `file`.
    """
    if len(raw) > FILE_BYTES_MAX:
        raise UnfitPair("file", "file_too_large")
    try:
        told = list(tables.rows(decoding.decoded(raw), rows_max=ROWS_MAX + 2))
    except csv.Error as error:
        raise UnfitPair("file", "not_a_table") from error
    if not told:
        raise UnfitPair("file", "empty")
    columns = _columns(told[0].cells)
    body = told[1:] if columns else told
    if len(body) > ROWS_MAX:
        raise UnfitPair("file", "too_many_rows")
    places = columns or {"question": 0, "answer": 1}
    if not {"question", "answer"} <= places.keys():
        raise UnfitPair("file", "columns_missing")
    return [Row(row.number, _draft(row.cells, places, language)) for row in body]


def bring_in(workspace_id: int, rows: Iterable[Row], now: datetime) -> Outcome:
    """What fits is written at once."""
    return write(workspace_id, planned(workspace_id, rows), now)


def planned(workspace_id: int, rows: Iterable[Row]) -> Plan:
    """The same question in the same language is one pair: its answer is changed, never doubled."""
    plan = Plan()
    known = {_key(pair.question, pair.language): pair for pair in _kept(workspace_id)}
    room = PAIRS_MAX - len(known)
    seen: set[tuple[str, str]] = set()
    for row, draft in _fit(rows, plan):
        key = _key(draft.question, draft.language)
        if key in seen:
            plan.errors.append(RowError(row.number, "question", "twice"))
            continue
        seen.add(key)
        if (pair := known.get(key)) is not None:
            _weigh(pair, draft, plan)
        elif len(plan.new) < room:
            plan.new.append(draft)
        else:
            plan.errors.append(RowError(row.number, "question", "library_full"))
    return plan


def write(workspace_id: int, plan: Plan, now: datetime) -> Outcome:
    for pair, draft in plan.changed:
        pair.answer, pair.variants, pair.enabled = draft.answer, draft.variants, draft.enabled
        pair.updated_at, pair.indexed_at = now, None
        pair.save(update_fields=["answer", "variants", "enabled", "updated_at", "indexed_at"])
    new = [_pair(workspace_id, draft) for draft in plan.new]
    Pair.objects.bulk_create(new, batch_size=_AT_ONCE)
    return Outcome(len(new), len(plan.changed), plan.unchanged, plan.errors)


def _kept(workspace_id: int) -> Iterable[Pair]:
    return Pair.objects.filter(workspace_id=workspace_id, deleted_at=None)[:PAIRS_MAX]


def _fit(rows: Iterable[Row], plan: Plan) -> Iterator[tuple[Row, Draft]]:
    for row in rows:
        try:
            yield row, checked(row.draft)
        except UnfitPair as unfit:
            plan.errors.append(RowError(row.number, unfit.part, unfit.code))


def _weigh(pair: Pair, draft: Draft, plan: Plan) -> None:
    told = (draft.answer, draft.variants or pair.variants, draft.enabled)
    if told == (pair.answer, pair.variants, pair.enabled):
        plan.unchanged += 1
        return
    plan.changed.append((pair, replace(draft, question=pair.question, variants=told[1])))


def _pair(workspace_id: int, draft: Draft) -> Pair:
    return Pair(
        workspace_id=workspace_id,
        question=draft.question,
        answer=draft.answer,
        variants=draft.variants,
        language=draft.language,
        enabled=draft.enabled,
    )


def _columns(cells: tuple[str, ...]) -> dict[str, int]:
    """Where each known column stands; empty if the row names none of the two that are needed."""
    plain = [cell.casefold().strip(" :*") for cell in cells]
    found = {
        part: plain.index(name) for part, names in _NAMES.items() for name in names if name in plain
    }
    return found if found.keys() & {"question", "answer"} else {}


def _draft(cells: tuple[str, ...], places: Mapping[str, int], language: str) -> Draft:
    def cell(part: str) -> str:
        place = places.get(part, len(cells))
        return cells[place] if place < len(cells) else ""

    told = cell("variants").replace("|", "\n").splitlines()
    return Draft(
        question=cell("question"),
        answer=cell("answer"),
        variants=[text.strip() for text in told if text.strip()],
        language=cell("language").lower() or language,
        enabled=cell("enabled").casefold() not in _NO,
    )


def _key(question: str, language: str) -> tuple[str, str]:
    return " ".join(question.casefold().split()), language
