"""What statuses state of prices: into the ledger, by the day of delivery, whatever comes when."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from sportello.store import statuses as store
from tests.loop import in_loop
from tests.workers.desk import ANNA, NOW, Desk, context_of, fold, open_desk, status, statuses

UTILITY = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}
MARKETING = UTILITY | {"category": "marketing"}
FREE = UTILITY | {"billable": False, "type": "free_customer_service"}
MIDNIGHT = datetime(2026, 9, 30, 22, 0, tzinfo=UTC)  # in Rome


@pytest.fixture
def desk(database: str) -> Desk:
    return open_desk(database)


def expect(desk: Desk, wamid: str = "wamid.1", *, code: str = "39", **charge: Any) -> None:
    """A message of ours on its way, with its line."""
    chat = desk.row(
        "WITH p AS (INSERT INTO sportello_contact (workspace_id, wa_id) VALUES (%s, %s)"
        " RETURNING id) INSERT INTO sportello_conversation (workspace_id, number_id, contact_id)"
        " SELECT %s, %s, id FROM p RETURNING id",
        desk.workspace_id, ANNA, desk.workspace_id, desk.number_id,
    )  # fmt: skip
    message = desk.row(
        "INSERT INTO sportello_message (workspace_id, conversation_id, wamid, origin, type, status,"
        " at) VALUES (%s, %s, %s, 'operator', 'template', 'accepted', %s) RETURNING id",
        desk.workspace_id, chat["id"], wamid, NOW,
    )  # fmt: skip
    values = {
        "workspace_id": desk.workspace_id,
        "number_id": desk.number_id,
        "message_id": message["id"],
        "market": "Italy",
        "calling_code": code,
        "currency": "EUR",
        "expected_category": "utility",
        "expected_kind": "regular",
        "expected_micros": 24_800,
        "sent_at": NOW,
    } | charge
    desk.rows(
        f"INSERT INTO sportello_charge ({', '.join(values)})"  # noqa: S608  # names of our own tables and columns
        f" VALUES ({', '.join(['%s'] * len(values))})",
        *values.values(),
    )


def line(desk: Desk) -> dict[str, Any]:
    return desk.row("SELECT * FROM sportello_charge")


def told(word: str, when: datetime = NOW, **more: Any) -> bytes:
    return statuses([status("wamid.1", word, when, **more)])


@in_loop
async def test_the_price_that_the_delivery_states_is_owed(desk: Desk) -> None:
    expect(desk)

    await fold(desk, told("delivered", pricing=MARKETING))

    found = line(desk)
    assert (found["category"], found["kind"], found["micros"]) == ("marketing", "regular", 65_800)
    assert (found["billed_at"], found["expected_micros"]) == (NOW, 24_800)


@in_loop
async def test_what_is_only_sent_is_not_owed(desk: Desk) -> None:
    expect(desk)

    await fold(desk, told("sent", pricing=UTILITY))

    assert (line(desk)["billed_at"], line(desk)["micros"]) == (None, None)


@in_loop
async def test_the_word_of_the_delivery_beats_that_of_sent(desk: Desk) -> None:
    expect(desk)

    await fold(desk, told("sent", pricing=FREE))
    await fold(desk, told("delivered", pricing=UTILITY))

    assert (line(desk)["kind"], line(desk)["micros"]) == ("regular", 24_800)


@in_loop
async def test_a_delivery_without_a_price_has_that_of_sent_until_read_tells_its_own(
    desk: Desk,
) -> None:
    expect(desk)

    await fold(desk, told("sent", pricing=FREE))
    await fold(desk, told("delivered"))
    before = line(desk)
    await fold(desk, told("read", NOW + timedelta(hours=1), pricing=UTILITY))

    assert (before["kind"], before["micros"], before["billed_at"]) == (
        "free_customer_service", 0, NOW
    )  # fmt: skip
    assert (line(desk)["micros"], line(desk)["billed_at"]) == (24_800, NOW)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_in_which_statuses_come_does_not_matter(
    desk: Desk, order: tuple[int, ...]
) -> None:
    expect(desk)
    words = [
        told("sent", NOW, pricing=FREE),
        told("delivered", NOW + timedelta(seconds=2), pricing=UTILITY),
        told("read", NOW + timedelta(seconds=9)),
    ]

    @in_loop
    async def come() -> None:
        for place in order:
            await fold(desk, words[place])

    come()

    found = line(desk)
    assert (found["micros"], found["kind"]) == (24_800, "regular")
    assert found["billed_at"] == NOW + timedelta(seconds=2)


@in_loop
async def test_it_is_priced_by_the_day_of_its_delivery_in_the_accounts_time_zone(
    desk: Desk,
) -> None:
    """Kazakhstan became a market of its own on the first of October."""
    desk.rows("UPDATE sportello_number SET account_currency = 'USD'")
    expect(desk, code="77", market="Other", currency="USD", sent_at=MIDNIGHT - timedelta(hours=1))

    await fold(desk, told("delivered", MIDNIGHT - timedelta(seconds=1), pricing=UTILITY))
    before = line(desk)
    desk.rows("UPDATE sportello_message SET delivered_at = NULL")
    desk.rows("UPDATE sportello_charge SET billed_at = NULL, category = '', stated_by = 0")
    await fold(desk, told("delivered", MIDNIGHT, pricing=UTILITY))

    assert (before["market"], before["micros"]) == ("Other", 7_700)
    assert (line(desk)["market"], line(desk)["micros"]) == ("Kazakhstan", 18_000)


@in_loop
async def test_a_failure_makes_the_line_fall_through_and_a_delivery_after_all_brings_it_back(
    desk: Desk,
) -> None:
    expect(desk)

    await fold(desk, told("failed", errors=[{"code": 131026, "title": "x"}]))
    failed = line(desk)
    await fold(desk, told("delivered", pricing=UTILITY))

    assert (failed["fell_through"], failed["billed_at"]) == (True, None)
    assert (line(desk)["fell_through"], line(desk)["micros"]) == (False, 24_800)


@in_loop
async def test_a_delivery_told_twice_changes_nothing(desk: Desk) -> None:
    expect(desk)
    await fold(desk, told("delivered", pricing=UTILITY))
    before = line(desk)

    await fold(desk, told("delivered", pricing=UTILITY))

    assert line(desk) == before


@in_loop
async def test_a_price_that_came_before_its_message_was_known_is_applied_with_it(
    desk: Desk,
) -> None:
    await fold(desk, told("delivered", pricing=UTILITY))
    expect(desk)

    async with context_of(desk) as context, context.pool.connection() as connection:
        await store.adopt_orphans(connection, limit=10)

    assert line(desk)["micros"] == 24_800


@in_loop
async def test_a_category_that_no_list_knows_is_kept_without_a_price(desk: Desk) -> None:
    expect(desk)

    await fold(desk, told("delivered", pricing=UTILITY | {"category": "group_marketing"}))

    found = line(desk)
    assert (found["category"], found["micros"], found["billed_at"]) == (
        "group_marketing",
        None,
        NOW,
    )
