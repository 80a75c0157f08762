"""WhatsApp's own markup parsed into a closed tree of tokens; what they look like is for others.

*bold*, _italic_, ~strike~, `code`, ```code block```, > quote, lists with - or *, numbered lists,
links. Signs that do not pair stay as written, as on a phone. Time and depth are bounded for any
text: each style opens at most once at a time, and a line is read once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final, assert_never


class Style(StrEnum):
    """What a pair of signs does to the words between."""

    BOLD = "bold"
    ITALIC = "italic"
    STRIKE = "strike"


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words, not escaped for anything."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Words in type-writer letters, in which no other sign means anything."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address; always `http://` or `https://`."""

    url: str


@dataclass(frozen=True, slots=True)
class Styled:
    """Words in one style; other styles may stand inside."""

    style: Style
    children: tuple["Inline", ...]


Inline = Text | Code | Link | Styled
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that follow each other; an empty line is an empty tuple."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines that began with `> `."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without numbers."""

    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A list that counts from `start`."""

    start: int
    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines in type-writer letters, kept with their breaks."""

    text: str


Block = Paragraph | Quote | Bullets | Numbered | CodeBlock


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a message in order. Every character but the signs themselves is kept."""
    blocks: list[Block] = []
    for index, part in enumerate(_FENCE.split(text)):
        # re.split with one group: odd parts stood between the fences.
        if index % 2:
            blocks.append(CodeBlock(part.strip("\n")))
        elif part.strip("\n"):
            blocks.extend(_blocks(part.strip("\n") if index else part.rstrip("\n")))
    return tuple(blocks)


def plain(text: str) -> str:
    """The words of a message in one line, without the signs that only say how they look."""
    if not _ANY_SIGN.search(text):
        return " ".join(text.split())
    return " ".join(" ".join(_words(block) for block in parse(text)).split())


def _words(block: Block) -> str:
    match block:
        case Paragraph(lines) | Quote(lines):
            return " ".join(_line(line) for line in lines)
        case Bullets(items):
            return " ".join(f"- {_line(item)}" for item in items)
        case Numbered(start, items):
            return " ".join(f"{n}. {_line(item)}" for n, item in enumerate(items, start))
        case CodeBlock(text):
            return text
        case _:
            assert_never(block)


def _line(line: Line) -> str:
    return "".join(_said(part) for part in line)


def _said(part: Inline) -> str:
    match part:
        case Text(text) | Code(text):
            return text
        case Link(url):
            return url
        case Styled(_, children):
            return _line(children)
        case _:
            assert_never(part)


_ANY_SIGN: Final = re.compile(r"[*_~`>]")
_FENCE: Final = re.compile(r"```(?!`)((?:[^`]|`(?!``))+)```")
_QUOTE: Final = re.compile(r"> (.*)", re.DOTALL)
_BULLET: Final = re.compile(r"[-*] (.*)", re.DOTALL)
_NUMBER: Final = re.compile(r"(\d{1,3})\. (.*)", re.DOTALL)


def _blocks(text: str) -> Iterator[Block]:
    marked = [_marked(line) for line in text.split("\n")]
    for kind, group in groupby(marked, key=lambda line: line[0]):
        lines = list(group)
        words = tuple(_inline(line[2]) for line in lines)
        match kind:
            case "quote":
                yield Quote(words)
            case "bullet":
                yield Bullets(words)
            case "number":
                yield Numbered(lines[0][1], words)
            case _:
                yield Paragraph(words)


def _marked(line: str) -> tuple[str, int, str]:
    """What a line is, its number if it has one, and its words."""
    if found := _QUOTE.match(line):
        return "quote", 0, found[1]
    if found := _BULLET.match(line):
        return "bullet", 0, found[1]
    if found := _NUMBER.match(line):
        return "number", int(found[1]), found[2]
    return "words", 0, line


_STYLES: Final = {"*": Style.BOLD, "_": Style.ITALIC, "~": Style.STRIKE}
_PIECES: Final = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|(?P<link>https?://[^\s<>\"`]+)"
    r"|(?P<sign>[*_~])"
    r"|(?P<words>[^\W_]+|[^\w*_~])"
)
_AFTER_LINK: Final = ".,;:!?)]}'*_~"


@dataclass(slots=True)
class _Open:
    """A sign still waiting for its pair, with what has come since. The bottom one has no sign."""

    sign: str
    children: list[Inline]


def _inline(line: str) -> Line:
    """One line's tokens: a stack of open signs, at most one for each style."""
    stack = [_Open("", [])]
    position = 0
    while position < len(line):
        position = _step(line, position, stack)
    while len(stack) > 1:
        _flatten(stack)
    return tuple(_joined(stack[0].children))


def _step(line: str, position: int, stack: list[_Open]) -> int:
    """Takes in the next piece of the line; returns where it ends."""
    piece = _PIECES.match(line, position)
    if piece is None:
        stack[-1].children.append(Text(line[position]))
        return position + 1
    match piece.lastgroup:
        case "code":
            stack[-1].children.append(Code(piece["code"]))
        case "link":
            url = piece["link"].rstrip(_AFTER_LINK)
            stack[-1].children.append(Link(url) if url.endswith("/") or "." in url else Text(url))
            return position + len(url)
        case "sign":
            _sign(line, position, stack)
        case _:
            stack[-1].children.append(Text(piece[0]))
    return piece.end()


def _sign(line: str, position: int, stack: list[_Open]) -> None:
    sign = line[position]
    before = line[position - 1] if position else " "
    after = line[position + 1] if position + 1 < len(line) else " "
    is_open = any(level.sign == sign for level in stack)
    if is_open and not before.isspace() and not after.isalnum():
        _close(sign, stack)
    elif not is_open and not before.isalnum() and not after.isspace():
        stack.append(_Open(sign, []))
    else:
        stack[-1].children.append(Text(sign))


def _close(sign: str, stack: list[_Open]) -> None:
    while stack[-1].sign != sign:
        _flatten(stack)
    closed = stack.pop()
    if closed.children:
        stack[-1].children.append(Styled(_STYLES[sign], tuple(_joined(closed.children))))
    else:
        stack[-1].children.append(Text(sign * 2))


def _flatten(stack: list[_Open]) -> None:
    """The innermost open sign found no pair: it was an ordinary character."""
    level = stack.pop()
    stack[-1].children.append(Text(level.sign))
    stack[-1].children.extend(level.children)


def _joined(children: list[Inline]) -> Iterator[Inline]:
    for is_text, group in groupby(children, key=lambda child: isinstance(child, Text)):
        if is_text:
            yield Text("".join(child.text for child in group if isinstance(child, Text)))
        else:
            yield from group
