"""What failed for a reason that passes is written to anew, and what follows it follows."""

import asyncio
from pathlib import Path

import pytest

from sportello.console.campaigns import retrying, steps  # Django is set up by then
from sportello.schema.campaigns import Recipient
from sportello.schema.followups import Errand
from sportello.workers import dispatch, fold, plan, tend
from tests.flow import desk_campaigns as desk
from tests.flow.desk_templates import approved, body, on_pages
from tests.flow.house import House, Run, house
from tests.loop import in_loop

WORKERS: dict[str, Run] = {
    "fold": fold.run,
    "tend": tend.run,
    "plan": plan.run,
    "dispatch": dispatch.run,
}
# Meta's own trouble: tried twice by itself, and then given up.
TROUBLE = {"where": "messages", "kind": "error", "code": 1}
pytestmark = pytest.mark.usefixtures("django_database")


@in_loop
@pytest.mark.parametrize("failed", [0, 1])
async def test_a_press_reaches_who_was_missed_and_the_steps_after_it_come(
    database: str, tmp_path: Path, failed: int
) -> None:
    """`failed`: the first message, or the first follow-up."""
    async with house(database, tmp_path, workers=WORKERS) as meta:
        people = await desk.crowd(meta, 2)
        if failed == 0:
            await meta.sim("POST", "faults", TROUBLE)
        campaign_id = await _started(meta)
        if failed == 1:
            await meta.until(lambda: desk.sent(meta) == 2)
            await meta.sim("POST", "faults", TROUBLE)
        await _over(meta)
        missed = await _totals(meta)
        await meta.sim("DELETE", "faults")

        kind = Errand if failed else Recipient
        told = await on_pages(meta, lambda: retrying.retry_failed(kind, campaign_id, meta.now()))
        await _over(meta)

        assert (told.count, missed.count("not_reached")) == (2, 2 * (2 - failed))
        assert set((await desk.received(meta, people)).values()) == {3}
        assert await _totals(meta) == [""] * 4
        again = await on_pages(meta, lambda: retrying.retry_failed(kind, campaign_id, meta.now()))
        assert again.count == 0


async def _started(meta: House) -> int:
    """Two people, and two follow-ups after an hour each, always."""
    await approved(meta, body("novita_stagione", desk.TEXT, category="MARKETING"))
    list_id = meta.desk.row("SELECT id FROM sportello_contactlist")["id"]
    named = {"template": "novita_stagione", "language": "it", "variables": {"1": "name"}}
    step = steps.WantedStep(**named, after_count=1, after_unit="hours", unless_answered=False)
    wanted = desk.deeds.Wanted(name="Autunno", audience=desk.Listed(list_id), canary=None, **named)

    def deed() -> int:
        row = desk.deeds.create(meta.desk.workspace_id, wanted, None, meta.now())
        steps.replace(row.pk, [step, step])
        return desk.deeds.start(row.pk, meta.now()).pk

    return await on_pages(meta, deed)


async def _over(meta: House) -> None:
    """Time passes until it is: the database's too, which spaces what one person is sent."""
    for _ in range(600):
        if await asyncio.to_thread(desk.state, meta) == "completed":
            return
        await meta.advance(600)
        await asyncio.sleep(0.1)
    raise AssertionError(meta.desk.rows("SELECT state, hold_code, due_at FROM sportello_send"))


async def _totals(meta: House) -> list[str]:
    found = meta.desk.rows("SELECT skipped_why FROM sportello_errand ORDER BY id")
    return [row["skipped_why"] for row in found]
