"""What a webhook's `pricing` says, and what it comes to. Rates: Meta's Italian cards."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.pricing import Category, Prefix, Rate
from sportello.rules.stated import Stated, amount, stated
from sportello.rules.tariff import tariff_of

TARIFF = tariff_of(
    [
        Rate(date(2026, 7, 1), "Italy", Category.UTILITY, "EUR", 24_800),
        Rate(date(2026, 7, 1), "Italy", Category.MARKETING, "EUR", 65_800),
        Rate(date(2027, 1, 1), "Italy", Category.MARKETING, "EUR", 70_000),
    ],
    [Prefix("39", "IT", "Italy", "Italy")],
)
OCTOBER = date(2026, 10, 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["billable", "type", "category", "cost", "pricing_model"])


@pytest.mark.parametrize(
    ("pricing", "category", "kind"),
    [
        ({"billable": True, "type": "regular", "category": "service"}, "service", "regular"),
        (
            {"billable": False, "type": "free_customer_service", "category": "service"},
            "service",
            "free_customer_service",
        ),
        (
            {"billable": False, "type": "free_entry_point", "category": "marketing"},
            "marketing",
            "free_entry_point",
        ),
        (
            {"billable": True, "category": "authentication-international"},
            "authentication_international",
            "regular",
        ),
        ({"billable": False, "category": "utility"}, "utility", "free_customer_service"),
        ({"type": "regular", "category": "utility"}, "utility", "regular"),
        (
            {"billable": False, "type": "regular", "category": "utility"},
            "utility",
            "free_customer_service",
        ),
    ],
)
def test_a_statement_is_read_as_meta_writes_it(pricing, category, kind):
    found = stated(pricing)

    assert (found.category, found.kind) == (category, kind)


@pytest.mark.parametrize("pricing", [None, {}, {"category": 7}, {"category": "two words"}])
def test_where_nothing_is_said_nothing_is_stated(pricing):
    assert stated(pricing) is None


@given(st.dictionaries(NAMES, JSON))
def test_whatever_stands_in_it_is_read_without_harm(pricing):
    found = stated(pricing)

    if found is not None:
        assert len(found.category) <= 32
        assert len(found.kind) <= 32
        assert found.micros is None or 0 <= found.micros <= 10_000_000_000


@pytest.mark.parametrize(
    ("said", "currency", "day", "micros"),
    [
        (Stated("marketing", "regular"), "EUR", OCTOBER, 65_800),
        (Stated("marketing", "regular"), "EUR", date(2027, 1, 1), 70_000),
        (Stated("service", "regular"), "EUR", OCTOBER, 24_800),
        (Stated("service", "free_customer_service"), "EUR", OCTOBER, 0),
        (Stated("marketing", "free_entry_point"), "CHF", OCTOBER, 0),
        (Stated("marketing", "regular"), "CHF", OCTOBER, None),
        (Stated("marketing_lite", "regular"), "EUR", OCTOBER, None),
        (Stated("marketing_lite", "regular", 51_000, "EUR"), "EUR", OCTOBER, 51_000),
        (Stated("marketing_lite", "regular", 51_000, "USD"), "EUR", OCTOBER, None),
    ],
)
def test_it_comes_to_the_price_of_the_day(said, currency, day, micros):
    assert amount(said, TARIFF, "Italy", currency, day) == micros


def test_a_cost_that_meta_names_is_read_exactly():
    cost = {"amount": 0.0571, "currency": "EUR"}
    found = stated({"billable": True, "category": "marketing_lite", "cost": cost})

    assert (found.micros, found.currency) == (57_100, "EUR")
