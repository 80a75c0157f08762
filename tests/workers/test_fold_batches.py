"""Batches: nothing lost, nothing twice, and no event harms another."""

import asyncio
import json
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sportello.workers.fold import FAILURES_MAX, fold_all, fold_batch
from tests.loop import in_loop
from tests.workers.desk import (
    Desk,
    ago,
    context_of,
    fold,
    inbound,
    message,
    open_desk,
    status,
    statuses,
    text,
    value_of,
    webhook,
)


@in_loop
async def test_an_event_of_a_number_that_is_not_ours_is_set_aside_with_its_reason(
    database: str,
) -> None:
    desk = open_desk(database)
    foreign = webhook(value_of("999", messages=[message("wamid.9")]))

    await fold(desk, foreign, text("wamid.1", "Per noi"))

    aside = desk.row("SELECT * FROM sportello_quarantined")
    assert (aside["workspace_id"], aside["reason"]) == (None, "a number that is not known")
    assert "wamid.9" in aside["raw"]
    assert [said["wamid"] for said in desk.messages()] == ["wamid.1"]


@in_loop
async def test_a_body_that_is_no_json_is_set_aside_and_its_neighbours_arrive(
    database: str,
) -> None:
    desk = open_desk(database)

    await fold(desk, text("wamid.1", "Prima"), b"{not json \x00\xff", text("wamid.2", "Dopo"))

    assert [said["wamid"] for said in desk.messages()] == ["wamid.1", "wamid.2"]
    assert len(desk.rows("SELECT id FROM sportello_quarantined")) == 1
    assert _unfolded(desk) == 0


@in_loop
async def test_an_event_that_the_tables_refuse_is_set_aside_alone(database: str) -> None:
    desk = open_desk(database)
    desk.rows(
        "ALTER TABLE sportello_message ADD CONSTRAINT no_bad CHECK (text NOT LIKE '%%poison%%')"
    )
    body = inbound(
        message("wamid.1", type="text", text={"body": "buono"}),
        message("wamid.2", type="text", text={"body": "poison"}),
        message("wamid.3", type="text", text={"body": "buono"}),
    )

    await fold(desk, body)

    assert [said["wamid"] for said in desk.messages()] == ["wamid.1", "wamid.3"]
    aside = desk.row("SELECT * FROM sportello_quarantined")
    assert (aside["workspace_id"], aside["reason"]) == (desk.workspace_id, "CheckViolation")


@in_loop
async def test_a_status_that_the_tables_refuse_is_set_aside_alone(database: str) -> None:
    desk = open_desk(database)
    desk.rows(
        "ALTER TABLE sportello_orphanstatus ADD CONSTRAINT no_bad CHECK (wamid <> 'wamid.bad')"
    )

    await fold(desk, statuses([status("wamid.a", "sent"), status("wamid.bad", "sent")]))

    assert desk.row("SELECT wamid FROM sportello_orphanstatus")["wamid"] == "wamid.a"
    assert desk.row("SELECT reason FROM sportello_quarantined")["reason"] == "CheckViolation"


@in_loop
async def test_two_folders_side_by_side_fold_each_entry_once(database: str) -> None:
    desk = open_desk(database)
    desk.journal(*[text(f"wamid.{n}", f"Messaggio {n}", ago(seconds=n)) for n in range(60)])
    stop = asyncio.Event()

    async with context_of(desk) as context:
        await asyncio.gather(fold_all(context, stop), fold_all(context, stop))
        while await fold_batch(context):
            pass

    assert len(desk.messages()) == 60
    assert desk.conversation()["generation"] == 60
    assert _unfolded(desk) == 0


