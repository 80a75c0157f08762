"""Whether an answer is the one that was expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sportello.rules.stated_facts import plain


class Miss(StrEnum):
    """What an answer lacks."""

    BAND = "band"
    PAIR = "pair"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Expected:
    """What is empty is not looked at. `facts`: words that must all stand in the answer."""

    band: str = ""
    pair_id: int | None = None
    facts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Got:
    """What the assistant would do. `pair_id`: what it found best."""

    band: str
    pair_id: int | None
    text: str


def misses(expected: Expected, got: Got) -> tuple[Miss, ...]:
    """None where all is as expected."""
    said = " ".join(plain(got.text).split())
    lacking = [fact for fact in expected.facts if " ".join(plain(fact).split()) not in said]
    told = {
        Miss.BAND: bool(expected.band) and expected.band != got.band,
        Miss.PAIR: expected.pair_id is not None and expected.pair_id != got.pair_id,
        Miss.FACT: bool(lacking),
    }
    return tuple(miss for miss, is_missed in told.items() if is_missed)
