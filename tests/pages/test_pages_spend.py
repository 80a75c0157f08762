"""The page of what messages cost: sums, table, days, differences, its file, months, price lists."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client

from sportello.console.money import sheet
from sportello.schema import models
from tests.pages.conftest import signed_in
from tests.pages.shop import Shop
from tests.pages.shop_money import fill_spend


@pytest.fixture
def client(shop: Shop) -> Client:
    return signed_in(shop)


def page(client: Client, query: str = "") -> str:
    answered = client.get(f"/channel/spend{query}")
    assert answered.status_code == 200
    return answered.content.decode()


def test_without_any_message_the_page_says_what_will_stand_there(client: Client) -> None:
    assert "Nessun invio a novembre 2026" in page(client)


def test_the_sums_are_those_of_the_ledger(shop: Shop, client: Client) -> None:
    fill_spend(shop)
    november = models.Charge.objects.using("owner").filter(sent_at__month=11)
    billed = sum(one.micros or 0 for one in november.exclude(billed_at=None))

    shown = page(client)

    assert f"{billed / 1_000_000:.2f} €".replace(".", ",") in shown
    assert "+4 in viaggio" in shown


def test_sums_are_in_cents_and_only_less_than_one_euro_is_finer(shop: Shop, client: Client) -> None:
    fill_spend(shop)

    table = page(client).partition("<table")[2].partition("</table>")[0]

    assert "6,80 €" in table
    assert "6,8022 €" not in table
    assert "0,0248 €" in table


def test_differences_are_listed_with_their_reason(shop: Shop, client: Client) -> None:
    fill_spend(shop)

    shown = page(client)

    assert "Meta lo fattura come Marketing, non come Utility." in shown
    assert "Nessun listino caricato lo comprende." in shown
    assert "Le 1.000 risposte gratuite del mese erano finite." in shown
    assert f"/conversations/{shop.chats['Anna Bianchi'].pk}/" in shown


def test_another_month_is_another_ledger(shop: Shop, client: Client) -> None:
    fill_spend(shop)

    shown = page(client, "?month=2026-10")

    assert "0,22 €" in shown
    assert "Ogni messaggio consegnato costa quanto previsto." in shown


@pytest.mark.parametrize("month", ["2026-12", "2026-1", "x", "2026-11-01", "\0"])
@pytest.mark.parametrize("where", ["spend", "spend.csv"])
def test_a_month_that_the_ledger_has_not_is_not_found(
    client: Client, where: str, month: str
) -> None:
    assert client.get(f"/channel/{where}", {"month": month}).status_code == 404


def test_the_file_adds_up_to_the_page(shop: Shop, client: Client) -> None:
    fill_spend(shop)

    answered = client.get("/channel/spend.csv?month=2026-11")
    rows = list(csv.DictReader(StringIO(answered.content.decode("utf-8-sig"))))

    assert answered.headers["Content-Disposition"].endswith('"sportello-2026-11.csv"')
    november = models.Charge.objects.using("owner").filter(sent_at__month=11)
    billed = sum(one.micros or 0 for one in november.exclude(billed_at=None))
    assert sum(round(float(row["billed"]) * 1_000_000) for row in rows) == billed
    assert sum(int(row["messages"]) for row in rows) == november.count()


@pytest.mark.parametrize("text", ["=1+1", "+39 06", "-2", "@cmd", "\tx", "\r=1"])
def test_no_cell_of_the_file_begins_like_a_formula(text: str) -> None:
    assert sheet.plain(text) == f"'{text}"
    assert sheet.plain("Italy") == "Italy"


def test_a_price_list_older_than_ninety_days_is_warned_of(shop: Shop, client: Client) -> None:
    cards = models.RateCard.objects.using("owner").filter(currency="EUR")
    cards.update(checked_on=shop.now.date() - timedelta(days=91))
    old = page(client), client.get("/channel/").content.decode()
    cards.update(checked_on=shop.now.date() - timedelta(days=90))
    fresh = page(client), client.get("/channel/").content.decode()

    assert all("Il listino in EUR è vecchio" in shown for shown in old)
    assert all("Il listino" not in shown for shown in fresh)


def test_a_currency_without_a_price_list_is_told(shop: Shop, client: Client) -> None:
    models.Number.objects.using("owner").update(account_currency="CHF")

    assert "Manca un listino in CHF" in page(client)


def test_what_another_company_spends_is_not_in_ours(
    shop: Shop, stranger: Shop, client: Client
) -> None:
    fill_spend(stranger)

    assert "Nessun invio a novembre 2026" in page(client)
    lines = client.get("/channel/spend.csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1


def test_a_month_is_shown_with_a_fixed_number_of_queries(shop: Shop, client: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        page(client)
    fill_spend(shop)
    with CaptureQueriesContext(connection) as many:
        page(client)

    assert len(many) <= len(few) + 3
