"""STOP and START: kept in the customer's words, answered once, obeyed from the commit on."""

import asyncio
import threading
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from sportello.rules.consent import Intent
from sportello.rules.consent import intent as meant
from sportello.workers.fold import fold_batch
from tests.loop import in_loop
from tests.workers.desk import (
    ANNA,
    NOW,
    Desk,
    ago,
    context_of,
    fold,
    inbound,
    message,
    open_desk,
    say,
    seconds,
    status,
    statuses,
    taken_chat,
    text,
    value_of,
    webhook,
)

_LEDGER = "SELECT * FROM sportello_consentevent ORDER BY at"
_OURS = "SELECT * FROM sportello_message WHERE origin = 'automation' ORDER BY id"


def _template(desk: Desk, category: str) -> int:
    row = desk.row(
        "INSERT INTO sportello_template (workspace_id, waba_id, name, language, category, status)"
        " VALUES (%s, '1', %s, 'it', %s, 'APPROVED') RETURNING id",
        desk.workspace_id,
        category.lower(),
        category,
    )
    found: int = row["id"]
    return found


def _waiting(desk: Desk, category: str, conversation_id: int | None = None) -> int:
    """A template that waits in the outbox; the send's id."""
    send_id = say(
        desk, "x", conversation_id=conversation_id, origin="campaign", priority=2, wait_s=600
    )
    desk.rows(
        "UPDATE sportello_send SET template_id = %s WHERE id = %s",
        _template(desk, category),
        send_id,
    )
    return send_id


def _state(desk: Desk, send_id: int) -> tuple[str, str]:
    row = desk.row(
        "SELECT s.state, m.status FROM sportello_send AS s JOIN sportello_message AS m"
        " ON m.id = s.message_id WHERE s.id = %s",
        send_id,
    )
    return row["state"], row["status"]


def _actions(desk: Desk) -> list[str]:
    return [line["action"] for line in desk.rows(_LEDGER)]


