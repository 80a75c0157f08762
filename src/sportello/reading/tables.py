"""Text with separators → rows of cells."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SEPARATORS: Final = ",;\t|"
CELL_LENGTH_MAX: Final = 40_000
CELLS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Row:
    """`number`: the line of the file on which the row ends, from 1."""

    number: int
    cells: tuple[str, ...]


def rows(text: str, *, rows_max: int, separator: str = "") -> Iterator[Row]:
    """The rows that hold anything, at most `rows_max`; cells stripped. Raises csv.Error."""
    reader = csv.reader(
        text.splitlines(keepends=True), delimiter=separator or separator_of(text), strict=False
    )
    csv.field_size_limit(CELL_LENGTH_MAX)
    given = 0
    for cells in reader:
        kept = tuple(cell.strip() for cell in cells[:CELLS_MAX])
        if any(kept):
            given += 1
            if given > rows_max:
                return
            yield Row(reader.line_num, kept)


def separator_of(text: str) -> str:
    """The one that stands most often in the first line, outside quotation marks."""
    outside = "".join(text.lstrip("\n\r").partition("\n")[0].split('"')[::2])
    counts = {sign: outside.count(sign) for sign in SEPARATORS}
    return max(SEPARATORS, key=lambda sign: counts[sign])
