"""The very edges of small rules: the last value that is still in, and the first that is out."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sportello.rules import after, analytics, campaign_pace
from sportello.rules.after import COUNT_MAX, After, Unit
from sportello.rules.analytics import Span, WrongRange
from sportello.rules.audience import columns
from sportello.rules.calendar import Calendar
from sportello.rules.calendar import Span as Hours
from sportello.rules.campaign_risk import Known, Risk, risks

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("unit", list(Unit))
def test_an_errand_waits_for_nothing_up_to_a_year(unit: Unit) -> None:
    assert After(0, unit).count == 0
    assert After(COUNT_MAX[unit], unit).count == COUNT_MAX[unit]
    for beyond in (-1, COUNT_MAX[unit] + 1):
        with pytest.raises(ValueError, match=r"^within a year$"):
            After(beyond, unit)


@pytest.mark.parametrize("unit", list(Unit))
def test_what_is_reckoned_on_any_wall_is_told_in_utc(unit: Unit) -> None:
    at = datetime(2026, 3, 28, 12, 0, tzinfo=ROME)  # the clocks change that night

    for found in (after.later(at, After(1, unit), ROME), after.earlier(at, After(1, unit), ROME)):
        assert found.tzinfo is UTC
    assert after.earlier(after.later(at, After(1, unit), ROME), After(1, unit), ROME) == at
    assert after.earlier(at, After(1, Unit.DAYS), ROME) == at - timedelta(days=1)


def test_a_range_may_be_a_day_or_a_year_and_ends_today_on_the_company_s_wall() -> None:
    one = analytics.between("2026-11-22", "2026-11-22", NOW, ROME)
    assert one == Span(date(2026, 11, 22), date(2026, 11, 22), ROME)
    assert analytics.last_days(1, NOW, ROME) == one
    assert one.starts_at.tzinfo is UTC

    assert analytics.between("2025-11-22", "2026-11-22", NOW, ROME).days == analytics.DAYS_MAX
    with pytest.raises(WrongRange, match=r"^too_long$"):
        analytics.between("2025-11-21", "2026-11-22", NOW, ROME)
    assert analytics.between("2000-01-01", "2000-01-01", NOW, ROME).days == 1

    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # the 23rd in Rome, the 22nd in New York
    assert analytics.between("2026-11-23", "2026-11-23", late, ROME).days == 1
    with pytest.raises(WrongRange, match=r"^not_yet$"):
        analytics.between("2026-11-23", "2026-11-23", late, ZoneInfo("America/New_York"))


def test_shares_and_bars_are_what_they_say() -> None:
    assert (analytics.share(1, 4), analytics.share(0, 4), analytics.share(0, 0)) == (0.25, 0, None)
    assert analytics.heights([0, 1, 50, 100], 60) == [0, 2, 30, 60]
    assert analytics.heights([], 60) == []
    assert analytics.heights([0, 0], 60) == [0, 0]


@pytest.mark.parametrize(
    ("name", "first"),
    [("Anna Maria Bianchi", "Anna"), ("  Anna  ", "Anna"), ("Anna", "Anna"), ("  ", ""), ("", "")],
)
def test_the_first_word_of_a_name_is_the_first_name(name: str, first: str) -> None:
    assert columns(name, "39347", {}).get("first_name", "") == first


def test_the_hours_of_a_campaign_are_read_as_they_are_kept() -> None:
    kept = {"days": {"0": [["09:00", "13:00"], ["15:00", "19:30"]]}, "holidays": ["2026-12-25"]}

    assert campaign_pace.read_calendar(kept) == Calendar(
        {0: (Hours(time(9), time(13)), Hours(time(15), time(19, 30)))},
        frozenset({date(2026, 12, 25)}),
    )
    assert campaign_pace.read_calendar({}) == Calendar({}, frozenset())


def test_a_number_of_no_place_tells_no_zone() -> None:
    assert campaign_pace.zone_of("80012345678") == ""


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (Known(1_000, 900, template_quality="RED"), [Risk.TEMPLATE_RED]),
        (Known(1_000, 900, number_quality="YELLOW"), [Risk.NUMBER_YELLOW]),
        (Known(200, 200, canary=None), [Risk.NO_CANARY]),
        (Known(199, 199, canary=None), []),
        (Known(200, 200, strangers=101), [Risk.MANY_STRANGERS]),
        (Known(200, 200, strangers=100), []),
        (Known(1_000, 900, often=90), []),
        (Known(1_000, 500), []),
    ],
)
def test_a_risk_begins_where_it_is_said_to(known: Known, found: list[Risk]) -> None:
    assert risks(known) == found
