"""Statuses move our messages forward, whatever comes twice, late or before its message."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from sportello.store import statuses as store
from tests.loop import in_loop
from tests.workers.desk import (
    ANNA,
    NOW,
    Desk,
    ago,
    context_of,
    fold,
    open_desk,
    seconds,
    status,
    statuses,
    text,
)

_ERROR = {
    "code": 131050,
    "title": "User stopped marketing",
    "message": "User stopped marketing",
    "error_data": {"details": "…"},
}
_PRICING = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}


def _sent(desk: Desk, wamid: str | None, *, state: str = "accepted") -> dict[str, Any]:
    """A message of ours on the wire, with its attempt."""
    attempt = uuid.uuid4()
    contact = desk.row(
        "INSERT INTO sportello_contact (workspace_id, wa_id) VALUES (%s, %s)"
        " ON CONFLICT (workspace_id, wa_id) DO UPDATE SET wa_id = excluded.wa_id RETURNING id",
        desk.workspace_id,
        ANNA,
    )
    chat = desk.row(
        "INSERT INTO sportello_conversation (workspace_id, number_id, contact_id)"
        " VALUES (%s, %s, %s) ON CONFLICT (number_id, contact_id)"
        " DO UPDATE SET holder = 'assistant' RETURNING id",
        desk.workspace_id,
        desk.number_id,
        contact["id"],
    )
    message = desk.row(
        "INSERT INTO sportello_message (workspace_id, conversation_id, wamid, origin, type, status,"
        " at) VALUES (%s, %s, %s, 'operator', 'text', %s, %s) RETURNING id",
        desk.workspace_id,
        chat["id"],
        wamid,
        "queued" if state == "sending" else state,
        ago(minutes=5),
    )
    send = desk.row(
        "INSERT INTO sportello_send (workspace_id, number_id, conversation_id, message_id, origin,"
        " body, state, due_at, attempt, attempted_at, settled_at)"
        " VALUES (%s, %s, %s, %s, 'operator', '{}', %s, now(), %s, %s, %s) RETURNING id",
        desk.workspace_id,
        desk.number_id,
        chat["id"],
        message["id"],
        state,
        attempt,
        ago(minutes=5),
        NOW if state == "accepted" else None,
    )
    desk.rows(
        "INSERT INTO sportello_attempt (id, workspace_id, send_id, started_at)"
        " VALUES (%s, %s, %s, %s)",
        attempt,
        desk.workspace_id,
        send["id"],
        ago(minutes=5),
    )
    return {"message": message["id"], "send": send["id"], "attempt": str(attempt)}


def _life(desk: Desk) -> tuple[Any, ...]:
    said = desk.row("SELECT * FROM sportello_message WHERE origin = 'operator'")
    return said["status"], said["sent_at"], said["delivered_at"], said["read_at"]


@in_loop
async def test_each_status_leaves_its_time(database: str) -> None:
    desk = open_desk(database)
    _sent(desk, "wamid.a")

    await fold(
        desk,
        statuses([status("wamid.a", "sent", ago(seconds=30), pricing=_PRICING)]),
        statuses([status("wamid.a", "delivered", ago(seconds=20))]),
        statuses([status("wamid.a", "read", ago(seconds=10))]),
    )

    assert _life(desk) == ("read", ago(seconds=30), ago(seconds=20), ago(seconds=10))
    said = desk.row("SELECT pricing FROM sportello_message")
    assert said["pricing"] == _PRICING


@in_loop
async def test_a_late_status_fills_its_time_and_takes_nothing_back(database: str) -> None:
    desk = open_desk(database)
    _sent(desk, "wamid.a")
    await fold(desk, statuses([status("wamid.a", "read", ago(seconds=10))]))

    await fold(desk, statuses([status("wamid.a", "sent", ago(seconds=30))]))

    assert _life(desk) == ("read", ago(seconds=30), None, ago(seconds=10))


@in_loop
async def test_a_failure_sticks_unless_the_message_did_arrive(database: str) -> None:
    desk = open_desk(database)
    _sent(desk, "wamid.a")

    await fold(desk, statuses([status("wamid.a", "failed", errors=[_ERROR])]))
    await fold(desk, statuses([status("wamid.a", "sent")]))
    said = desk.row("SELECT * FROM sportello_message")
    assert (said["status"], said["error"]["code"]) == ("failed", 131050)

    await fold(desk, statuses([status("wamid.a", "delivered")]))
    assert desk.row("SELECT * FROM sportello_message")["status"] == "delivered"


@in_loop
async def test_a_status_with_our_attempt_accepts_the_send_before_its_answer(
    database: str,
) -> None:
    desk = open_desk(database)
    ours = _sent(desk, None, state="sending")
    told = status("wamid.a", "sent", biz_opaque_callback_data=ours["attempt"])

    await fold(desk, statuses([told]))

    said = desk.row("SELECT * FROM sportello_message")
    assert (said["wamid"], said["status"]) == ("wamid.a", "sent")
    assert desk.row("SELECT state FROM sportello_send")["state"] == "accepted"
    assert desk.row("SELECT outcome FROM sportello_attempt")["outcome"] == "accepted"
    assert desk.rows("SELECT id FROM sportello_orphanstatus") == []


@in_loop
async def test_a_status_settles_a_send_that_was_in_doubt(database: str) -> None:
    desk = open_desk(database)
    ours = _sent(desk, None, state="in_doubt")

    told = status("wamid.a", "delivered", biz_opaque_callback_data=ours["attempt"])
    await fold(desk, statuses([told]))

    assert desk.row("SELECT state FROM sportello_send")["state"] == "accepted"
    assert desk.row("SELECT status FROM sportello_message")["status"] == "delivered"


@in_loop
async def test_a_status_that_comes_before_its_wamid_is_known_waits_for_it(database: str) -> None:
    desk = open_desk(database)
    ours = _sent(desk, None, state="sending")
    await fold(desk, statuses([status("wamid.a", "delivered", errors=[])]))
    assert desk.row("SELECT status FROM sportello_orphanstatus")["status"] == "delivered"

    desk.rows("UPDATE sportello_message SET wamid = 'wamid.a' WHERE id = %s", ours["message"])
    async with context_of(desk) as context, context.pool.connection() as connection:
        assert await store.adopt_orphans(connection, limit=10) == 1

    assert desk.row("SELECT status FROM sportello_message")["status"] == "delivered"
    assert desk.rows("SELECT id FROM sportello_orphanstatus") == []


@in_loop
async def test_the_other_copy_of_a_message_sent_twice_is_ours_too(database: str) -> None:
    desk = open_desk(database)
    ours = _sent(desk, "wamid.b")

    told = status("wamid.a", "delivered", biz_opaque_callback_data=ours["attempt"])
    await fold(desk, statuses([told]))

    assert desk.row("SELECT wamid FROM sportello_message")["wamid"] == "wamid.b"
    assert desk.row("SELECT wamid FROM sportello_attempt")["wamid"] == "wamid.a"
    assert desk.rows("SELECT id FROM sportello_orphanstatus") == []


@in_loop
async def test_a_failure_without_our_attempt_finds_the_one_send_in_doubt(database: str) -> None:
    desk = open_desk(database)
    _sent(desk, None, state="in_doubt")

    await fold(desk, statuses([status("wamid.a", "failed", ago(minutes=1), errors=[_ERROR])]))

    said = desk.row("SELECT wamid, status FROM sportello_message WHERE origin = 'operator'")
    assert (said["wamid"], said["status"]) == ("wamid.a", "failed")
    assert desk.rows("SELECT id FROM sportello_orphanstatus") == []


@pytest.mark.parametrize(
    ("sends", "word", "told"),
    [
        pytest.param(2, "failed", {}, id="two that it may be"),
        pytest.param(1, "failed", {"recipient_id": "393339999999"}, id="another customer"),
        pytest.param(1, "failed", {"timestamp": seconds(ago(minutes=11))}, id="another time"),
        pytest.param(1, "failed", {"biz_opaque_callback_data": "order-7"}, id="another's word"),
        pytest.param(1, "sent", {}, id="no failure"),
    ],
)
@in_loop
async def test_what_may_be_another_message_settles_no_send_in_doubt(
    database: str, sends: int, word: str, told: dict[str, str]
) -> None:
    desk = open_desk(database)
    for _ in range(sends):
        _sent(desk, None, state="in_doubt")

    await fold(desk, statuses([{**status("wamid.a", word, ago(minutes=1)), **told}]))

    assert len(desk.rows("SELECT id FROM sportello_send WHERE state = 'in_doubt'")) == sends
    assert desk.row("SELECT wamid FROM sportello_orphanstatus")["wamid"] == "wamid.a"


@in_loop
async def test_somebody_else_s_callback_data_is_no_attempt(database: str) -> None:
    desk = open_desk(database)

    await fold(desk, statuses([status("wamid.x", "sent", biz_opaque_callback_data="order-77")]))

    assert desk.row("SELECT wamid FROM sportello_orphanstatus")["wamid"] == "wamid.x"


@in_loop
async def test_meta_s_word_of_an_opt_out_goes_into_the_ledger_once(database: str) -> None:
    desk = open_desk(database)
    _sent(desk, "wamid.a")
    told = statuses([status("wamid.a", "failed", errors=[_ERROR])])

    await fold(desk, told)
    await fold(desk, told)

    line = desk.row("SELECT * FROM sportello_consentevent")
    assert (line["action"], line["source"]) == ("withdraw", "preference")


@in_loop
async def test_a_window_that_meta_says_is_shut_is_shut_until_the_customer_writes_again(
    database: str,
) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.in", "Ciao", ago(hours=20)))
    _sent(desk, "wamid.a")
    shut = status("wamid.a", "failed", ago(minutes=2), errors=[{**_ERROR, "code": 131047}])

    await fold(desk, statuses([shut]))
    assert desk.conversation()["window_closes_at"] == ago(minutes=2)
    await fold(desk, text("wamid.in2", "Ci siete?", ago(minutes=1)))
    await fold(desk, statuses([shut]))

    assert desk.conversation()["window_closes_at"] == ago(minutes=1) + timedelta(hours=24)


@in_loop
async def test_unpaid_amounts_told_by_a_status_stop_all_numbers_of_the_account(
    database: str,
) -> None:
    desk = open_desk(database)
    _sent(desk, "wamid.a")
    unpaid = {**_ERROR, "code": 131042}

    await fold(desk, statuses([status("wamid.a", "failed", errors=[unpaid])]))

    number = desk.row("SELECT * FROM sportello_number")
    assert number["paused_why"] == "payment"
    assert number["paused_at"] is not None


@in_loop
async def test_an_old_stop_told_again_stops_nothing(database: str) -> None:
    desk = open_desk(database)
    _sent(desk, "wamid.a")
    unpaid = {**_ERROR, "code": 131042}

    await fold(desk, statuses([status("wamid.a", "failed", ago(hours=2), errors=[unpaid])]))

    assert desk.row("SELECT paused_why FROM sportello_number")["paused_why"] == ""


@in_loop
async def test_an_unknown_status_word_is_set_aside_and_its_neighbours_are_applied(
    database: str,
) -> None:
    desk = open_desk(database)
    _sent(desk, "wamid.a")

    await fold(desk, statuses([status("wamid.a", "teleported"), status("wamid.a", "sent")]))

    assert desk.row("SELECT status FROM sportello_message")["status"] == "sent"
    assert "not known" in desk.row("SELECT reason FROM sportello_quarantined")["reason"]


@in_loop
async def test_the_number_remembers_meta_s_newest_time_and_no_later_one(database: str) -> None:
    desk = open_desk(database)

    await fold(desk, statuses([status("wamid.x", "sent", ago(seconds=40))]))
    assert _newest(desk) == ago(seconds=40)
    await fold(desk, text("wamid.1", "Ciao", ago(seconds=50)))
    assert _newest(desk) == ago(seconds=40)
    await fold(desk, text("wamid.2", "Dal futuro", ago(days=-9)))
    assert _newest(desk) == NOW


def _newest(desk: Desk) -> datetime | None:
    found: datetime | None = desk.row("SELECT last_event_at AS at FROM sportello_number")["at"]
    return found
