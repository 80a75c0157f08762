"""Where the bars of a chart stand, in pixels of its own drawing; the templates draw them.

Bars tell by length and by a label beside them; what belongs to the range before is hollow and
dashed. Nothing is told by colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.formats import date_format

from sportello.rules import analytics as rules

# Of the drawing, which a telephone shows as it is: letters and bars of one size for every range.
_WIDE: Final = 330
_ROOM: Final = 96
_STEP_MAX: Final = 48
_BAR_MAX: Final = 12
_GHOST_MAX: Final = 8
_DIGIT: Final = 6
_DAY: Final = 34
_WIDEST: Final = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """Of one piece: the full bar, and the hollow one of the range before where there is one."""

    x: int
    y: int
    width: int
    height: int
    label: str
    text_x: int
    text_y: int
    day: str
    ghost_x: int
    ghost_y: int
    ghost_width: int
    ghost: int


@dataclass(frozen=True, slots=True)
class Columns:
    """A row of upright bars on one line; `words` say it whole for those who do not see it."""

    title: str
    bars: Sequence[Bar]
    total: int
    width: int = _WIDE


@dataclass(frozen=True, slots=True)
class Lying:
    """A bar that lies beside its words: `width` and `ghost` are parts of a hundred."""

    words: str
    count: int
    before: int
    width: int
    ghost: int


def columns(
    title: str, days: Sequence[date], values: Sequence[int], before: Sequence[int]
) -> Columns:
    """`before` may be empty: then nothing is compared."""
    tall = rules.heights([*values, *before], _ROOM)
    own, ghosts = tall[: len(values)], tall[len(values) :] or [0] * len(values)
    step = max(1, min(_STEP_MAX, _WIDE // max(1, len(days))))
    width, ghost_width = min(_BAR_MAX, step * 5 // 9 or 1), min(_GHOST_MAX, step // 3 or 1)
    first = (_WIDE - step * len(days)) // 2 + (step - width - ghost_width // 2) // 2
    every = -(-_DAY // step)
    # Where there is no room for all numbers, the first of the tallest bars alone bears its own.
    most = max(values, default=0)
    fits = _DIGIT * len(str(most)) + 2 <= step
    bars = [
        Bar(
            x=(x := first + n * step),
            y=_ROOM + 16 - height,
            width=width,
            height=height,
            label=str(value) if value and (fits or n == values.index(most)) else "",
            text_x=x + width // 2,
            text_y=_ROOM + 12 - height,
            day=date_format(day, "j/n") if n % every == 0 else "",
            ghost_x=x + width * 3 // 4,
            ghost_y=_ROOM + 16 - ghost,
            ghost_width=ghost_width,
            ghost=ghost,
        )
        for n, (day, value, height, ghost) in enumerate(zip(days, values, own, ghosts, strict=True))
    ]
    return Columns(title, bars, sum(values))


def lying(rows: Sequence[Sequence[Any]]) -> list[Lying]:
    """Of tables whose columns are words, count, count before."""
    wide = rules.heights([n for row in rows for n in row[1:3]], _WIDEST)
    return [
        Lying(row[0], row[1], row[2], wide[2 * n], wide[2 * n + 1]) for n, row in enumerate(rows)
    ]
