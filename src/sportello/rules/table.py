"""A file of rows as people save it from a spreadsheet: its encoding and separator are found out."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from sportello.rules.contact_rows import ROWS_MAX

BYTES_MAX: Final = 5 * 2**20
COLUMNS_MAX: Final = 50
CELL_MAX: Final = 2000
_SAMPLE_ROWS: Final = 20
_SEPARATORS: Final = (";", ",", "\t", "|")


class Flaw(StrEnum):
    """Why a file cannot be read as a table."""

    EMPTY = "file_empty"
    TOO_LARGE = "file_too_large"
    SPREADSHEET = "file_is_spreadsheet"
    NOT_TEXT = "file_not_text"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"


@dataclass(frozen=True, slots=True)
class Table:
    """Headers, and rows as wide as they. `lines`: on which line of the file each row ends."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]


def read(content: bytes) -> Table | Flaw:
    """The whole file, blank rows left out. Never raises."""
    if len(content) > BYTES_MAX:
        return Flaw.TOO_LARGE
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return Flaw.SPREADSHEET
    text = _text(content)
    if text is None:
        return Flaw.NOT_TEXT
    rows = _rows(text, _separator(text))
    if isinstance(rows, Flaw):
        return rows
    return _table(rows)


def _text(content: bytes) -> str | None:
    """UTF-8, UTF-16 with its mark, or what Western Windows writes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252", "latin-1")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _separator(text: str) -> str:
    """The one by which the first rows fall into most columns, equally many in each."""
    sample = text[: _SAMPLE_ROWS * CELL_MAX]
    return max(_SEPARATORS, key=lambda separator: _evenness(sample, separator))


def _evenness(sample: str, separator: str) -> tuple[int, int]:
    reader = csv.reader(sample.splitlines(), delimiter=separator)
    try:
        first = list(islice(reader, _SAMPLE_ROWS))
    except csv.Error:
        return 0, 0
    widths = [len(row) for row in first if any(cell.strip() for cell in row)]
    if not widths:
        return 0, 0
    usual = max(set(widths), key=widths.count)
    return (widths.count(usual) if usual > 1 else 0), usual


def _rows(text: str, separator: str) -> list[tuple[int, list[str]]] | Flaw:
    """With the line on which each ends."""
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) > COLUMNS_MAX:
                return Flaw.TOO_MANY_COLUMNS
            found.append((reader.line_num, [cell.strip()[:CELL_MAX] for cell in row]))
            if len(found) > ROWS_MAX + 1:
                return Flaw.TOO_MANY_ROWS
    except csv.Error:
        return Flaw.NOT_TEXT
    return found or Flaw.EMPTY


def _table(found: Sequence[tuple[int, list[str]]]) -> Table | Flaw:
    """The first row names the columns, unless it holds numbers of its own."""
    width = max(len(row) for _, row in found)
    even = [(line, row + [""] * (width - len(row))) for line, row in found]
    first = even[0][1]
    if any(sum(sign.isdigit() for sign in cell) >= _DIGITS_OF_A_NUMBER for cell in first):
        headers, body = [""] * width, even
    else:
        headers, body = first, even[1:]
    if not body:
        return Flaw.EMPTY
    if len(body) > ROWS_MAX:
        return Flaw.TOO_MANY_ROWS
    return Table(headers, [row for _, row in body], [line for line, _ in body])


_DIGITS_OF_A_NUMBER: Final = 7
