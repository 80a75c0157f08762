"""Text and Markdown → blocks."""

import re
from collections.abc import Iterator
from typing import Final

from sportello.reading.blocks import TEXT_LENGTH_MAX, Block, Kind, Read, flat, heading
from sportello.reading.decoding import decoded

_HEADING_LENGTH_MAX: Final = 90
_ITEM: Final = re.compile(r"^\s*(?:[-*+•–]|\d{1,3}[.)])\s+")
_ATX: Final = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE: Final = re.compile(r"^ {0,3}(=+|-{3,})\s*$")
_FENCE: Final = re.compile(r"^ {0,3}(```|~~~)")
_LINK: Final = re.compile(r"!?\[([^\[\]]{0,300})\]\(\s*<?([^()\s<>]{0,500})>?[^()]{0,200}\)")
_EMPHASIS: Final = re.compile(r"(\*\*|__|\*|`)(\S[^*`\n]{0,500}?)\1")
_TABLE_RULE: Final = re.compile(r"^[\s|:-]+$")


def read_text(raw: bytes) -> Read:
    """Paragraphs stand between blank lines; a short line alone without a full stop is a heading."""
    blocks = tuple(_of_paragraphs(decoded(raw)[:TEXT_LENGTH_MAX]))
    return Read(_title(blocks), blocks)


def read_markdown(raw: bytes) -> Read:
    blocks = tuple(_of_markdown(decoded(raw)[:TEXT_LENGTH_MAX]))
    return Read(_title(blocks), blocks)


def looks_like_heading(line: str) -> bool:
    """Short, beginning with a capital or a number, without the stop of a sentence."""
    text = line.strip()
    if (
        not 2 < len(text) <= _HEADING_LENGTH_MAX
        or text[-1] in ".,;:!…"
        or ": " in text
        or _ITEM.match(text)
    ):
        return False
    return (text[0].isupper() or text[0].isdigit()) and any(sign.isalpha() for sign in text)


def lines(text: str) -> Iterator[Block]:
    """A paragraph's lines: list items each by itself, the others as one text."""
    prose: list[str] = []
    for line in text.splitlines():
        if _ITEM.match(line):
            if prose:
                yield Block(Kind.TEXT, flat(" ".join(prose)))
                prose = []
            yield Block(Kind.LINE, flat(line))
        else:
            prose.append(line)
    if prose and (joined := flat(" ".join(prose))):
        yield Block(Kind.TEXT, joined)


def _of_paragraphs(text: str) -> Iterator[Block]:
    paragraphs = re.split(r"\n[ \t\r]*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    for paragraph in paragraphs:
        told = [line for line in paragraph.split("\n") if line.strip()]
        if len(told) == 2 and _UNDERLINE.match(told[1]):
            yield heading(told[0], 1 if "=" in told[1] else 2)
        elif told and looks_like_heading(told[0]):
            yield heading(told[0], guessed=True)
            yield from lines("\n".join(told[1:]))
        elif told:
            yield from lines("\n".join(told))


def _of_markdown(text: str) -> Iterator[Block]:
    gathered: list[str] = []
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
            continue
        title = None if fenced else _heading_of(line, gathered)
        if title is not None:
            yield from lines("\n".join(gathered))
            gathered = []
            yield title
        elif line.strip():
            if not _TABLE_RULE.match(line):
                gathered.append(_bare(line))
        else:
            yield from lines("\n".join(gathered))
            gathered = []
    yield from lines("\n".join(gathered))


def _heading_of(line: str, gathered: list[str]) -> Block | None:
    """Of `## Words`, or of words underlined; takes the underlined line out of `gathered`."""
    if marked := _ATX.match(line):
        return heading(_bare(marked[2]), len(marked[1]))
    if len(gathered) == 1 and (under := _UNDERLINE.match(line)):
        return heading(gathered.pop(), 1 if under[1].startswith("=") else 2)
    return None


def _bare(line: str) -> str:
    """Without markup; a link keeps its address, a table's row its cells."""
    text = _LINK.sub(_linked, line)
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    if text.strip().startswith("|"):
        cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
        return "- " + " · ".join(filter(None, cells))
    return text.lstrip("> ") if text.lstrip().startswith(">") else text


def _linked(found: re.Match[str]) -> str:
    text, address = found[1], found[2]
    if found[0].startswith("!") or not address.startswith("http") or address in text:
        return text
    return f"{text} ({address})"


def _title(blocks: tuple[Block, ...]) -> str:
    """The first heading, if the text opens with it."""
    return blocks[0].text if blocks and blocks[0].kind is Kind.HEADING else ""
