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

_ROOM: Final = 96
_STEP: Final = 22
_LABELS_MAX: Final = 8
_WIDEST: Final = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """Of one piece: the full bar, and the hollow one of the range before where there is one."""

    x: int
    y: int
    height: int
    label: str
    text_x: int
    text_y: int
    day: str
    ghost_y: int
    ghost: int


@dataclass(frozen=True, slots=True)
class Columns:
    """A row of upright bars on one line; `words` say it whole for those who do not see it."""

    title: str
    bars: Sequence[Bar]
    width: int
    total: int


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
    every = max(1, -(-len(days) // _LABELS_MAX))
    bars = [
        Bar(
            x=n * _STEP + 3,
            y=_ROOM + 16 - height,
            height=height,
            label=str(value) if value else "",
            text_x=n * _STEP + _STEP // 2,
            text_y=_ROOM + 12 - height,
            day=date_format(day, "j/n") if n % every == 0 else "",
            ghost_y=_ROOM + 16 - ghost,
            ghost=ghost,
        )
        for n, (day, value, height, ghost) in enumerate(zip(days, values, own, ghosts, strict=True))
    ]
    return Columns(title, bars, len(days) * _STEP, sum(values))


def lying(rows: Sequence[Sequence[Any]]) -> list[Lying]:
    """Of tables whose columns are words, count, count before."""
    wide = rules.heights([n for row in rows for n in row[1:3]], _WIDEST)
    return [
        Lying(row[0], row[1], row[2], wide[2 * n], wide[2 * n + 1]) for n, row in enumerate(rows)
    ]
