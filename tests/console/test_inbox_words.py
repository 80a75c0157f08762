"""Every code has its words, so that a refusal is never a bare code."""

import pytest

from sportello.console import words
from sportello.rules.guard import Code
from sportello.rules.ownership import Reason


def test_every_verdict_of_the_guard_has_words() -> None:
    assert set(words.GUARD) == set(Code)


def test_every_reason_of_a_hand_over_has_words() -> None:
    assert set(words.HANDED_OVER) == set(Reason)


@pytest.mark.parametrize("code", list(Code))
def test_words_are_sentences(code: Code) -> None:
    told = words.GUARD[code]
    assert str(told.title)
    assert str(told.advice).endswith(".")


def test_codes_of_another_version_have_none() -> None:
    assert words.of_code("of_tomorrow") is None
    assert words.of_reason("") is None
    assert words.of_code("window_closed") is words.GUARD[Code.WINDOW_CLOSED]
    assert words.of_reason("asked") is words.HANDED_OVER[Reason.ASKED]
