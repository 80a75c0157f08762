"""Blocks → pieces of the size that is found best: one thought with the headings above it.

Source of the sizes: answering.md 4.2, 150 to 250 tokens, steps kept whole; about 4.5 characters to
a token in Italian.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sportello.reading.blocks import Block, Code, Kind, Unreadable

PIECES_MAX: Final = 5_000
LENGTH_AIM: Final = 800
LENGTH_MAX: Final = 1_150
OVERLAP_MAX: Final = 160
ANSWER_LENGTH_MAX: Final = 3_500
_HEADINGS_SHOWN: Final = 3
_SENTENCE: Final = re.compile(r"(?<=[.!?…])[\"”»)]?\s+(?=[\"“«(]?[A-ZÀ-ÖØ-Þ0-9])")


@dataclass(frozen=True, slots=True)
class Piece:
    """`heading`: the headings above, outermost first. `asked`: of a FAQ; `text` then answers it."""

    heading: str
    text: str
    asked: str = ""


def pieces(blocks: Iterable[Block]) -> list[Piece]:
    """In the order of the file. Raises Unreadable for more than a library should hold of one."""
    told: list[Piece] = []
    for piece in _pieces(blocks):
        told.append(piece)
        if len(told) > PIECES_MAX:
            raise Unreadable(Code.TOO_MANY_PASSAGES)
    if not told:
        raise Unreadable(Code.NO_TEXT)
    return told


def fingerprint(told: Iterable[Piece]) -> str:
    """The same for the same text in the same order."""
    plain = [[one.heading, one.text, one.asked] for one in told]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=True).encode()).hexdigest()


def sentences(text: str) -> list[str]:
    """By full stops before capitals, and by lines."""
    return [
        part.strip() for line in text.split("\n") for part in _SENTENCE.split(line) if part.strip()
    ]


def _pieces(blocks: Iterable[Block]) -> Iterator[Piece]:
    above: list[Block] = []
    gathered: list[Block] = []
    for block in _without_bare_headings(blocks):
        if block.kind is Kind.HEADING:
            yield from _filled(above, gathered)
            gathered = []
            above = [*(one for one in above if one.level < block.level), block]
        elif block.kind is Kind.FAQ:
            if block.asked.strip() and block.text.strip():
                yield Piece(_shown(above), block.text[:ANSWER_LENGTH_MAX].strip(), block.asked)
        elif block.text.strip():
            gathered.append(block)
    yield from _filled(above, gathered)


def _without_bare_headings(blocks: Iterable[Block]) -> Iterator[Block]:
    """A guessed heading over nothing was a line of text, and may not be lost."""
    held: Block | None = None
    for block in blocks:
        if held is not None:
            over_nothing = block.kind is Kind.HEADING and block.level <= held.level
            bare = held.guessed and over_nothing
            yield Block(Kind.LINE, held.text) if bare else held
        held = block if block.kind is Kind.HEADING else None
        if held is None:
            yield block
    if held is not None and held.guessed:
        yield Block(Kind.LINE, held.text)


def _filled(above: Sequence[Block], gathered: Sequence[Block]) -> Iterator[Piece]:
    """A section as pieces of up to `LENGTH_MAX`; each repeats the end of the one before it."""
    heading, parts = _shown(above), list(_parts(gathered))
    text = ""
    for part in parts:
        joined = f"{text}\n{part}" if text else part
        if text and (len(joined) > LENGTH_MAX or len(text) >= LENGTH_AIM):
            yield Piece(heading, text)
            tail = _tail(text)
            joined = f"{tail}\n{part}" if tail and len(tail) + len(part) < LENGTH_MAX else part
        text = joined
    if text:
        yield Piece(heading, text)


def _parts(gathered: Sequence[Block]) -> Iterator[str]:
    """Paragraphs and lines as they are; what is too long by sentences, at the worst by length."""
    for block in gathered:
        if len(block.text) <= LENGTH_AIM:
            yield block.text
            continue
        text = ""
        for sentence in sentences(block.text):
            for place in range(0, len(sentence), LENGTH_AIM):
                cut = sentence[place : place + LENGTH_AIM]
                if text and len(text) + len(cut) + 1 > LENGTH_AIM:
                    yield text
                    text = ""
                text = f"{text} {cut}".strip()
        if text:
            yield text


def _tail(text: str) -> str:
    """The last sentence, if it is short: a thought that runs on is found from either side."""
    last = sentences(text)[-1:]
    return last[0] if last and len(last[0]) <= OVERLAP_MAX else ""


def _shown(above: Sequence[Block]) -> str:
    return " › ".join(block.text for block in above[-_HEADINGS_SHOWN:])
