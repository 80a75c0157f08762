"""Files of their own for a campaign's people: fetched from links, or given by name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from psycopg.types.json import Jsonb

from sportello import crash
from sportello.fetching.client import Fetcher, Settings
from sportello.rules.enclosure import reference
from sportello.rules.files import OURS_MAX
from sportello.workers import plan_enclosures
from sportello.workers.context import Context
from sportello.workers.plan import Planning
from sportello.workers.plan_enclosures import ATTEMPTS_MAX, bring
from tests.loop import in_loop
from tests.workers.desk import Desk, context_of, open_desk
from tests.workers.mailing import CONTENT, campaign, look, people, state, template

_JPEG = b"\xff\xd8\xff\xe0" + b"j" * 96
_PICTURED = CONTENT | {
    "name": "ritratto",
    "components": [{"type": "HEADER", "format": "IMAGE"}, *CONTENT["components"]],  # type: ignore[list-item,misc]  # a body of JSON
}


@dataclass(slots=True)
class _Site:
    """The company's own web server. `status`: what it answers, picture or not."""

    status: int = 200
    asked: list[str] = field(default_factory=list)

    async def picture(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if self.status != 200:
            return web.Response(status=self.status)
        name = request.match_info["name"].encode()
        return web.Response(body=_JPEG + name, content_type="image/jpeg")

    async def page(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text="<html>", content_type="image/jpeg")

    async def film(self, request: web.Request) -> web.Response:
        del request
        return web.Response(body=b"\0\0\0\x18ftypmp42", content_type="video/mp4")


@asynccontextmanager
async def _open(desk: Desk) -> AsyncIterator[tuple[Context, Fetcher, _Site, str]]:
    site, app = _Site(), web.Application()
    app.router.add_get("/pictures/{name}", site.picture)
    app.router.add_get("/page.jpg", site.page)
    app.router.add_get("/film.mp4", site.film)
    settings = Settings(bytes_max=OURS_MAX, private_hosts=frozenset({"127.0.0.1"}), seconds_max=5.0)
    async with (
        TestServer(app) as server,
        context_of(desk) as context,
        Fetcher(settings) as fetcher,
    ):
        yield context, fetcher, site, str(server.make_url("")).rstrip("/")


def _mailing(desk: Desk, cells: list[str], **columns: Any) -> int:
    """A campaign with a picture for each; `cells`: what each one's column says."""
    list_id = people(desk, len(cells))
    for n, cell in enumerate(cells):
        desk.rows(
            "UPDATE sportello_contact SET properties = %s WHERE name = %s",
            Jsonb({"foto": cell}),
            f"Persona {n}",
        )
    values = {"content": Jsonb(_PICTURED), "media_column": "foto"} | columns
    return campaign(desk, list_id, template_id=template(desk, _PICTURED), **values)


def _given(desk: Desk, campaign_id: int, name: str) -> int:
    """A file given with the campaign; its id."""
    named = reference(name)
    assert named is not None
    file_id: int = desk.row(
        "INSERT INTO sportello_file (workspace_id, sha256, mime_type, filename, size, content)"
        " VALUES (%s, %s, 'image/jpeg', %s, 9, 'x') RETURNING id",
        desk.workspace_id,
        named.key,
        name,
    )["id"]
    desk.rows(
        "INSERT INTO sportello_enclosure (workspace_id, campaign_id, key, reference, file_id,"
        " state, settled) VALUES (%s, %s, %s, %s, %s, 'kept', true)",
        desk.workspace_id,
        campaign_id,
        named.key,
        named.text,
        file_id,
    )
    return file_id


def _people(desk: Desk) -> list[tuple[Any, ...]]:
    """Name, why skipped, whether still awaited, the name of the file that waits to leave."""
    rows = desk.rows(
        "SELECT c.name, r.skipped_why, r.awaited, f.filename, s.body"
        " FROM sportello_recipient AS r JOIN sportello_contact AS c ON c.id = r.contact_id"
        " LEFT JOIN sportello_send AS s ON s.message_id = r.message_id"
        " LEFT JOIN sportello_file AS f ON f.id = s.file_id ORDER BY r.id"
    )
    return [(row["name"], row["skipped_why"], row["awaited"], row["filename"]) for row in rows]


@in_loop
async def test_each_gets_the_file_that_their_column_names(database: str) -> None:
    desk = open_desk(database)
    async with _open(desk) as (context, fetcher, _, base):
        cells = [f"{base}/pictures/anna.jpg", f"{base}/pictures/bruno.jpg", "FOTO\\Carla.JPG"]
        campaign_id = _mailing(desk, cells)
        carla = _given(desk, campaign_id, "carla.jpg")

        await look(desk, 3)
        before = _people(desk)
        await bring(context, fetcher)
        await look(desk, 2)

    assert [row[2:] for row in before] == [(True, None), (True, None), (False, "carla.jpg")]
    assert [row[1:] for row in _people(desk)] == [
        ("", False, "anna.jpg"),
        ("", False, "bruno.jpg"),
        ("", False, "carla.jpg"),
    ]
    header = desk.row("SELECT body FROM sportello_send WHERE file_id = %s", carla)["body"]
    assert header["template"]["components"][0]["parameters"] == [
        {"type": "image", "image": {"id": f"file:{carla}"}}
    ]


@in_loop
async def test_whoever_s_file_cannot_be_had_is_skipped_with_the_reason(database: str) -> None:
    desk = open_desk(database)
    async with _open(desk) as (context, fetcher, _, base):
        cells = [
            "",
            "nobody-gave-it.jpg",
            f"{base}/page.jpg",
            f"{base}/film.mp4",
            f"{base}/nothing",
            "http://169.254.169.254/latest/meta-data",
            f"{base}/pictures/good.jpg",
        ]
        _mailing(desk, cells)

        await look(desk, 3)
        await bring(context, fetcher)
        await bring(context, fetcher)
        await look(desk, 2)

    assert [row[1] for row in _people(desk)] == [
        "media_missing",
        "media_unknown",
        "media_unfit",
        "media_unfit",
        "media_unreachable",
        "media_unreachable",
        "",
    ]
    details = desk.rows("SELECT detail FROM sportello_enclosure ORDER BY detail")
    assert [row["detail"] for row in details] == [
        "", "forbidden_address", "kind_unknown", "not_for_this_header", "not_found",
    ]  # fmt: skip


@in_loop
async def test_the_file_for_all_is_for_whoever_has_none_of_their_own(database: str) -> None:
    desk = open_desk(database)
    async with _open(desk) as (context, fetcher, _, base):
        campaign_id = _mailing(desk, ["", f"{base}/pictures/anna.jpg"])
        desk.rows(
            "UPDATE sportello_campaign SET file_id = %s", _given(desk, campaign_id, "all.jpg")
        )

        await look(desk, 3)
        await bring(context, fetcher)
        await look(desk, 2)

    assert [row[1:] for row in _people(desk)] == [
        ("", False, "all.jpg"),
        ("", False, "anna.jpg"),
    ]


@in_loop
async def test_a_link_that_many_share_is_fetched_once(database: str) -> None:
    desk = open_desk(database)
    async with _open(desk) as (context, fetcher, site, base):
        _mailing(desk, [f"{base}/pictures/one.jpg"] * 5)

        await look(desk, 3)
        await bring(context, fetcher)
        await look(desk, 2)

        assert site.asked == ["/pictures/one.jpg"]
    assert {row[1:] for row in _people(desk)} == {("", False, "one.jpg")}


@in_loop
async def test_a_campaign_is_not_over_while_somebody_s_file_is_tried_again(database: str) -> None:
    desk = open_desk(database)
    async with _open(desk) as (context, fetcher, site, base):
        _mailing(desk, [f"{base}/pictures/anna.jpg"])
        site.status = 503

        await look(desk, 3)
        for tried in range(1, ATTEMPTS_MAX + 1):
            await bring(context, fetcher)
            await look(desk, 2)
            assert (len(site.asked), state(desk)["state"]) == (
                tried,
                "running" if tried < ATTEMPTS_MAX else "completed",
            )
            desk.rows("UPDATE sportello_enclosure SET due_at = now()")

    assert _people(desk)[0][1] == "media_unreachable"


class _Killed(BaseException):
    """As the end of a process: nobody catches it."""


@in_loop
@pytest.mark.parametrize("point", ["plan.fetched", "plan.told"])
async def test_a_crash_while_people_are_told_leaves_nobody_waiting(
    database: str, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    monkeypatch.setattr(plan_enclosures, "TOLD_MAX", 2)
    desk = open_desk(database)

    def die(name: str) -> None:
        if name == point:
            raise _Killed

    async with _open(desk) as (context, fetcher, site, base):
        _mailing(desk, [f"{base}/pictures/one.jpg"] * 5)
        await look(desk, 3)
        with monkeypatch.context() as killing:
            killing.setattr(crash, "point", die)
            with pytest.raises(_Killed):
                await bring(context, fetcher)
        halfway = sum(row[2] for row in _people(desk))
        desk.rows("UPDATE sportello_enclosure SET due_at = now()")

        await bring(context, fetcher)

    assert (halfway, site.asked) == (5 if point == "plan.fetched" else 3, ["/pictures/one.jpg"])
    assert [row[2] for row in _people(desk)] == [False] * 5


@in_loop
async def test_more_different_files_than_are_allowed_are_not_fetched(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_enclosures, "DIFFERENT_MAX", 2)
    desk = open_desk(database)
    _mailing(desk, [f"https://shop.example/{n}.jpg" for n in range(4)])

    async with context_of(desk) as context:
        await Planning(context).look()

    assert sorted(row[1] for row in _people(desk)) == ["", "", "media_too_many", "media_too_many"]
