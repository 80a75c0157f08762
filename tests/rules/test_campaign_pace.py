"""How fast a campaign goes to be over in time, where its people live, which days it leaves out."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules import campaign_pace, holidays, retry
from sportello.rules.audience import Restraint, columns
from sportello.rules.calendar import Calendar, Span
from sportello.rules.campaign_risk import LEVELS, Known, Level, Risk, level, risks

ROME = ZoneInfo("Europe/Rome")
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)  # nine o'clock in Rome
MORNINGS = Calendar({day: (Span(time(9), time(13)),) for day in range(5)})


@given(st.integers(1, 1_000_000), st.integers(1, 10_000))
def test_at_this_rate_all_have_left_by_then_and_no_faster_than_needed(people, minutes):
    finish = MONDAY + timedelta(minutes=minutes)
    found = campaign_pace.rate(people, MONDAY, finish, None, ROME)
    assert found is not None
    assert found * minutes >= people
    assert (found - 1) * minutes < people


def test_only_open_hours_count():
    until_tuesday = MONDAY + timedelta(days=1, hours=2)
    assert campaign_pace.rate(720, MONDAY, until_tuesday, MORNINGS, ROME) == 2


def test_without_an_open_minute_there_is_no_rate():
    evening = MONDAY + timedelta(hours=10)
    assert campaign_pace.rate(1, evening, evening + timedelta(hours=2), MORNINGS, ROME) is None


@pytest.mark.parametrize(
    ("wa_id", "zone"),
    [
        ("393471234567", "Europe/Rome"),
        ("442079460000", "Europe/London"),
        ("12125550123", "America/New_York"),
        ("81312345678", "Asia/Tokyo"),
        ("999", ""),
        ("", ""),
    ],
)
def test_a_number_tells_where_it_lives(wa_id, zone):
    assert campaign_pace.zone_of(wa_id) == zone


@pytest.mark.parametrize(
    ("year", "day"),
    [
        # The earliest and the latest that there are, the two exceptions of the rule, and others.
        (1598, (3, 22)),
        (1818, (3, 22)),
        (2285, (3, 22)),
        (1886, (4, 25)),
        (1943, (4, 25)),
        (2038, (4, 25)),
        (1954, (4, 18)),
        (1981, (4, 19)),
        (2049, (4, 18)),
        (2076, (4, 19)),
        (2000, (4, 23)),
        (2008, (3, 23)),
        (2011, (4, 24)),
        (2016, (3, 27)),
        (2019, (4, 21)),
        (2024, (3, 31)),
        (2025, (4, 20)),
        (2026, (4, 5)),
        (2027, (3, 28)),
        (2100, (3, 28)),
    ],
)
def test_easter_falls_where_calendars_have_it(year, day):
    assert holidays.easter(year) == date(year, *day)


def test_a_year_has_its_fixed_days_easter_and_since_2026_saint_francis():
    fixed = {"01-01", "01-06", "04-25", "05-01", "06-02", "08-15", "11-01"}
    fixed |= {"12-08", "12-25", "12-26"}

    def of(year):
        found = holidays.national(date(year, 1, 1), date(year, 12, 31))
        return {day.isoformat()[5:] for day in found}

    assert of(2025) == fixed | {"04-20", "04-21"}
    assert of(2026) == fixed | {"04-05", "04-06", "10-04"}


def test_public_holidays_are_told_for_the_year_and_five_more():
    first, last = date(2026, 12, 25), date(2040, 1, 1)

    found = holidays.national(first, last)

    assert (found[0], found[-1]) == (first, date(2031, 12, 26))


def test_public_holidays_come_in_order_and_within_their_bounds():
    found = holidays.national(date(2026, 12, 1), date(2027, 1, 31))
    assert [day.strftime("%d/%m") for day in found] == ["08/12", "25/12", "26/12", "01/01", "06/01"]


@pytest.mark.parametrize(
    ("code", "is_safe"),
    [
        (131000, True),  # Meta's own trouble
        (130429, True),  # too fast
        (131042, True),  # paid meanwhile
        (131049, True),  # Meta's cap for the person: the guard waits for it
        (131026, False),  # not on WhatsApp
        (131048, False),  # taken for spam
        (131050, False),  # they stopped it
        (999_999, False),  # nobody knows what it says
    ],
)
def test_only_what_a_cause_that_passes_has_stopped_may_be_repeated(code, is_safe):
    assert retry.is_safe_to_repeat(code) is is_safe


@pytest.mark.parametrize(("most", "had", "met"), [(None, 99, False), (2, 1, False), (2, 2, True)])
def test_enough_is_as_much_as_the_company_says(most, had, met):
    assert Restraint(most).is_met(had) is met


def test_a_person_s_own_columns_go_before_what_was_noted_under_their_names():
    noted = {"name": "X", "city": "Lugo", "first_name": "Annina", "odd": 7}
    assert columns("Anna Bianchi", "39347", noted) == {
        "name": "Anna Bianchi",
        "phone": "39347",
        "first_name": "Annina",
        "city": "Lugo",
    }


CALM = Known(audience=1_000, receive=900)


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (CALM, []),
        (Known(1_000, 900, number_quality="RED"), [Risk.NUMBER_RED]),
        (Known(1_000, 900, template_quality="YELLOW"), [Risk.TEMPLATE_YELLOW]),
        (Known(1_000, 900, canary=None), [Risk.NO_CANARY]),
        (Known(100, 90, canary=None), []),
        (Known(1_000, 900, strangers=451), [Risk.MANY_STRANGERS]),
        (Known(1_000, 900, strangers=900, is_marketing=False), []),
        (Known(1_000, 900, often=91), [Risk.OFTEN_WRITTEN_TO]),
        (Known(1_000, 900, left_today=899), [Risk.LIMIT_EXCEEDED]),
        (Known(1_000, 900, left_today=900), []),
        (Known(1_000, 499), [Risk.FEW_LEFT]),
        (Known(1_000, 500), []),
        (Known(1_000, 900, number_quality="YELLOW"), [Risk.NUMBER_YELLOW]),
        (Known(1_000, 900, template_quality="RED"), [Risk.TEMPLATE_RED]),
        (Known(200, 200, canary=None), [Risk.NO_CANARY]),
        (Known(200, 200, strangers=101), [Risk.MANY_STRANGERS]),
        (Known(200, 200, strangers=100), []),
        (Known(199, 199, strangers=199), []),
        (Known(1_000, 900, often=90), []),
        (Known(1_000, 900, often=900, is_marketing=False), []),
        (
            Known(9_000, 900, 900, 900, "RED", "YELLOW", 1, None),
            [
                Risk.NUMBER_RED,
                Risk.TEMPLATE_YELLOW,
                Risk.NO_CANARY,
                Risk.MANY_STRANGERS,
                Risk.OFTEN_WRITTEN_TO,
                Risk.LIMIT_EXCEEDED,
                Risk.FEW_LEFT,
            ],
        ),
    ],
)
def test_each_risk_is_seen_where_it_begins(known, found):
    assert risks(known) == found


def test_the_gravest_risk_gives_the_level():
    assert set(LEVELS) == set(Risk)
    assert level([]) is Level.LOW
    assert level([Risk.FEW_LEFT, Risk.NUMBER_RED, Risk.NO_CANARY]) is Level.HIGH
