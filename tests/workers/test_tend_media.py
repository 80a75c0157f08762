"""Files that customers sent: which come in, which are refused, which are waited for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sportello.store.pool import open_pool
from sportello.whatsapp.client import Client
from sportello.workers.context import Limits
from sportello.workers.outward import Outward
from sportello.workers.tend_media import ATTEMPTS_MAX, bring_in
from tests.loop import in_loop
from tests.workers.desk import (
    KEY,
    NOW,
    PHONE_ID,
    Desk,
    fold,
    inbound,
    message,
    open_desk,
)

_JPEG = b"\xff\xd8\xff\xe0" + b"j" * 96
_BYTES_MAX = 1000


@dataclass(slots=True)
class _Store:
    """Meta's side of files. `told_bytes`: the size it names, whatever it then sends."""

    content: bytes = _JPEG
    told_bytes: int = len(_JPEG)
    node_status: int = 200
    file_status: int = 200
    address: str = ""
    asked: list[str] = field(default_factory=list)

    async def node(self, request: web.Request) -> web.Response:
        self.asked.append("node")
        if self.node_status != 200:
            error = {"message": "(#100)", "code": 100, "error_subcode": 33}
            return web.json_response({"error": error}, status=self.node_status)
        told = {
            "url": self.address or str(request.url.origin() / "file"),
            "mime_type": "image/jpeg",
            "sha256": "",
            "file_size": self.told_bytes,
        }
        return web.json_response(told)

    async def file(self, request: web.Request) -> web.Response:
        del request
        self.asked.append("file")
        return web.Response(body=self.content, status=self.file_status, content_type="image/jpeg")


@asynccontextmanager
async def _tending(desk: Desk, store: _Store, data: Path) -> AsyncIterator[Outward]:
    app = web.Application()
    app.router.add_get("/v25.0/{id}", store.node)
    app.router.add_get("/file", store.file)
    async with (
        TestServer(app) as server,
        Client(str(server.make_url(""))) as client,
        open_pool(desk.url, 6) as pool,
    ):
        yield Outward(
            pool=pool,
            url=desk.url,
            key=KEY,
            clock=lambda: NOW,
            data=data,
            limits=Limits(media_bytes_max=_BYTES_MAX),
            client=client,
        )


async def _with_picture(database: str, **picture: Any) -> Desk:
    """A company to which a customer has sent a picture that is not here yet."""
    desk = open_desk(database)
    image = {"id": "555", "mime_type": "image/jpeg", **picture}
    await fold(desk, inbound(message("wamid.1", type="image", image=image)))
    return desk


async def _bring(desk: Desk, store: _Store, data: Path) -> dict[str, Any]:
    """Tries once; the file's row, and by `wait_s` when it is due again."""
    async with _tending(desk, store, data) as context:
        assert await bring_in(context) == 1
    return desk.row(
        "SELECT *, extract(epoch FROM due_at - clock_timestamp())::float8 AS wait_s"
        " FROM sportello_media"
    )


def _files(data: Path) -> list[Path]:
    return [path for path in data.rglob("*") if path.is_file()]


@in_loop
async def test_a_picture_lies_under_its_id_and_its_row_says_so(
    database: str, tmp_path: Path
) -> None:
    desk = await _with_picture(database)

    row = await _bring(desk, _Store(), tmp_path)

    assert (row["state"], row["mime_type"], row["size"]) == ("kept", "image/jpeg", 100)
    path = tmp_path / "media" / str(desk.workspace_id) / str(row["id"])
    assert _files(tmp_path) == [path]
    assert path.read_bytes() == _JPEG


@in_loop
async def test_a_file_that_says_it_is_too_large_is_refused_before_a_byte_of_it(
    database: str, tmp_path: Path
) -> None:
    desk, store = await _with_picture(database), _Store(told_bytes=_BYTES_MAX + 1)

    row = await _bring(desk, store, tmp_path)

    assert (row["state"], row["reason"]) == ("refused", "too large")
    assert store.asked == ["node"]


@in_loop
async def test_a_file_that_is_larger_than_it_says_is_refused_and_leaves_nothing(
    database: str, tmp_path: Path
) -> None:
    desk = await _with_picture(database)
    store = _Store(content=b"\xff\xd8\xff" + b"x" * _BYTES_MAX, told_bytes=10)

    row = await _bring(desk, store, tmp_path)

    assert (row["state"], row["reason"]) == ("refused", "too large")
    assert _files(tmp_path) == []


