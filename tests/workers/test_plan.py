"""Campaigns planned and released, portion by portion."""

from datetime import timedelta

import pytest
from psycopg.types.json import Jsonb

from sportello import crash
from sportello.store import campaigns
from sportello.workers import plan_audience
from tests.loop import in_loop
from tests.workers.desk import NOW, Desk, ago, context_of, open_desk
from tests.workers.mailing import campaign, look, people, settle, state


def _recipients(desk: Desk) -> list[dict[str, object]]:
    return desk.rows("SELECT * FROM sportello_recipient ORDER BY id")


def _released(desk: Desk) -> int:
    found: int = desk.row("SELECT count(*) FROM sportello_send WHERE origin = 'campaign'")["count"]
    return found


@in_loop
async def test_everybody_on_the_list_is_planned_once(database: str) -> None:
    desk = open_desk(database)
    campaign(desk, people(desk, 5))

    await look(desk, 3)

    assert [row["filled"] for row in _recipients(desk)] == [{"1": f"Persona {n}"} for n in range(5)]
    assert state(desk)["planned"]


@in_loop
async def test_a_large_audience_is_planned_in_portions(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_audience, "PORTION", 4)
    desk = open_desk(database)
    campaign(desk, people(desk, 10))

    await look(desk, 2)
    after_two = len(_recipients(desk))
    await look(desk, 3)

    assert after_two == 8
    assert len(_recipients(desk)) == 10


@in_loop
async def test_a_segment_s_condition_is_held_against_everybody_window_by_window(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_audience, "PORTION", 3)
    desk = open_desk(database)
    people(desk, 10)
    desk.rows(
        """UPDATE sportello_contact SET properties = '{"città": "Bari"}'"""
        " WHERE name IN ('Persona 1', 'Persona 9')"
    )
    frozen = {
        "segment": 7,
        "condition": {"property": "città", "op": "is", "value": "bari"},
        "as_of": NOW.isoformat(),
    }
    campaign(desk, 0, audience=Jsonb(frozen))

    await look(desk, 6)

    assert [row["filled"]["1"] for row in _recipients(desk)] == ["Persona 1", "Persona 9"]  # type: ignore[index]  # a column of JSON
    assert state(desk)["planned"]


@in_loop
async def test_everybody_means_the_company_s_own_people_alone(database: str) -> None:
    desk = open_desk(database)
    people(desk, 4)
    desk.rows("INSERT INTO sportello_workspace (id, name, slug) VALUES (99, 'Altra', 'altra')")
    desk.rows("INSERT INTO sportello_contact (workspace_id, wa_id) VALUES (99, '393339999999')")
    campaign(desk, 0, audience=Jsonb({"everybody": True}))

    await look(desk, 3)

    assert len(_recipients(desk)) == 4
    assert state(desk)["planned"]


@in_loop
async def test_who_may_not_be_written_to_is_skipped_with_the_reason(database: str) -> None:
    desk = open_desk(database)
    list_id = people(desk, 3)
    people(desk, 1, consent=False, first=10)
    desk.rows(
        "INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action, source,"
        " at) SELECT workspace_id, id, 'marketing', 'withdraw', 'keyword', %s"
        " FROM sportello_contact WHERE name = 'Persona 0'",
        ago(days=1),
    )
    desk.rows(
        "UPDATE sportello_contact SET unreachable_since = %s WHERE name = 'Persona 1'", ago(days=1)
    )
    desk.rows("UPDATE sportello_contact SET name = '' WHERE name = 'Persona 2'")
    campaign(desk, list_id)

    await look(desk, 2)

    assert [row["skipped_why"] for row in _recipients(desk)] == [
        "opted_out",
        "unreachable",
        "value_missing",
        "no_consent",
    ]


@in_loop
async def test_what_is_planned_goes_into_the_outbox_as_the_confirmed_template(
    database: str,
) -> None:
    desk = open_desk(database)
    campaign(desk, people(desk, 2))
    await look(desk, 2)
    desk.rows("UPDATE sportello_contact SET name = 'Un altro nome'")

    await look(desk)

    sends = desk.rows("SELECT * FROM sportello_send ORDER BY id")
    assert [send["priority"] for send in sends] == [2, 2]
    assert sends[0]["body"]["template"]["components"][0]["parameters"] == [
        {"type": "text", "text": "Persona 0"}
    ]
    assert desk.row("SELECT text FROM sportello_message WHERE text LIKE '%%Persona 1%%'")


