"""The company's calendar, and when people are back."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from sportello.assistant import phrasebook
from sportello.rules.opening import as_campaign_hours, company_calendar, turns_at
from sportello.rules.presence import Back, back

_ROME = ZoneInfo("Europe/Rome")
_SHOP = {
    "days": {str(day): [["09:30", "13:00"], ["15:30", "19:30"]] for day in range(1, 6)},
    "holidays": ["2026-12-24"],
}


def _back(now: str, *, on_holidays_shut: bool = True) -> Back | None:
    at = datetime.fromisoformat(now).replace(tzinfo=_ROME)
    calendar = company_calendar(_SHOP, on_holidays_shut=on_holidays_shut, since=at.date())
    return back(calendar, _ROME, at)


@pytest.mark.parametrize(
    ("now", "days", "at"),
    [
        ("2026-11-24T14:00", 0, time(15, 30)),
        ("2026-11-24T20:00", 1, time(9, 30)),
        ("2026-11-28T20:00", 3, time(9, 30)),
        # Christmas Eve is their own, the two days after it everybody's; then Sunday and Monday.
        ("2026-12-23T20:00", 6, time(9, 30)),
    ],
)
def test_people_are_back_at_the_next_hour_that_is_open(now: str, days: int, at: time) -> None:
    coming = _back(now)

    assert coming is not None
    assert (coming.in_days, coming.at) == (days, at)


def test_nobody_is_back_who_is_there_or_has_said_no_hours() -> None:
    now = datetime(2026, 11, 24, 10, tzinfo=_ROME)

    assert _back("2026-11-24T10:00") is None
    assert back(None, _ROME, now) is None


def test_a_public_holiday_counts_only_where_the_company_keeps_it() -> None:
    assert _back("2026-12-08T10:00", on_holidays_shut=False) is None
    assert _back("2026-12-08T10:00") == Back(1, date(2026, 12, 9), time(9, 30))


def test_beyond_a_week_the_weekday_comes_with_its_date() -> None:
    said = phrasebook.when("it", Back(9, date(2027, 1, 7), time(9, 30)))

    assert "giovedì 7/1" in said
    assert "/" not in phrasebook.when("it", Back(6, date(2027, 1, 4), time(9, 30)))


def test_a_campaign_keeps_the_holidays_that_are_still_to_come() -> None:
    hours = as_campaign_hours(_SHOP, on_holidays_shut=True, since=date(2026, 12, 25))

    assert hours is not None
    assert hours["days"] == _SHOP["days"]
    assert hours["holidays"][:3] == ["2026-12-25", "2026-12-26", "2027-01-01"]
    assert as_campaign_hours(None, on_holidays_shut=True, since=date(2026, 12, 25)) is None


def test_the_page_is_told_until_when_it_is_open_and_when_it_opens() -> None:
    calendar = company_calendar(_SHOP, on_holidays_shut=True, since=date(2026, 11, 24))
    assert calendar is not None

    at = datetime(2026, 11, 24, 10, tzinfo=_ROME)
    assert turns_at(calendar, at, _ROME) == (True, at.replace(hour=13))
    assert turns_at(calendar, at.replace(hour=14), _ROME) == (
        False,
        at.replace(hour=15, minute=30),
    )
