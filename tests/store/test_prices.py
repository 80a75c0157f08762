"""Expected prices at a claim: allowance, free entries, budget, and the lines of the ledger."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from sportello.ops import rates
from sportello.rules.pricing import Category, Kind
from sportello.store import prices
from sportello.store.pool import Connection, Pool, open_pool
from sportello.store.prices import Till
from tests.workers.desk import ANNA, NOW, Desk, open_desk

BEFORE = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)  # one minute before midnight in Rome
SINCE = datetime(2026, 9, 30, 22, 0, tzinfo=UTC)


@pytest.fixture
def desk(database: str) -> Desk:
    return open_desk(database)


def chat(now: datetime = NOW, **more: Any) -> dict[str, Any]:
    """Anna's, who wrote an hour ago."""
    return {
        "wa_id": ANNA,
        "user_id": None,
        "window_closes_at": now + timedelta(hours=23),
        "ad_entry_at": None,
        "free_entry_until": None,
    } | more


def new_chat(desk: Desk) -> int:
    found = desk.row(
        "WITH p AS (INSERT INTO sportello_contact (workspace_id, wa_id) VALUES (%s, %s)"
        " ON CONFLICT (workspace_id, wa_id) DO UPDATE SET name = '' RETURNING id)"
        " INSERT INTO sportello_conversation (workspace_id, number_id, contact_id)"
        " SELECT %s, %s, id FROM p ON CONFLICT (number_id, contact_id)"
        " DO UPDATE SET holder = 'closed' RETURNING id",
        desk.workspace_id, ANNA, desk.workspace_id, desk.number_id,
    )  # fmt: skip
    return int(found["id"])


def new_message(desk: Desk) -> int:
    found = desk.row(
        "INSERT INTO sportello_message (workspace_id, conversation_id, origin, type, status, at)"
        " VALUES (%s, %s, 'operator', 'text', 'queued', %s) RETURNING id",
        desk.workspace_id, new_chat(desk), NOW,
    )  # fmt: skip
    return int(found["id"])


def with_till(
    desk: Desk,
    act: Callable[[Connection, Till], Awaitable[Any]],
    now: datetime = NOW,
    *,
    budget: bool = False,
) -> Any:
    """What `act` answers, in a transaction that commits."""

    async def open_and_act() -> Any:
        async with open_pool(desk.url, 1) as pool, pool.connection() as connection:
            number = await (await connection.execute("SELECT * FROM sportello_number")).fetchone()
            assert number is not None
            opening = await prices.open_till(connection, number, now, budget=budget)
            till = await opening.told()
            return await act(connection, till)

    return asyncio.run(asyncio.wait_for(open_and_act(), 60))


def expected(desk: Desk, category: Category, now: datetime = NOW, **more: Any) -> Any:
    async def ask(_connection: Connection, till: Till) -> Any:
        return till.expected(chat(now, **more), category)

    return with_till(desk, ask, now)


def take(desk: Desk, *categories: Category, now: datetime = NOW, **more: Any) -> list[int]:
    """Sends that leave together; their messages' ids."""
    ids = [new_message(desk) for _ in categories]
    conversation_id = new_chat(desk)

    async def leave(connection: Connection, till: Till) -> None:
        for message_id, category in zip(ids, categories, strict=True):
            till.take(message_id, conversation_id, till.expected(chat(now, **more), category))
        await till.note(connection)

    with_till(desk, leave, now)
    return ids


@pytest.mark.parametrize(
    ("category", "now", "micros", "kind"),
    [
        (Category.MARKETING, NOW, 65_800, Kind.REGULAR),
        (Category.UTILITY, BEFORE, 0, Kind.FREE_CUSTOMER_SERVICE),
        (Category.UTILITY, SINCE, 24_800, Kind.REGULAR),
        (Category.SERVICE, BEFORE, 0, Kind.FREE_CUSTOMER_SERVICE),
        (Category.SERVICE, SINCE, 0, Kind.ALLOWANCE),
    ],
)
def test_a_price_is_that_of_the_accounts_own_day(
    desk: Desk, category: Category, now: datetime, micros: int, kind: Kind
) -> None:
    found = expected(desk, category, now)

    assert (found.price.micros, found.price.kind) == (micros, kind)
    assert (found.market, found.calling_code, found.price.currency) == ("Italy", "39", "EUR")


def test_the_thousand_and_first_answer_of_a_month_costs_and_the_next_month_begins_anew(
    desk: Desk,
) -> None:
    desk.rows(
        "INSERT INTO sportello_charge (workspace_id, number_id, market, currency,"
        " expected_category, expected_kind, expected_micros, sent_at)"
        " SELECT %s, %s, 'Italy', 'EUR', 'service', 'allowance', 0, %s"
        " FROM generate_series(1, 998)",
        desk.workspace_id, desk.number_id, SINCE,
    )  # fmt: skip

    first, second, third = take(desk, *[Category.SERVICE] * 3, now=SINCE + timedelta(days=1))

    lines = {row["message_id"]: row for row in desk.rows("SELECT * FROM sportello_charge")}
    kinds = [lines[one]["expected_kind"] for one in (first, second, third)]
    assert kinds == ["allowance", "allowance", "regular"]
    assert lines[third]["expected_micros"] == 24_800
    november = SINCE + timedelta(days=31, hours=2)
    assert expected(desk, Category.SERVICE, november).price.kind is Kind.ALLOWANCE


