"""What leaves: in order, guarded at the last moment, once, and with its end on record."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from sportello.rules.limits import PAIR_BURST, Pair
from sportello.store import sends
from sportello.store.sends import Returned
from sportello.workers import dispatch, dispatch_settle
from sportello.workers.dispatch_claim import STOPPED_WAIT, Memory, Pairs, claim
from sportello.workers.dispatch_wire import Outcome
from sportello.workers.outward import Outward
from tests.loop import in_loop
from tests.workers.desk import NOW, Desk, at, fold, open_desk, say, taken_chat, text
from tests.workers.meta import Meta, hang_up, outward, refuse


@asynccontextmanager
async def dispatching(context: Outward) -> AsyncIterator[None]:
    """The worker at work while the block runs; then told to stop, as by SIGTERM."""
    stop = asyncio.Event()
    task = asyncio.create_task(dispatch.run(context, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def until(truth: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for something that another connection brings about."""
    async with asyncio.timeout(seconds):
        while not truth():  # noqa: ASYNC110  # rows make no sound
            await asyncio.sleep(0.02)


async def send_all(desk: Desk, meta: Meta) -> None:
    """Runs the dispatcher until nothing is queued or on the wire."""
    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _count(desk, "queued", "sending") == 0)


def _count(desk: Desk, *states: str) -> int:
    found: int = desk.row(
        "SELECT count(*) AS n FROM sportello_send WHERE state = ANY(%s)", list(states)
    )["n"]
    return found


def _sends(desk: Desk, column: str = "state") -> list[Any]:
    return [row[column] for row in desk.rows("SELECT * FROM sportello_send ORDER BY id")]


def _statuses(desk: Desk) -> list[str]:
    rows = desk.rows("SELECT status FROM sportello_message WHERE origin <> 'customer' ORDER BY id")
    return [row["status"] for row in rows]


@in_loop
async def test_a_person_s_text_leaves_with_its_attempt_and_comes_to_rest_accepted(
    database: str,
) -> None:
    desk, meta = open_desk(database), Meta()
    await taken_chat(desk)
    say(desk, "Eccomi")

    await send_all(desk, meta)

    (call,) = meta.calls
    (attempt,) = desk.rows("SELECT * FROM sportello_attempt")
    assert call["to"] == "+393331234567"
    assert call["text"] == {"body": "Eccomi", "preview_url": False}
    assert call["biz_opaque_callback_data"] == str(attempt["id"])
    assert (attempt["outcome"], attempt["wamid"]) == ("accepted", f"wamid.{attempt['id']}")
    said = desk.row("SELECT * FROM sportello_message WHERE origin = 'operator'")
    assert (said["status"], said["wamid"]) == ("accepted", attempt["wamid"])
    assert said["receipt"]["verdict"] == "allowed"
    send = desk.row("SELECT * FROM sportello_send")
    assert (send["state"], send["attempts"]) == ("accepted", 1)
    assert send["settled_at"] is not None


