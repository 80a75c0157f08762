"""The reading of accounts: bounded, patient after failures, and never hasty with a deletion."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from sportello.store.pool import open_pool
from sportello.whatsapp.client import Client
from sportello.workers import tend_templates
from sportello.workers.outward import Outward
from sportello.workers.tend_templates import Rests, synchronise
from sportello.workers.tend_wishes import ATTEMPTS_MAX, pause_s
from tests.loop import in_loop
from tests.workers.desk import KEY, NOW, Desk, open_desk

KEY_OF = (1, "100")


@asynccontextmanager
async def _meta(desk: Desk, answer: Any) -> AsyncIterator[tuple[Outward, list[str]]]:
    """`answer` is given each request and says what Meta answers to it."""
    seen: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append(request.path.rpartition("/")[2])
        told: web.StreamResponse = answer(request)
        return told

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handler)
    async with (
        TestServer(app) as server,
        Client(str(server.make_url("")).rstrip("/")) as client,
        open_pool(desk.url, 4) as pool,
    ):
        yield (
            Outward(
                pool=pool, url=desk.url, key=KEY, clock=lambda: NOW, data=desk.data, client=client
            ),
            seen,
        )


def _page(*nodes: dict[str, Any], after: str = "") -> web.Response:
    paging = {"cursors": {"after": after}, "next": "x"} if after else {}
    return web.json_response({"data": list(nodes), "paging": paging})


def _unknown() -> web.Response:
    error = {"code": 100, "error_subcode": 33, "message": "Unsupported get request"}
    return web.json_response({"error": error}, status=400)


def _known(desk: Desk, meta_id: str, **columns: Any) -> None:
    row: dict[str, Any] = {
        "workspace_id": desk.workspace_id, "waba_id": "100000000000001", "meta_id": meta_id,
        "name": f"n{meta_id}", "language": "it", "category": "UTILITY", "status": "APPROVED",
        "created_at": NOW - timedelta(days=1), **columns,
    }  # fmt: skip
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    desk.rows(
        f"INSERT INTO sportello_template ({names}) VALUES ({places})",  # noqa: S608  # our names
        *row.values(),
    )


def _statuses(desk: Desk) -> dict[str, str]:
    rows = desk.rows("SELECT meta_id, status FROM sportello_template")
    return {row["meta_id"]: row["status"] for row in rows}


@in_loop
async def test_a_list_without_end_is_given_up(database: str) -> None:
    desk = open_desk(database)
    rests = Rests()

    async with _meta(desk, lambda _: _page(after="MQ==")) as (context, seen):
        assert await synchronise(context, rests) == 0
        assert await synchronise(context, rests) == 0

    assert len(seen) == tend_templates.PAGES_MAX
    assert desk.row("SELECT * FROM sportello_number")["templates_synchronised_at"] is None


@in_loop
async def test_an_account_is_read_once_an_hour(database: str) -> None:
    desk = open_desk(database)

    async with _meta(desk, lambda _: _page()) as (context, seen):
        assert await synchronise(context, Rests()) == 1
        assert await synchronise(context, Rests()) == 0
        desk.rows(
            "UPDATE sportello_number SET templates_synchronised_at = %s", NOW - timedelta(hours=1)
        )
        assert await synchronise(context, Rests()) == 1

    assert len(seen) == 2


@in_loop
async def test_only_what_meta_denies_by_itself_is_gone(database: str) -> None:
    desk = open_desk(database)
    for meta_id in ("1", "2", "3"):
        _known(desk, meta_id)
    _known(desk, "4", submitted_at=NOW - timedelta(minutes=1))

    def answer(request: web.Request) -> web.Response:
        match request.path.rpartition("/")[2]:
            case "message_templates":
                return _page({"id": "1", "name": "n1", "language": "it", "status": "APPROVED"})
            case "2":
                return web.json_response({"id": "2", "name": "n2", "status": "PAUSED"})
            case _:
                return _unknown()

    async with _meta(desk, answer) as (context, seen):
        await synchronise(context, Rests())

    expected = {"1": "APPROVED", "2": "PAUSED", "3": "DELETED", "4": "APPROVED"}
    assert _statuses(desk) == expected
    assert sorted(seen) == ["2", "3", "message_templates"]


@in_loop
async def test_a_denial_that_is_no_denial_deletes_nothing(database: str) -> None:
    desk = open_desk(database)
    _known(desk, "1")

    def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/message_templates"):
            return _page()
        return web.json_response({"error": {"code": 190, "message": "token"}}, status=401)

    async with _meta(desk, answer) as (context, _):
        await synchronise(context, Rests())

    assert _statuses(desk) == {"1": "APPROVED"}


@in_loop
async def test_what_meta_shows_again_lives_again(database: str) -> None:
    desk = open_desk(database)
    _known(desk, "1", status="DELETED", deleted_at=NOW - timedelta(hours=3))
    node = {"id": "1", "name": "n1", "language": "it", "status": "APPROVED"}

    async with _meta(desk, lambda _: _page(node)) as (context, _):
        await synchronise(context, Rests())

    row = desk.row("SELECT * FROM sportello_template")
    assert (row["status"], row["deleted_at"]) == ("APPROVED", None)


@in_loop
async def test_a_template_in_anothers_place_harms_no_other(database: str) -> None:
    desk = open_desk(database)
    _known(desk, "1", status="DELETED", deleted_at=NOW, name="a")
    _known(desk, "2", name="a")
    nodes = [
        {"id": number, "name": name, "language": "it", "status": "PAUSED"}
        for number, name in (("1", "a"), ("2", "a"), ("3", "b"))
    ]

    async with _meta(desk, lambda _: _page(*nodes)) as (context, _):
        await synchronise(context, Rests())

    assert _statuses(desk) == {"1": "DELETED", "2": "PAUSED", "3": "PAUSED"}


def test_after_failures_an_account_rests_ever_longer_and_is_well_again() -> None:
    rests = Rests()
    lengths = []
    for _ in range(12):
        rests.ill(KEY_OF, 0.0)
        lengths.append(rests.until[KEY_OF])

    assert lengths[:4] == [10, 20, 40, 80]
    assert max(lengths) == 900
    assert rests.waiting(899.0) == ["1:100"]
    assert rests.waiting(901.0) == []
    rests.well(KEY_OF, 0.0)
    assert rests.waiting(1.0) == ["1:100"]
    rests.ill(KEY_OF, 0.0)
    assert rests.until[KEY_OF] == 10


def test_all_attempts_together_outlast_metas_hour() -> None:
    pauses = [pause_s(attempt) for attempt in range(1, ATTEMPTS_MAX)]

    assert pauses[:3] == [5, 20, 80]
    assert sum(pauses) > 3600
    assert max(pauses) == 900