def test_the_first_answer_to_an_advertisement_opens_three_free_days(desk: Desk) -> None:
    came = NOW - timedelta(hours=1)

    take(desk, Category.SERVICE, ad_entry_at=came)

    line = desk.row("SELECT * FROM sportello_charge")
    assert (line["expected_kind"], line["expected_micros"]) == ("free_entry_point", 0)
    held = desk.conversation()
    assert (held["ad_entry_at"], held["free_entry_until"]) == (None, NOW + timedelta(hours=72))
    until = held["free_entry_until"]
    last = until - timedelta(seconds=1)
    free = expected(desk, Category.MARKETING, last, free_entry_until=until)
    paid = expected(desk, Category.MARKETING, until, free_entry_until=until)
    assert (free.price.micros, paid.price.micros) == (0, 65_800)


def test_an_answer_after_a_day_opens_nothing(desk: Desk) -> None:
    late = expected(desk, Category.MARKETING, ad_entry_at=NOW - timedelta(hours=24))

    assert (late.price.micros, late.free_entry_until) == (65_800, None)


def test_a_message_that_leaves_once_more_has_one_line(desk: Desk) -> None:
    (message_id,) = take(desk, Category.UTILITY)
    desk.rows("UPDATE sportello_message SET status = 'failed' WHERE id = %s", message_id)
    assert desk.row("SELECT fell_through FROM sportello_charge")["fell_through"]

    async def again(connection: Connection, till: Till) -> None:
        till.take(message_id, new_chat(desk), till.expected(chat(), Category.MARKETING))
        await till.note(connection)

    with_till(desk, again)

    line = desk.row("SELECT * FROM sportello_charge")
    assert (line["expected_category"], line["fell_through"]) == ("marketing", False)


def test_where_no_card_covers_it_the_price_is_unknown(desk: Desk) -> None:
    found = expected(desk, Category.MARKETING, wa_id="4915112345678")

    assert (found.price.micros, found.price.kind, found.market) == (None, Kind.UNKNOWN, "Germany")


def test_a_time_zone_that_nobody_knows_stops_no_price(desk: Desk) -> None:
    desk.rows("UPDATE sportello_number SET account_time_zone = '../Nowhere'")

    assert expected(desk, Category.MARKETING).price.micros == 65_800


def test_the_budget_is_what_the_month_leaves_of_the_ceiling(desk: Desk) -> None:
    desk.rows("UPDATE sportello_workspace SET monthly_budget_micros = 1000000")
    _, stated, failed = take(desk, *[Category.MARKETING] * 3)
    take(desk, Category.SERVICE)
    take(desk, Category.MARKETING, now=NOW - timedelta(days=40))
    desk.rows("UPDATE sportello_charge SET micros = 24800 WHERE message_id = %s", stated)
    desk.rows("UPDATE sportello_message SET status = 'failed' WHERE id = %s", failed)

    async def left(_connection: Connection, till: Till) -> tuple[int | None, int | None]:
        before = till.budget_left
        till.take(1, 1, till.expected(chat(), Category.UTILITY))
        return before, till.budget_left

    before, after = with_till(desk, left, budget=True)

    assert before == 1_000_000 - 65_800 - 24_800
    assert after == before - 24_800


def test_what_leaves_after_the_sum_is_counted_at_once(desk: Desk) -> None:
    desk.rows("UPDATE sportello_workspace SET monthly_budget_micros = 1000000")
    take(desk, Category.UTILITY, now=NOW - timedelta(days=1))

    async def twice() -> list[int | None]:
        async with open_pool(desk.url, 1) as pool:
            return [await _leave_and_look(pool, desk) for _ in range(3)]

    left = asyncio.run(asyncio.wait_for(twice(), 60))

    assert left == [1_000_000 - 24_800 - n * 65_800 for n in range(3)]


async def _leave_and_look(pool: Pool, desk: Desk) -> int | None:
    """What was left before one more marketing message left."""
    async with pool.connection() as connection:
        number = await (await connection.execute("SELECT * FROM sportello_number")).fetchone()
        assert number is not None
        till = await (await prices.open_till(connection, number, NOW, budget=True)).told()
        before = till.budget_left
        till.take(new_message(desk), new_chat(desk), till.expected(chat(), Category.MARKETING))
        await till.note(connection)
        return before


def test_without_a_ceiling_there_is_no_budget(desk: Desk) -> None:
    async def left(_connection: Connection, till: Till) -> int | None:
        return till.budget_left

    assert with_till(desk, left, budget=True) is None


def test_prices_loaded_since_the_last_claim_count_at_the_next(desk: Desk) -> None:
    assert expected(desk, Category.MARKETING).price.micros == 65_800
    card = (
        "effective_from,market,category,currency,amount,checked_on\n"
        "2026-11-01,Italy,marketing,EUR,0.0700,2026-11-01\n"
    )
    with psycopg.connect(desk.url) as connection:
        rates.load(connection, rates.read_rates(card, checked_on=None))

    assert expected(desk, Category.MARKETING).price.micros == 70_000
