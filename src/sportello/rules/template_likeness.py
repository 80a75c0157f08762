"""How much two texts of templates resemble each other, whatever their variables are called."""

import itertools
import unicodedata
from collections import Counter
from typing import Final

from sportello.rules.template_text import WORD, variables

COMPARED_MAX: Final = 2048  # characters of each
_VARIABLE: Final = "{}"


def likeness(one: str, other: str) -> float:
    """0 when they share no word, 1 when they say the same; the same words in another order are
    between. Symmetrical.

    Dice's measure over words and pairs of neighbouring words; accents, case and punctuation do
    not count, and a variable is a variable.
    """
    left, right = _grams(one), _grams(other)
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 1.0


def same(one: str, other: str) -> bool:
    """Whether Meta would call the second a duplicate: the same words in the same order."""
    return _words(one) == _words(other)


def _grams(text: str) -> Counter[tuple[str, ...]]:
    words = _words(text)
    grams: Counter[tuple[str, ...]] = Counter((word,) for word in words)
    grams.update(itertools.pairwise(words))
    return grams


def _words(text: str) -> list[str]:
    text = text[:COMPARED_MAX]
    for one in reversed(variables(text)):
        text = f"{text[: one.start]} \ue000 {text[one.end :]}"
    bare = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return [word for piece in plain.split() for word in _pieces(piece)]


def _pieces(piece: str) -> list[str]:
    return [_VARIABLE] if piece == "\ue000" else WORD.findall(piece)