@in_loop
async def test_the_outbox_is_never_filled_far_ahead(database: str) -> None:
    desk = open_desk(database)
    desk.rows("UPDATE sportello_number SET throughput_mps = 10")
    campaign(desk, people(desk, 50))

    await look(desk, 6)
    ahead = _released(desk)
    settle(desk, n=5)
    await look(desk, 3)

    assert ahead == 20
    assert _released(desk) == 25


@in_loop
async def test_a_campaign_waits_for_its_hour(database: str) -> None:
    desk = open_desk(database)
    campaign(desk, people(desk, 1), starts_at=NOW + timedelta(hours=1))

    await look(desk, 4)
    early = (state(desk)["state"], _released(desk))
    await look(desk, 2, now=NOW + timedelta(hours=1))

    assert early == ("scheduled", 0)
    assert (state(desk)["state"], _released(desk)) == ("running", 1)


@in_loop
async def test_outside_its_hours_nothing_is_released(database: str) -> None:
    desk = open_desk(database)
    sunday_is_shut = {"days": {"0": [["09:00", "13:00"]]}, "holidays": []}
    campaign(desk, people(desk, 1), calendar=Jsonb(sunday_is_shut))

    await look(desk, 4)
    on_sunday = _released(desk)
    await look(desk, 1, now=NOW + timedelta(days=1))

    assert on_sunday == 0
    assert _released(desk) == 1


@in_loop
async def test_the_canary_waits_for_its_news(database: str) -> None:
    desk = open_desk(database)
    campaign(desk, people(desk, 40), canary=3)

    await look(desk, 5)
    first = _released(desk)
    settle(desk)
    await look(desk, 2)

    assert first == 3
    assert _released(desk) == 12


@in_loop
async def test_the_brake_stops_it_and_says_why(database: str) -> None:
    desk = open_desk(database)
    campaign(desk, people(desk, 80))
    await look(desk, 3)
    settle(desk, n=40)
    settle(desk, "failed", code=131026, n=40)

    await look(desk)

    found = state(desk)
    assert (found["state"], found["paused_why"]) == ("paused", "brake")
    assert found["braked"] == {"alarm": "failures", "seen": 0.5, "allowed": 0.1}


@in_loop
async def test_people_who_ask_to_stop_brake_it(database: str) -> None:
    desk = open_desk(database)
    campaign(desk, people(desk, 60))
    await look(desk, 3)
    settle(desk)
    desk.rows(
        "INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action, source,"
        " at) SELECT workspace_id, id, 'marketing', 'withdraw', 'keyword', %s"
        " FROM sportello_contact ORDER BY id LIMIT 2",
        NOW,
    )

    await look(desk)

    assert state(desk)["braked"]["alarm"] == "stops"


@in_loop
async def test_a_quality_that_falls_brakes_it_at_once(database: str) -> None:
    desk = open_desk(database)
    desk.rows("UPDATE sportello_number SET quality = 'GREEN'")
    campaign(desk, people(desk, 40), quality="GREEN", canary=2)
    await look(desk, 3)
    desk.rows("UPDATE sportello_number SET quality = 'YELLOW'")

    await look(desk)

    assert state(desk)["braked"]["alarm"] == "quality"


@in_loop
async def test_it_is_over_when_everybody_has_had_their_turn(database: str) -> None:
    desk = open_desk(database)
    campaign(desk, people(desk, 3))
    await look(desk, 3)
    before = state(desk)["state"]
    settle(desk)

    await look(desk)

    assert before == "running"
    assert (state(desk)["state"], state(desk)["ended_at"]) == ("completed", NOW)


@in_loop
async def test_an_empty_list_ends_at_once(database: str) -> None:
    desk = open_desk(database)
    list_id = people(desk, 1)
    desk.rows("DELETE FROM sportello_listmember")
    campaign(desk, list_id)

    await look(desk, 3)

    assert state(desk)["state"] == "completed"


