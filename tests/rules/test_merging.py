"""Two contacts that are one person: nothing of the one that stays is lost, and a no is a no."""

import itertools

import pytest

from sportello.rules.consent import Standing
from sportello.rules.merging import Clash, Known, clashes, merged, stricter

NOBODY = Known("", "", {})
ANNA = Known("Anna", "it", {"città": "Bari", "punti": "", "taglia": "M"})
OTHER = Known("A. Neri", "en", {"città": "Roma", "punti": "7", "nata": "1990", "taglia": "M"})


def test_what_stays_is_kept_and_what_it_lacks_is_filled_in() -> None:
    assert merged(ANNA, OTHER) == Known(
        "Anna", "it", {"città": "Bari", "punti": "7", "taglia": "M", "nata": "1990"}
    )
    assert merged(NOBODY, ANNA) == ANNA
    assert merged(ANNA, NOBODY) == Known("Anna", "it", {"città": "Bari", "taglia": "M"})


def test_only_two_different_values_clash() -> None:
    assert clashes(ANNA, OTHER) == [Clash("città", stays="Bari", goes="Roma")]
    assert clashes(ANNA, Known("", "", {"città": "", "punti": "7"})) == []
    two = Known("", "", {"b": "1", "a": "2"})
    assert [one.name for one in clashes(two, Known("", "", {"a": "3", "b": "4"}))] == ["a", "b"]


@pytest.mark.parametrize(("one", "other"), list(itertools.product(Standing, repeat=2)))
def test_a_no_of_either_is_the_person_s_and_a_yes_is_the_number_s(
    one: Standing, other: Standing
) -> None:
    is_no = Standing.WITHDRAWN in {one, other}
    assert stricter(one, other) is (Standing.WITHDRAWN if is_no else one)
