"""Customers are known by number, by user id, or by both; two that prove to be one become one."""

from tests.loop import in_loop
from tests.workers.desk import ANNA, Desk, ago, fold, inbound, message, open_desk, text

_ANNA_ID = "IT.10000000000000000001"


@in_loop
async def test_a_customer_without_a_visible_number_is_known_by_user_id(database: str) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", "Ciao", wa_id=None, user_id=_ANNA_ID))

    contact = desk.row("SELECT * FROM sportello_contact")
    assert (contact["wa_id"], contact["user_id"]) == (None, _ANNA_ID)


@in_loop
async def test_the_number_is_learned_when_it_becomes_visible(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao", ago(seconds=9), wa_id=None, user_id=_ANNA_ID))

    await fold(desk, text("wamid.2", "Eccomi", wa_id=ANNA, user_id=_ANNA_ID))

    contact = desk.row("SELECT * FROM sportello_contact")
    assert (contact["wa_id"], contact["user_id"]) == (ANNA, _ANNA_ID)
    assert desk.conversation()["generation"] == 2


@in_loop
async def test_two_contacts_that_prove_to_be_one_share_one_conversation(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Dal numero", ago(minutes=9), wa_id=ANNA))
    await fold(desk, text("wamid.2", "STOP", ago(minutes=8), wa_id=None, user_id=_ANNA_ID))
    assert len(desk.rows("SELECT id FROM sportello_conversation")) == 2

    await fold(desk, text("wamid.3", "Sono io", wa_id=ANNA, user_id=_ANNA_ID))

    contact = desk.row("SELECT * FROM sportello_contact")
    assert (contact["wa_id"], contact["user_id"]) == (ANNA, _ANNA_ID)
    chat = desk.conversation()
    theirs = [said for said in desk.messages() if said["origin"] == "customer"]
    assert [said["conversation_id"] for said in theirs] == [chat["id"]] * 3
    assert chat["unread_count"] == 3
    assert desk.row("SELECT * FROM sportello_consentevent")["contact_id"] == contact["id"]


@in_loop
async def test_a_changed_number_keeps_the_conversation(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao", ago(minutes=9)))
    notice = inbound(
        message(
            "wamid.2",
            type="system",
            system={"type": "user_changed_number", "wa_id": "393339999999", "body": "Anna changed"},
        )
    )

    await fold(desk, notice, notice)
    await fold(desk, text("wamid.3", "Numero nuovo", wa_id="393339999999"))

    assert desk.row("SELECT * FROM sportello_contact")["wa_id"] == "393339999999"
    assert [said["type"] for said in desk.messages()] == ["text", "system", "text"]
    assert desk.conversation()["unread_count"] == 2


@in_loop
async def test_a_changed_user_id_keeps_the_conversation(database: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "Ciao", ago(minutes=9), wa_id=None, user_id=_ANNA_ID))
    notice = message(
        "wamid.2",
        wa_id=None,
        user_id=_ANNA_ID,
        type="system",
        system={
            "type": "user_changed_user_id",
            "user_id": "IT.2",
            "previous_user_id": _ANNA_ID,
        },
    )

    await fold(desk, inbound(notice))
    await fold(desk, text("wamid.3", "Ancora io", wa_id=None, user_id="IT.2"))

    assert desk.row("SELECT * FROM sportello_contact")["user_id"] == "IT.2"
    assert len(desk.messages()) == 3


@in_loop
async def test_the_same_person_on_two_numbers_of_ours_has_two_conversations(
    database: str,
) -> None:
    desk = open_desk(database)
    _second_number(desk)

    await fold(desk, text("wamid.1", "A voi"), _to_second(text("wamid.2", "E a voi")))

    assert len(desk.rows("SELECT id FROM sportello_contact")) == 1
    assert len(desk.rows("SELECT id FROM sportello_conversation")) == 2


def _second_number(desk: Desk) -> None:
    desk.rows(
        "INSERT INTO sportello_number (workspace_id, phone_number_id, waba_id)"
        " VALUES (%s, '200000000000002', '1')",
        desk.workspace_id,
    )


def _to_second(body: bytes) -> bytes:
    return body.replace(b"200000000000001", b"200000000000002")
