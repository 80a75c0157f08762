"""Whether an answer is the one that was expected."""

import pytest

from sportello.rules.judge import Expected, Got, Miss, misses

GOT = Got("answer", 7, "Siamo  aperti\ndalle 9 alle 13.")


@pytest.mark.parametrize(
    ("expected", "missed"),
    [
        (Expected(), ()),
        (Expected("answer", 7, ("aperti dalle 9", "ALLE 13")), ()),
        (Expected(band="hand_over"), (Miss.BAND,)),
        (Expected(pair_id=8), (Miss.PAIR,)),
        (Expected(facts=("dalle 9", "dalle 10")), (Miss.FACT,)),
        (Expected(facts=("aperti   dalle",)), ()),
        (Expected("clarify", 0, ("mai",)), (Miss.BAND, Miss.PAIR, Miss.FACT)),
    ],
)
def test_only_what_was_asked_for_can_be_missed(expected, missed) -> None:
    assert misses(expected, GOT) == missed
