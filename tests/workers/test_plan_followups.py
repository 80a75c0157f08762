"""Follow-ups: frozen with the audience, timed by the step before, over once somebody answers."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.loop import in_loop
from tests.workers.desk import NOW, Desk, fold, open_desk, text
from tests.workers.mailing import CONTENT, campaign, look, people, settle, state

ANNA = "393330000000"
A_DAY = timedelta(days=1)


def followup(desk: Desk, campaign_id: int, position: int, **columns: Any) -> None:
    template_id = desk.row("SELECT id FROM sportello_template")["id"]
    values = {
        "workspace_id": desk.workspace_id,
        "campaign_id": campaign_id,
        "position": position,
        "unless_answered": True,
        "after_count": 1,
        "after_unit": "days",
        "template_id": template_id,
        "content": Jsonb(CONTENT),
        "variables": Jsonb({"1": {"column": "name"}}),
        **columns,
    }
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    desk.rows(
        f"INSERT INTO sportello_followup ({names}) VALUES ({places})",  # noqa: S608  # names of columns
        *values.values(),
    )


def errands(desk: Desk) -> list[dict[str, Any]]:
    return desk.rows(
        "SELECT t.*, m.status FROM sportello_errand AS t LEFT JOIN sportello_message AS m"
        " ON m.id = t.message_id ORDER BY t.recipient_id, t.position"
    )


def leaves(desk: Desk, now: datetime = NOW, status: str = "delivered", **more: Any) -> None:
    """What is in the outbox leaves at this instant, and ends so."""
    desk.rows("UPDATE sportello_send SET attempted_at = %s WHERE state = 'queued'", now)
    settle(desk, status, **more)


async def answered(desk: Desk, now: datetime, wa_id: str = ANNA) -> None:
    await fold(desk, text(f"wamid.{now:%d%H%M}", "Mi interessa", now, wa_id=wa_id), now=now)


def sent(desk: Desk) -> int:
    found: int = desk.row("SELECT count(*) FROM sportello_send")["count"]
    return found


@in_loop
async def test_who_is_silent_gets_the_next_step_once_it_is_due(database: str) -> None:
    desk = open_desk(database)
    followup(desk, campaign(desk, people(desk, 2)), 1)
    await look(desk, 3)
    leaves(desk)

    await look(desk, 2, now=NOW + A_DAY - timedelta(seconds=1))
    early = sent(desk)
    await look(desk, 3, now=NOW + A_DAY)

    assert (early, sent(desk)) == (2, 4)
    assert [errand["due_at"] for errand in errands(desk)] == [NOW + A_DAY] * 2


@in_loop
async def test_the_campaign_is_over_after_its_last_step_alone(database: str) -> None:
    desk = open_desk(database)
    followup(desk, campaign(desk, people(desk, 1)), 1)
    await look(desk, 3)
    leaves(desk)

    await look(desk, 3)
    between = state(desk)["state"]
    await look(desk, 2, now=NOW + A_DAY)
    leaves(desk, NOW + A_DAY)
    await look(desk, 2, now=NOW + A_DAY)

    assert (between, state(desk)["state"]) == ("running", "completed")


@in_loop
async def test_an_answer_cancels_what_was_meant_for_silence_and_not_the_rest(
    database: str,
) -> None:
    """The last step keeps its day: it is counted as if the one between had left."""
    desk = open_desk(database)
    campaign_id = campaign(desk, people(desk, 1))
    followup(desk, campaign_id, 1)
    followup(desk, campaign_id, 2, unless_answered=False, after_count=2)
    await look(desk, 3)
    leaves(desk)
    await look(desk)

    await answered(desk, NOW + timedelta(hours=3))
    await look(desk, 2, now=NOW + 3 * A_DAY)

    first, last = errands(desk)
    assert (first["skipped_why"], first["released_at"]) == ("answered", None)
    assert (last["due_at"], last["status"]) == (NOW + 3 * A_DAY, "queued")


@in_loop
async def test_an_answer_withdraws_what_already_waits_in_the_outbox(database: str) -> None:
    desk = open_desk(database)
    followup(desk, campaign(desk, people(desk, 1)), 1)
    await look(desk, 3)
    leaves(desk)
    await look(desk, 2, now=NOW + A_DAY)

    await answered(desk, NOW + A_DAY)

    (errand,) = errands(desk)
    assert errand["status"] == "cancelled"
    assert desk.rows("SELECT FROM sportello_send WHERE state = 'queued' AND priority = 2") == []


@in_loop
async def test_what_comes_back_to_the_outbox_after_an_answer_is_stopped_by_its_mark(
    database: str,
) -> None:
    desk = open_desk(database)
    followup(desk, campaign(desk, people(desk, 1)), 1)
    await look(desk, 3)
    leaves(desk)
    await look(desk, 2, now=NOW + A_DAY)
    desk.rows(
        "UPDATE sportello_send SET state = 'sending', attempt = gen_random_uuid()"
        " WHERE state = 'queued'"
    )

    await answered(desk, NOW + A_DAY)

    assert errands(desk)[0]["answered_at"] == NOW + A_DAY


@in_loop
async def test_a_word_before_the_first_message_is_no_answer_to_it(database: str) -> None:
    desk = open_desk(database)
    followup(desk, campaign(desk, people(desk, 1)), 1)
    await look(desk, 3)

    await answered(desk, NOW)
    leaves(desk)
    await look(desk, 2, now=NOW + A_DAY)

    assert errands(desk)[0]["status"] == "queued"


@in_loop
@pytest.mark.parametrize("end", ["failed", "refused", "cancelled"])
async def test_who_was_not_reached_gets_nothing_more(database: str, end: str) -> None:
    desk = open_desk(database)
    campaign_id = campaign(desk, people(desk, 1))
    followup(desk, campaign_id, 1)
    followup(desk, campaign_id, 2, unless_answered=False)
    await look(desk, 3)
    leaves(desk, status=end)

    await look(desk, 3, now=NOW + 5 * A_DAY)

    assert [errand["skipped_why"] for errand in errands(desk)] == ["not_reached"] * 2
    assert state(desk)["state"] == "completed"


@in_loop
async def test_a_failure_told_late_ends_it_too(database: str) -> None:
    desk = open_desk(database)
    followup(desk, campaign(desk, people(desk, 1)), 1)
    await look(desk, 3)
    leaves(desk)
    await look(desk)
    desk.rows("UPDATE sportello_message SET status = 'failed'")

    await look(desk, 2, now=NOW + A_DAY)

    assert errands(desk)[0]["skipped_why"] == "not_reached"


@in_loop
async def test_who_said_stop_meanwhile_is_passed_over(database: str) -> None:
    desk = open_desk(database)
    campaign_id = campaign(desk, people(desk, 1))
    followup(desk, campaign_id, 1, unless_answered=False)
    await look(desk, 3)
    leaves(desk)

    await fold(
        desk, text("wamid.stop", "STOP", NOW + A_DAY, wa_id=ANNA), now=NOW + timedelta(hours=1)
    )
    await look(desk, 2, now=NOW + A_DAY)

    assert errands(desk)[0]["skipped_why"] == "opted_out"


@in_loop
async def test_what_nobody_can_know_holds_up_no_end(database: str) -> None:
    desk = open_desk(database)
    followup(desk, campaign(desk, people(desk, 1)), 1)
    await look(desk, 3)
    desk.rows("UPDATE sportello_send SET state = 'unknown', settled_at = now()")
    desk.rows("UPDATE sportello_message SET status = 'unknown'")

    await look(desk, 3, now=NOW + 3 * A_DAY)

    assert (errands(desk)[0]["skipped_why"], state(desk)["state"]) == ("not_reached", "completed")


@in_loop
async def test_values_and_skips_are_those_of_the_day_of_planning(database: str) -> None:
    desk = open_desk(database)
    list_id = people(desk, 1)
    people(desk, 1, consent=False, first=5)
    followup(desk, campaign(desk, list_id), 1)
    await look(desk, 3)
    desk.rows("UPDATE sportello_contact SET name = 'Un altro nome'")
    leaves(desk)
    await look(desk, 2, now=NOW + A_DAY)

    known, unknown = errands(desk)
    text_of_it = desk.row("SELECT text FROM sportello_message WHERE id = %s", known["message_id"])
    assert "Persona 0" in text_of_it["text"]
    assert unknown["skipped_why"] == "no_consent"
