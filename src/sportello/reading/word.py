"""Word documents → blocks: headings by their style, tables row by row."""

import io
import re
from collections.abc import Iterator
from typing import Final

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from sportello.reading import sheets, zips
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

PARAGRAPHS_MAX: Final = 50_000
_ROWS_MAX: Final = 5_000
# Style ids and names are English in the file, whatever language Word speaks.
_HEADING: Final = re.compile(r"^(?:heading|titolo)\s*([1-6])$", re.IGNORECASE)
_LIST: Final = re.compile(r"list|elenco", re.IGNORECASE)


def read_word(raw: bytes) -> Read:
    """Raises Unreadable."""
    zips.check(raw)
    try:
        document = docx.Document(io.BytesIO(raw))
        blocks = tuple(_blocks(document))
        title = document.core_properties.title or ""
    except (PackageNotFoundError, LxmlError, KeyError, ValueError, TypeError, AttributeError) as e:
        raise Unreadable(Code.DAMAGED) from e
    return Read(title.strip()[:200], blocks)


def _blocks(document: Document) -> Iterator[Block]:
    length = 0
    for place, part in enumerate(document.iter_inner_content()):
        for block in _of_table(part) if isinstance(part, Table) else _of_paragraph(part):
            length += len(block.text)
            yield block
        if length > TEXT_LENGTH_MAX or place > PARAGRAPHS_MAX:
            raise Unreadable(Code.TOO_LARGE)


def _of_paragraph(paragraph: Paragraph) -> Iterator[Block]:
    text = paragraph.text.strip()
    if not text:
        return
    style = (paragraph.style.name if paragraph.style is not None else "") or ""
    if level := _HEADING.match(style):
        yield heading(text, int(level[1]))
    elif style == "Title":
        yield heading(text, 1)
    elif _LIST.search(style):
        yield Block(Kind.LINE, f"- {flat(text)}")
    elif _is_bold_line(paragraph, text):
        yield heading(text, 4)
    else:
        yield Block(Kind.TEXT, flat(text))


def _is_bold_line(paragraph: Paragraph, text: str) -> bool:
    """What many use for headings: a short line, bold from end to end."""
    runs = [run for run in paragraph.runs if run.text.strip()]
    return len(text) <= 120 and text[-1] not in ".;," and bool(runs) and all(r.bold for r in runs)


def _of_table(table: Table) -> Iterator[Block]:
    rows = [tuple(flat(cell.text) for cell in row.cells) for row in list(table.rows)[:_ROWS_MAX]]
    yield from sheets.blocks_of(rows)
