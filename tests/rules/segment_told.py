"""Conditions of segments with the SQL that is made of them: the golden lines.

`python -m tests.rules.segment_told` writes them anew, for a person to read what differs. That the
SQL finds whom the condition means is shown on a real database, in tests/store/test_segments.py.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from sportello.rules import segment
from sportello.rules.consent import Standing, Topic
from sportello.rules.segment import Age, Compare, Did
from sportello.rules.segment_sql import where

FILE: Final = Path(__file__).parent / "data" / "segments.txt"
_NOW: Final = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_VALUES: Final = {
    Compare.KNOWN: "",
    Compare.UNKNOWN: "",
    Compare.ABOVE: Decimal("12.5"),
    Compare.BELOW: Decimal(-1),
    Compare.AFTER: date(1990, 1, 31),
    Compare.BEFORE: date(1990, 2, 1),
}
_BARI: Final = segment.Property("città", Compare.IS, "Bari")
_CONDITIONS: Final[tuple[segment.Condition, ...]] = (
    *(segment.Property("punti", one, _VALUES.get(one, "Bari")) for one in Compare),
    *(
        one(age, 0 if age is Age.NEVER else 30)
        for one in (segment.Wrote, segment.Contacted)
        for age in Age
    ),
    *(segment.Consents(topic, standing) for topic in Topic for standing in Standing),
    *(segment.Received(7, did) for did in Did),
    segment.OnList(3),
    segment.Labelled(5),
    segment.Country("IT"),
    segment.Language("it"),
    segment.Unreachable(),
    segment.Not(segment.OnList(3)),
    segment.AllOf(()),
    segment.AnyOf(()),
    segment.AllOf(
        (
            _BARI,
            segment.OnList(3),
            segment.Not(segment.AnyOf((segment.Language("it"), segment.Wrote(Age.WITHIN, 1)))),
        )
    ),
)


def told() -> Iterator[str]:
    for condition in _CONDITIONS:
        found = where(condition, _NOW)
        yield f"{condition!r} | {found.sql} | {found.parameters!r}"


if __name__ == "__main__":
    FILE.write_text("\n".join(told()) + "\n", encoding="utf-8")