@in_loop
async def test_a_file_that_meta_no_longer_has_is_gone(database: str, tmp_path: Path) -> None:
    desk = await _with_picture(database)

    row = await _bring(desk, _Store(file_status=404), tmp_path)

    assert (row["state"], row["reason"]) == ("gone", "Meta has it no longer (HTTP 404)")
    assert _files(tmp_path) == []


@in_loop
async def test_a_file_that_somebody_on_the_way_withholds_is_asked_for_again(
    database: str, tmp_path: Path
) -> None:
    """A proxy's page is no word of Meta's: the customer's file is not given up for it."""
    desk = await _with_picture(database)

    first = await _bring(desk, _Store(file_status=403), tmp_path)
    desk.rows("UPDATE sportello_media SET due_at = clock_timestamp()")
    last = await _bring(desk, _Store(), tmp_path)

    assert first["state"] == "wanted"
    assert first["reason"] == "turned away on the way to Meta (HTTP 403)"
    assert last["state"] == "kept"


@in_loop
async def test_a_file_that_the_token_cannot_see_is_asked_for_again_and_in_the_end_gone(
    database: str, tmp_path: Path
) -> None:
    desk = await _with_picture(database)
    first = await _bring(desk, _Store(node_status=400), tmp_path)
    desk.rows(
        "UPDATE sportello_media SET attempts = %s, due_at = clock_timestamp()", ATTEMPTS_MAX - 1
    )

    last = await _bring(desk, _Store(node_status=400), tmp_path)

    assert (first["state"], first["attempts"]) == ("wanted", 1)
    assert 0 < first["wait_s"] <= 5
    assert (last["state"], last["attempts"]) == ("gone", ATTEMPTS_MAX)


@in_loop
async def test_bytes_of_another_type_are_kept_as_what_they_are_not_as_what_they_are_called(
    database: str, tmp_path: Path
) -> None:
    desk = await _with_picture(database)

    row = await _bring(desk, _Store(content=b"<html><script>alert(1)</script>"), tmp_path)

    assert (row["state"], row["mime_type"]) == ("kept", "application/octet-stream")


@pytest.mark.parametrize("address", ["https://example.com/file", "http://[", "/file"])
@in_loop
async def test_an_address_that_is_not_metas_is_refused_and_never_asked(
    database: str, tmp_path: Path, address: str
) -> None:
    desk, store = await _with_picture(database), _Store(address=address)

    row = await _bring(desk, store, tmp_path)

    assert (row["state"], row["reason"]) == ("refused", "an address that is not Meta's")
    assert store.asked == ["node"]


@in_loop
async def test_a_folder_that_cannot_be_written_is_waited_for_without_counting(
    database: str, tmp_path: Path
) -> None:
    desk = await _with_picture(database)
    (tmp_path / "media").write_text("a file where the folder should be")
    desk.rows("UPDATE sportello_media SET attempts = %s", ATTEMPTS_MAX)

    row = await _bring(desk, _Store(), tmp_path)

    assert (row["state"], row["reason"]) == ("wanted", "disk")
    assert 30 < row["wait_s"] <= 60


@in_loop
async def test_a_number_without_a_token_holds_up_no_other_numbers_files(
    database: str, tmp_path: Path
) -> None:
    desk = await _with_picture(database)
    desk.rows(
        "INSERT INTO sportello_number (workspace_id, phone_number_id, waba_id, display_number)"
        " VALUES (%s, '777', '888', '+39 06 7654321')",
        desk.workspace_id,
    )
    pictures = [message(f"wamid.9{n}", type="image", image={"id": f"9{n}"}) for n in range(8)]
    await fold(desk, inbound(*pictures).replace(PHONE_ID.encode(), b"777"))
    older = desk.rows(
        "UPDATE sportello_media SET due_at = '2020-01-01' WHERE media_id <> '555' RETURNING id"
    )
    assert len(older) == 8

    async with _tending(desk, _Store(), tmp_path) as context:
        await bring_in(context)

    row = desk.row("SELECT state FROM sportello_media WHERE media_id = '555'")
    assert row["state"] == "kept"
