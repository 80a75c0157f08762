"""What a send costs, on both sides of 1 October 2026. Rates: Meta's Italian cards."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules import pricing
from sportello.rules.pricing import (
    Category,
    Kind,
    Prefix,
    Rate,
    Send,
    price,
    rate_of,
)
from sportello.rules.tariff import tariff_of

BEFORE, SINCE = date(2026, 9, 30), date(2026, 10, 1)
RATES = (
    Rate(None, "Italy", Category.MARKETING, "EUR", 57_200),
    Rate(date(2026, 7, 1), "Italy", Category.MARKETING, "EUR", 65_800),
    Rate(date(2026, 7, 1), "Italy", Category.UTILITY, "EUR", 24_800),
    Rate(date(2026, 7, 1), "Italy", Category.AUTHENTICATION, "EUR", 24_800),
    Rate(date(2026, 10, 1), "Italy", Category.SERVICE, "EUR", 24_800),
    Rate(date(2026, 7, 1), "Italy", Category.MARKETING, "USD", 79_500),
)
PREFIXES = (
    Prefix("39", "IT", "Italy", "Italy"),
    Prefix("1", "US", "North America", "North America"),
    Prefix("1787", "PR", "Rest of Latin America", "Rest of Latin America"),
    Prefix("77", "KZ", "Other", "Kazakhstan"),
    Prefix("*", "", "Other", "Other"),
)


def send(category, on=SINCE, **more):
    facts = {"market": "Italy", "currency": "EUR", "window_open": True} | more
    return Send(category=category, on=on, **facts)


@pytest.mark.parametrize(
    ("asked", "micros", "kind"),
    [
        (send(Category.MARKETING, BEFORE), 65_800, Kind.REGULAR),
        (send(Category.MARKETING, date(2026, 6, 30)), 57_200, Kind.REGULAR),
        (send(Category.MARKETING, SINCE, currency="USD"), 79_500, Kind.REGULAR),
        (send(Category.UTILITY, BEFORE), 0, Kind.FREE_CUSTOMER_SERVICE),
        (send(Category.UTILITY, BEFORE, window_open=False), 24_800, Kind.REGULAR),
        (send(Category.UTILITY, SINCE), 24_800, Kind.REGULAR),
        (send(Category.AUTHENTICATION, BEFORE), 24_800, Kind.REGULAR),
        (send(Category.SERVICE, BEFORE, service_used=5000), 0, Kind.FREE_CUSTOMER_SERVICE),
        (send(Category.SERVICE, SINCE, service_used=999), 0, Kind.ALLOWANCE),
        (send(Category.SERVICE, SINCE, service_used=1000), 24_800, Kind.REGULAR),
        (send(Category.MARKETING, SINCE, free_entry_open=True), 0, Kind.FREE_ENTRY_POINT),
        (send(Category.MARKETING, SINCE, market="Atlantis"), None, Kind.UNKNOWN),
        (send(Category.MARKETING, SINCE, currency="CHF"), None, Kind.UNKNOWN),
        (send(Category.AUTHENTICATION_INTERNATIONAL, SINCE), None, Kind.UNKNOWN),
        (send(Category.UTILITY, date(2026, 6, 30), window_open=False), None, Kind.UNKNOWN),
    ],
)
def test_a_send_costs_what_the_card_of_its_day_says(asked, micros, kind):
    found = price(asked, RATES)
    assert (found.micros, found.kind) == (micros, kind)
    assert (found.currency, found.category) == (asked.currency, asked.category)


def test_service_costs_as_utility_where_the_card_has_no_line_for_it():
    without = [rate for rate in RATES if rate.category is not Category.SERVICE]
    assert price(send(Category.SERVICE, service_used=1000), without).micros == 24_800


@given(st.permutations(RATES))
def test_the_order_of_the_card_does_not_matter(rates):
    asked = send(Category.MARKETING, SINCE)
    assert rate_of(rates, asked) == rate_of(RATES, asked)


@pytest.mark.parametrize(
    ("digits", "on", "market"),
    [
        ("393331234567", SINCE, "Italy"),
        ("14155550100", SINCE, "North America"),
        ("17875550100", SINCE, "Rest of Latin America"),
        ("77015550100", BEFORE, "Other"),
        ("77015550100", SINCE, "Kazakhstan"),
        ("999", SINCE, "Other"),
        ("", SINCE, "Other"),
    ],
)
def test_the_longest_prefix_names_the_market(digits, on, market):
    tariff = tariff_of(RATES, PREFIXES)
    assert pricing.market_of(tariff.prefix_of(digits, None), on) == market


def test_no_prefixes_at_all_make_every_number_other():
    assert pricing.market_of(tariff_of(RATES, ()).prefix_of("393331234567", None), SINCE) == "Other"


@pytest.mark.parametrize(
    ("user_id", "on", "market"),
    [
        ("IT.1234567890", SINCE, "Italy"),
        ("kz.99", BEFORE, "Other"),
        ("ZZ.1", SINCE, "Other"),
        ("", SINCE, "Other"),
    ],
)
def test_a_user_id_without_a_number_has_the_market_of_its_country(user_id, on, market):
    found = tariff_of(RATES, PREFIXES).prefix_of(None, user_id)
    assert pricing.market_of(found, on) == market


def test_a_calling_code_names_the_market_of_another_day():
    tariff = tariff_of(RATES, PREFIXES)
    assert tariff.market_of("77", BEFORE) == "Other"
    assert tariff.market_of("77", SINCE) == "Kazakhstan"
    assert tariff.market_of("no code", SINCE) == "Other"


@given(st.sampled_from(Category), st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.booleans())
def test_a_tariff_prices_as_its_rates_do(category, on, window_open):
    asked = send(category, on, window_open=window_open, service_used=1000)
    assert tariff_of(RATES, PREFIXES).price(asked) == price(asked, RATES)
