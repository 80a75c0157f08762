"""What a threshold means in measured terms: how much is answered at once, how often wrongly."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final


@dataclass(frozen=True, slots=True)
class Figure:
    """`answered`: of the questions that the knowledge answers, the share answered at once; `wrong`:
    of all answers given, the share that is wrong.
    """

    answers_from: float
    answered: float
    wrong: float


# SOURCE: docs/decisions/0049 and 0050, 22 libraries, each judged by weights learnt from others:
# 1,678 questions that they answer, 942 about neighbouring topics and 792 about foreign ones.
SHIPPED: Final = (
    Figure(0.40, 0.596, 0.177),
    Figure(0.45, 0.558, 0.148),
    Figure(0.50, 0.524, 0.134),
    Figure(0.55, 0.483, 0.119),
    Figure(0.60, 0.445, 0.105),
    Figure(0.62, 0.431, 0.100),
    Figure(0.65, 0.412, 0.095),
    Figure(0.70, 0.381, 0.081),
    Figure(0.80, 0.306, 0.060),
)
# A new company's: nearly the lowest at which at most 6 % of the neighbouring questions are answered
# and nine answers in ten to what is known are right.
DEFAULT: Final = 0.50


def at(figures: Sequence[Figure], threshold: float) -> Figure | None:
    """Between two that were measured, the share of the way; None outside of what was measured."""
    for low, high in pairwise(figures):
        if low.answers_from <= threshold <= high.answers_from:
            way = (threshold - low.answers_from) / (high.answers_from - low.answers_from)
            return Figure(
                threshold,
                low.answered + way * (high.answered - low.answered),
                low.wrong + way * (high.wrong - low.wrong),
            )
    return None


def once_in(figure: Figure) -> int | None:
    """In how many answers one is wrong; None where none was."""
    return None if figure.wrong <= 0 else max(round(1 / figure.wrong), 1)
