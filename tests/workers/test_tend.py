"""What happens by the clock: idle chats go back, and rows that have served are deleted."""

from typing import Any

import pytest

from sportello.store import housekeeping
from sportello.workers import tend
from tests.loop import in_loop
from tests.workers.desk import NOW, Desk, ago, context_of, open_desk, taken_chat
from tests.workers.meta import Meta, outward


async def _left_alone(database: str, *, minutes: int = 31) -> Desk:
    """A chat that an operator took so long ago; the company allows half an hour."""
    desk = open_desk(database)
    await taken_chat(desk)
    desk.rows("UPDATE sportello_workspace SET release_after_minutes = 30")
    desk.rows("UPDATE sportello_conversation SET held_since = %s", ago(minutes=minutes))
    return desk


async def _release(desk: Desk) -> dict[str, Any]:
    async with outward(desk, Meta()) as context:
        await tend.release_idle(context)
    return desk.conversation()


@in_loop
async def test_a_chat_left_alone_goes_back_and_what_stands_unanswered_is_due(
    database: str,
) -> None:
    desk = await _left_alone(database)

    chat = await _release(desk)

    assert (chat["holder"], chat["control_epoch"], chat["held_since"]) == ("assistant", 3, NOW)
    assert chat["reply_due_at"] is not None


@in_loop
async def test_after_the_window_has_shut_the_assistant_owes_nothing(database: str) -> None:
    desk = await _left_alone(database)
    desk.rows("UPDATE sportello_conversation SET window_closes_at = %s", ago(minutes=1))

    chat = await _release(desk)

    assert (chat["holder"], chat["reply_due_at"]) == ("assistant", None)


@in_loop
async def test_where_the_assistant_is_off_an_idle_chat_waits_for_people(database: str) -> None:
    desk = await _left_alone(database)
    desk.rows("UPDATE sportello_workspace SET assistant_on = false")

    chat = await _release(desk)

    assert (chat["holder"], chat["reply_due_at"]) == ("queue", None)


@pytest.mark.parametrize(("origin", "status"), [("operator", "sent"), ("note", "noted")])
@in_loop
async def test_an_operator_who_wrote_lately_keeps_the_chat(
    database: str, origin: str, status: str
) -> None:
    desk = await _left_alone(database)
    desk.rows(
        "INSERT INTO sportello_message (workspace_id, conversation_id, origin, status, type, text,"
        " at) SELECT workspace_id, id, %s, %s, 'text', 'Ci penso io', %s"
        " FROM sportello_conversation",
        origin,
        status,
        ago(minutes=29),
    )

    chat = await _release(desk)

    assert (chat["holder"], chat["control_epoch"]) == ("operator", 2)


@in_loop
async def test_a_company_that_sets_no_time_gets_no_chat_back_by_itself(database: str) -> None:
    desk = await _left_alone(database, minutes=60 * 24)
    desk.rows("UPDATE sportello_workspace SET release_after_minutes = NULL")

    chat = await _release(desk)

    assert chat["holder"] == "operator"


async def _prune(desk: Desk) -> None:
    async with outward(desk, Meta()) as context:
        await tend.prune(context)


def _kept(desk: Desk, table: str, column: str) -> list[str]:
    rows = desk.rows(f"SELECT {column} AS kept FROM sportello_{table} ORDER BY id")  # noqa: S608  # names of our own tables and columns
    return [bytes(row["kept"]).decode() if column == "body" else row["kept"] for row in rows]


@in_loop
async def test_the_journal_forgets_what_was_folded_long_ago_and_nothing_unfolded(
    database: str,
) -> None:
    desk = open_desk(database)
    for body, days, folded in ((b"old", 31, True), (b"waits", 31, False), (b"young", 29, True)):
        desk.rows(
            "INSERT INTO sportello_journalentry (body, received_at, folded_at) SELECT %s, t,"
            " CASE WHEN %s THEN t END FROM (SELECT now() - make_interval(days => %s)) AS x (t)",
            body,
            folded,
            days,
        )

    await _prune(desk)

    assert _kept(desk, "journalentry", "body") == ["waits", "young"]


@in_loop
async def test_an_answer_to_a_key_is_remembered_for_a_day(database: str) -> None:
    desk = open_desk(database)
    _remember(desk, old=25, young=23)

    await _prune(desk)

    assert _kept(desk, "idempotentreply", "key") == ["young"]


@in_loop
async def test_a_question_of_the_test_bench_is_kept_for_a_week(database: str) -> None:
    desk = open_desk(database)
    for question, hours in (("old", 7 * 24 + 1), ("young", 7 * 24 - 1)):
        desk.rows(
            "INSERT INTO sportello_trial (workspace_id, question, created_at)"
            " VALUES (%s, %s, now() - make_interval(hours => %s))",
            desk.workspace_id,
            question,
            hours,
        )

    await _prune(desk)

    assert _kept(desk, "trial", "question") == ["young"]


@in_loop
async def test_a_sign_in_link_goes_a_day_after_its_use_or_its_end(database: str) -> None:
    desk = open_desk(database)
    desk.rows("INSERT INTO sportello_user (email, password) VALUES ('anna@example.com', '!')")
    links = (
        ("expired long ago", ago(hours=25), None),
        ("expired lately", ago(hours=23), None),
        ("used long ago", ago(hours=-1), ago(hours=25)),
        ("used lately", ago(hours=-1), ago(hours=23)),
        ("waits", ago(hours=-1), None),
    )
    for name, expires_at, used_at in links:
        desk.rows(
            "INSERT INTO sportello_loginlink (user_id, secret_sha256, expires_at, used_at)"
            " SELECT id, %s, %s, %s FROM sportello_user",
            name,
            expires_at,
            used_at,
        )

    await _prune(desk)

    assert _kept(desk, "loginlink", "secret_sha256") == ["expired lately", "used lately", "waits"]


@in_loop
async def test_one_round_deletes_no_more_than_its_bound(database: str) -> None:
    desk = open_desk(database)
    _remember(desk, first=72, second=48, third=25)

    async with context_of(desk) as context, context.pool.connection() as connection:
        gone = await housekeeping.prune_replies(connection, hours=24, limit=2)

    assert gone == 2
    assert _kept(desk, "idempotentreply", "key") == ["third"]


def _remember(desk: Desk, **hours_ago: int) -> None:
    for key, hours in hours_ago.items():
        desk.rows(
            "INSERT INTO sportello_idempotentreply (workspace_id, key, request_sha256, status,"
            " created_at) VALUES (%s, %s, '', 200, now() - make_interval(hours => %s))",
            desk.workspace_id,
            key,
            hours,
        )