@in_loop
async def test_bubbles_of_one_conversation_leave_in_their_order(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    await taken_chat(desk)
    for n in range(6):
        say(desk, f"{n}")

    await send_all(desk, meta)

    assert meta.texts == ["0", "1", "2", "3", "4", "5"]


@in_loop
async def test_a_bubble_waits_until_the_one_before_it_is_settled(database: str) -> None:
    desk, meta = open_desk(database), Meta(script=[refuse(131000, 500)])
    await taken_chat(desk)
    say(desk, "primo")
    say(desk, "secondo")

    await send_all(desk, meta)

    assert meta.texts == ["primo", "primo", "secondo"]


@in_loop
async def test_a_person_s_text_overtakes_what_is_less_urgent_and_waits(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    await taken_chat(desk)
    say(desk, "campagna", origin="campaign", priority=2, wait_s=3600)
    say(desk, "persona")

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _count(desk, "accepted") == 1)

    assert meta.texts == ["persona"]


@in_loop
async def test_what_a_cap_holds_for_a_day_does_not_hold_up_the_answers(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    await taken_chat(desk)
    say(desk, "offerta", wait_s=3600, hold_code="marketing_cap")
    say(desk, "risposta")

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _count(desk, "accepted") == 1)

    assert meta.texts == ["risposta"]


@in_loop
async def test_the_second_bubble_of_an_answer_comes_when_it_is_due(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    await taken_chat(desk)
    say(desk, "uno")
    say(desk, "due", wait_s=0.4)

    before = asyncio.get_running_loop().time()
    await send_all(desk, meta)

    assert meta.texts == ["uno", "due"]
    assert asyncio.get_running_loop().time() - before >= 0.4


@in_loop
async def test_text_after_the_window_has_shut_is_refused_with_its_receipt(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    await taken_chat(desk)
    say(desk, "Troppo tardi")

    async with outward(desk, meta) as context:
        late = _at(context, hours=25)
        async with dispatching(late):
            await until(lambda: _count(desk, "queued") == 0)

    assert meta.calls == []
    said = desk.row("SELECT * FROM sportello_message WHERE origin = 'operator'")
    assert (said["status"], said["receipt"]["code"]) == ("refused", "window_closed")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("holder = 'operator', control_epoch = control_epoch + 1", "taken_over"),
        ("holder = 'closed'", None),
    ],
)
@in_loop
async def test_the_assistant_s_words_that_were_overtaken_never_leave(
    database: str, change: str, code: str | None
) -> None:
    desk, meta = open_desk(database), Meta()
    await fold(desk, text("wamid.1", "Domanda"))
    say(desk, "Risposta", origin="assistant", priority=1)
    desk.rows("UPDATE sportello_conversation SET reply_due_at = NULL, burst_started_at = NULL")
    desk.rows(f"UPDATE sportello_conversation SET {change}")  # noqa: S608  # names of our own tables and columns

    await send_all(desk, meta)

    assert meta.calls == []
    if code is not None:
        assert (_sends(desk), _statuses(desk)) == (["cancelled"], ["cancelled"])
        receipt = desk.row("SELECT receipt FROM sportello_message WHERE origin = 'assistant'")
        assert receipt["receipt"]["code"] == code
    else:
        assert _sends(desk) == ["refused"]


@in_loop
async def test_an_answer_leaves_although_the_customer_wrote_again_meanwhile(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    await fold(desk, text("wamid.1", "Domanda"))
    say(desk, "Risposta", origin="assistant", priority=1)
    await fold(desk, text("wamid.2", "E poi un'altra"))

    await send_all(desk, meta)

    assert _sends(desk) == ["accepted"]


@in_loop
async def test_while_a_takeover_is_under_way_nothing_of_that_chat_is_claimed(
    database: str,
) -> None:
    desk, meta = open_desk(database), Meta()
    await fold(desk, text("wamid.1", "Domanda"))
    say(desk, "Risposta", origin="assistant", priority=1)

    async with outward(desk, meta) as context, context.pool.connection() as person:
        async with person.transaction():
            await person.execute("SELECT id FROM sportello_conversation FOR UPDATE")
            async with dispatching(context):
                await asyncio.sleep(0.3)
                assert meta.calls == []
                await person.execute(
                    "UPDATE sportello_conversation SET holder = 'operator', reply_due_at = NULL,"
                    " burst_started_at = NULL, control_epoch = control_epoch + 1"
                )
        async with dispatching(context):
            await until(lambda: _count(desk, "queued") == 0)

    assert meta.calls == []
    assert _sends(desk) == ["cancelled"]


@in_loop
async def test_a_passing_error_is_tried_again_and_a_final_one_is_not(database: str) -> None:
    desk, meta = open_desk(database), Meta(script=[refuse(131000, 500), refuse(131026)])
    await taken_chat(desk)
    say(desk, "Prova")

    await send_all(desk, meta)

    assert len(meta.calls) == 2
    said = desk.row("SELECT * FROM sportello_message WHERE origin = 'operator'")
    assert (said["status"], said["error"]["code"]) == ("failed", 131026)
    outcomes = desk.rows("SELECT outcome FROM sportello_attempt ORDER BY started_at, outcome DESC")
    assert [row["outcome"] for row in outcomes] == ["returned", "rejected"]


@in_loop
async def test_no_connection_means_not_sent_and_is_tried_again(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    await taken_chat(desk)
    say(desk, "Prova")

    async with outward(desk, meta) as context:
        nowhere = type(context.client)("http://127.0.0.1:1")
        async with nowhere, dispatching(_with(context, nowhere)):
            await until(lambda: _sends(desk, "attempts") == [1] and _count(desk, "queued") == 1)
        assert desk.row("SELECT hold_code FROM sportello_send")["hold_code"] == "not_sent"
        async with dispatching(context):
            await until(lambda: _count(desk, "accepted") == 1)

    assert meta.texts == ["Prova"]


@in_loop
async def test_a_lost_answer_leaves_the_send_in_doubt_and_is_not_repeated_blindly(
    database: str,
) -> None:
    desk, meta = open_desk(database), Meta(script=[hang_up])
    await taken_chat(desk)
    say(desk, "Forse")

    await send_all(desk, meta)

    assert len(meta.calls) == 1
    assert (_sends(desk), _statuses(desk)) == (["in_doubt"], ["in_doubt"])


@in_loop
async def test_a_reply_in_doubt_is_sent_once_more_when_the_stream_proves_it_lost(
    database: str,
) -> None:
    desk, meta = open_desk(database), Meta(script=[hang_up, hang_up])
    await taken_chat(desk)
    say(desk, "Forse")

    async with outward(desk, meta) as context:
        async with dispatching(context):
            await until(lambda: _count(desk, "in_doubt") == 1)
        async with dispatching(_at(context, minutes=10)):
            await asyncio.sleep(0.3)
            assert len(meta.calls) == 1, "without news of Meta's the doubt waits"
        _heard(desk, seconds=60)
        async with dispatching(_at(context, minutes=10)):
            await until(lambda: len(meta.calls) == 2)
            await until(lambda: _count(desk, "in_doubt") == 1)
        _heard(desk, minutes=15)
        async with dispatching(_at(context, minutes=20)):
            await until(lambda: _count(desk, "unknown") == 1)

    assert len(meta.calls) == 2
    assert _statuses(desk) == ["unknown"]


@in_loop
async def test_an_attempt_of_a_process_that_died_is_in_doubt_after_its_lease(
    database: str,
) -> None:
    desk, meta = open_desk(database), Meta()
    await taken_chat(desk)
    say(desk, "Chissà")
    desk.rows(
        "UPDATE sportello_send SET state = 'sending', attempt = gen_random_uuid(),"
        " attempted_at = %s, lease_until = clock_timestamp() - interval '1 s'",
        NOW,
    )
    desk.rows(
        "INSERT INTO sportello_attempt (id, workspace_id, send_id, started_at, receipt)"
        ' SELECT attempt, workspace_id, id, attempted_at, \'{"verdict": "allowed"}\''
        " FROM sportello_send",
    )

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _count(desk, "in_doubt") == 1)

    assert meta.calls == []
    said = desk.row("SELECT status, receipt FROM sportello_message WHERE origin <> 'customer'")
    assert said == {"status": "in_doubt", "receipt": {"verdict": "allowed"}}


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (190, "token"),
        (368, "account"),
        (131031, "blocked"),
        (131042, "payment"),
        (133010, "number"),
    ],
)
@in_loop
async def test_an_error_of_the_whole_number_stops_it_and_holds_what_waits(
    database: str, code: int, why: str
) -> None:
    desk, meta = open_desk(database), Meta(usual=refuse(code))
    chats = [await taken_chat(desk, f"39333000000{n}") for n in range(4)]
    desk.rows("UPDATE sportello_number SET throughput_mps = 5")
    say(desk, "prima", conversation_id=chats[0])

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _paused(desk) == why)
        for chat in chats[1:]:
            say(desk, "dopo", conversation_id=chat)
        await until(lambda: _statuses(desk)[1:] == ["held"] * 3)

    assert len(meta.calls) == 1
    assert set(_sends(desk)) == {"queued"}


