"""The countdown of the service window: grey, amber, red, closed, in whole hours or minutes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from sportello.console.inbox.windows import badge  # Django must be set up first

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "level", "text"),
    [
        (timedelta(hours=24), "calm", "24 h"),
        (timedelta(hours=12, seconds=1), "calm", "12 h"),
        (timedelta(hours=12), "plain", "12 h"),
        (timedelta(hours=4), "plain", "4 h"),
        (timedelta(hours=4, seconds=-1), "soon", "3 h"),
        (timedelta(hours=1), "soon", "1 h"),
        (timedelta(hours=1, seconds=-1), "now", "60 min"),
        (timedelta(minutes=20, seconds=1), "now", "21 min"),
        (timedelta(milliseconds=1), "now", "1 min"),
        (timedelta(0), "shut", "closed"),
        (timedelta(days=-3), "shut", "closed"),
    ],
)
def test_the_nearer_its_end_the_louder(left: timedelta, level: str, text: str) -> None:
    with translation.override("en"):
        shown = badge(NOW + left, NOW)

    assert shown is not None
    assert (shown.level, shown.text) == (level, text)


def test_who_has_never_written_has_no_window_to_count() -> None:
    assert badge(None, NOW) is None
