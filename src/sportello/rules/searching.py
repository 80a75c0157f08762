"""What a person looks for, word by word, and the piece of a text that shows it was found."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

QUERY_LENGTH_MAX: Final = 100
WORDS_MAX: Final = 8
_WORD_LENGTH_MAX: Final = 40
_MARKS: Final = range(0x300, 0x370)
_NUMBER_SIGNS: Final = frozenset("0123456789+-./() ")
# A word of a message is found by its beginning from here on; a shorter one as a whole.
BEGINNING_MIN: Final = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """`words` of messages, folded; `names`: what to look for in names and numbers."""

    words: tuple[str, ...]
    names: tuple[str, ...]


def wanted(q: str) -> Wanted | None:
    """What a typed query asks for; None where it holds neither letter nor digit.

    People type phone numbers with blanks and signs: a query of nothing else is one number.
    """
    q = q.strip()[:QUERY_LENGTH_MAX]
    words = tuple(dict.fromkeys(_words(fold(q))))[:WORDS_MAX]
    if not words:
        return None
    if set(q) <= _NUMBER_SIGNS:
        digits = "".join(words)[:_WORD_LENGTH_MAX]
        return Wanted(words, (digits.removeprefix("00") or digits,))
    return Wanted(words, words)


def patterns(words: tuple[str, ...]) -> list[str]:
    """As regular expressions of PostgreSQL over a folded text; the words hold no signs."""
    return [
        f"(^|[^[:alnum:]]){word}" + ("" if len(word) >= BEGINNING_MIN else "($|[^[:alnum:]])")
        for word in words
    ]


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    is_found: bool


def excerpt(text: str, words: tuple[str, ...], length: int = 90) -> list[Part]:
    """A piece of the text around the first word found, in parts; those found are marked."""
    text = " ".join(text.split())
    hits = list(_hits(text, words))
    start = _start(text, hits[0][0], length) if hits else 0
    end = start + length
    parts: list[Part] = []
    at = start
    for left, right in hits:
        if left < at or right > end:
            continue
        parts += [Part(text[at:left], is_found=False), Part(text[left:right], is_found=True)]
        at = right
    parts.append(Part(text[at:end], is_found=False))
    if start:
        parts.insert(0, Part("… ", is_found=False))
    if end < len(text):
        parts.append(Part(" …", is_found=False))
    return [part for part in parts if part.text]


def fold(text: str) -> str:
    """Without case and accents, as `sportello_fold` of `search.sql`."""
    return "".join(map(_fold, text))


@lru_cache(maxsize=4096)
def _fold(sign: str) -> str:
    """The same signs come again and again, and a page of results folds thousands."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", sign) if ord(c) not in _MARKS)
    return plain.lower()


def _words(folded: str) -> Iterator[str]:
    cleaned = "".join(sign if sign.isalnum() else " " for sign in folded)
    return (word[:_WORD_LENGTH_MAX] for word in cleaned.split())


def _hits(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where words of the text begin as wanted: from, to, in order."""
    for left, right in _places(text):
        folded = fold(text[left:right])
        fits = [word for word in words if _fits(folded, word)]
        if fits:
            size = max(len(word) for word in fits)
            yield left, min(right, left + size) if len(folded) == right - left else right


def _fits(folded: str, word: str) -> bool:
    return folded.startswith(word) if len(word) >= BEGINNING_MIN else folded == word


def _places(text: str) -> Iterator[tuple[int, int]]:
    left = None
    for at, sign in enumerate(text):
        plain = _fold(sign)
        is_inside = plain.isalnum()
        if is_inside and left is None:
            left = at
        elif not is_inside and left is not None and plain:
            yield left, at
            left = None
    if left is not None:
        yield left, len(text)


def _start(text: str, hit: int, length: int) -> int:
    """Some words before the hit, from the beginning of a word."""
    if len(text) <= length or hit < length // 2:
        return 0
    earliest = max(0, hit - length // 3)
    blank = text.find(" ", earliest, hit)
    return earliest if blank < 0 else blank + 1
