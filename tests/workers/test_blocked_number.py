"""While Meta blocks a number nothing of it is mended there, until an administrator has spoken."""

import pytest

from sportello.rules.connecting import Kind, steps
from sportello.store import connections
from sportello.store.doctor import Wanted
from sportello.workers.tend_doctor_deeds import perform
from tests.loop import in_loop
from tests.workers.desk import NOW, Desk, context_of, open_desk
from tests.workers.meta import Meta, outward

_BLOCKED = "UPDATE sportello_number SET status = 'banned'"
# Meta has lifted it; the company has not said that it goes on.
_LIFTED = "UPDATE sportello_number SET status = 'connected'"
_FREE = (
    "UPDATE sportello_number SET status = 'connected', paused_why = '', paused_at = NULL,"
    " silent_since = NULL"
)


@pytest.mark.parametrize("kind", [Kind.REPAIR, Kind.PROFILE])
@in_loop
async def test_neither_webhooks_nor_profile_are_mended_against_a_block(
    database: str, kind: Kind
) -> None:
    desk = open_desk(database)
    _begin(desk, kind)

    desk.rows(_BLOCKED)
    assert await _claimed(desk) == []
    desk.rows(_LIFTED)
    assert desk.row("SELECT paused_why FROM sportello_number")["paused_why"] == "blocked"
    assert await _claimed(desk) == []
    desk.rows(_FREE)
    assert await _claimed(desk) == [kind.value]


@in_loop
async def test_a_repair_that_is_under_way_stops_before_its_next_step(database: str) -> None:
    desk = open_desk(database)
    _begin(desk, Kind.REPAIR)
    async with context_of(desk) as context, context.pool.connection() as connection:
        (ours,) = await connections.claim(connection, lease_s=60, limit=1)
        await connection.commit()
        desk.rows(_BLOCKED)

        assert not await connections.begin_step(connection, ours, 1, NOW, lease_s=60)


@in_loop
async def test_no_button_subscribes_the_app_of_a_blocked_account(database: str) -> None:
    desk, meta = open_desk(database), Meta()
    desk.rows(_BLOCKED)
    wanted = Wanted(0, desk.workspace_id, desk.number_id, "number", desk.number_id, "resubscribe")

    async with outward(desk, meta) as context:
        refused = await perform(context, wanted)

    assert refused == {"code": None, "said": "account_blocked"}
    assert meta.calls == []


def _begin(desk: Desk, kind: Kind) -> None:
    made = desk.row(
        "INSERT INTO sportello_connection (workspace_id, kind, number_id, waba_id, phone_number_id)"
        " SELECT workspace_id, %s, id, waba_id, phone_number_id FROM sportello_number"
        " RETURNING id, workspace_id",
        kind.value,
    )
    for place, name in enumerate(steps(kind), 1):
        desk.rows(
            "INSERT INTO sportello_connectionstep (workspace_id, connection_id, place, name)"
            " VALUES (%s, %s, %s, %s)",
            made["workspace_id"],
            made["id"],
            place,
            name,
        )


async def _claimed(desk: Desk) -> list[str]:
    async with context_of(desk) as context, context.pool.connection() as connection:
        return [one.kind for one in await connections.claim(connection, lease_s=60, limit=5)]