@in_loop
async def test_what_waits_for_a_number_is_looked_at_seldom_and_called_when_it_may_send(
    database: str,
) -> None:
    desk, meta = open_desk(database), Meta()
    chats = [await taken_chat(desk, f"39333000000{n}") for n in range(3)]
    desk.rows("UPDATE sportello_number SET paused_why = 'blocked', paused_at = clock_timestamp()")
    for chat in chats:
        say(desk, "ciao", conversation_id=chat)

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _statuses(desk) == ["held"] * 3)
        (soonest,) = desk.rows("SELECT min(due_at) - clock_timestamp() AS wait FROM sportello_send")
        assert soonest["wait"] > STOPPED_WAIT - timedelta(minutes=1)
        await desk.change("UPDATE sportello_number SET paused_why = '', paused_at = NULL")
        await until(lambda: _count(desk, "accepted") == 3)

    assert len(meta.calls) == 3


@in_loop
async def test_while_one_waits_for_its_turn_the_next_is_claimed(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    desk.rows("UPDATE sportello_number SET throughput_mps = 2")
    for n in range(4):
        say(desk, "ciao", conversation_id=await taken_chat(desk, f"39333000000{n}"))

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: sorted(_sends(desk)) == ["accepted", "queued", "sending", "sending"])
        await until(lambda: _count(desk, "accepted") == 4)

    assert len(meta.calls) == 4