@in_loop
async def test_a_chat_that_was_there_is_written_to_and_not_doubled(database: str) -> None:
    desk = open_desk(database)
    list_id = people(desk, 1)
    desk.rows(
        "INSERT INTO sportello_conversation (workspace_id, number_id, contact_id, holder)"
        " SELECT workspace_id, %s, id, 'operator' FROM sportello_contact",
        desk.number_id,
    )
    campaign(desk, list_id)

    await look(desk, 3)

    assert desk.conversation()["holder"] == "operator"
    assert _released(desk) == 1


@in_loop
async def test_the_companys_own_pace_is_kept(database: str) -> None:
    desk = open_desk(database)
    campaign(desk, people(desk, 30), rate=60)

    await look(desk, 3)
    first = _released(desk)
    desk.rows("UPDATE sportello_campaign SET released_at = released_at - interval '5 seconds'")
    await look(desk, 3)

    assert first == 1
    assert _released(desk) == 6


class _Killed(BaseException):
    """As the end of a process: nobody catches it."""


@in_loop
@pytest.mark.parametrize("point", ["plan.stepped", "plan.committed"])
async def test_a_crash_at_any_step_plans_and_releases_everybody_once(
    database: str, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    monkeypatch.setattr(plan_audience, "PORTION", 3)
    desk = open_desk(database)
    desk.rows("UPDATE sportello_number SET throughput_mps = 1")
    campaign(desk, people(desk, 30))

    def die(name: str) -> None:
        if name == point:
            raise _Killed

    for turn in range(60):
        monkeypatch.setattr(crash, "point", die if turn % 2 else lambda _name: None)
        try:
            await look(desk)
        except _Killed:
            settle(desk, n=7)

    people_written_to = desk.rows(
        "SELECT contact_id FROM sportello_send JOIN sportello_conversation AS c"
        " ON c.id = conversation_id"
    )
    assert len(people_written_to) == len({row["contact_id"] for row in people_written_to}) == 30


@in_loop
async def test_of_many_the_latest_speak_for_all(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(database)
    made = campaign(desk, people(desk, 30))
    await look(desk, 3)
    settle(desk, n=20)
    settle(desk, "failed", code=131026, n=10)
    desk.rows(
        "UPDATE sportello_recipient AS r SET released_at = r.released_at + interval '1 second'"
        " FROM sportello_message AS m WHERE m.id = r.message_id AND m.status = 'failed'"
    )
    monkeypatch.setattr(campaigns, "LATEST_MAX", 10)

    async with context_of(desk) as context, context.pool.connection() as connection:
        row = await campaigns.hold(connection, made)
        assert row is not None
        whole, judged = await campaigns.counts(connection, row, NOW)

    assert (whole.sent, whole.settled) == (30, 30)
    assert (judged.sent, judged.failed) == (10, 10)


@in_loop
async def test_whoever_asks_to_stop_is_a_share_of_the_latest_alone(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(database)
    made = campaign(desk, people(desk, 30))
    await look(desk, 3)
    settle(desk)
    latest = desk.rows(
        "UPDATE sportello_recipient SET released_at = released_at + interval '1 minute'"
        " WHERE id IN (SELECT id FROM sportello_recipient ORDER BY id DESC LIMIT 10)"
        " RETURNING contact_id"
    )
    desk.rows(
        "INSERT INTO sportello_consentevent (workspace_id, contact_id, category, action, source,"
        " at) SELECT workspace_id, contact_id, 'marketing', 'withdraw', 'keyword',"
        " released_at + interval '1 hour' FROM sportello_recipient"
        " WHERE contact_id % 2 = 0"
    )
    monkeypatch.setattr(campaigns, "LATEST_MAX", 10)

    async with context_of(desk) as context, context.pool.connection() as connection:
        row = await campaigns.hold(connection, made)
        assert row is not None
        _, judged = await campaigns.counts(connection, row, NOW)

    asked = sum(one["contact_id"] % 2 == 0 for one in latest)
    assert (judged.sent, judged.stopped) == (10, asked)
