"""Writing first: what a template needs at the instant of its claim, and what its end changes."""

import asyncio
from datetime import time, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.loop import in_loop
from tests.workers.desk import NOW, Desk, ago, at, fold, open_desk, say, status, statuses, text
from tests.workers.meta import Meta, hang_up, outward, refuse
from tests.workers.test_dispatch import dispatching, send_all, until
from tests.workers.writing_first import (
    BODY,
    PICTURE,
    add_chat,
    add_file,
    add_template,
    agree,
    write_first,
)

ANNA, BRUNO, CARLA = "393331234567", "393331234568", "393331234569"


async def look_once(desk: Desk, meta: Meta) -> None:
    """Runs the dispatcher until each send has its verdict: held sends stay."""
    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _undecided(desk) == 0)


def _undecided(desk: Desk) -> int:
    """Also what could not leave and tries again by itself, or what no clock calls due yet."""
    found: int = desk.row(
        "SELECT count(*) AS n FROM sportello_send WHERE state = 'sending' OR (state = 'queued'"
        " AND (due_at <= clock_timestamp() OR hold_code IN ('', 'not_sent', 'too_late')))"
    )["n"]
    return found


def _send(desk: Desk, send_id: int) -> dict[str, Any]:
    return desk.row("SELECT * FROM sportello_send WHERE id = %s", send_id)


def _receipt(desk: Desk, send_id: int) -> dict[str, Any]:
    found: dict[str, Any] = desk.row(
        "SELECT m.receipt FROM sportello_message AS m JOIN sportello_send AS s"
        " ON s.message_id = m.id WHERE s.id = %s",
        send_id,
    )["receipt"]
    return found


def _facts(desk: Desk, send_id: int) -> dict[str, Any]:
    return dict(_receipt(desk, send_id)["reasons"])


def _awaiting(desk: Desk, chat_id: int) -> Any:
    sql = "SELECT awaiting_customer_since AS since FROM sportello_conversation WHERE id = %s"
    return desk.row(sql, chat_id)["since"]


