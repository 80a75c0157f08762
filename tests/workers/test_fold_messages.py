"""What customers say arrives once, in its conversation, and moves it as it should."""

from datetime import timedelta
from typing import Any

import pytest

from tests.loop import in_loop
from tests.workers.desk import (
    ANNA,
    NOW,
    ago,
    fold,
    inbound,
    message,
    open_desk,
    text,
    value_of,
    webhook,
)


@in_loop
async def test_a_first_message_makes_contact_and_conversation_and_owes_an_answer(
    database: str,
) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", "Quando arriva il mio ordine?", ago(seconds=3)))

    contact = desk.row("SELECT * FROM sportello_contact")
    assert (contact["wa_id"], contact["profile_name"]) == (ANNA, "Anna")
    (said,) = desk.messages()
    assert (said["origin"], said["status"], said["type"]) == ("customer", "received", "text")
    assert said["text"] == "Quando arriva il mio ordine?"
    assert said["at"] == ago(seconds=3)
    chat = desk.conversation()
    assert (chat["holder"], chat["generation"], chat["unread_count"]) == ("assistant", 1, 1)
    assert chat["window_closes_at"] == ago(seconds=3) + timedelta(hours=24)
    assert chat["last_message_text"] == "Quando arriva il mio ordine?"
    assert _close(chat["reply_due_at"] - chat["burst_started_at"], timedelta(milliseconds=2500))


@in_loop
async def test_the_same_webhook_delivered_again_changes_nothing(database: str) -> None:
    desk = open_desk(database)
    body = text("wamid.1", "Buongiorno")
    await fold(desk, body, body)
    before = desk.conversation()

    await fold(desk, body)

    assert len(desk.messages()) == 1
    assert desk.conversation() == before


@in_loop
async def test_a_burst_is_due_after_its_end_yet_never_later_than_the_bound(database: str) -> None:
    desk = open_desk(database)
    desk.rows("UPDATE sportello_workspace SET debounce_ms = 8000, debounce_ms_max = 10000")
    await fold(desk, text("wamid.1", "Ciao"))
    first = desk.conversation()
    desk.rows(
        "UPDATE sportello_conversation SET burst_started_at = burst_started_at - interval '9 s'"
    )

    await fold(desk, text("wamid.2", "ci siete?"))

    chat = desk.conversation()
    assert chat["generation"] == first["generation"] + 1
    assert chat["reply_due_at"] - chat["burst_started_at"] == timedelta(seconds=10)


@in_loop
async def test_a_message_a_day_late_is_kept_but_neither_opens_the_window_nor_is_answered(
    database: str,
) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", "Ieri", ago(hours=25)))

    chat = desk.conversation()
    assert len(desk.messages()) == 1
    assert chat["window_closes_at"] < NOW
    assert (chat["unread_count"], chat["reply_due_at"]) == (1, None)


@in_loop
async def test_a_late_message_never_shortens_the_window(database: str) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.2", "Adesso", ago(minutes=1)))
    await fold(desk, text("wamid.1", "Prima", ago(hours=3)))

    chat = desk.conversation()
    assert chat["window_closes_at"] == ago(minutes=1) + timedelta(hours=24)
    assert chat["last_message_text"] == "Adesso"


@in_loop
async def test_a_timestamp_in_the_future_opens_the_window_for_a_day_and_no_longer(
    database: str,
) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", "Domani", NOW + timedelta(days=3)))

    assert desk.conversation()["window_closes_at"] == NOW + timedelta(hours=24)


