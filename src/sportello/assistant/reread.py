"""The likeliest passages, read once more by a second model (`alike`): how like the question each
is, and of the best of them what the question asks beside what they share.

“How heavy is the castle?” and “how much is the castle?” share the castle; what is left of each is
not alike. Measured in docs/decisions/0049.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np

from sportello.assistant import words
from sportello.assistant.embed import Embedder, Matrix
from sportello.store.library import Known

READ: Final = 20
_WORDS_MAX: Final = 400
# So few candidates say little about how likenesses scatter; the model's own habits fill in, with
# the weight of this many.
_PRIOR_MEAN: Final = 0.30
_PRIOR_DEVIATION: Final = 0.15
_PRIOR_WEIGHT: Final = 5.0
# Where there is nothing to compare.
_NO_WORD: Final = 0.6
_NO_REST: Final = 0.5


@dataclass(frozen=True, slots=True)
class Likeness:
    """Cosines of the question with a passage's likest question and with all of its text; the `z` of
    each among the passages that were read.
    """

    asked: float
    told: float
    asked_z: float
    told_z: float


@dataclass(frozen=True, slots=True)
class Beside:
    """What is left of a question beside what it shares with a passage's likest question.

    `word`: how like the least like word of the question is to any word of the passage; `rest`: how
    like each other the two questions are without the words that they share; `shared`: the share of
    the passage's question that these make up.
    """

    word: float = _NO_WORD
    rest: float = _NO_REST
    shared: float = 0.0


async def likenesses(
    embedder: Embedder, text: str, passages: Sequence[Known]
) -> dict[int, Likeness]:
    """By the passage's id."""
    if not passages:
        return {}
    asking = [_questions(one) for one in passages]
    whole = [f"{one.title}\n{one.answer}" for one in passages]
    rows = await embedder.embed([text, *whole, *chain(*asking)], "alike")
    cosines = rows[1:] @ rows[0]
    told, rest = cosines[: len(whole)], cosines[len(whole) :]
    parts = np.split(rest, np.cumsum([len(one) for one in asking])[:-1])
    asked = np.array([float(part.max()) for part in parts])
    made = zip(asked, told, _scattered(asked), _scattered(told), strict=True)
    return {
        one.passage_id: Likeness(*map(float, figures))
        for one, figures in zip(passages, made, strict=True)
    }


async def beside(embedder: Embedder, text: str, language: str, best: Known) -> Beside:
    """`language`: the question's; in another one, what is shared is what both write alike."""
    likest = await _likest(embedder, text, best)
    stems = set(words.lexemes(likest, language))
    common = stems | {x for one in _questions(best) for x in words.lexemes(one, language)}
    common &= set(words.lexemes(text, language))
    return Beside(
        word=await _least_like_word(embedder, text, language, best),
        rest=await _rest(embedder, text, likest, common, language),
        shared=len(common & stems) / max(len(stems), 1),
    )


def _questions(one: Known) -> list[str]:
    return list(one.variants) or [one.title]


def _scattered(cosines: Matrix) -> Matrix:
    weight = len(cosines) / (len(cosines) + _PRIOR_WEIGHT)
    mean = weight * cosines.mean() + (1 - weight) * _PRIOR_MEAN
    variance = weight * cosines.var() + (1 - weight) * _PRIOR_DEVIATION**2
    scattered: Matrix = (cosines - mean) / np.sqrt(variance)
    return scattered


async def _likest(embedder: Embedder, text: str, best: Known) -> str:
    asking = _questions(best)
    rows = await embedder.embed([text, *asking], "alike")
    return asking[int((rows[1:] @ rows[0]).argmax())]


async def _least_like_word(embedder: Embedder, text: str, language: str, best: Known) -> float:
    said = list(dict.fromkeys(words.spoken(text)))[:_WORDS_MAX]
    asked = [one for one in said if words.lexemes(one, language)]
    there = words.spoken("\n".join([*_questions(best), best.answer]))
    if not asked or not there:
        return _NO_WORD
    told = list(dict.fromkeys(there))[:_WORDS_MAX]
    rows = await embedder.embed([*asked, *told], "alike")
    return float((rows[: len(asked)] @ rows[len(asked) :].T).max(1).min())


async def _rest(
    embedder: Embedder, text: str, other: str, common: set[str], language: str
) -> float:
    left = _without(text, common, language)
    if not any(words.lexemes(one, language) for one in left):
        return _NO_REST
    beside_it = _without(other, common, language)
    rows = await embedder.embed([" ".join(left), " ".join(beside_it) or other], "alike")
    return float(rows[0] @ rows[1])


def _without(text: str, common: set[str], language: str) -> list[str]:
    return [
        one for one in words.spoken(text) if not common.intersection(words.lexemes(one, language))
    ]
