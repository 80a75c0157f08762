"""Templates, samples and profiles over real HTTP, against servers that misbehave."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sportello.whatsapp import templates
from sportello.whatsapp.client import Client, Settings
from sportello.whatsapp.errors import InDoubtError, RejectedError, WhatsAppError
from sportello.whatsapp.templates import Node

WABA, TOKEN, APP = "100", "an-invented-token", "700"
SESSION = "upload:MTphdHRhY2g=?sig=ARZabc-_"
CONTENT = bytes(range(256)) * 40
Answer = TypeVar("Answer")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _served(handler: Handler, work: Callable[[Client], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        app = web.Application(client_max_size=2**20)
        app.router.add_route("*", "/{tail:.*}", handler)
        quick = Settings(connect_s=0.5, read_s=0.5, total_s=2)
        async with (
            TestServer(app) as server,
            Client(str(server.make_url("")).rstrip("/"), settings=quick) as client,
        ):
            return await work(client)

    return asyncio.run(run())


def _saying(body: Any, seen: list[str] | None = None) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        if seen is not None:
            seen.append(f"{request.method} {request.path_qs}")
        return web.json_response(body)

    return handler


class Uploads:
    """Meta's upload session; `breaks`: after how many bytes each connection is lost."""

    def __init__(self, *breaks: int) -> None:
        self.breaks = list(breaks)
        self.kept = b""
        self.calls: list[str] = []
        self.authorizations: set[str] = set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(f"{request.method} {request.headers.get('file_offset', '-')}")
        if request.path.endswith("/uploads"):
            return web.json_response({"id": SESSION})
        assert request.path_qs == f"/v25.0/{SESSION}"
        self.authorizations.add(request.headers["Authorization"])
        if request.method == "GET":
            return web.json_response({"id": SESSION, "file_offset": len(self.kept)})
        assert int(request.headers["file_offset"]) == len(self.kept)
        came = await request.read()
        if self.breaks:
            self.kept += came[: self.breaks.pop(0)]
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        self.kept += came
        return web.json_response({"h": "4::aW1h:handle"})


def _sample(client: Client) -> Awaitable[str]:
    return templates.sample(
        client, APP, TOKEN, CONTENT, mime_type="image/png", filename="a b&c.png"
    )


def test_a_sample_is_uploaded_under_oauth() -> None:
    meta = Uploads()

    handle = _served(meta.answer, _sample)

    assert (handle, meta.kept) == ("4::aW1h:handle", CONTENT)
    assert meta.calls == ["POST -", "POST 0"]
    assert meta.authorizations == {f"OAuth {TOKEN}"}


def test_an_upload_that_broke_off_goes_on_where_it_stands() -> None:
    meta = Uploads(1_000, 0)

    handle = _served(meta.answer, _sample)

    assert (handle, meta.kept) == ("4::aW1h:handle", CONTENT)
    assert meta.calls == ["POST -", "POST 0", "GET -", "POST 1000", "GET -", "POST 1000"]


def test_an_upload_that_breaks_off_again_and_again_ends() -> None:
    meta = Uploads(*[1] * 50)

    with pytest.raises(InDoubtError):
        _served(meta.answer, _sample)

    assert len([call for call in meta.calls if call.startswith("POST")]) == 1 + 4


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"id": 7},
        {"id": "upload:../../me?sig=a"},
        {"id": "https://elsewhere.example/upload:a"},
        {"id": "upload:a?sig=b&access_token=c"},
        {"id": "upload:a#b"},
    ],
)
def test_a_session_that_is_none_is_not_followed(told: Any) -> None:
    seen: list[str] = []

    with pytest.raises(InDoubtError):
        _served(_saying(told, seen), _sample)

    assert len(seen) == 1


@pytest.mark.parametrize("offset", [-1, len(CONTENT) + 1, "0", None, True])
def test_an_upload_that_stands_nowhere_ends(offset: Any) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        first = request.path.endswith("/uploads")
        return web.json_response({"id": SESSION} if first else {"file_offset": offset})

    with pytest.raises(InDoubtError):
        _served(handler, _sample)


def _listed(*nodes: Any, after: str = "") -> dict[str, Any]:
    paging = {"cursors": {"after": after}, "next": "https://x"} if after else {}
    return {"data": list(nodes), "paging": paging}


def _node(name: str = "avviso", **more: Any) -> dict[str, Any]:
    return {"id": "300", "name": name, "language": "it", "status": "APPROVED", **more}


def test_a_page_is_read_with_all_that_is_kept_of_it() -> None:
    seen: list[str] = []
    whole = _node(
        category="UTILITY", quality_score={"score": "RED", "date": 1}, rejected_reason="NONE",
        correct_category="MARKETING", parameter_format="NAMED", components=[{"type": "BODY"}],
    )  # fmt: skip

    page = _served(
        _saying(_listed(whole, after="MjQ="), seen),
        lambda client: templates.page(client, WABA, TOKEN, after="MQ=="),
    )

    assert page.after == "MjQ="
    assert page.nodes == [
        Node(
            "300", "avviso", "it", "APPROVED", "UTILITY", [{"type": "BODY"}], "NAMED", "RED", "",
            "MARKETING",
        )
    ]  # fmt: skip
    assert seen[0].startswith("GET /v25.0/100/message_templates?fields=")
    assert seen[0].endswith("&limit=50&after=MQ%3D%3D")


