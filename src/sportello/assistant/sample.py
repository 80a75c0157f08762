"""Which of many new passages a trial takes: those that share the most words with what is asked.

Where more is new than can be tried, a passage that shares no word with any question is the least
likely to change an answer. Across languages words never meet, so of those a sample says little.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from sportello.assistant.library import keyed

# Of more, the first so many are weighed: half a second for each thousand.
_WEIGHED_MAX: Final = 20_000


def alike(asked: Sequence[str], told: Sequence[tuple[str, str]], most: int) -> list[int]:
    """Places of at most `most` of `told` (text, language), in order: in turn the best of each
    question, then its next best; what is left goes to those that stand first.
    """
    if len(told) <= most:
        return list(range(len(told)))
    chosen = dict[int, None]()
    for place in [*_in_turn(_ranked(asked, told[:_WEIGHED_MAX], most)), *range(len(told))]:
        if len(chosen) == most:
            break
        chosen.setdefault(place)
    return sorted(chosen)


def _ranked(
    asked: Sequence[str], told: Sequence[tuple[str, str]], most: int
) -> Iterator[list[int]]:
    """For each question the places that share a word with it, by the weight of what they share."""
    holding = defaultdict[str, list[int]](list)
    for place, (text, language) in enumerate(told):
        for lexeme in dict.fromkeys(keyed(text, language)):
            holding[lexeme].append(place)
    languages = dict.fromkeys(language for _, language in told)
    for question in asked:
        weights = defaultdict[int, float](float)
        for lexeme in {one for language in languages for one in keyed(question, language)}:
            rare = math.log(1 + len(told) / max(len(holding.get(lexeme, ())), 1))
            for place in holding.get(lexeme, ()):
                weights[place] += rare
        yield heapq.nsmallest(most, weights, key=lambda place: (-weights[place], place))


def _in_turn(ranked: Iterator[list[int]]) -> Iterator[int]:
    rows = list(ranked)
    for rank in range(max(map(len, rows), default=0)):
        yield from (row[rank] for row in rows if rank < len(row))
