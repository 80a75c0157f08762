"""Automations at work: a list, a silence, an event; each once, paced, and stopped with a pause."""

from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from sportello.workers import automate
from tests.loop import in_loop
from tests.workers.desk import NOW, Desk, ago, context_of, fold, open_desk, taken_chat, text
from tests.workers.mailing import campaign, look, people

AN_HOUR = timedelta(hours=1)


def automation(desk: Desk, trigger: str, **columns: Any) -> int:
    """Running, over the usual template; its campaign's id."""
    campaign_id = campaign(
        desk, 0, state="running", planned=True, automatic=True, audience=Jsonb({}), started_at=NOW
    )
    values = {
        "workspace_id": desk.workspace_id,
        "campaign_id": campaign_id,
        "trigger": trigger,
        "hook": "0" * 32,
        "looked_up_to": ago(days=2),
        **columns,
    }
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    desk.rows(
        f"INSERT INTO sportello_automation ({names}) VALUES ({places})",  # noqa: S608  # names of columns
        *values.values(),
    )
    return campaign_id


def errands(desk: Desk) -> list[dict[str, Any]]:
    return desk.rows(
        "SELECT t.*, s.origin, s.priority, m.text FROM sportello_errand AS t"
        " LEFT JOIN sportello_send AS s ON s.message_id = t.message_id"
        " LEFT JOIN sportello_message AS m ON m.id = t.message_id ORDER BY t.id"
    )


def a_list(desk: Desk) -> int:
    """With nobody on it."""
    found = people(desk, 1, first=900)
    desk.rows("DELETE FROM sportello_listmember")
    return found


async def notice(desk: Desk, now: datetime = NOW, times: int = 1) -> None:
    async with context_of(desk, now=now) as context:
        for _ in range(times):
            desk.rows("UPDATE sportello_automation SET look_at = now()")
            await automate.look(context)


def operator_says(desk: Desk, at: datetime) -> None:
    desk.rows(
        "UPDATE sportello_conversation SET last_message_origin = 'operator', last_message_at = %s",
        at,
    )


@in_loop
async def test_whoever_comes_onto_the_list_is_written_to_once(database: str) -> None:
    desk = open_desk(database)
    list_id = a_list(desk)
    automation(desk, "list", list_id=list_id)

    people(desk, 2)
    await look(desk, 3)
    desk.rows("DELETE FROM sportello_listmember")
    desk.rows(
        "INSERT INTO sportello_listmember (workspace_id, list_id, contact_id)"
        " SELECT workspace_id, %s, id FROM sportello_contact WHERE name <> 'Persona 900'",
        list_id,
    )
    await look(desk, 3)

    found = errands(desk)
    assert [(one["origin"], one["priority"], one["occasion"]) for one in found] == [
        ("automation", 2, "once")
    ] * 2
    assert found[0]["text"].startswith("Ciao Persona 0,")


@in_loop
async def test_the_wait_is_kept_before_it_writes(database: str) -> None:
    desk = open_desk(database)
    automation(desk, "list", list_id=a_list(desk), after_count=2, after_unit="hours")
    people(desk, 1)

    await look(desk, 3, now=NOW)
    early = errands(desk)[0]["released_at"]
    await look(desk, 3, now=NOW + timedelta(hours=2))

    assert early is None
    assert errands(desk)[0]["released_at"] == NOW + timedelta(hours=2)


@in_loop
async def test_while_it_is_paused_nothing_is_taken_and_nothing_leaves(database: str) -> None:
    desk = open_desk(database)
    automation(desk, "list", list_id=a_list(desk))
    people(desk, 1)
    desk.rows("UPDATE sportello_campaign SET state = 'paused', paused_why = 'person'")

    people(desk, 1, first=5)
    await look(desk, 3)

    assert [one["released_at"] for one in errands(desk)] == [None]


@in_loop
async def test_who_did_not_agree_is_passed_over_with_the_reason(database: str) -> None:
    desk = open_desk(database)
    automation(desk, "list", list_id=a_list(desk))
    people(desk, 1, consent=False)

    await look(desk, 3)

    assert errands(desk)[0]["skipped_why"] == "no_consent"


@in_loop
async def test_it_never_ends_by_itself_and_does_not_ask_to_be_looked_at(database: str) -> None:
    desk = open_desk(database)
    automation(desk, "list", list_id=a_list(desk))

    await look(desk, 3)

    assert desk.row("SELECT state FROM sportello_campaign")["state"] == "running"


@in_loop
async def test_a_silence_is_noticed_once_and_our_own_word_begins_no_new_one(
    database: str,
) -> None:
    desk = open_desk(database)
    await taken_chat(desk)
    people(desk, 1, first=800)
    desk.rows(
        "INSERT INTO sportello_consentevent (workspace_id, contact_id, action, source, at)"
        " SELECT workspace_id, id, 'grant', 'form', %s FROM sportello_contact",
        ago(days=1),
    )
    automation(desk, "silence", after_count=1, after_unit="hours", repeats=True)
    operator_says(desk, NOW)

    await notice(desk, NOW + AN_HOUR - timedelta(seconds=1))
    early = errands(desk)
    await notice(desk, NOW + AN_HOUR, times=2)
    await look(desk, 3, now=NOW + AN_HOUR)
    await notice(desk, NOW + 30 * AN_HOUR, times=3)

    assert early == []
    assert [one["origin"] for one in errands(desk)] == ["automation"]


@in_loop
async def test_an_answer_in_between_is_no_silence(database: str) -> None:
    desk = open_desk(database)
    await taken_chat(desk)
    automation(desk, "silence", after_count=1, after_unit="hours")
    operator_says(desk, NOW)
    await notice(desk, NOW + AN_HOUR)

    await fold(desk, text("wamid.late", "Eccomi", NOW + AN_HOUR), now=NOW + AN_HOUR)
    await look(desk, 3, now=NOW + AN_HOUR)

    assert [one["skipped_why"] for one in errands(desk)] == ["answered"]


@in_loop
async def test_a_closed_chat_owes_nobody_an_answer(database: str) -> None:
    desk = open_desk(database)
    await taken_chat(desk)
    automation(desk, "silence", after_count=1, after_unit="hours")
    operator_says(desk, NOW)
    desk.rows("UPDATE sportello_conversation SET holder = 'closed'")

    await notice(desk, NOW + 2 * AN_HOUR)

    assert errands(desk) == []