def test_the_last_page_has_a_cursor_and_no_next() -> None:
    last = {"data": [], "paging": {"cursors": {"after": "MjQ="}}}

    page = _served(_saying(last), lambda client: templates.page(client, WABA, TOKEN))

    assert page == templates.Page([], "")


@pytest.mark.parametrize(
    ("node", "kept"),
    [
        ({}, None),
        ({"id": None}, None),
        ({"id": "../me"}, None),
        ({"id": "9" * 40}, None),
        ({"id": 300, "language": "en-US"}, Node("300", language="en_US")),
        ({"id": "300", "status": "approved"}, Node("300", status="APPROVED")),
        ({"id": "300", "status": "<b>"}, Node("300")),
        ({"id": "300", "category": "X" * 40, "name": "n" * 600}, Node("300", name="n" * 512)),
        ({"id": "300", "components": {}, "quality_score": "RED"}, Node("300")),
        ({"id": "300", "quality_score": {"score": "BLUE"}}, Node("300")),
    ],
)
def test_what_fits_no_row_is_left_out(node: Any, kept: Node | None) -> None:
    page = _served(_saying(_listed(node, 7)), lambda client: templates.page(client, WABA, TOKEN))

    assert page.nodes == ([] if kept is None else [kept])


@pytest.mark.parametrize("told", [{}, {"data": {}}, {"data": None}])
def test_a_list_without_data_is_no_empty_list(told: Any) -> None:
    with pytest.raises(InDoubtError):
        _served(_saying(told), lambda client: templates.page(client, WABA, TOKEN))


def test_a_namesake_is_looked_for_over_pages_by_its_whole_name() -> None:
    pages = {"": _listed(_node("avviso_2"), after="1"), "1": _listed(_node(), after="2")}

    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.query["name"] == "avviso"
        return web.json_response(pages[request.query.get("after", "")])

    found = _served(
        handler, lambda client: templates.named(client, WABA, TOKEN, name="avviso", language="it")
    )

    assert found is not None
    assert found.name == "avviso"


def test_a_list_without_end_has_no_namesake() -> None:
    seen: list[str] = []

    found = _served(
        _saying(_listed(_node("avviso_2"), after="1"), seen),
        lambda client: templates.named(client, WABA, TOKEN, name="avviso", language="it"),
    )

    assert (found, len(seen)) == (None, templates.NAMESAKE_PAGES_MAX)


def test_one_language_of_a_name_is_deleted() -> None:
    seen: list[str] = []

    _served(
        _saying({"success": True}, seen),
        lambda client: templates.delete(client, WABA, TOKEN, template_id="300", name="a&b"),
    )

    assert seen == ["DELETE /v25.0/100/message_templates?hsm_id=300&name=a%26b"]


def test_a_creation_that_names_no_template_is_in_doubt() -> None:
    with pytest.raises(InDoubtError):
        _served(
            _saying({"status": "PENDING"}),
            lambda client: templates.create(client, WABA, TOKEN, {"name": "avviso"}),
        )


def test_a_refusal_carries_metas_words() -> None:
    async def handler(_request: web.Request) -> web.StreamResponse:
        told = {"code": 100, "error_subcode": 2388299, "error_user_msg": "Not at the end"}
        return web.Response(status=400, body=json.dumps({"error": told}).encode())

    with pytest.raises(RejectedError) as refused:
        _served(handler, lambda client: templates.create(client, WABA, TOKEN, {}))

    error = refused.value.error
    assert (error.code, error.subcode, error.message) == (100, 2388299, "Not at the end")


@pytest.mark.parametrize(
    ("told", "profile"),
    [
        ({"data": [{"email": "a@b.example"}]}, {"email": "a@b.example"}),
        ({"data": []}, {}),
        ({"data": ["x"]}, {}),
        ({}, {}),
    ],
)
def test_a_profile_is_what_meta_says(told: Any, profile: dict[str, Any]) -> None:
    seen = _served(_saying(told), lambda client: templates.profile(client, "200", TOKEN))

    assert seen == profile


def _app(number: str) -> dict[str, Any]:
    return {"whatsapp_business_api_data": {"id": number}}


@pytest.mark.parametrize(
    ("told", "app_id"),
    [
        ({"data": [_app("700")]}, "700"),
        ({"data": [_app("700"), _app("701")]}, ""),
        ({"data": [{}]}, ""),
        ({"data": {}}, ""),
        ({}, ""),
    ],
)
def test_the_app_is_known_where_there_is_exactly_one(told: Any, app_id: str) -> None:
    assert _served(_saying(told), lambda client: templates.app_of(client, WABA, TOKEN)) == app_id


@pytest.mark.parametrize("strange", ["../me", "", "1/2", "1?x=2"])
def test_an_id_cannot_lead_elsewhere(strange: str) -> None:
    async def all_of(client: Client) -> None:
        for ask in (
            lambda: templates.shown(client, strange, TOKEN),
            lambda: templates.page(client, strange, TOKEN),
            lambda: templates.edit(client, strange, TOKEN, {}),
        ):
            with pytest.raises((ValueError, WhatsAppError)):
                await ask()

    seen: list[str] = []
    _served(_saying({}, seen), all_of)
    assert seen == []