@in_loop
async def test_an_entry_that_never_goes_down_is_set_aside_whole_after_a_few_tries(
    database: str,
) -> None:
    desk = open_desk(database)
    desk.journal(text("wamid.1", "Ciao"), text("wamid.2", "Ciao"))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.wamid = 'wamid.1' THEN
                    RAISE EXCEPTION 'busy' USING ERRCODE = 'lock_not_available';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON sportello_message
                FOR EACH ROW EXECUTE FUNCTION refuse();
            """
        )

    async with context_of(desk) as context:
        await fold_all(context, asyncio.Event())

    assert [said["wamid"] for said in desk.messages()] == ["wamid.2"]
    aside = desk.row("SELECT * FROM sportello_quarantined")
    assert aside["reason"] == "could not be folded: LockNotAvailable"
    attempts = desk.rows("SELECT attempts FROM sportello_journalentry ORDER BY id")
    assert [one["attempts"] for one in attempts] == [FAILURES_MAX, 0]


@in_loop
async def test_events_of_templates_and_account_are_kept_once_and_acted_on(database: str) -> None:
    desk = open_desk(database)
    rejected = {
        "event": "REJECTED",
        "message_template_id": 300,
        "message_template_name": "saluto",
        "message_template_language": "it",
        "reason": "PROMOTIONAL",
    }
    template = webhook(rejected, field="message_template_status_update", time=1_795_000_000)
    banned = webhook(
        {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}},
        field="account_update",
        time=1_795_000_100,
    )

    await fold(desk, template, banned, template, banned)

    kept = desk.rows("SELECT * FROM sportello_platformevent ORDER BY at")
    assert [one["field"] for one in kept] == ["message_template_status_update", "account_update"]
    assert kept[0]["value"] == rejected
    assert desk.row("SELECT status FROM sportello_number")["status"] == "banned"


@in_loop
async def test_an_older_account_event_that_comes_late_changes_nothing(database: str) -> None:
    desk = open_desk(database)
    reinstated = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}}
    banned = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}

    await fold(desk, webhook(reinstated, field="account_update", time=1_795_000_200))
    await fold(desk, webhook(banned, field="account_update", time=1_795_000_100))

    assert desk.row("SELECT status FROM sportello_number")["status"] == "connected"
    assert len(desk.rows("SELECT id FROM sportello_platformevent")) == 2


@in_loop
async def test_a_block_is_not_made_old_by_another_word_about_the_account(database: str) -> None:
    desk = open_desk(database)
    banned = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}

    await fold(
        desk, webhook({"event": "PARTNER_ADDED"}, field="account_update", time=1_795_000_200)
    )
    await fold(desk, webhook(banned, field="account_update", time=1_795_000_100))

    number = desk.row("SELECT status, paused_why FROM sportello_number")
    assert number == {"status": "banned", "paused_why": "blocked"}


@in_loop
async def test_a_block_that_is_announced_is_told_until_it_comes_or_is_taken_back(
    database: str,
) -> None:
    desk = open_desk(database)

    def said(state: str, time: int) -> bytes:
        ban = {"waba_ban_state": state, "waba_ban_date": "November 21, 2026"}
        told = {"event": "DISABLED_UPDATE", "ban_info": ban}
        return webhook(told, field="account_update", time=time)

    await fold(desk, said("SCHEDULE_FOR_DISABLE", 1_795_000_100))
    number = desk.row("SELECT status, told FROM sportello_number")
    await fold(desk, said("REINSTATE", 1_795_000_200))

    assert (number["status"], number["told"]["ending"]) == ("connected", "November 21, 2026")
    assert desk.row("SELECT told FROM sportello_number")["told"]["ending"] == ""
    history = desk.rows("SELECT before, after FROM sportello_numberchange ORDER BY id")
    assert [one["after"] for one in history] == ["November 21, 2026", ""]


@in_loop
async def test_a_word_about_the_account_is_folded_before_what_came_earlier(database: str) -> None:
    desk = open_desk(database)
    banned = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
    earlier = webhook(value_of(errors=[{"code": 131000, "title": "Went wrong"}]))
    desk.journal(earlier, earlier, webhook(banned, field="account_update", time=1_795_000_100))

    async with context_of(desk) as context:
        assert await fold_batch(context) == 1
        assert desk.row("SELECT status FROM sportello_number")["status"] == "banned"
        assert await fold_batch(context) == 2


@in_loop
async def test_an_error_of_the_account_itself_is_kept(database: str) -> None:
    desk = open_desk(database)

    await fold(desk, webhook(value_of(errors=[{"code": 131000, "title": "Went wrong"}])))

    kept = desk.row("SELECT * FROM sportello_platformevent")
    assert (kept["field"], kept["number_id"]) == ("errors", desk.number_id)


_PEOPLE = ("393331111111", "393332222222")


def _webhooks() -> list[bytes]:
    """A morning of two customers: words, a reaction, an edit, a STOP, our message's life."""
    one, two = _PEOPLE
    heart = {"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "❤️"}}
    edit = {
        "type": "edit",
        "edit": {
            "original_message_id": "wamid.2",
            "message": {"type": "text", "text": {"body": "Alle 6"}},
        },
    }
    return [
        text("wamid.1", "Ciao", ago(seconds=60), wa_id=one),
        text("wamid.2", "Alle 5", ago(seconds=50), wa_id=two),
        inbound(message("wamid.3", ago(seconds=40), wa_id=one, **heart)),
        inbound(message("wamid.4", ago(seconds=30), wa_id=two, **edit)),
        text("wamid.5", "stop", ago(seconds=20), wa_id=one),
        text("wamid.6", "Vecchio", ago(hours=30), wa_id=two),
        statuses([status("wamid.a", "sent", ago(seconds=15))]),
        statuses([status("wamid.a", "delivered", ago(seconds=12))]),
        statuses([status("wamid.a", "read", ago(seconds=11)), status("wamid.b", "sent")]),
        webhook({"event": "ACCOUNT_VIOLATION"}, field="account_update", time=1_795_000_000),
    ]


@st.composite
def _deliveries(draw: st.DrawFn) -> list[list[bytes]]:
    """The same webhooks, some more than once, in any order, in batches of any size."""
    bodies = _webhooks()
    again = draw(st.lists(st.sampled_from(bodies), max_size=6))
    order = draw(st.permutations(bodies + again))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), max_size=5)))
    return [order[start:end] for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True)]


