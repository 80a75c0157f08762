"""A spreadsheet's file (XLSX) written row by row into a stream, without being held anywhere.

Texts are kept as texts: nothing in a cell is ever a formula.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from sportello.console.money.sheet import plain

# Beyond this a sheet has no rows. Source: Microsoft, Excel specifications and limits.
ROWS_MAX: Final = 1_048_576
_TEXT_MAX: Final = 32_767
_CHUNK: Final = 1 << 15
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What XML would not give back as it is: signs of its own, spaces at either end, and what is none.
_TO_MIND: Final = re.compile("[<>&]|^\\s|\\s$|[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Rows that resemble each other so much are hardly smaller for three times the work.
_COMPRESSION: Final = 3
_TYPES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELATIONS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/{kind}" Target="{target}"/></Relationships>'
)
_BOOK: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Sportello" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_SHEET: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)


class _Sink:
    """Takes what the archive writes, until it is taken away; it cannot go back."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def write(self, data: bytes) -> int:
        self._kept += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def taken(self) -> bytes:
        found = bytes(self._kept)
        self._kept.clear()
        return found


def workbook(rows: Iterable[list[str | int | float]]) -> Iterator[bytes]:
    """The file's bytes as they come to be. What goes beyond a sheet's rows is left out."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:  # type: ignore[call-overload]  # it only writes
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _relation("officeDocument", "xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", _BOOK)
        target = _relation("worksheet", "worksheets/sheet1.xml")
        archive.writestr("xl/_rels/workbook.xml.rels", target)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            waiting = bytearray(_SHEET.encode())
            for place, row in enumerate(rows, 1):
                if place > ROWS_MAX:
                    break
                waiting += _row(row).encode()
                if len(waiting) > _CHUNK:
                    sheet.write(waiting)
                    waiting = bytearray()
                    yield sink.taken()
            sheet.write(waiting + b"</sheetData></worksheet>")
        yield sink.taken()
    yield sink.taken()


def _relation(kind: str, target: str) -> str:
    return _RELATIONS.format(kind=kind, target=target)


def _row(cells: list[str | int | float]) -> str:
    return f"<row>{''.join(_cell(cell) for cell in cells)}</row>"


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return _text(value) if value else "<c/>"
    return f"<c><v>{value}</v></c>"


@lru_cache(maxsize=4_096)
def _text(value: str) -> str:
    """Kept: of a million rows most cells say one of a few things."""
    # Kept as a text it is no formula, but whoever saves it as CSV would make it one.
    text = plain(value)
    if len(text) <= _TEXT_MAX and not _TO_MIND.search(text):
        return f'<c t="inlineStr"><is><t>{text}</t></is></c>'
    text = escape(_NOT_XML.sub("", text)[:_TEXT_MAX])
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
