"""What one number has claimed leaves in order of urgency, also across its claims."""

from uuid import uuid4

from sportello.store import sends
from sportello.workers.dispatch_lane import Lane
from sportello.workers.dispatch_tallies import Tallies
from sportello.workers.dispatch_wire import Outcome
from tests.loop import in_loop
from tests.workers.desk import open_desk, say, taken_chat
from tests.workers.mailing import campaign, look, people
from tests.workers.meta import Meta, outward


@in_loop
async def test_a_person_s_text_leaves_before_what_was_claimed_for_a_campaign_earlier(
    database: str,
) -> None:
    desk, meta, ends = open_desk(database), Meta(), list[Outcome]()
    chat = await taken_chat(desk)
    campaign(desk, people(desk, 6))
    desk.rows("UPDATE sportello_number SET throughput_mps = 1000")
    await look(desk, 3)

    # One connection: they arrive as they have left.
    async with outward(desk, meta, connections=1) as context:
        me = uuid4()
        async with context.pool.connection() as connection:
            (lease,) = await sends.take_numbers(connection, me, lease_s=60, limit=1)
        lane = Lane(context, me, lease, ends.append, Tallies())
        earlier = await lane._claim()
        say(desk, "Eccomi", conversation_id=chat)
        later = await lane._claim()
        await lane._leave(earlier)
        await lane._leave(later)
        await lane.finish()

    assert [call["type"] for call in meta.calls] == ["text", *["template"] * 6]
    assert len(ends) == 7