@in_loop
async def test_while_an_operator_holds_the_chat_the_assistant_owes_nothing(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao"))
    desk.rows(
        "UPDATE sportello_conversation SET holder = 'operator', control_epoch = 5,"
        " reply_due_at = NULL, burst_started_at = NULL"
    )

    await fold(desk, text("wamid.2", "C'è qualcuno?"))

    chat = desk.conversation()
    assert (chat["holder"], chat["control_epoch"], chat["reply_due_at"]) == ("operator", 5, None)
    assert chat["unread_count"] == 2


@in_loop
async def test_a_closed_chat_opens_again_for_the_assistant(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao"))
    desk.rows("UPDATE sportello_conversation SET holder = 'closed', reply_due_at = NULL")
    epoch = desk.conversation()["control_epoch"]

    await fold(desk, text("wamid.2", "Ancora io"))

    chat = desk.conversation()
    assert (chat["holder"], chat["control_epoch"]) == ("assistant", epoch + 1)
    assert chat["reply_due_at"] is not None


@in_loop
async def test_with_the_assistant_off_the_chat_waits_in_the_queue_with_the_reason(
    database: str,
) -> None:
    desk = open_desk(database)
    desk.rows("UPDATE sportello_number SET assistant_on = false")

    await fold(desk, text("wamid.1", "Ciao"))

    chat = desk.conversation()
    assert (chat["holder"], chat["handover_reason"]) == ("queue", "assistant_off")
    assert chat["reply_due_at"] is None


@in_loop
async def test_the_customer_s_answer_ends_our_waiting_for_it(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao", ago(days=3)))
    desk.rows("UPDATE sportello_conversation SET awaiting_customer_since = now()")

    await fold(desk, text("wamid.2", "Sì, grazie"))

    assert desk.conversation()["awaiting_customer_since"] is None


_KINDS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"type": "image", "image": {"id": "9", "mime_type": "image/jpeg", "caption": "Il guasto"}},
        "Il guasto",
        "📷 Il guasto",
    ),
    (
        {"type": "document", "document": {"id": "9", "filename": "fattura.pdf"}},
        "",
        "📄 fattura.pdf",
    ),
    ({"type": "audio", "audio": {"id": "9", "voice": True}}, "", "🎤"),
    ({"type": "video", "video": {"id": "9"}}, "", "🎬"),
    ({"type": "sticker", "sticker": {"id": "9"}}, "", "🖼️"),
    (
        {"type": "location", "location": {"latitude": 45.4, "longitude": 9.1, "name": "Duomo"}},
        "📍 Duomo",
        "📍 Duomo",
    ),
    (
        {"type": "contacts", "contacts": [{"name": {"formatted_name": "Bruno Verdi"}}]},
        "👤 Bruno Verdi",
        "👤 Bruno Verdi",
    ),
    ({"type": "button", "button": {"text": "Confermo", "payload": "SI"}}, "Confermo", "Confermo"),
    (
        {
            "type": "interactive",
            "interactive": {"type": "list_reply", "list_reply": {"id": "a", "title": "Domani"}},
        },
        "Domani",
        "Domani",
    ),
    (
        {
            "type": "order",
            "order": {
                "catalog_id": "1",
                "product_items": [
                    {"product_retailer_id": "p", "quantity": 2, "item_price": 3, "currency": "EUR"}
                ],
            },
        },
        "🛒 2",
        "🛒 2",
    ),
    ({"type": "poll_update", "poll_update": {"id": 1}}, "", ""),
    (
        {
            "type": "unsupported",
            "unsupported": {"type": "poll"},
            "errors": [{"code": 131051, "title": "Message type unknown"}],
        },
        "",
        "",
    ),
]


@pytest.mark.parametrize(("content", "shown", "line"), _KINDS, ids=lambda part: str(part)[:24])
@in_loop
async def test_every_kind_of_message_is_kept_shown_and_listed(
    database: str, content: dict[str, Any], shown: str, line: str
) -> None:
    desk = open_desk(database)

    await fold(desk, inbound(message("wamid.1", **content)))

    (said,) = desk.messages()
    assert (said["type"], said["text"]) == (content["type"], shown)
    if content["type"] != "text":
        assert said["payload"][content["type"]] == content[content["type"]]
    chat = desk.conversation()
    assert chat["last_message_text"] == line
    assert chat["reply_due_at"] is not None


@in_loop
async def test_a_file_is_wanted_by_its_media_id(database: str) -> None:
    desk = open_desk(database)
    document = {"id": "4000", "mime_type": "application/pdf", "filename": "x\u202efdp.exe"}

    await fold(desk, inbound(message("wamid.1", type="document", document=document)))

    media = desk.row("SELECT * FROM sportello_media")
    assert (media["media_id"], media["mime_type"]) == ("4000", "application/pdf")
    assert media["filename"] == "x fdp.exe"
    assert media["state"] == "wanted"