@in_loop
async def test_a_stop_cancels_what_waits_to_promote_and_nothing_else(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao", ago(minutes=9)))
    promotion, news = _waiting(desk, "MARKETING"), _waiting(desk, "UTILITY")

    await fold(desk, text("wamid.2", "STOP"))

    assert _state(desk, promotion) == ("cancelled", "cancelled")
    assert _state(desk, news) == ("queued", "queued")
    kept = desk.row(
        "SELECT m.receipt FROM sportello_message AS m JOIN sportello_send AS s"
        " ON s.message_id = m.id WHERE s.id = %s",
        promotion,
    )
    assert (kept["receipt"]["verdict"], kept["receipt"]["code"]) == ("refused", "opted_out")


@in_loop
async def test_a_stop_to_one_number_cancels_promotions_by_all(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao", ago(minutes=9)))
    promotion = _waiting(desk, "MARKETING", _by_second_number(desk))

    await fold(desk, text("wamid.2", "non scrivetemi più"))

    assert _state(desk, promotion)[0] == "cancelled"


def _by_second_number(desk: Desk) -> int:
    """Another conversation with the same customer."""
    row = desk.row(
        "WITH number AS (INSERT INTO sportello_number (workspace_id, phone_number_id, waba_id)"
        " VALUES (%s, 'two', '2') RETURNING id)"
        " INSERT INTO sportello_conversation (workspace_id, number_id, contact_id)"
        " SELECT c.workspace_id, number.id, c.contact_id FROM sportello_conversation AS c, number"
        " RETURNING id",
        desk.workspace_id,
    )
    found: int = row["id"]
    return found


@in_loop
async def test_a_stop_is_answered_once_without_promotion(database: str) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", "Basta messaggi grazie", ago(minutes=3)))
    await fold(desk, text("wamid.1", "Basta messaggi grazie", ago(minutes=3)))
    await fold(desk, text("wamid.2", "stop", ago(minutes=1)))

    said = desk.row(_OURS)
    assert said["text"] == (
        "Fatto: non riceverà più messaggi promozionali da Bottega. Può scriverci quando vuole; "
        "se cambia idea, scriva RIATTIVA."
    )
    send = desk.row("SELECT * FROM sportello_send WHERE kind = 'message'")
    assert (send["origin"], send["state"]) == ("automation", "queued")
    assert send["body"]["text"]["body"] == said["text"]


@in_loop
async def test_the_assistant_owes_no_second_answer(database: str) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", "STOP"))

    chat = desk.conversation()
    assert (chat["holder"], chat["reply_due_at"]) == ("assistant", None)
    assert chat["last_message_origin"] == "automation"


@in_loop
async def test_a_question_before_the_stop_is_still_owed_its_answer(database: str) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", "Che orari fate?", ago(seconds=5)), text("wamid.2", "STOP"))

    assert desk.conversation()["reply_due_at"] is not None


@pytest.mark.parametrize(
    ("said", "language"), [("please stop messaging me", "Done"), ("STOP", "Fatto")]
)
@in_loop
async def test_they_are_answered_in_their_own_language(
    database: str, said: str, language: str
) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", said))

    assert desk.row(_OURS)["text"].startswith(language)


@in_loop
async def test_a_stop_is_answered_though_the_assistant_is_off(database: str) -> None:
    desk = open_desk(database)
    desk.rows("UPDATE sportello_workspace SET assistant_on = false")

    await fold(desk, text("wamid.1", "STOP"))

    assert desk.conversation()["holder"] == "queue"
    assert len(desk.rows(_OURS)) == 1


@in_loop
async def test_a_stop_is_answered_though_a_person_has_the_chat(database: str) -> None:
    desk = open_desk(database)
    await taken_chat(desk)

    await fold(desk, text("wamid.1", "STOP"))

    assert desk.conversation()["holder"] == "operator"
    assert desk.row("SELECT control_epoch FROM sportello_send")["control_epoch"] == 2


@in_loop
async def test_a_stop_of_days_ago_is_written_down_and_not_answered(database: str) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", "STOP", ago(hours=30)))

    assert _actions(desk) == ["withdraw"]
    assert desk.rows(_OURS) == []


@in_loop
async def test_they_come_back_in_their_own_words(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "STOP", ago(minutes=9)))

    await fold(desk, text("wamid.2", "riattiva", ago(minutes=1)))

    line = desk.rows(_LEDGER)[-1]
    assert (line["action"], line["source"], line["text"]) == ("grant", "keyword", "riattiva")
    assert desk.rows(_OURS)[-1]["text"].startswith("Fatto: riceverà di nuovo")


@in_loop
async def test_start_subscribes_nobody_who_was_never_asked(database: str) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", "attiva"))

    assert _actions(desk) == []
    assert desk.conversation()["reply_due_at"] is not None


@in_loop
async def test_who_asks_to_be_subscribed_is(database: str) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", "Iscrivimi"))

    assert _actions(desk) == ["grant"]


@in_loop
async def test_an_old_stop_told_late_does_not_undo_a_return(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.2", "iscrivetemi", ago(minutes=1)))
    promotion = _waiting(desk, "MARKETING")

    await fold(desk, text("wamid.1", "STOP", ago(minutes=5)))

    assert _actions(desk) == ["withdraw", "grant"]
    assert _state(desk, promotion)[0] == "queued"


@in_loop
async def test_a_clock_that_runs_ahead_outranks_nobody(database: str) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", "iscrivimi", NOW + timedelta(days=300)))

    assert desk.row(_LEDGER)["at"] == NOW


@in_loop
async def test_a_tap_on_our_button_stops_as_words_do(database: str) -> None:
    desk = open_desk(database)
    tap = {"type": "button", "button": {"payload": "x", "text": "Interrompi promozioni"}}

    await fold(desk, inbound(message("wamid.1", **tap)))

    line = desk.row(_LEDGER)
    assert (line["action"], line["text"]) == ("withdraw", "Interrompi promozioni")


@pytest.mark.parametrize(
    "title", ["Stop promotions", "Interrompi promozioni", "Stop promozioni", "Disiscrivimi"]
)
def test_the_usual_buttons_mean_stop(title: str) -> None:
    assert meant(title) is Intent.STOP


def _preference(value: str) -> bytes:
    told = {
        "wa_id": ANNA,
        "detail": f"User requested to {value} marketing messages",
        "category": "marketing_messages",
        "value": value,
        "timestamp": int(seconds(NOW)),
    }
    return webhook(value_of(user_preferences=[told]), field="user_preferences")


@in_loop
async def test_whatsapp_s_own_switch_cancels_promotions_and_is_not_answered(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao", ago(minutes=9)))
    promotion = _waiting(desk, "MARKETING")

    await fold(desk, _preference("stop"))

    assert _state(desk, promotion)[0] == "cancelled"
    assert desk.rows(_OURS) == []


@in_loop
async def test_whatsapp_s_own_switch_brings_them_back(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "STOP", ago(minutes=9)))

    await fold(desk, _preference("resume"))

    line = desk.rows(_LEDGER)[-1]
    assert (line["action"], line["source"]) == ("grant", "preference")


def _failed(desk: Desk, code: int) -> bytes:
    """Our message to Anna, sent an hour ago, failed with this code."""
    chat = desk.conversation()
    desk.rows(
        "INSERT INTO sportello_message (workspace_id, conversation_id, wamid, origin, type, status,"
        " at) VALUES (%s, %s, 'wamid.ours', 'campaign', 'template', 'sent', %s)",
        desk.workspace_id,
        chat["id"],
        ago(hours=1),
    )
    error = {"code": code, "title": "t", "message": "m", "error_data": {"details": "d"}}
    return statuses([status("wamid.ours", "failed", ago(minutes=5), errors=[error])])


@in_loop
async def test_meta_s_refusal_of_an_opted_out_person_cancels_what_else_waits(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao", ago(hours=2)))
    promotion = _waiting(desk, "MARKETING")

    await fold(desk, _failed(desk, 131050))

    assert _actions(desk) == ["withdraw"]
    assert _state(desk, promotion)[0] == "cancelled"


@in_loop
async def test_meta_s_cap_for_a_person_is_kept_for_a_day(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao", ago(hours=2)))

    await fold(desk, _failed(desk, 131049))

    contact = desk.row("SELECT * FROM sportello_contact")
    assert contact["marketing_capped_until"] == ago(minutes=5) + timedelta(days=1)
    assert contact["unreachable_since"] is None


@in_loop
async def test_who_cannot_be_reached_is_noted_until_they_write(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao", ago(hours=2)))
    await fold(desk, _failed(desk, 131026))
    row = "SELECT unreachable_since FROM sportello_contact"
    assert desk.row(row)["unreachable_since"] == ago(minutes=5)

    await fold(desk, text("wamid.2", "Eccomi"))

    assert desk.row(row)["unreachable_since"] is None


@in_loop
async def test_a_late_word_of_failure_says_nothing_of_one_who_wrote_since(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao", ago(minutes=1)))

    await fold(desk, _failed(desk, 131026))

    assert desk.row("SELECT * FROM sportello_contact")["unreachable_since"] is None


@in_loop
async def test_a_stop_and_a_claim_cannot_pass_each_other(database: str) -> None:
    """A claim holds the conversation: the STOP commits after it, or the claim reads the STOP."""
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao", ago(minutes=9)))
    _waiting(desk, "MARKETING")
    desk.journal(text("wamid.2", "STOP"))
    folded = threading.Event()

    async with context_of(desk) as context:
        with psycopg.connect(desk.url) as claim:
            claim.execute("SELECT id FROM sportello_conversation FOR NO KEY UPDATE")
            folding = asyncio.create_task(_fold_and_tell(context, folded))
            assert await _is_waiting(desk)
            assert _standing(claim) == []
            assert not folded.is_set()
        await folding

    assert _actions(desk) == ["withdraw"]


async def _fold_and_tell(context: Any, folded: threading.Event) -> None:
    await fold_batch(context)
    folded.set()


async def _is_waiting(desk: Desk) -> bool:
    """Whether somebody waits for a lock, within some seconds."""
    for _ in range(200):
        found = await asyncio.to_thread(
            desk.rows,
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database()",
        )
        if found:
            return True
        await asyncio.sleep(0.02)
    return False


def _standing(connection: psycopg.Connection[Any]) -> list[Any]:
    return connection.execute("SELECT action FROM sportello_consentevent").fetchall()