@in_loop
async def test_a_hold_says_when_it_is_looked_at_again_a_text_by_the_end_of_its_window(
    database: str,
) -> None:
    desk, meta = open_desk(database), Meta()
    chats = [await taken_chat(desk, f"39333000000{n}") for n in range(2)]
    desk.rows("UPDATE sportello_number SET paused_why = 'blocked', paused_at = clock_timestamp()")
    soon = NOW + timedelta(minutes=2)
    desk.rows(
        "UPDATE sportello_conversation SET window_closes_at = %s WHERE id = %s", soon, chats[0]
    )
    for chat in chats:
        say(desk, "ciao", conversation_id=chat)

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _statuses(desk) == ["held"] * 2)

    told = [row["receipt"]["until"] for row in desk.messages() if row["receipt"]]
    assert sorted(told) == [soon.isoformat(), (NOW + STOPPED_WAIT).isoformat()]
    waits = desk.rows("SELECT due_at - clock_timestamp() AS s FROM sportello_send ORDER BY due_at")
    assert [round(row["s"] / timedelta(minutes=1)) for row in waits] == [2, 10]


@in_loop
async def test_what_waits_for_a_paused_number_is_there_when_it_may_be_probed(
    database: str,
) -> None:
    desk, meta = open_desk(database), Meta()
    await taken_chat(desk)
    desk.rows(
        "UPDATE sportello_number SET paused_why = 'payment',"
        " paused_at = clock_timestamp() - interval '57 minutes'"
    )
    say(desk, "ciao")

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _statuses(desk) == ["held"])

    (wait,) = desk.rows("SELECT due_at - clock_timestamp() AS s FROM sportello_send")
    assert timedelta(minutes=2) < wait["s"] <= timedelta(minutes=3)


