"""What a change does to a question, and what a threshold means."""

import pytest

from sportello.rules import daring
from sportello.rules.daring import Figure
from sportello.rules.judge import Expected, Got
from sportello.rules.rehearsing import Effect, effect
from sportello.schema.team import Workspace

_ANSWER, _OVER = Got("answer", 1, "In 3 giorni."), Got("handover", None, "Chiedo a una persona.")


@pytest.mark.parametrize(
    ("before", "after", "expected", "told"),
    [
        (_OVER, _ANSWER, None, Effect.WON),
        (_ANSWER, _OVER, Expected(), Effect.LOST),
        (_ANSWER, Got("answer", 2, "Domani."), None, Effect.CHANGED),
        (_ANSWER, _ANSWER, None, Effect.SAME),
        # What is expected outweighs how much is said.
        (_ANSWER, _OVER, Expected("handover"), Effect.WON),
        (_ANSWER, Got("answer", 2, "Domani."), Expected("answer", 1), Effect.LOST),
        (_OVER, Got("clarify", 1, "Intende questo?"), Expected("answer"), Effect.CHANGED),
    ],
)
def test_a_change_wins_loses_or_sounds_otherwise(
    before: Got, after: Got, expected: Expected | None, told: Effect
) -> None:
    assert effect(before, after, expected) is told


def test_between_two_measured_thresholds_lies_the_share_of_the_way() -> None:
    figures = (Figure(0.5, 0.6, 0.2), Figure(0.6, 0.4, 0.1))

    found = daring.at(figures, 0.55)

    assert found is not None
    assert (round(found.answered, 4), round(found.wrong, 4)) == (0.5, 0.15)
    assert daring.at(figures, 0.49) is None
    assert daring.at((), 0.5) is None


def test_wrong_once_in_so_many() -> None:
    assert daring.once_in(Figure(0.5, 0.61, 0.09)) == 11
    assert daring.once_in(Figure(0.5, 0.61, 0.0)) is None


def test_what_a_new_company_begins_with_was_measured() -> None:
    begins = Workspace._meta.get_field("answer_from").default

    assert begins == daring.DEFAULT
    assert daring.at(daring.SHIPPED, begins) is not None
