"""A file of rows, whatever program saved it: its kind is told by its bytes, never by its name."""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final

from sportello.reading import tables
from sportello.reading.blocks import Code, Unreadable
from sportello.reading.tables import Headed, Row

BYTES_MAX: Final = 200 * 2**20
COLUMNS_MAX: Final = 50
CELL_MAX: Final = 2_000
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"


class Flaw(StrEnum):
    """Why a file cannot be read as a table of contacts."""

    EMPTY = "file_empty"
    TOO_LARGE = "file_too_large"
    OLD_SPREADSHEET = "file_is_old_spreadsheet"
    NOT_A_TABLE = "file_not_a_table"
    PROTECTED = "file_protected"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_SLOW = "file_too_slow"


class UnfitFile(Exception):  # noqa: N818  # an expected end
    """The file gives no rows. Trying again would not help."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Opened:
    """Columns, and rows read as they are asked for: each may raise UnfitFile."""

    headers: tuple[str, ...]
    rows: Iterator[Row]
    is_book: bool


def opened(file: BinaryIO) -> Opened:
    """Of a file that can be read from any place. Raises UnfitFile."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > BYTES_MAX:
        raise UnfitFile(Flaw.TOO_LARGE)
    head = file.read(4096)
    file.seek(0)
    if head.startswith(_OLE):
        raise UnfitFile(Flaw.OLD_SPREADSHEET)
    is_book = head.startswith(_ZIP)
    if not is_book and _is_no_text(head):
        raise UnfitFile(Flaw.NOT_A_TABLE)
    rows = _rows_of_book(file, size) if is_book else tables.rows_of(file)
    try:
        headed = tables.headed(rows)
    except (csv.Error, Unreadable) as error:
        raise UnfitFile(_flaw(error)) from error
    return _checked(headed, is_book=is_book)


def _rows_of_book(file: BinaryIO, size: int) -> Iterator[Row]:
    # Twenty megabytes that only the process needs in which files are read.
    from sportello.reading import sheets

    return sheets.rows_of(file, size)


def _checked(headed: Headed | None, *, is_book: bool) -> Opened:
    if headed is None:
        raise UnfitFile(Flaw.EMPTY)
    if len(headed.headers) > COLUMNS_MAX:
        raise UnfitFile(Flaw.TOO_MANY_COLUMNS)
    return Opened(headed.headers, _telling(headed.rows), is_book)


def _telling(rows: Iterator[Row]) -> Iterator[Row]:
    try:
        for row in rows:
            yield Row(row.number, tuple(_kept(cell) for cell in row.cells))
    except (csv.Error, Unreadable) as error:
        raise UnfitFile(_flaw(error)) from error


def _kept(cell: str) -> str:
    """PostgreSQL keeps no NUL, UTF-8 no lone surrogate: a workbook may hold both."""
    if cell.isascii() and "\0" not in cell:
        return cell[:CELL_MAX]
    return cell[:CELL_MAX].encode(errors="replace").decode().replace("\0", "")


def _is_no_text(head: bytes) -> bool:
    """Zeros stand in text only where two bytes make a sign; then every other byte is one."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return b"\0" in head and not (_mostly_zero(head[::2]) or _mostly_zero(head[1::2]))


def _mostly_zero(part: bytes) -> bool:
    return part.count(0) > len(part) * 0.8


def _flaw(error: Exception) -> Flaw:
    if not isinstance(error, Unreadable):
        return Flaw.NOT_A_TABLE
    return _FLAWS.get(error.code, Flaw.NOT_A_TABLE)


_FLAWS: Final = {
    Code.ENCRYPTED: Flaw.PROTECTED,
    Code.SWELLS: Flaw.TOO_LARGE,
    Code.TOO_LARGE: Flaw.TOO_LARGE,
    Code.TOO_SLOW: Flaw.TOO_SLOW,
}