@in_loop
async def test_a_paused_number_is_probed_by_one_message_an_hour_and_resumes(
    database: str,
) -> None:
    desk, meta = open_desk(database), Meta(script=[refuse(131042)])
    chats = [await taken_chat(desk, f"39333000000{n}") for n in range(3)]
    for chat in chats:
        say(desk, "ciao", conversation_id=chat)
    desk.rows(
        "UPDATE sportello_number SET paused_why = 'payment',"
        " paused_at = clock_timestamp() - interval '61 minutes'"
    )

    async with outward(desk, meta) as context:
        async with dispatching(context):
            await until(lambda: len(meta.calls) == 1 and _statuses(desk).count("held") == 2)
        assert _paused(desk) == "payment"
        desk.rows("UPDATE sportello_number SET paused_at = paused_at - interval '61 minutes'")
        desk.rows("UPDATE sportello_send SET due_at = clock_timestamp()")
        async with dispatching(context):
            await until(lambda: _paused(desk) == "")
            await desk.change(
                "UPDATE sportello_send SET due_at = clock_timestamp() WHERE state = 'queued'"
            )
            await until(lambda: _count(desk, "accepted") == 3)

    assert len(meta.calls) == 4


@in_loop
async def test_a_probe_that_never_left_does_not_use_up_the_hour(database: str) -> None:
    desk, meta, me = open_desk(database), Meta(), uuid4()
    await taken_chat(desk)
    say(desk, "ciao")
    desk.rows(
        "UPDATE sportello_number SET paused_why = 'payment',"
        " paused_at = clock_timestamp() - interval '61 minutes'"
    )

    async with outward(desk, meta) as context:
        async with context.pool.connection() as connection:
            (lease,) = await sends.take_numbers(connection, me, lease_s=15, limit=9)
        (probe,) = await claim(context, me, lease, Memory(), limit=9)
        gone_back = Outcome(probe, Returned(probe.attempt, timedelta(0), "halted"))
        async with context.pool.connection() as connection, connection.transaction():
            await dispatch_settle.write(connection, [gone_back], NOW)
            await sends.release_numbers(connection, me)
        async with dispatching(context):
            await until(lambda: _count(desk, "accepted") == 1, 20)

    assert _paused(desk) == ""


@in_loop
async def test_without_a_token_nothing_leaves_and_people_see_why(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    await taken_chat(desk)
    desk.rows("DELETE FROM sportello_token")
    say(desk, "Muto")

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _statuses(desk) == ["held"])

    assert meta.calls == []
    assert _paused(desk) == "token"


@in_loop
async def test_a_read_mark_leaves_with_the_sign_of_typing_and_is_tried_twice_at_most(
    database: str,
) -> None:
    desk, meta = open_desk(database), Meta(usual=refuse(131000, 500))
    await fold(desk, text("wamid.1", "Domanda"))
    chat = desk.conversation()
    body = {"status": "read", "message_id": "wamid.1", "typing_indicator": {"type": "text"}}
    desk.rows(
        "INSERT INTO sportello_send (workspace_id, number_id, conversation_id, kind, origin,"
        " priority, body, due_at) VALUES (%s, %s, %s, 'read_mark', 'assistant', 1, %s, now())",
        desk.workspace_id,
        desk.number_id,
        chat["id"],
        Jsonb(body),
    )

    await send_all(desk, meta)

    assert meta.calls == [{"messaging_product": "whatsapp", **body}] * 2
    assert _sends(desk) == ["rejected"]


@in_loop
async def test_a_burst_to_one_person_stops_at_meta_s_pair_limit(database: str) -> None:
    desk, me, pairs = open_desk(database), uuid4(), Pairs()
    await taken_chat(desk)
    say(desk, "ancora una")
    contact = desk.row("SELECT id, clock_timestamp() AS at FROM sportello_contact")
    pairs.note(contact["id"], Pair(began_at=contact["at"], sent=PAIR_BURST), contact["at"])

    async with outward(desk, Meta()) as context:
        async with context.pool.connection() as connection:
            (lease,) = await sends.take_numbers(connection, me, lease_s=15, limit=9)
        assert await claim(context, me, lease, Memory(pairs), limit=9) == []

    held = desk.row("SELECT receipt FROM sportello_message WHERE status = 'held'")
    assert held["receipt"]["code"] == "pair_limit"


