"""What the company decides for all campaigns: restraint, brake, and on whose clock it writes."""

from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from tests.loop import in_loop
from tests.workers.desk import NOW, Desk, ago, open_desk
from tests.workers.mailing import campaign, look, people, settle, state, template

# Sunday 22 November 2026; nine o'clock in Rome is eight in London.
MORNINGS = {"days": {str(day): [["09:00", "13:00"]] for day in range(7)}, "holidays": []}


def _reasons(desk: Desk) -> list[str]:
    rows = desk.rows("SELECT skipped_why FROM sportello_recipient ORDER BY id")
    return [row["skipped_why"] for row in rows]


def _promoted(desk: Desk, wa_id: str, **when: float) -> None:
    """They were sent a promotion that long ago."""
    desk.rows(
        "WITH chat AS (INSERT INTO sportello_conversation (workspace_id, number_id, contact_id,"
        " holder) SELECT %s, %s, id, 'closed' FROM sportello_contact WHERE wa_id = %s"
        " ON CONFLICT (number_id, contact_id) DO UPDATE SET holder = 'closed' RETURNING id)"
        " INSERT INTO sportello_message (workspace_id, conversation_id, origin, type, payload,"
        " status, at) SELECT %s, id, 'campaign', 'template', %s, 'delivered', %s FROM chat",
        desk.workspace_id,
        desk.number_id,
        wa_id,
        desk.workspace_id,
        Jsonb({"template": {"category": "marketing"}}),
        ago(**when),
    )


def _rules(desk: Desk, **columns: Any) -> None:
    named = ", ".join(f"{name} = %s" for name in columns)
    desk.rows(f"UPDATE sportello_workspace SET {named}", *columns.values())  # noqa: S608  # names of columns


@in_loop
async def test_who_had_enough_is_skipped_and_who_had_it_long_ago_is_not(database: str) -> None:
    desk = open_desk(database)
    listed = people(desk, 3)
    _rules(desk, promotions_max=1, promotions_days=7)
    _promoted(desk, "393330000000", days=2)
    _promoted(desk, "393330000001", days=8)
    campaign(desk, listed)

    await look(desk, 3)

    assert _reasons(desk) == ["frequency_cap", "", ""]


@in_loop
async def test_two_campaigns_at_once_do_not_write_more_than_the_restraint_allows(
    database: str,
) -> None:
    desk = open_desk(database)
    listed = people(desk, 4)
    _rules(desk, promotions_max=1, promotions_days=7)
    which = template(desk)
    for _ in range(2):
        campaign(desk, listed, template_id=which)

    await look(desk, 6)

    written = desk.rows(
        "SELECT c.contact_id, count(*) AS n FROM sportello_message AS m"
        " JOIN sportello_conversation AS c ON c.id = m.conversation_id"
        " WHERE m.origin = 'campaign' GROUP BY 1"
    )
    assert [row["n"] for row in written] == [1, 1, 1, 1]
    assert sorted(_reasons(desk)) == ["", "", "", "", *["frequency_cap"] * 4]


@in_loop
async def test_the_brake_acts_at_the_company_s_own_threshold(database: str) -> None:
    desk = open_desk(database)
    campaign(desk, people(desk, 300))
    _rules(desk, brake_failures=0.5, brake_sample_min=10)
    await look(desk, 3)
    settle(desk, "failed", 131026, n=40)
    settle(desk, "delivered")

    await look(desk)
    calm = state(desk)["state"]
    _rules(desk, brake_failures=0.2)
    await look(desk)

    assert (calm, state(desk)["state"]) == ("running", "paused")
    assert state(desk)["braked"]["allowed"] == 0.2


@in_loop
async def test_each_is_written_to_when_it_is_their_hour(database: str) -> None:
    desk = open_desk(database)
    listed = people(desk, 2)
    desk.rows("UPDATE sportello_contact SET wa_id = '442079460000' WHERE name = 'Persona 1'")
    campaign(desk, listed, calendar=Jsonb(MORNINGS), zone="customer")
    rome_opens = NOW.replace(hour=8, minute=30)

    await look(desk, 4, now=rome_opens)
    in_rome = _written(desk)
    settle(desk)
    await look(desk, 2, now=rome_opens)
    still = state(desk)["state"]
    await look(desk, 2, now=rome_opens + timedelta(hours=1))

    assert (in_rome, still) == (["Persona 0"], "running")
    assert _written(desk) == ["Persona 0", "Persona 1"]


def _written(desk: Desk) -> list[str]:
    rows = desk.rows(
        "SELECT p.name FROM sportello_recipient AS r JOIN sportello_contact AS p"
        " ON p.id = r.contact_id WHERE r.released_at IS NOT NULL ORDER BY p.name"
    )
    return [row["name"] for row in rows]
