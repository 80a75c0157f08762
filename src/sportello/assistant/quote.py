"""The sentences of a passage that answer a question: the company's own words, cut out, not changed.

Source: answering.md 4.6: given the right paragraph, the first sentence picked is right in 78 % of
cases, one of the best two in 89 %. So two sentences that stand together are quoted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sportello.assistant.embed import Embedder, Matrix
from sportello.assistant.library import keyed

# A section this short is an answer as it stands.
WHOLE_MAX: Final = 320
QUOTE_MAX: Final = 600
_WEIGHED_MAX: Final = 8
_SENTENCES_MAX: Final = 60
# The scale on which cosines of one model's sentences scatter; words weigh as in the search.
_DEVIATION: Final = 0.025
_LEXICAL_WEIGHT: Final = 10.0
_SENTENCE: Final = re.compile(r"(?<=[.!?…])[\"”»)]?\s+(?=[\"“«(]?[A-ZÀ-ÖØ-Þ0-9])")
_ITEM: Final = re.compile(r"^\s*(?:[-*+•–]|\d{1,3}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Question:
    """`idfs`: of its lexemes, with their language before them; `language`: the passage's."""

    vector: Matrix
    idfs: Mapping[str, float]
    language: str


async def best_sentences(embedder: Embedder, question: Question, passage: str) -> str:
    """Whole if it is short; else the best sentence with its better neighbour, a list unbroken."""
    if len(passage) <= WHOLE_MAX:
        return passage
    told = sentences(passage)[:_SENTENCES_MAX]
    if len(told) < 3:
        return passage[:QUOTE_MAX]
    scores = await _scores(embedder, question, told)
    best = max(range(len(told)), key=lambda place: scores[place])
    first, last = _list_around(told, best) if _ITEM.match(told[best]) else (best, best)
    if first == last:
        first, last = _with_neighbour(told, scores, best)
    return _joined(told[first : last + 1])


def sentences(text: str) -> list[str]:
    """By lines, and by full stops before capitals; an item of a list is one."""
    found: list[str] = []
    for line in text.split("\n"):
        parts = [line] if _ITEM.match(line) else _SENTENCE.split(line)
        found += [part.strip() for part in parts if part.strip()]
    return found


async def _scores(embedder: Embedder, question: Question, told: Sequence[str]) -> list[float]:
    """Words choose which are weighed by meaning as well: each takes about 30 ms."""
    mass = sum(question.idfs.values()) or 1.0
    shares = [_found(question, one) / mass for one in told]
    order = sorted(range(len(told)), key=lambda place: (-shares[place], place))[:_WEIGHED_MAX]
    vectors = await embedder.embed([told[place] for place in order], "passage")
    cosines = vectors @ question.vector
    mean = float(cosines.mean())
    scores = [-1e9] * len(told)
    for place, cosine in zip(order, cosines, strict=True):
        meaning = (float(cosine) - mean) / _DEVIATION
        scores[place] = meaning + _LEXICAL_WEIGHT * shares[place]
    return scores


def _found(question: Question, sentence: str) -> float:
    said = set(keyed(sentence, question.language))
    return sum(idf for lexeme, idf in question.idfs.items() if lexeme in said)


def _list_around(told: Sequence[str], best: int) -> tuple[int, int]:
    """The whole list with the line that opens it, if it is short enough to be sent."""
    first = last = best
    while first > 0 and _ITEM.match(told[first - 1]):
        first -= 1
    while last + 1 < len(told) and _ITEM.match(told[last + 1]):
        last += 1
    if first > 0 and told[first - 1].endswith(":"):
        first -= 1
    return (first, last) if len(_joined(told[first : last + 1])) <= QUOTE_MAX else (best, best)


def _with_neighbour(told: Sequence[str], scores: Sequence[float], best: int) -> tuple[int, int]:
    """The sentence after it or before it, whichever says more; the one after at equal scores."""
    wanted = [
        (scores[place], place > best, place)
        for place in (best - 1, best + 1)
        if 0 <= place < len(told) and len(told[place]) + len(told[best]) < QUOTE_MAX
    ]
    if not wanted:
        return best, best
    place = max(wanted)[2]
    return min(best, place), max(best, place)


def _joined(told: Sequence[str]) -> str:
    text = told[0]
    for one in told[1:]:
        text += ("\n" if _ITEM.match(one) else " ") + one
    return text
