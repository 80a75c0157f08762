"""PDF → blocks: text in reading order, running heads left out, lines joined to paragraphs."""

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import pypdf
from pypdf.errors import PyPdfError

from sportello.reading.blocks import TEXT_LENGTH_MAX, Block, Code, Kind, Read, Unreadable, heading
from sportello.reading.plain import lines, looks_like_heading

PAGES_MAX: Final = 1_000
_RUNNING_LINES: Final = 2
_DIGITS: Final = re.compile(r"\d+")
_END: Final = re.compile(r"[.!?:;…»\"”)]\s*$")
_ITEM: Final = re.compile(r"^\s*(?:[-*+•–]|\d{1,3}[.)])\s+")


def read_pdf(raw: bytes) -> Read:
    """Raises Unreadable: encrypted, damaged, too many pages, or pictures of text alone."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(raw), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable(Code.ENCRYPTED)
        if len(reader.pages) > PAGES_MAX:
            raise Unreadable(Code.TOO_MANY_PAGES)
        pages = list(_pages(reader))
        title = str((reader.metadata and reader.metadata.title) or "")
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        # A damaged file breaks the library in many ways; none of them is ours.
        raise Unreadable(Code.DAMAGED) from error
    blocks = tuple(_blocks(_without_running_heads(pages)))
    return Read(title.strip()[:200], blocks)


def _pages(reader: pypdf.PdfReader) -> Iterator[list[str]]:
    length = 0
    for page in reader.pages:
        text = page.extract_text()[:TEXT_LENGTH_MAX]
        length += len(text)
        if length > TEXT_LENGTH_MAX:
            raise Unreadable(Code.TOO_LARGE)
        yield [line.rstrip() for line in text.splitlines()]


def _without_running_heads(pages: Sequence[list[str]]) -> list[list[str]]:
    """Less the lines that open or close most pages: heads, feet, page numbers."""
    if len(pages) < 3:
        return list(pages)
    seen = Counter(key for page in pages for key in {_key(line) for line in _edges(page)})
    running = {key for key, count in seen.items() if count > len(pages) / 2}
    return [
        [
            line
            for place, line in enumerate(page)
            if not (_is_edge(place, len(page)) and _key(line) in running)
        ]
        for page in pages
    ]


def _edges(page: Sequence[str]) -> list[str]:
    return [line for place, line in enumerate(page) if _is_edge(place, len(page))]


def _is_edge(place: int, count: int) -> bool:
    return place < _RUNNING_LINES or place >= count - _RUNNING_LINES


def _key(line: str) -> str:
    return _DIGITS.sub("0", line.strip().casefold())


def _blocks(pages: Sequence[Sequence[str]]) -> Iterator[Block]:
    """A PDF knows no paragraphs: one ends where a sentence does and the next line is a heading,
    an item, or stands after an empty line.
    """
    told = [line for page in pages for line in page]
    gathered: list[str] = []
    for place, line in enumerate(told):
        following = told[place + 1] if place + 1 < len(told) else ""
        ended = not gathered or _END.search(gathered[-1]) is not None
        if not line.strip():
            yield from _paragraph(gathered)
            gathered = []
        elif ended and looks_like_heading(line) and _goes_on(following, line):
            yield from _paragraph(gathered)
            gathered = []
            yield heading(line, guessed=True)
        else:
            gathered.append(line)
    yield from _paragraph(gathered)


def _goes_on(following: str, line: str) -> bool:
    """Whether what follows a short line is text of its own rather than the rest of its sentence."""
    text = following.strip()
    return (
        not text
        or _ITEM.match(text) is not None
        or (not text[0].islower() and (len(text) > len(line.strip()) or looks_like_heading(text)))
    )


def _paragraph(gathered: Sequence[str]) -> Iterator[Block]:
    joined: list[str] = []
    for line in gathered:
        if joined and joined[-1].endswith("-") and line[:1].islower():
            joined[-1] = joined[-1][:-1] + line.strip()
        else:
            joined.append(line)
    yield from (block for block in lines("\n".join(joined)) if block.kind is not Kind.HEADING)