@in_loop
async def test_a_template_leaves_and_its_conversation_awaits_the_answer(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    chat = add_chat(desk, ANNA)
    send = write_first(desk, chat, add_template(desk))

    await send_all(desk, meta)

    (call,) = meta.calls
    assert call["type"] == "template"
    assert call["template"]["components"][0]["parameters"] == [{"type": "text", "text": "Anna"}]
    assert _awaiting(desk, chat) == NOW
    assert _send(desk, send)["reached_out_at"] == NOW
    facts = _facts(desk, send)
    assert facts["template_state"] == "approved"
    assert facts["template_category"] == "utility"
    assert facts["template_fits"]
    assert "media" not in facts


@in_loop
async def test_a_second_template_is_refused_until_they_answer(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    chat, template = add_chat(desk, ANNA), add_template(desk)
    write_first(desk, chat, template)
    second = write_first(desk, chat, template)

    await send_all(desk, meta)

    assert len(meta.calls) == 1
    assert _receipt(desk, second)["code"] == "awaiting_customer_reply"


@in_loop
async def test_an_administrator_may_relax_the_rule(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    desk.rows("UPDATE sportello_workspace SET one_template_until_they_answer = false")
    chat, template = add_chat(desk, ANNA), add_template(desk)
    write_first(desk, chat, template)
    write_first(desk, chat, template)

    await send_all(desk, meta)

    assert len(meta.calls) == 2


@in_loop
async def test_the_customer_s_answer_ends_the_waiting(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    chat = add_chat(desk, ANNA)
    write_first(desk, chat, add_template(desk))
    await send_all(desk, meta)

    await fold(desk, text("wamid.answer", "Grazie, passo domani", NOW))

    assert _awaiting(desk, chat) is None


@in_loop
async def test_words_that_come_a_day_late_do_not_end_it(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    chat = add_chat(desk, ANNA)
    write_first(desk, chat, add_template(desk))
    await send_all(desk, meta)

    await fold(desk, text("wamid.late", "Buongiorno", ago(hours=30)))

    assert _awaiting(desk, chat) == NOW


@in_loop
async def test_a_template_in_an_open_window_awaits_nothing(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    chat = add_chat(
        desk, ANNA, last_inbound_at=ago(hours=1), window_closes_at=NOW + timedelta(hours=23)
    )
    send = write_first(desk, chat, add_template(desk))

    await send_all(desk, meta)

    assert len(meta.calls) == 1
    assert _awaiting(desk, chat) is None
    assert _send(desk, send)["reached_out_at"] is None


@pytest.mark.parametrize("code", [132001, 131026])
@in_loop
async def test_what_meta_refuses_on_the_spot_awaits_no_answer(database: str, code: int) -> None:
    desk, meta = open_desk(database), Meta(script=[refuse(code)])
    chat = add_chat(desk, ANNA)
    send = write_first(desk, chat, add_template(desk))

    await send_all(desk, meta)

    assert _send(desk, send)["state"] == "rejected"
    assert _awaiting(desk, chat) is None
    assert _send(desk, send)["reached_out_at"] is None


@in_loop
async def test_a_failure_that_meta_reports_later_ends_the_waiting(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    chat = add_chat(desk, ANNA)
    send = write_first(desk, chat, add_template(desk))
    await send_all(desk, meta)
    wamid = desk.row("SELECT wamid FROM sportello_message")["wamid"]

    failed = status(wamid, "failed", errors=[{"code": 131026, "title": "undeliverable"}])
    await fold(desk, statuses([failed]))

    assert _awaiting(desk, chat) is None
    assert _send(desk, send)["reached_out_at"] is None


@in_loop
async def test_a_failed_follow_up_leaves_the_first_awaited(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    chat, template = add_chat(desk, ANNA), add_template(desk)
    write_first(desk, chat, template, origin="campaign")
    write_first(desk, chat, template, origin="campaign")
    await send_all(desk, meta)
    second = desk.row("SELECT wamid FROM sportello_message ORDER BY id DESC LIMIT 1")["wamid"]

    failed = status(second, "failed", errors=[{"code": 131026, "title": "undeliverable"}])
    await fold(desk, statuses([failed]))

    assert _awaiting(desk, chat) == NOW


@in_loop
async def test_a_template_in_doubt_is_awaited_for_it_may_have_arrived(database: str) -> None:
    desk, meta = open_desk(database), Meta(script=[hang_up])
    chat = add_chat(desk, ANNA)
    write_first(desk, chat, add_template(desk))

    await send_all(desk, meta)

    assert _awaiting(desk, chat) == NOW


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"status": "PENDING"}, "template_not_approved"),
        ({"status": "DISABLED"}, "template_not_approved"),
        ({"status": "PAUSED"}, "template_paused"),
        ({"deleted_at": NOW}, "template_not_approved"),
        ({"category": "MARKETING"}, "no_consent"),
    ],
)
@in_loop
async def test_the_template_is_judged_as_meta_has_it_now(
    database: str, columns: dict[str, Any], code: str
) -> None:
    desk, meta = open_desk(database), Meta()
    send = write_first(desk, add_chat(desk, ANNA), add_template(desk, **columns))

    await send_all(desk, meta)

    assert meta.calls == []
    assert _receipt(desk, send)["code"] == code


@in_loop
async def test_a_template_that_was_edited_since_it_was_filled_stays(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    template = add_template(desk)
    send = write_first(desk, add_chat(desk, ANNA), template)
    desk.rows(
        "UPDATE sportello_template SET components = %s",
        Jsonb([BODY | {"text": "Buongiorno {{1}}, il suo ordine {{2}} è pronto."}]),
    )

    await send_all(desk, meta)

    assert meta.calls == []
    assert _receipt(desk, send)["code"] == "template_changed"


@in_loop
async def test_marketing_leaves_with_consent_and_not_after_it_is_withdrawn(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    template = add_template(desk, category="MARKETING")
    willing, gone = add_chat(desk, ANNA), add_chat(desk, BRUNO)
    agree(desk, willing)
    agree(desk, gone)
    agree(desk, gone, "withdraw")
    write_first(desk, willing, template)
    refused = write_first(desk, gone, template)

    await send_all(desk, meta)

    assert [call["to"] for call in meta.calls] == [f"+{ANNA}"]
    assert _receipt(desk, refused)["code"] == "opted_out"


@in_loop
async def test_a_withdrawal_that_is_being_written_is_waited_for(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    chat = add_chat(desk, ANNA)
    agree(desk, chat)
    send = write_first(desk, chat, add_template(desk, category="MARKETING"))

    async with outward(desk, meta) as context:
        async with context.pool.connection() as connection, connection.transaction():
            await connection.execute("SELECT FROM sportello_contact FOR NO KEY UPDATE")
            async with dispatching(context):
                await asyncio.sleep(0.3)
                assert meta.calls == []
                assert _send(desk, send)["state"] == "queued"
            await connection.execute(
                "INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action,"
                " source, at) SELECT workspace_id, id, 'marketing', 'withdraw', 'keyword',"
                " clock_timestamp() FROM sportello_contact"
            )
        async with dispatching(context):
            await until(lambda: _send(desk, send)["state"] == "refused")

    assert meta.calls == []


@in_loop
async def test_our_file_leaves_under_the_id_by_which_meta_keeps_it(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    template = add_template(desk, components=[PICTURE, BODY])
    file = add_file(desk, media_id="4000000000000001", state="kept")
    send = write_first(desk, add_chat(desk, ANNA), template, file_id=file)

    await send_all(desk, meta)

    (header, _) = meta.calls[0]["template"]["components"]
    assert header["parameters"][0] == {"type": "image", "image": {"id": "4000000000000001"}}
    assert _facts(desk, send)["media"] == "ready"


@in_loop
async def test_a_file_that_meta_does_not_have_yet_is_waited_for(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    template = add_template(desk, components=[PICTURE, BODY])
    send = write_first(desk, add_chat(desk, ANNA), template, file_id=add_file(desk))

    await look_once(desk, meta)

    assert meta.calls == []
    assert _send(desk, send)["hold_code"] == "media_not_ready"


@in_loop
async def test_a_file_that_meta_is_about_to_forget_is_brought_there_again(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    template = add_template(desk, components=[PICTURE, BODY])
    file = add_file(desk, media_id="4", state="kept", days=-1)
    write_first(desk, add_chat(desk, ANNA), template, file_id=file)

    await look_once(desk, meta)

    assert meta.calls == []
    assert desk.row("SELECT state FROM sportello_upload")["state"] == "wanted"


@in_loop
async def test_a_file_that_meta_refused_never_leaves(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    template = add_template(desk, components=[PICTURE, BODY])
    file = add_file(desk, state="refused")
    send = write_first(desk, add_chat(desk, ANNA), template, file_id=file)

    await send_all(desk, meta)

    assert _receipt(desk, send)["code"] == "media_refused"


@in_loop
async def test_nobody_is_written_to_first_who_cannot_be_reached(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    send = write_first(desk, add_chat(desk, ANNA), add_template(desk))
    desk.rows("UPDATE sportello_contact SET unreachable_since = %s", ago(days=1))

    await send_all(desk, meta)

    assert _receipt(desk, send)["code"] == "unreachable"


@in_loop
async def test_meta_s_cap_on_marketing_for_a_person_is_waited_out(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    chat = add_chat(desk, ANNA)
    agree(desk, chat)
    send = write_first(desk, chat, add_template(desk, category="MARKETING"))
    desk.rows("UPDATE sportello_contact SET marketing_capped_until = %s", NOW + timedelta(hours=9))

    await look_once(desk, meta)

    assert meta.calls == []
    assert _send(desk, send)["hold_code"] == "marketing_cap"


@in_loop
async def test_meta_s_daily_limit_counts_people_over_the_portfolio(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    desk.rows("UPDATE sportello_number SET messaging_limit = 2, portfolio_id = '77'")
    other = desk.row(
        "INSERT INTO sportello_number (workspace_id, phone_number_id, waba_id, portfolio_id)"
        " VALUES (%s, '9', '9', '77') RETURNING id",
        desk.workspace_id,
    )["id"]
    template = add_template(desk)
    elsewhere = add_chat(desk, CARLA, number_id=other)
    write_first(
        desk,
        elsewhere,
        template,
        number_id=other,
        state="accepted",
        reached_out_at=ago(hours=3),
    )
    first = write_first(desk, add_chat(desk, ANNA), template)
    second = write_first(desk, add_chat(desk, BRUNO), template)

    await look_once(desk, meta)

    assert [call["to"] for call in meta.calls] == [f"+{ANNA}"]
    assert _facts(desk, first)["new_people_left_today"] == 1
    assert _send(desk, second)["hold_code"] == "messaging_limit"


@in_loop
async def test_who_was_reached_today_takes_nothing_more_of_the_limit(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    desk.rows("UPDATE sportello_number SET messaging_limit = 1")
    desk.rows("UPDATE sportello_workspace SET one_template_until_they_answer = false")
    chat, template = add_chat(desk, ANNA), add_template(desk)
    write_first(desk, chat, template, state="accepted", reached_out_at=ago(hours=3))
    write_first(desk, chat, template)

    await look_once(desk, meta)

    assert len(meta.calls) == 1


@in_loop
async def test_what_was_reached_longer_ago_than_a_day_counts_no_more(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    desk.rows("UPDATE sportello_number SET messaging_limit = 1")
    template = add_template(desk)
    write_first(
        desk, add_chat(desk, BRUNO), template, state="accepted", reached_out_at=ago(hours=25)
    )
    write_first(desk, add_chat(desk, ANNA), template)

    await look_once(desk, meta)

    assert len(meta.calls) == 1


@in_loop
async def test_quiet_hours_hold_what_starts_by_itself_and_not_a_person(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    desk.rows(
        "UPDATE sportello_workspace SET quiet_from = %s, quiet_until = %s", time(10), time(15)
    )  # 10:00 UTC is 11:00 in Rome
    template = add_template(desk)
    by_itself = write_first(desk, add_chat(desk, ANNA), template, origin="campaign")
    write_first(desk, add_chat(desk, BRUNO), template)

    await look_once(desk, meta)

    assert [call["to"] for call in meta.calls] == [f"+{BRUNO}"]
    assert _send(desk, by_itself)["hold_code"] == "quiet_hours"


@in_loop
async def test_the_month_s_budget_stops_templates_and_not_answers(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    desk.rows("UPDATE sportello_workspace SET monthly_budget_micros = 30000")
    template = add_template(desk)
    first = write_first(desk, add_chat(desk, ANNA), template)
    second = write_first(desk, add_chat(desk, BRUNO), template)
    talking = add_chat(desk, CARLA, holder="operator", window_closes_at=NOW + timedelta(hours=1))
    say(desk, "Ecco", conversation_id=talking)

    await send_all(desk, meta)

    assert {call["to"] for call in meta.calls} == {f"+{ANNA}", f"+{CARLA}"}
    assert _receipt(desk, first)["cost"]["micros"] == 24_800
    assert _receipt(desk, second)["code"] == "budget_spent"
    assert desk.row("SELECT count(*) AS n FROM sportello_charge")["n"] == 2


@in_loop
async def test_a_restricted_account_answers_but_does_not_write_first(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    desk.rows("UPDATE sportello_number SET status = 'restricted'")
    send = write_first(desk, add_chat(desk, ANNA), add_template(desk))

    await send_all(desk, meta)

    assert _receipt(desk, send)["code"] == "account_restricted"


@in_loop
async def test_a_shut_window_told_on_the_spot_is_believed(database: str) -> None:
    desk, meta = open_desk(database), Meta(script=[refuse(131047)])
    chat = add_chat(
        desk,
        ANNA,
        holder="operator",
        last_inbound_at=ago(hours=23),
        window_closes_at=NOW + timedelta(hours=1),
    )
    say(desk, "Ci siamo", conversation_id=chat)

    await send_all(desk, meta)

    shown = desk.row("SELECT * FROM sportello_conversation")
    assert shown["window_closes_at"] == NOW
    assert shown["last_inbound_at"] == ago(hours=23)


@in_loop
async def test_a_person_writes_on_past_a_doubt_and_the_assistant_waits(database: str) -> None:
    desk, meta = open_desk(database), Meta(script=[hang_up])
    chat = add_chat(desk, ANNA, holder="operator", window_closes_at=NOW + timedelta(hours=1))
    say(desk, "in dubbio", conversation_id=chat)
    await send_all(desk, meta)
    say(desk, "persona", conversation_id=chat)
    say(desk, "assistente", conversation_id=chat, origin="assistant", priority=1)

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: len(meta.calls) == 2)

    assert meta.texts == ["in dubbio", "persona"]


@in_loop
async def test_what_was_overtaken_in_doubt_is_not_repeated_by_itself(database: str) -> None:
    desk, meta = open_desk(database), Meta(script=[hang_up])
    chat = add_chat(desk, ANNA, holder="operator", window_closes_at=NOW + timedelta(hours=1))
    say(desk, "in dubbio", conversation_id=chat)
    await send_all(desk, meta)
    say(desk, "persona", conversation_id=chat)
    await send_all(desk, meta)
    desk.rows("UPDATE sportello_number SET last_event_at = %s", NOW + timedelta(minutes=3))

    first = "SELECT state FROM sportello_send ORDER BY id LIMIT 1"
    async with (
        outward(desk, meta) as context,
        dispatching(at(context, NOW + timedelta(minutes=5))),
    ):
        await until(lambda: desk.row(first)["state"] == "unknown")

    assert meta.texts == ["in dubbio", "persona"]
