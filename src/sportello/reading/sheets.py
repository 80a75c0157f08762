"""Tables → blocks: each row a line that repeats its column's names, so that it stands alone."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from sportello.reading import tables, zips
from sportello.reading.blocks import (
    TEXT_LENGTH_MAX,
    Block,
    Code,
    Kind,
    Read,
    Unreadable,
    flat,
    heading,
)
from sportello.reading.decoding import decoded

ROWS_MAX: Final = 20_000
_SHEETS_MAX: Final = 50
_QUESTIONS: Final = frozenset({"domanda", "domande", "question", "questions"})
_ANSWERS: Final = frozenset({"risposta", "risposte", "answer", "answers"})

# A million rows of text; they are read one after the other.
_TABLE_UNPACKED_BYTES_MAX: Final = 2**30
_DAMAGED: Final = (
    InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError,
    IndexError, ParseError, OSError,
)  # fmt: skip

Cells = Sequence[str]


def read_csv(raw: bytes) -> Read:
    """Raises Unreadable."""
    return _read_separated(raw, "")


def read_tsv(raw: bytes) -> Read:
    return _read_separated(raw, "\t")


def read_xlsx(raw: bytes) -> Read:
    """Values, not formulas; every sheet under its name. Raises Unreadable."""
    zips.check(raw)
    try:
        blocks = tuple(_of_book(_opened(io.BytesIO(raw))))
    except _DAMAGED as error:
        raise Unreadable(Code.DAMAGED) from error
    return Read("", blocks)


def rows_of(file: BinaryIO, size: int) -> Iterator[tables.Row]:
    """The rows that hold anything of the first sheet that has any, read as it goes.

    Raises Unreadable.
    """
    zips.check_file(file, size, unpacked_bytes_max=_TABLE_UNPACKED_BYTES_MAX)
    try:
        for sheet in _opened(file).worksheets[:_SHEETS_MAX]:
            sheet.reset_dimensions()
            empty = True
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                cells = _cells(row)
                if cells:
                    empty = False
                    yield tables.Row(number, cells)
            if not empty:
                return
    except _DAMAGED as error:
        raise Unreadable(Code.DAMAGED) from error


def _opened(file: BinaryIO) -> Any:
    return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)


def blocks_of(rows: Iterable[Cells]) -> Iterator[Block]:
    """A table's first row names its columns; a table of questions and answers is a FAQ."""
    told = iter(rows)
    head = next((row for row in told if any(row)), ())
    named = sum(map(bool, head)) > 1 and not any(_is_number(cell) for cell in head)
    if not named and any(head):
        yield Block(Kind.LINE, " · ".join(filter(None, head)))
    asked, answer = _place(head, _QUESTIONS), _place(head, _ANSWERS)
    for row in told:
        if asked is not None and answer is not None:
            if len(row) > max(asked, answer) and row[asked] and row[answer]:
                yield Block(Kind.FAQ, row[answer], asked=flat(row[asked])[:1000])
        elif any(row):
            yield Block(Kind.LINE, _line(head if named else (), row))


def _read_separated(raw: bytes, separator: str) -> Read:
    text = decoded(raw)
    if len(text) > TEXT_LENGTH_MAX:
        raise Unreadable(Code.TOO_LARGE)
    try:
        told = [row.cells for row in tables.rows(text, rows_max=ROWS_MAX, separator=separator)]
    except csv.Error as error:
        raise Unreadable(Code.DAMAGED) from error
    return Read("", tuple(blocks_of(told)))


def _of_book(book: Any) -> Iterator[Block]:
    length = 0
    for sheet in book.worksheets[:_SHEETS_MAX]:
        yield heading(sheet.title, 2)
        sheet.reset_dimensions()  # what the file says of its size may be a lie
        rows = (_cells(row) for row in sheet.iter_rows(values_only=True, max_row=ROWS_MAX))
        for block in blocks_of(rows):
            length += len(block.text)
            if length > TEXT_LENGTH_MAX:
                raise Unreadable(Code.TOO_LARGE)
            yield block


def _cells(row: Iterable[Any]) -> tuple[str, ...]:
    kept = [_text(value) for value in list(row)[: tables.CELLS_MAX]]
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "sì" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        case _:
            return flat(str(value))[: tables.CELL_LENGTH_MAX]


def _line(head: Cells, row: Cells) -> str:
    named = [
        f"{head[place]}: {cell}" if place < len(head) and head[place] else cell
        for place, cell in enumerate(row)
        if cell
    ]
    return flat(" · ".join(named))


def _place(head: Cells, names: frozenset[str]) -> int | None:
    found = [place for place, cell in enumerate(head) if cell.casefold().strip(" :?") in names]
    return found[0] if found else None


def _is_number(text: str) -> bool:
    return text.replace(".", "").replace(",", "").replace("-", "").strip("€$% ").isdigit()
