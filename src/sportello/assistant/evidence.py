"""What speaks for the passage that was found best, as numbers: what a calibration weighs.

Pure: the search tells what it asked for and what it found.
"""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from sportello.assistant import words
from sportello.assistant.library import keyed
from sportello.assistant.reread import Beside, Likeness
from sportello.store.library import Cosines, Known, LexicalHit

# `asked` and `told`: z of the cosine with the passage's best question, and with its text, less what
# the best of so many passages has by chance;
# `…_margin`: how far the best leads the next in one thing. `matter`: how much of what the question
# is about the passage speaks of. `offer`: whether it asks if there is such a thing at all.
# `told_cosine`: as it is, in hundredths. Alone it tells nothing; beside its z it says whether the
# library's best is good, or merely better than the rest. `alike_…`, `word`, `rest` and `shared`:
# what the second model says of it, see `reread`.
FEATURES: Final = (
    "asked", "told", "bm25", "bm25_margin", "idf_coverage", "idf_unknown", "margin_2", "margin_5",
    "terms", "matter", "offer", "asked_margin", "told_margin", "told_cosine",
    "alike_asked", "alike_told", "alike_asked_z", "alike_told_z", "word", "rest", "shared",
)  # fmt: skip

# Chosen on the labelled libraries: with the better of both vectors and ten times the words, as
# before, the right one came first in 66 of 100; so in 73 (docs/decisions/0004).
ASKED_WEIGHT: Final = 0.3
_LEXICAL_WEIGHT: Final = 2.0
# Of each z of the second model; more of it changes the order no more (docs/decisions/0049).
_ALIKE_WEIGHT: Final = 0.3
_TERMS_COUNTED: Final = 10
_UNREAD: Final = Likeness(0.0, 0.0, 0.0, 0.0)
# Of more passages the best lies higher though none answers: by this much times ln N. Without it a
# shop of 114 passages answered 23 % of near questions, with it 5 %, and the others no more.
_CHANCE: Final = 0.5
# "sterilizzare" and "sterilizzata" differ in two letters after their stems: nearly the same word.
_ALIKE_MIN: Final = 4
_ALIKE_OFF: Final = 2
_ALIKE: Final = 0.7
_OFFER: Final = re.compile(
    r"\W*(?:ma |e |ciao |salve |scusate |buongiorno |hi |hello )*"
    r"(?:avete|vendete|fate|c'? ?e|ci sono|noleggiate|offrite|tenete|riparate|cercate|montate"
    r"|comprate|siete|posso|si puo|potete|(?:do|can) (?:yo)?u|can i|is there|are there)\b"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's lexemes in one language, with the idf of each. `matter`: those that name what
    it is about; mistyped ones as they were meant.
    """

    text: str
    language: str
    known: Mapping[str, float]
    unknown_idf: float
    terms: int
    matter: frozenset[str] = frozenset()

    @property
    def mass(self) -> float:
        return sum(self.known.values()) + self.unknown_idf

    @property
    def unknown_share(self) -> float:
        return self.unknown_idf / self.mass if self.mass else 1.0


class Scores:
    """Of every candidate: z of its cosines, its share of BM25, and all fused; with what a second
    reading says of those that were read again, which come first.
    """

    def __init__(
        self,
        cosines: Mapping[int, Cosines],
        scale: tuple[float, float],
        share: Mapping[int, float],
        alike: Mapping[int, Likeness] | None = None,
    ) -> None:
        mean, deviation = scale
        self.asked = {one: (both.asked - mean) / deviation for one, both in cosines.items()}
        self.told = {one: (both.told - mean) / deviation for one, both in cosines.items()}
        self.share = share
        self.cosines = cosines
        self.alike = alike or {}
        self.fused = {one: self._fused(one) for one in cosines}
        self.order = sorted(
            self.fused, key=lambda one: (one not in self.alike, -self.fused[one], one)
        )

    def _fused(self, one: int) -> float:
        near = ASKED_WEIGHT * self.asked[one] + (1 - ASKED_WEIGHT) * self.told[one]
        again = self.alike.get(one)
        more = _ALIKE_WEIGHT * (again.asked_z + again.told_z) if again else 0.0
        return near + _LEXICAL_WEIGHT * self.share.get(one, 0.0) + more

    def lead(self, place: int) -> float:
        """How far the first leads the one `place` places behind, or the last if there are fewer."""
        last = self.order[min(place, len(self.order) - 1)]
        return self.fused[self.order[0]] - self.fused[last]


@dataclass(frozen=True, slots=True)
class Best:
    """The best candidate, if it is still there, and what the question asks beside it."""

    known: Known | None = None
    beside: Beside = field(default_factory=Beside)


def features(
    scores: Scores, asked: Asked, hits: Mapping[int, LexicalHit], best: Best, passages: int
) -> tuple[float, ...]:
    """In the order of `FEATURES`, of the best candidate among so many passages."""
    again = scores.alike.get(scores.order[0], _UNREAD)
    top, share = scores.order[0], scores.share
    chance = _CHANCE * math.log(max(passages, 1))
    return (
        scores.asked[top] - chance,
        scores.told[top] - chance,
        share.get(top, 0.0),
        share.get(top, 0.0) - _next_best(share, top),
        hits[top].found / asked.mass if top in hits else 0.0,
        asked.unknown_share,
        scores.lead(1),
        scores.lead(4),
        float(min(asked.terms, _TERMS_COUNTED)),
        held(asked, best.known),
        float(asks_whether(asked.text)),
        scores.asked[top] - _next_best(scores.asked, top),
        scores.told[top] - _next_best(scores.told, top),
        100 * scores.cosines[top].told,
        again.asked,
        again.told,
        again.asked_z,
        again.told_z,
        best.beside.word,
        best.beside.rest,
        best.beside.shared,
    )


def held(asked: Asked, known: Known | None) -> float:
    """How much of what the question is about the passage speaks of; half where it names nothing."""
    if known is None or not asked.matter:
        return 0.5
    there = set(keyed("\n".join([known.title, *known.variants, known.answer]), known.language))
    alike = sum(_has_alike(one, there) for one in asked.matter - there)
    return (len(asked.matter & there) + _ALIKE * alike) / len(asked.matter)


def asks_whether(text: str) -> bool:
    """Whether somebody asks if a company has or does a thing: "avete", "can I"."""
    return _OFFER.match(words.plain(text)) is not None


def idf(passages: int, containing: int) -> float:
    """BM25's; always above zero, also for a lexeme that stands everywhere."""
    return math.log(1 + (max(passages - containing, 0) + 0.5) / (containing + 0.5))


def _has_alike(lexeme: str, there: Collection[str]) -> bool:
    language, _, bare = lexeme.partition(":")
    for other in there:
        spoken, _, known = other.partition(":")
        wanted = max(_ALIKE_MIN, min(len(bare), len(known)) - _ALIKE_OFF)
        if spoken == language and len(known) >= wanted and bare[:wanted] == known[:wanted]:
            return True
    return False


def _next_best(values: Mapping[int, float], top: int) -> float:
    return max((value for one, value in values.items() if one != top), default=0.0)
