"""Whose market, which list price, which day: what a send is expected to cost before it leaves."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sportello.rules import account_days
from sportello.rules.expected import Account, Chat, quote
from sportello.rules.pricing import Category, Kind, Prefix, Price, Rate, Send, price, rate_of
from sportello.rules.stated import Stated, amount, stated
from sportello.rules.tariff import Tariff, tariff_of

JULY, NEW_YEAR = date(2026, 7, 1), date(2027, 1, 1)
ITALY = Prefix("39", "IT", "Italy", "Italy")
VATICAN = Prefix("39066", "VA", "Italy", "Rest of Western Europe")
OTHER = Prefix("*", "", "Other", "Other")
UTILITY = Rate(JULY, "Italy", Category.UTILITY, "EUR", 24_800)
MARKETING = Rate(JULY, "Italy", Category.MARKETING, "EUR", 65_800)
LATER = Rate(NEW_YEAR, "Italy", Category.MARKETING, "EUR", 70_000)
ABROAD = Rate(None, "Other", Category.UTILITY, "EUR", 50_000)
RATES, PREFIXES = [UTILITY, MARKETING, LATER, ABROAD], [ITALY, VATICAN, OTHER]
TARIFF = tariff_of(RATES, PREFIXES)
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("wa_id", "user_id", "prefix"),
    [
        ("393331234567", None, ITALY),
        ("390661234567", None, VATICAN),  # the longest code counts
        ("390661234567", "DE.1", VATICAN),  # a number outweighs the id
        ("999999999999", None, OTHER),
        ("39", None, ITALY),
        ("3", None, OTHER),
        (None, "IT.123.456", ITALY),
        ("", "va.9", VATICAN),
        (None, "ITALY.1", OTHER),
        (None, "", OTHER),
        (None, None, OTHER),
    ],
)
def test_a_person_s_market_is_found_by_number_or_by_country(wa_id, user_id, prefix):
    assert TARIFF.prefix_of(wa_id, user_id) == prefix


def test_without_lists_nobody_has_a_market_and_nothing_a_price():
    bare = Tariff()

    assert bare.prefix_of("393331234567", None) is None
    assert bare.prefix_of(None, "IT.1") is None
    assert bare.market_of("39", JULY) == "Other"
    assert bare.listed("Italy", "EUR", Category.UTILITY, JULY) is None
    send = Send(Category.UTILITY, "Italy", "EUR", JULY, window_open=False)
    assert bare.price(send) == Price(None, "EUR", Category.UTILITY, Kind.UNKNOWN)


def test_of_two_prefixes_for_one_code_or_country_the_first_counts():
    tariff = tariff_of([], [ITALY, Prefix("39", "XX", "X", "X"), Prefix("7", "IT", "Y", "Y")])

    assert tariff.prefix_of("39333", None) == ITALY
    assert tariff.prefix_of(None, "IT.1") == ITALY
    assert tariff.market_of("39", JULY) == "Italy"


@pytest.mark.parametrize(
    ("category", "market", "currency", "on", "micros"),
    [
        (Category.MARKETING, "Italy", "EUR", date(2026, 6, 30), None),
        (Category.MARKETING, "Italy", "EUR", JULY, 65_800),
        (Category.MARKETING, "Italy", "EUR", date(2026, 12, 31), 65_800),
        (Category.MARKETING, "Italy", "EUR", NEW_YEAR, 70_000),
        (Category.UTILITY, "Italy", "EUR", NEW_YEAR, 24_800),
        (Category.SERVICE, "Italy", "EUR", NEW_YEAR, 24_800),  # none listed: as utility
        (Category.AUTHENTICATION, "Italy", "EUR", NEW_YEAR, None),
        (Category.UTILITY, "Italy", "USD", NEW_YEAR, None),
        (Category.UTILITY, "France", "EUR", NEW_YEAR, None),
        (Category.UTILITY, "Other", "EUR", date.min, 50_000),
    ],
)
def test_a_list_price_is_that_of_market_currency_category_and_day(
    category, market, currency, on, micros
):
    tariff = tariff_of(RATES, PREFIXES)
    assert tariff.listed(market, currency, category, on) == micros
    assert tariff.listed(market, currency, category, on) == micros, "the same from memory"


def test_what_a_list_said_is_remembered():
    tariff = tariff_of(RATES, PREFIXES)
    tariff.listed("Italy", "EUR", Category.UTILITY, JULY)
    assert tariff._listed["Italy", "EUR", Category.UTILITY, JULY] == 24_800


def test_the_memory_of_list_prices_has_a_bound():
    tariff = tariff_of([UTILITY], [])
    for day in range(10_000):
        tariff.listed("Italy", "EUR", Category.UTILITY, JULY + timedelta(days=day))
    assert len(tariff._listed) == 10_000

    tariff.listed("Italy", "EUR", Category.MARKETING, JULY)

    assert len(tariff._listed) == 1


def test_a_rate_is_in_force_on_its_first_day():
    send = Send(Category.MARKETING, "Italy", "EUR", JULY, window_open=False)
    assert rate_of([MARKETING, LATER], send) == MARKETING


@pytest.mark.parametrize(
    ("category", "on", "is_open", "entry", "used", "kind"),
    [
        (Category.MARKETING, date(2026, 9, 30), True, False, 0, Kind.REGULAR),
        (Category.MARKETING, date(2026, 9, 30), True, True, 0, Kind.FREE_ENTRY_POINT),
        (Category.UTILITY, date(2026, 9, 30), True, False, 0, Kind.FREE_CUSTOMER_SERVICE),
        (Category.UTILITY, date(2026, 9, 30), False, False, 0, Kind.REGULAR),
        (Category.UTILITY, date(2026, 10, 1), True, False, 0, Kind.REGULAR),
        (Category.SERVICE, date(2026, 9, 30), True, False, 10**9, Kind.FREE_CUSTOMER_SERVICE),
        (Category.SERVICE, date(2026, 10, 1), True, False, 0, Kind.ALLOWANCE),
        (Category.SERVICE, date(2026, 10, 1), True, False, 10**9, Kind.REGULAR),
    ],
)
def test_each_reason_for_which_a_message_is_free(category, on, is_open, entry, used, kind):
    send = Send(category, "Italy", "EUR", on, is_open, entry, used)
    free = kind is not Kind.REGULAR
    micros = 0 if free else TARIFF.listed("Italy", "EUR", category, on)
    assert price(send, [UTILITY, MARKETING]) == Price(micros, "EUR", category, kind)


def _chat(**parts):
    return Chat(**({"wa_id": "393331234567", "user_id": None, "window_closes_at": None} | parts))


def _quote(chat, category=Category.MARKETING, now=NOON, zone="Europe/Rome", used=0):
    return quote(TARIFF, Account("EUR", zone, used), chat, category, now)


def test_a_quote_says_by_what_it_was_reckoned():
    found = _quote(_chat())

    assert found.price == Price(65_800, "EUR", Category.MARKETING, Kind.REGULAR)
    assert (found.market, found.calling_code, found.on) == ("Italy", "39", date(2026, 11, 21))
    assert found.free_entry_until is None


def test_the_day_is_the_account_s_own():
    before_midnight = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)

    assert _quote(_chat(), now=before_midnight).on == NEW_YEAR
    assert _quote(_chat(), now=before_midnight).price.micros == 70_000
    assert _quote(_chat(), now=before_midnight, zone="America/New_York").price.micros == 65_800


def test_somebody_of_no_listed_country_is_quoted_by_their_own_map():
    bare = tariff_of([ABROAD], [])
    found = quote(bare, Account("EUR", "UTC"), _chat(), Category.UTILITY, NOON)

    assert (found.market, found.calling_code) == ("Other", "")
    assert found.price.micros == 50_000


def test_a_market_that_changed_in_october_is_that_of_the_day():
    vatican = _chat(wa_id="390661234567")
    assert _quote(vatican, now=datetime(2026, 9, 30, tzinfo=UTC)).market == "Italy"
    assert _quote(vatican, now=NOON).market == "Rest of Western Europe"


def test_an_open_window_and_the_month_s_answers_bear_on_the_price():
    open_chat = _chat(window_closes_at=NOON + HOUR)
    september = datetime(2026, 9, 20, 12, 0, tzinfo=UTC)

    assert _quote(open_chat, Category.UTILITY, september).price.kind is Kind.FREE_CUSTOMER_SERVICE
    assert _quote(_chat(), Category.UTILITY, september).price.kind is Kind.REGULAR
    assert _quote(open_chat, Category.SERVICE).price.kind is Kind.ALLOWANCE
    assert _quote(open_chat, Category.SERVICE, used=10**9).price.kind is Kind.REGULAR


def test_an_open_free_entry_point_makes_anything_free():
    free = _chat(free_entry_until=NOON + HOUR)
    over = _chat(free_entry_until=NOON)

    assert _quote(free).price == Price(0, "EUR", Category.MARKETING, Kind.FREE_ENTRY_POINT)
    assert _quote(over).price.kind is Kind.REGULAR


def test_the_first_answer_to_an_advertisement_opens_the_free_entry_point_and_is_free():
    found = _quote(_chat(ad_entry_at=NOON - HOUR))

    assert found.price.kind is Kind.FREE_ENTRY_POINT
    assert found.free_entry_until == NOON + timedelta(hours=72)


def test_a_clock_of_meta_s_that_is_ahead_shortens_nothing():
    ahead = _quote(_chat(ad_entry_at=NOON + timedelta(seconds=1)))
    assert ahead.free_entry_until == NOON + timedelta(hours=72, seconds=1)


def test_an_answer_that_comes_too_late_opens_nothing():
    late = _quote(_chat(ad_entry_at=NOON - timedelta(hours=25)))
    assert (late.free_entry_until, late.price.kind) == (None, Kind.REGULAR)


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "Europe/Rome", date(2026, 12, 1)),
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "UTC", date(2026, 11, 30)),
        (datetime(2026, 12, 1, 3, 0, tzinfo=UTC), "America/New_York", date(2026, 11, 30)),
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "Nowhere/Else", date(2026, 11, 30)),
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "", date(2026, 11, 30)),
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "../etc/passwd", date(2026, 11, 30)),
    ],
)
def test_a_day_is_that_of_the_account_s_zone_and_of_utc_where_nobody_knows_it(at, zone, day):
    assert account_days.day_of(at, zone) == day
    assert account_days.month_of(at, zone) == day.replace(day=1)


@pytest.mark.parametrize(
    ("first", "following"),
    [
        (date(2026, 1, 1), date(2026, 2, 1)),
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_the_month_after_begins_on_its_first(first, following):
    assert account_days.month_after(first) == following


def test_a_day_starts_at_its_own_midnight_told_in_utc():
    starts = account_days.starts_at(date(2026, 11, 21), "Europe/Rome")
    assert starts == datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    assert starts.tzinfo is UTC


@pytest.mark.parametrize(
    ("cost", "micros", "currency"),
    [
        ({"amount": 0, "currency": "EUR"}, 0, "EUR"),
        ({"amount": "10000", "currency": "EUR"}, 10_000_000_000, "EUR"),
        ({"amount": "10000.01", "currency": "EUR"}, None, ""),
        ({"amount": -0.01, "currency": "EUR"}, None, ""),
        ({"amount": "0.0248", "currency": "EURO"}, 24_800, "EUR"),
        ({"amount": True, "currency": "EUR"}, None, ""),
        ({"amount": None, "currency": "EUR"}, None, ""),
        ({"amount": [1], "currency": "EUR"}, None, ""),
        ({"amount": "NaN", "currency": "EUR"}, None, ""),
        ({"amount": "Infinity", "currency": "EUR"}, None, ""),
        ({"amount": "much", "currency": "EUR"}, None, ""),
        ({"amount": 1, "currency": None}, None, ""),
        ({"amount": -1, "currency": 3}, None, ""),
        ("0.02", None, ""),
    ],
)
def test_a_cost_of_meta_s_own_is_read_or_left(cost, micros, currency):
    found = stated({"category": "utility", "billable": True, "cost": cost})
    assert (found.micros, found.currency) == (micros, currency)


@pytest.mark.parametrize(
    ("word", "read"),
    [("u" * 32, "u" * 32), ("u" * 33, ""), ("è", ""), ("a b", ""), (7, ""), ("Utility", "utility")],
)
def test_a_category_is_a_short_plain_word(word, read):
    found = stated({"category": word})
    assert ("" if found is None else found.category) == read


def test_a_free_message_without_a_type_is_free_for_service():
    assert stated({"category": "utility", "billable": False}).kind == "free_customer_service"
    assert stated({"category": "utility", "type": ""}).kind == "regular"


def test_a_category_that_no_list_has_has_no_amount():
    assert amount(Stated("referral", "regular"), TARIFF, "Italy", "EUR", JULY) is None
    assert amount(Stated("utility", "regular"), TARIFF, "Italy", "EUR", JULY) == 24_800
