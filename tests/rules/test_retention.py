"""How long is kept, and when the night comes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sportello.rules import retention

ROME = ZoneInfo("Europe/Rome")


def test_what_is_older_than_its_days_goes() -> None:
    assert retention.before(30, datetime(2026, 11, 23, 12, tzinfo=UTC)) == datetime(
        2026, 10, 24, 12, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (datetime(2026, 11, 23, 1, 59, tzinfo=UTC), datetime(2026, 11, 23, 2, tzinfo=UTC)),
        (datetime(2026, 11, 23, 2, 0, tzinfo=UTC), datetime(2026, 11, 24, 2, tzinfo=UTC)),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), datetime(2026, 11, 24, 2, tzinfo=UTC)),
        (datetime(2026, 7, 1, 0, 0, tzinfo=UTC), datetime(2026, 7, 1, 1, tzinfo=UTC)),
        (datetime(2026, 12, 31, 12, 0, tzinfo=UTC), datetime(2027, 1, 1, 2, tzinfo=UTC)),
    ],
)
def test_the_night_is_the_next_three_o_clock_on_the_company_s_wall(now, night) -> None:
    found = retention.next_night(now, ROME)

    assert found == night
    assert found.utcoffset() == timedelta(0)