@pytest.mark.parametrize("reaction_first", [False, True])
@in_loop
async def test_a_reaction_stands_on_its_message_and_is_taken_away_again(
    database: str, reaction_first: bool
) -> None:
    desk = open_desk(database)
    words = text("wamid.1", "Ecco", ago(seconds=30))
    heart = inbound(_reaction("wamid.2", "wamid.1", "❤️", seconds=20))

    await fold(desk, *((heart, words) if reaction_first else (words, heart)))
    assert desk.row(_TARGET)["reactions"] == {"customer": "❤️"}

    await fold(desk, inbound(_reaction("wamid.3", "wamid.1", "", seconds=10)))
    assert desk.row(_TARGET)["reactions"] == {}
    chat = desk.conversation()
    assert (chat["generation"], chat["unread_count"]) == (1, 1)


@pytest.mark.parametrize("edit_first", [False, True])
@in_loop
async def test_an_edit_replaces_the_words_and_keeps_the_original(
    database: str, edit_first: bool
) -> None:
    desk = open_desk(database)
    words = text("wamid.1", "Alle 5", ago(seconds=30))
    edit = inbound(_edit("wamid.2", "wamid.1", "Alle 6", seconds=20))

    await fold(desk, *((edit, words) if edit_first else (words, edit)))

    said = desk.row(_TARGET)
    assert (said["text"], said["edited_at"]) == ("Alle 6", ago(seconds=20))
    assert said["payload"]["original"] == "Alle 5"


@in_loop
async def test_a_revoked_message_says_since_when(database: str) -> None:
    desk = open_desk(database)
    revoke = {"type": "revoke", "revoke": {"original_message_id": "wamid.1"}}

    await fold(
        desk,
        text("wamid.1", "Segreto", ago(seconds=30)),
        inbound(message("wamid.2", ago(seconds=5), **revoke)),
    )

    assert desk.row(_TARGET)["revoked_at"] == ago(seconds=5)


@in_loop
async def test_a_reply_names_the_message_that_it_quotes(database: str) -> None:
    desk = open_desk(database)
    quoting = message("wamid.2") | {"context": {"from": "390612345678", "id": "wamid.0"}}

    await fold(desk, inbound(quoting))

    assert desk.messages()[0]["reply_to"] == "wamid.0"


@in_loop
async def test_stop_in_words_withdraws_the_consent_once(database: str) -> None:
    desk = open_desk(database)
    body = text("wamid.1", "Basta, non scrivetemi più", ago(minutes=2))

    await fold(desk, body, body)

    line = desk.row("SELECT * FROM sportello_consentevent")
    assert (line["action"], line["source"], line["at"]) == ("withdraw", "keyword", ago(minutes=2))
    assert line["proof"] == {"wamid": "wamid.1"}


@in_loop
async def test_meta_s_own_switch_for_marketing_goes_into_the_ledger_once(database: str) -> None:
    desk = open_desk(database)
    preference = {
        "wa_id": ANNA,
        "detail": "User requested to stop marketing messages",
        "category": "marketing_messages",
        "value": "stop",
        "timestamp": int(ago(minutes=1).timestamp()),
    }
    body = webhook(value_of(user_preferences=[preference]), field="user_preferences")

    await fold(desk, body, body)

    line = desk.row("SELECT * FROM sportello_consentevent")
    assert (line["action"], line["source"]) == ("withdraw", "preference")


def _close(one: timedelta, other: timedelta) -> bool:
    """The database's clock is read twice for the two."""
    return abs(one - other) < timedelta(milliseconds=50)


_TARGET = "SELECT * FROM sportello_message WHERE wamid = 'wamid.1'"


def _reaction(wamid: str, target: str, emoji: str, **when: float) -> dict[str, Any]:
    reaction = {"message_id": target, "emoji": emoji}
    return message(wamid, ago(**when), type="reaction", reaction=reaction)


def _edit(wamid: str, target: str, body: str, **when: float) -> dict[str, Any]:
    edited = {"context": {"id": "x"}, "type": "text", "text": {"body": body}}
    edit = {"original_message_id": target, "message": edited}
    return message(wamid, ago(**when), type="edit", edit=edit)
