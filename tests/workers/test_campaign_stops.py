"""What fails at Meta's stops what it concerns, at once: a number, or a template's campaigns."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from sportello.workers import plan
from sportello.workers.dispatch_lane import IN_FLIGHT_MAX
from sportello.workers.outward import Outward
from tests.loop import in_loop
from tests.workers.desk import Desk, open_desk, say, taken_chat
from tests.workers.mailing import campaign, look, people, state
from tests.workers.meta import Meta, accept, outward, refuse
from tests.workers.test_dispatch import dispatching, until


def _count(desk: Desk, sql: str) -> int:
    found: int = desk.row(f"SELECT count(*) AS n FROM sportello_send WHERE {sql}")["n"]  # noqa: S608  # the test's own
    return found


async def _started(desk: Desk, count: int = 40, *, mps: int = 5) -> None:
    """Confirmed, planned, and its first portion in the outbox."""
    campaign(desk, people(desk, count))
    desk.rows("UPDATE sportello_number SET throughput_mps = %s", mps)
    await look(desk, 3)


@in_loop
async def test_a_template_that_meta_pauses_pauses_its_campaign_and_loses_nobody(
    database: str,
) -> None:
    desk, meta = open_desk(database), Meta()
    await _started(desk)
    desk.rows("UPDATE sportello_template SET status = 'PAUSED'")

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _count(desk, "hold_code = 'template_paused'") >= 1)
    await look(desk)

    assert meta.calls == []
    assert (state(desk)["state"], state(desk)["paused_why"]) == ("paused", "template")
    assert _count(desk, "state = 'queued'") == 20


@in_loop
async def test_meta_s_own_no_to_a_template_pauses_its_campaign_before_any_webhook(
    database: str,
) -> None:
    desk, meta = open_desk(database), Meta(usual=_refuses_templates)
    chat = await taken_chat(desk)
    await _started(desk)

    async with outward(desk, meta) as context, dispatching(context), planning(context):
        await until(lambda: state(desk)["state"] == "paused")
        say(desk, "Eccomi", conversation_id=chat)
        await until(lambda: _count(desk, "origin = 'operator' AND state = 'accepted'") == 1)
        await until(lambda: _count(desk, "state = 'sending'") == 0)

    assert state(desk)["paused_why"] == "template"
    assert _count(desk, "campaign_id IS NOT NULL AND state <> 'queued'") == 0, "nobody is lost"


async def _refuses_templates(call: dict[str, Any], request: web.Request) -> web.StreamResponse:
    answer = refuse(132015) if call.get("type") == "template" else accept
    return await answer(call, request)


@asynccontextmanager
async def planning(context: Outward) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(plan.run(context, stop))
    try:
        yield
    finally:
        stop.set()
        await task


@pytest.mark.parametrize(
    ("code", "hold"),
    [(190, "number_paused"), (131031, "campaign_paused"), (131042, "number_paused")],
)
@in_loop
async def test_of_a_number_that_may_not_send_no_more_is_claimed_than_is_on_its_way(
    database: str, code: int, hold: str
) -> None:
    desk, meta = open_desk(database), Meta(usual=refuse(code))
    await _started(desk, 400, mps=80)

    async with outward(desk, meta) as context, dispatching(context):
        await until(lambda: _count(desk, f"hold_code = '{hold}' AND attempts = 0") > 0)
        await until(lambda: _count(desk, "state = 'sending'") == 0)

    assert 1 <= len(meta.calls) <= 8 < IN_FLIGHT_MAX, "what the first claim had taken"
    assert _count(desk, "state <> 'queued'") == 0, "nobody is lost to it"
