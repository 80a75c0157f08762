"""Campaigns for benches: so many people who agreed, planned and released by the real workers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from time import process_time

import psutil
import psycopg

from sportello.store import vault
from sportello.store.pool import open_pool
from sportello.whatsapp.client import Client, Settings
from sportello.workers import dispatch, plan
from sportello.workers.loops import collect_seldom, run_all
from sportello.workers.outward import Outward
from tests.workers.desk import KEY, NOW, Desk
from tests.workers.mailing import CONTENT, campaign, template


def people(desk: Desk, count: int, *, first: int = 1) -> int:
    """A list of so many contacts with their consent; its id. `first`: of their numbers."""
    with psycopg.connect(desk.url) as connection:
        made = connection.execute(
            "INSERT INTO sportello_contactlist (workspace_id, name) VALUES (%s, %s) RETURNING id",
            [desk.workspace_id, f"Clienti {first}"],
        ).fetchone()
        assert made is not None
        connection.execute(
            "WITH made AS (INSERT INTO sportello_contact (workspace_id, wa_id, name)"
            " SELECT %s, (393330000000 + n)::text, 'Persona ' || n"
            " FROM generate_series(%s::int, %s::int) AS n RETURNING id, workspace_id),"
            " agreed AS (INSERT INTO sportello_consentevent (workspace_id, contact_id, category,"
            " action, source, at) SELECT workspace_id, id, 'marketing', 'grant', 'import', %s"
            " FROM made)"
            " INSERT INTO sportello_listmember (workspace_id, list_id, contact_id)"
            " SELECT workspace_id, %s, id FROM made ORDER BY id",
            [desk.workspace_id, first, first + count - 1, NOW, made[0]],
        )
    desk.rows("VACUUM ANALYZE")
    list_id: int = made[0]
    return list_id


def mailing(desk: Desk, count: int, *, mps: int) -> int:
    """A campaign that has just been confirmed, on a number of that throughput; its id."""
    desk.rows("UPDATE sportello_number SET throughput_mps = %s", mps)
    return campaign(desk, people(desk, count))


def mailings(desk: Desk, count: int, *, numbers: int, mps: int) -> None:
    """So many people in all, each number of that throughput with a campaign to its own share."""
    ids = [desk.number_id, *more_numbers(desk, numbers - 1)]
    desk.rows("UPDATE sportello_number SET throughput_mps = %s", mps)
    share, made = -(-count // numbers), template(desk)
    for place, number_id in enumerate(ids):
        list_id = people(desk, share, first=1 + place * share)
        campaign(desk, list_id, number_id=number_id, template_id=made)


def more_numbers(desk: Desk, count: int) -> list[int]:
    """Connected, each with its token."""
    found = []
    for n in range(count):
        number: int = desk.row(
            "INSERT INTO sportello_number (workspace_id, phone_number_id, waba_id)"
            " VALUES (%s, %s, '1') RETURNING id",
            desk.workspace_id,
            f"30{n}",
        )["id"]
        sealed = vault.seal(KEY, "token", vault.token_place(number))
        desk.rows(
            "INSERT INTO sportello_token (workspace_id, number_id, sealed) VALUES (%s, %s, %s)",
            desk.workspace_id,
            number,
            sealed,
        )
        found.append(number)
    return found


def body(n: int) -> dict[str, object]:
    """What a recipient of it is sent, as the bare loops post it."""
    parameters = [{"type": "text", "text": f"Persona {n}"}]
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": str(393330000000 + n),
        "type": "template",
        "template": {
            "name": CONTENT["name"],
            "language": {"code": CONTENT["language"]},
            "components": [{"type": "body", "parameters": parameters}],
        },
    }


@asynccontextmanager
async def outward(desk: Desk, base: str) -> AsyncIterator[Outward]:
    """What the workers are given, with a client that speaks to the bench's Meta."""
    async with (
        open_pool(desk.url, 12) as pool,
        Client(base, settings=Settings(connections_max=512)) as client,
    ):
        yield Outward(
            pool=pool, url=desk.url, key=KEY, clock=lambda: NOW, data=desk.data, client=client
        )


@asynccontextmanager
async def sending(context: Outward) -> AsyncIterator[None]:
    """Plans and dispatches while the block runs, in one process as in the product."""
    collect_seldom()
    stop = asyncio.Event()
    loops = {"plan": partial(plan.run, context), "dispatch": partial(dispatch.run, context)}
    task = asyncio.create_task(run_all(loops, stop))
    try:
        yield
    finally:
        stop.set()
        await task


def counted(desk: Desk, sql: str) -> int:
    found: int = desk.row(f"SELECT count(*) AS n FROM {sql}")["n"]  # noqa: S608  # the bench's own
    return found


def cpu_s(desk: Desk) -> tuple[float, float]:
    """CPU seconds until now: of this process, and of the database with all its servers."""
    with psycopg.connect(desk.url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    with open(f"{row[0]}/postmaster.pid") as file:  # noqa: PTH123  # one line of it
        postmaster = psutil.Process(int(file.readline()))
    times = [postmaster, *postmaster.children()]
    used = 0.0
    for one in times:
        try:
            spent = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += spent.user + spent.system
    # What has ended is counted with the postmaster's children.
    ended = postmaster.cpu_times()
    return process_time(), used + ended.children_user + ended.children_system