def test_whatever_the_order_the_repetitions_and_the_batches_the_rows_end_the_same(
    database: str,
) -> None:
    expected = _ended(database, [[body] for body in _webhooks()])

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(deliveries=_deliveries())
    def end_the_same(deliveries: list[list[bytes]]) -> None:
        assert _ended(database, deliveries) == expected

    end_the_same()


def _ended(database: str, deliveries: list[list[bytes]]) -> Any:
    with psycopg.connect(database) as connection:
        connection.execute("TRUNCATE sportello_workspace, sportello_journalentry CASCADE")
    desk = open_desk(database)
    asyncio.run(_deliver(desk, deliveries))
    return _picture(desk)


async def _deliver(desk: Desk, deliveries: list[list[bytes]]) -> None:
    for batch in deliveries:
        await fold(desk, *batch)


def _picture(desk: Desk) -> Any:
    """All that a person or a worker could see, without ids and the clock of the database."""
    return json.loads(json.dumps([desk.rows(query) for query in _QUERIES], default=str))


def _unfolded(desk: Desk) -> int:
    found: int = desk.row(
        "SELECT count(*) AS n FROM sportello_journalentry WHERE folded_at IS NULL"
    )["n"]
    return found


_QUERIES = (
    "SELECT wa_id, user_id, profile_name FROM sportello_contact ORDER BY wa_id",
    """
    SELECT p.wa_id, c.holder, c.generation, c.unread_count, c.last_inbound_at,
           c.window_closes_at, c.last_message_at, c.last_message_text,
           c.reply_due_at IS NULL AS owes_nothing
    FROM sportello_conversation AS c JOIN sportello_contact AS p ON p.id = c.contact_id
    ORDER BY p.wa_id
    """,
    """
    SELECT p.wa_id, m.wamid, m.type, m.text, m.payload, m.reactions, m.edited_at, m.at
    FROM sportello_message AS m JOIN sportello_conversation AS c ON c.id = m.conversation_id
    JOIN sportello_contact AS p ON p.id = c.contact_id ORDER BY m.wamid
    """,
    "SELECT action, source, at FROM sportello_consentevent",
    "SELECT wamid, status, at FROM sportello_orphanstatus ORDER BY wamid, status",
    "SELECT field, value FROM sportello_platformevent",
    "SELECT reason FROM sportello_quarantined",
    "SELECT last_event_at FROM sportello_number",
)
