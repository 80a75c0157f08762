"""Text with separators → rows of cells, line by line: a file of any length takes no more memory."""

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO, Final, TextIO

from sportello.reading.decoding import encoding_of

SEPARATORS: Final = (";", ",", "\t", "|")
CELL_LENGTH_MAX: Final = 40_000
CELLS_MAX: Final = 200
_LINE_LENGTH_MAX: Final = 2**20
_SAMPLE_LINES: Final = 20
_SAMPLE_LENGTH_MAX: Final = 64 * 2**10
# A first row with as many digits in a cell holds numbers of its own, and names no columns.
_DIGITS_OF_A_NUMBER: Final = 7
_ROWS_LOOKED_AT: Final = 50


@dataclass(frozen=True, slots=True)
class Row:
    """`number`: the line of the file on which the row ends, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headed:
    """Columns by name, "" where a column has none; `rows` as wide as they."""

    headers: tuple[str, ...]
    rows: Iterator[Row]


def rows(text: str, *, rows_max: int, separator: str = "") -> Iterator[Row]:
    """The rows that hold anything, at most `rows_max`; cells stripped. Raises csv.Error."""
    lines = io.StringIO(text, newline="")
    return islice(_rows(lines, separator or separator_of(text)), rows_max)


def rows_of(file: BinaryIO) -> Iterator[Row]:
    """The same of a file that is read as it goes. Raises csv.Error."""
    text = io.TextIOWrapper(file, encoding_of(file), errors="replace", newline="")
    sample = "".join(islice(_lines(text), _SAMPLE_LINES))[:_SAMPLE_LENGTH_MAX]
    text.seek(0)
    return _rows(text, separator_of(sample))


def separator_of(text: str) -> str:
    """The one by which the first rows fall into most columns, equally many in each."""
    sample = text.lstrip("\n\r")[:_SAMPLE_LENGTH_MAX]
    return max(SEPARATORS, key=lambda separator: _evenness(sample, separator))


def headed(rows: Iterable[Row]) -> Headed | None:
    """The first row names the columns, unless it holds numbers of its own. None: no rows at all."""
    told = iter(rows)
    first = list(islice(told, _ROWS_LOOKED_AT))
    width = max((len(row.cells) for row in first), default=0)
    if not first:
        return None
    rest = deque(first)
    headers: tuple[str, ...] = ("",) * width
    if not any(_is_number(cell) for cell in first[0].cells):
        headers = _even(rest.popleft().cells, width)
    even = (Row(row.number, _even(row.cells, width)) for row in chain(rest, told))
    return Headed(headers, even)


def _rows(lines: TextIO, separator: str) -> Iterator[Row]:
    csv.field_size_limit(CELL_LENGTH_MAX)
    reader = csv.reader(_lines(lines), delimiter=separator, strict=False)
    for cells in reader:
        kept = tuple(cell.strip() for cell in cells[:CELLS_MAX])
        if any(kept):
            yield Row(reader.line_num, kept)


def _lines(text: TextIO) -> Iterator[str]:
    """PostgreSQL keeps no NUL; a line without an end would be the whole file."""
    while line := text.readline(_LINE_LENGTH_MAX):
        yield line.replace("\0", "")


def _evenness(sample: str, separator: str) -> tuple[int, int]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    try:
        first = list(islice(reader, _SAMPLE_LINES))
    except csv.Error:
        return 0, 0
    widths = [len(row) for row in first if any(cell.strip() for cell in row)]
    if not widths:
        return 0, 0
    usual = max(set(widths), key=widths.count)
    return (widths.count(usual) if usual > 1 else 0), usual


def _is_number(cell: str) -> bool:
    return sum(sign.isdigit() for sign in cell) >= _DIGITS_OF_A_NUMBER


def _even(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (cells + ("",) * (width - len(cells)))[:width]
