"""Italy's public holidays: the fixed ones, and the Monday after Easter.

Source: law 27 May 1949 n. 260 with its later changes; since 2026 the fourth of October is one
again (law 8 October 2025 n. 151).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

_FIXED: Final = (
    (1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26),
)  # fmt: skip
_SAINT_FRANCIS: Final = (10, 4)
_SAINT_FRANCIS_SINCE: Final = 2026
_YEARS_MAX: Final = 5


def national(first: date, last: date) -> list[date]:
    """Those between two days, both included, in order; of five years at the most."""
    years = range(first.year, min(last.year, first.year + _YEARS_MAX) + 1)
    found = sorted(day for year in years for day in _of(year))
    return [day for day in found if first <= day <= last]


def _of(year: int) -> Iterator[date]:
    for month, day in _FIXED:
        yield date(year, month, day)
    if year >= _SAINT_FRANCIS_SINCE:
        yield date(year, *_SAINT_FRANCIS)
    yield easter(year)
    yield easter(year) + timedelta(days=1)


def easter(year: int) -> date:
    """Of the western churches. Source: Meeus, Astronomical Algorithms, chapter 8."""
    golden, century, rest = year % 19, year // 100, year % 100
    correction = (8 * century + 13) // 25
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
