"""What a change does to one question: it wins, it loses, it sounds otherwise, or nothing at all."""

from enum import StrEnum
from typing import Final

from sportello.rules.judge import Expected, Got, misses

# Of a question of which nobody said what is expected: more said is better than less.
_RANK: Final = {"handover": 0, "clarify": 1, "answer": 2}


class Effect(StrEnum):
    """`changed`: neither better nor worse by any measure, but other words."""

    WON = "won"
    LOST = "lost"
    CHANGED = "changed"
    SAME = "same"


def effect(before: Got, after: Got, expected: Expected | None) -> Effect:
    """By what is expected; where nothing is (None, or empty), by how much is answered."""
    if expected is not None and expected != Expected():
        passed = not misses(expected, before), not misses(expected, after)
    else:
        rank = [_RANK.get(one.band, 0) for one in (before, after)]
        passed = rank[0] > rank[1], rank[1] > rank[0]
    match passed:
        case (False, True):
            return Effect.WON
        case (True, False):
            return Effect.LOST
        case _:
            same = (before.text, before.band) == (after.text, after.band)
            return Effect.SAME if same else Effect.CHANGED
