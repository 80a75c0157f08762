"""When people are back: today, tomorrow, on Monday; nothing where they are there or nobody says."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from sportello.rules.presence import Back, PeopleHours, back

ROME = ZoneInfo("Europe/Rome")
WEEK = PeopleHours(time(9), time(18), (1, 2, 3, 4, 5))
EVERY_DAY = PeopleHours(time(9), time(18))


def _on(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026, of which the 16th is a Monday, by the clock of Rome."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ROME).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        (WEEK, _on(16, 9), None),
        (WEEK, _on(16, 17, 59), None),
        (WEEK, _on(16, 8, 59), Back(0, 1, time(9))),
        (WEEK, _on(16, 18), Back(1, 2, time(9))),
        (WEEK, _on(20, 18), Back(3, 1, time(9))),
        (WEEK, _on(21, 10), Back(2, 1, time(9))),
        (WEEK, _on(22, 8), Back(1, 1, time(9))),
        (EVERY_DAY, _on(22, 10), None),
        (EVERY_DAY, _on(22, 19), Back(1, 1, time(9))),
        (PeopleHours(time(9), time(18), (3,)), _on(18, 18), Back(7, 3, time(9))),
        (PeopleHours(time(9), time(9)), _on(16, 3), None),
        (PeopleHours(time(18), time(9)), _on(16, 3), None),
        (PeopleHours(None, time(9)), _on(16, 3), None),
        (PeopleHours(time(9), None), _on(16, 3), None),
        (PeopleHours(time(9), time(18), (9,)), _on(16, 3), None),
    ],
)
def test_the_next_morning_of_work(hours: PeopleHours, now: datetime, expected: Back | None) -> None:
    assert back(hours, ROME, now) == expected
