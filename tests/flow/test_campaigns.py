"""A campaign's way: a list, an approved template, people with phones, and a count that adds up."""

from pathlib import Path

import pytest

from sportello.workers import dispatch, fold, plan, tend
from tests.flow import desk_campaigns as desk
from tests.flow.house import Run, house
from tests.loop import in_loop

WORKERS: dict[str, Run] = {
    "fold": fold.run,
    "tend": tend.run,
    "plan": plan.run,
    "dispatch": dispatch.run,
}
pytestmark = pytest.mark.usefixtures("django_database")


@in_loop
async def test_everybody_gets_it_once_and_the_report_says_so(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        people = await desk.crowd(meta, 60)
        campaign_id = await desk.started(meta)

        await desk.goes_on(meta, lambda: desk.state(meta) == "completed")

        assert set((await desk.received(meta, people)).values()) == {1}
        assert sum((await desk.totals(meta, campaign_id)).values()) == 60
        first = (await meta.phone(people[0]))[0]
        assert first["text"].startswith("Ciao Persona 1,")


@in_loop
async def test_nothing_leaves_while_it_is_paused_and_all_of_it_afterwards(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        people = await desk.crowd(meta, 40)
        campaign_id = await desk.started(meta, rate=600)
        await meta.until(lambda: desk.sent(meta) >= 5)

        await desk.on_pages(meta, lambda: desk.deeds.pause(campaign_id, meta.now()))
        await desk.after_claims(meta)
        await meta.until(lambda: desk.on_the_wire(meta) == 0)
        paused_at = desk.sent(meta)
        await meta.advance(60)
        still = desk.sent(meta)
        await meta.desk.change("UPDATE sportello_campaign SET rate = NULL")
        await desk.on_pages(meta, lambda: desk.deeds.resume(campaign_id, meta.now()))
        await desk.goes_on(meta, lambda: desk.state(meta) == "completed")

        assert paused_at == still < 40
        assert set((await desk.received(meta, people)).values()) == {1}


@in_loop
async def test_who_says_stop_meanwhile_is_not_written_to(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        people = await desk.crowd(meta, 30)
        await meta.desk.change("UPDATE sportello_number SET throughput_mps = 1")
        campaign_id = await desk.started(meta, rate=60)
        await meta.until(lambda: desk.sent(meta) >= 1)
        last = people[-1]

        await meta.writes(last, "STOP")
        await desk.goes_on(meta, lambda: desk.withdrawn(meta, last))
        await meta.desk.change("UPDATE sportello_number SET throughput_mps = 80")
        await meta.desk.change("UPDATE sportello_campaign SET rate = NULL")
        await desk.goes_on(meta, lambda: desk.state(meta) == "completed")

        ours = [one for one in await meta.phone(last) if one["type"] == "template"]
        assert ours == []
        assert (await desk.totals(meta, campaign_id))["skipped"] == 1


@in_loop
async def test_a_cancelled_campaign_writes_to_nobody_more(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        people = await desk.crowd(meta, 40)
        campaign_id = await desk.started(meta, rate=600)
        await meta.until(lambda: desk.sent(meta) >= 5)

        await desk.on_pages(meta, lambda: desk.deeds.cancel(campaign_id, meta.now()))
        await desk.after_claims(meta)
        await meta.until(lambda: desk.on_the_wire(meta) == 0)
        told = await desk.totals(meta, campaign_id)
        shown = await desk.received(meta, people)

        assert sum(told.values()) == 40
        assert told["cancelled"] == 40 - sum(shown.values()) > 0


@in_loop
async def test_too_many_failures_stop_it_by_themselves(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=WORKERS) as meta:
        await desk.crowd(meta, 200, unreachable=1.0)
        await desk.started(meta, rate=3_000)

        await desk.goes_on(meta, lambda: desk.state(meta) == "paused")

        found = meta.desk.row("SELECT paused_why, braked FROM sportello_campaign")
        assert (found["paused_why"], found["braked"]["alarm"]) == ("brake", "failures")
        assert desk.sent(meta) < 200
