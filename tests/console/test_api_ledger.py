"""`GET /ledger`, and the price of a message."""

from datetime import timedelta
from typing import Any

import pytest

from sportello.schema.models import Charge, Message
from tests.console.conftest import NOW, ApiClient, Company, make_charge


def delivered(company: Company, **values: Any) -> Charge:
    told = {"category": "utility", "kind": "regular", "micros": 24_800, "stated_by": 2}
    return make_charge(company, **(told | {"billed_at": NOW} | values))


def test_a_month_adds_up(api: ApiClient, acme: Company) -> None:
    delivered(acme)
    delivered(acme, category="marketing", micros=65_800)
    make_charge(acme, expected_category="service", expected_micros=0)
    make_charge(acme, fell_through=True)
    delivered(acme, sent_at=NOW - timedelta(days=40), billed_at=NOW - timedelta(days=40))

    told = api.get("/ledger", month="2026-11").json()

    (total,) = told["totals"]
    assert total == {
        "currency": "EUR",
        "messages": 3,
        "delivered": 2,
        "without_price": 0,
        "expected_micros": 49_600,
        "billed_micros": 90_600,
        "difference_micros": 41_000,
    }
    lines = {(line["category"], line["market"]): line["billed_micros"] for line in told["lines"]}
    assert lines == {
        ("marketing", "Italy"): 65_800,
        ("service", "Italy"): 0,
        ("utility", "Italy"): 24_800,
    }
    assert [day["day"] for day in told["days"]] == ["2026-11-21"]
    assert (told["month"], told["differences"]) == ("2026-11", 1)
    assert (told["starts_on"], told["ends_on"]) == ("2026-11-01", "2026-12-01")
    assert [one["currency"] for one in told["price_lists"]] == ["EUR"]


def test_without_a_month_it_is_the_present_one(api: ApiClient) -> None:
    told = api.get("/ledger").json()

    assert (told["month"], told["totals"], told["lines"]) == ("2026-11", [], [])


def test_a_message_counts_in_the_month_of_its_delivery_in_the_accounts_time_zone(
    api: ApiClient, acme: Company
) -> None:
    midnight = NOW.replace(month=10, day=31, hour=23, minute=0)  # in Rome
    delivered(acme, sent_at=midnight - timedelta(hours=9), billed_at=midnight)
    delivered(acme, billed_at=midnight - timedelta(seconds=1), sent_at=midnight)

    counts = {
        month: [total["delivered"] for total in api.get("/ledger", month=month).json()["totals"]]
        for month in ("2026-10", "2026-11")
    }

    assert counts == {"2026-10": [1], "2026-11": [1]}


@pytest.mark.parametrize("month", ["2026", "2026-13", "1999-01", "2026-1", "x", "2026-11-01"])
def test_what_is_no_month_is_refused(api: ApiClient, month: str) -> None:
    assert api.get("/ledger", month=month).status_code == 422


def test_a_company_sees_its_own_ledger_alone(api: ApiClient, rival: Company) -> None:
    delivered(rival)

    told = api.get("/ledger", month="2026-11").json()

    assert (told["totals"], told["differences"]) == ([], 0)


def test_a_message_has_the_price_that_was_expected_until_it_is_stated(
    api: ApiClient, acme: Company
) -> None:
    message = Message.objects.using("owner").create(
        workspace=acme.workspace,
        conversation=acme.conversation,
        origin="operator",
        type="text",
        status="sent",
        at=NOW,
    )
    line = make_charge(acme, message=message)
    where = f"/conversations/{acme.conversation.pk}/messages"

    before = api.get(where).json()["items"][-1]["price"]
    Charge.objects.using("owner").filter(pk=line.pk).update(
        category="marketing", kind="regular", micros=65_800, billed_at=NOW
    )
    after = api.get(where).json()["items"][-1]["price"]

    assert before == {
        "micros": 24_800,
        "currency": "EUR",
        "category": "utility",
        "kind": "regular",
        "is_stated": False,
    }
    assert (after["micros"], after["category"], after["is_stated"]) == (65_800, "marketing", True)
