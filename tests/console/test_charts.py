"""Where bars, their numbers and their days stand: whole, in order, none over another."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from sportello.console.analytics import charts

_FIRST = date(2026, 10, 1)
# Of a letter, in units of the drawing.
_DIGIT = 6


@pytest.mark.parametrize("count", [1, 7, 13, 30, 53])
@pytest.mark.parametrize("most", [1, 40, 12_000])
def test_nothing_stands_over_its_neighbour(count: int, most: int) -> None:
    days = [_FIRST + timedelta(days=n) for n in range(count)]
    values = [most] * count

    drawn = charts.columns("Richieste", days, values, values)

    ends = [0, *(edge for bar in drawn.bars for edge in (bar.x, bar.ghost_x + bar.ghost_width))]
    assert ends == sorted(ends)
    assert ends[-1] <= drawn.width
    named = [bar.text_x for bar in drawn.bars if bar.day]
    assert all(after - before >= 5 * _DIGIT for before, after in pairwise(named))
    assert any(bar.label == str(most) for bar in drawn.bars)
    for bar, after in pairwise(drawn.bars):
        if bar.label and after.label:
            assert after.text_x - bar.text_x >= _DIGIT * len(bar.label)


def test_a_range_without_anything_has_no_number() -> None:
    drawn = charts.columns("Chiuse", [_FIRST], [0], [])

    assert [(bar.height, bar.ghost, bar.label) for bar in drawn.bars] == [(0, 0, "")]