@in_loop
async def test_a_slow_number_does_not_hold_up_another(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    slow_chat = await taken_chat(desk)
    other = desk.row(
        "INSERT INTO sportello_number (workspace_id, phone_number_id, waba_id)"
        " VALUES (%s, '200000000000002', '1') RETURNING id",
        desk.workspace_id,
    )
    desk.rows(
        "INSERT INTO sportello_token (workspace_id, number_id, sealed)"
        " SELECT workspace_id, id, ''::bytea FROM sportello_number WHERE id = %s",
        other["id"],
    )
    desk.rows("UPDATE sportello_number SET throughput_mps = 1 WHERE id = %s", desk.number_id)
    for n in range(3):
        say(desk, f"lento {n}", conversation_id=slow_chat)

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _paused_of(desk, other["id"]) == "" and len(meta.calls) >= 1)
        begun = asyncio.get_running_loop().time()
        await desk.change(
            "INSERT INTO sportello_conversation (workspace_id, number_id, contact_id)"
            " SELECT workspace_id, %s, contact_id FROM sportello_conversation",
            other["id"],
        )
        fast = desk.row("SELECT id FROM sportello_conversation WHERE number_id = %s", other["id"])
        say(desk, "subito", conversation_id=fast["id"])
        await until(lambda: _paused_of(desk, other["id"]) == "token")
        assert asyncio.get_running_loop().time() - begun < 1.0
        assert _count(desk, "queued") >= 1


@in_loop
async def test_two_dispatchers_send_everything_once(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    chats = [await taken_chat(desk, f"3933300000{n:02}") for n in range(20)]
    desk.rows("UPDATE sportello_number SET throughput_mps = 1000")
    for chat in chats:
        say(desk, f"{chat}", conversation_id=chat)

    async with outward(desk, meta) as context, dispatching(context), dispatching(context):
        await until(lambda: _count(desk, "accepted") == 20)

    assert sorted(meta.texts) == sorted(str(chat) for chat in chats)


@in_loop
async def test_a_dispatcher_that_lost_its_number_claims_nothing_more(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    await taken_chat(desk)
    say(desk, "uno")

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: len(meta.calls) == 1)
        await desk.change(
            "UPDATE sportello_number SET dispatcher = gen_random_uuid(), fence = fence + 1,"
            " dispatcher_until = clock_timestamp() + interval '1 hour'"
        )
        say(desk, "due")
        await asyncio.sleep(0.5)

    assert meta.texts == ["uno"]


@in_loop
async def test_the_pace_stays_below_what_meta_grants(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    chats = [await taken_chat(desk, f"3933300000{n:02}") for n in range(30)]
    desk.rows("UPDATE sportello_number SET throughput_mps = 20")
    for chat in chats:
        say(desk, "ciao", conversation_id=chat)

    begun = asyncio.get_running_loop().time()
    await send_all(desk, meta)

    assert asyncio.get_running_loop().time() - begun >= 29 / 20


def _paused(desk: Desk) -> str:
    return _paused_of(desk, desk.number_id)


def _paused_of(desk: Desk, number_id: int) -> str:
    row = desk.row("SELECT paused_why FROM sportello_number WHERE id = %s", number_id)
    return str(row["paused_why"])


def _heard(desk: Desk, **later: float) -> None:
    desk.rows("UPDATE sportello_number SET last_event_at = %s", NOW + timedelta(**later))


def _at(context: Outward, **later: float) -> Outward:
    return at(context, NOW + timedelta(**later))


def _with(context: Outward, client: Any) -> Outward:
    return replace(context, client=client)
