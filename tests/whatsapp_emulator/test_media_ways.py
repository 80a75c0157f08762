"""The other ways of media: resumable uploads and their handles, links, files on disk."""

from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 90
DAY = 86_400


async def begin(p, mime: str = "image/png", length: int = len(PNG), token: str | None = None):
    wish = {"file_name": "foto.png", "file_length": str(length), "file_type": mime}
    path = f"{p.settings.app_id}/uploads"
    return await p.graph("POST", path, params=wish, token=token)


async def push(p, upload_id: str, content: bytes, offset: int = 0):
    headers = {"Authorization": f"OAuth {p.settings.access_token}", "file_offset": str(offset)}
    url = f"{p.url}/v26.0/{upload_id}"
    async with p.http.post(url, data=content, headers=headers) as reply:
        return reply.status, await reply.json()


async def handle_of(p, mime: str = "image/png") -> str:
    _, begun = await begin(p, mime)
    status, answer = await push(p, begun["id"], PNG)
    assert status == 200, answer
    return answer["h"]


def with_header(form: str, handle: str) -> dict:
    header = {"type": "HEADER", "format": form, "example": {"header_handle": [handle]}}
    body = {"type": "BODY", "text": "Ecco la foto del suo ordine, grazie."}
    return {
        "name": "foto",
        "language": "it",
        "category": "UTILITY",
        "components": [header, body],
    }


def test_an_upload_gives_a_handle_for_a_template_that_then_shows_the_sample(play):
    async def scene(p):
        handle = await handle_of(p)
        assert handle.startswith("4::aW1hZ2UvcG5n:")
        path = f"{p.waba}/message_templates"
        status, made = await p.graph("POST", path, with_header("IMAGE", handle))
        assert status == 200, made
        _, node = await p.graph("GET", made["id"])
        (link,) = node["components"][0]["example"]["header_handle"]
        async with p.http.get(link) as reply:
            assert await reply.read() == PNG
        await p.advance(DAY)
        again = {"components": node["components"]}
        assert (await p.graph("POST", made["id"], again))[0] == 200

    play(scene)


def test_an_upload_that_broke_off_is_resumed_at_its_offset(play):
    async def scene(p):
        app_token = f"{p.settings.app_id}|{p.settings.app_secret}"
        _, begun = await begin(p, token=app_token)
        assert (await push(p, begun["id"], PNG[:30]))[1]["file_offset"] == 30
        _, shown = await p.graph("GET", begun["id"])
        assert shown == {"id": begun["id"], "file_offset": 30}
        assert (await push(p, begun["id"], PNG[30:], 10))[0] == 400
        assert "h" in (await push(p, begun["id"], PNG[30:], 30))[1]
        assert (await p.graph("GET", begun["id"]))[0] == 400, "a finished session is gone"

    play(scene)


def test_an_upload_of_a_wrong_kind_length_or_signature_is_refused(play):
    async def scene(p):
        assert (await begin(p, "image/gif"))[0] == 400
        assert (await begin(p, length=101 * 1024 * 1024))[0] == 400
        _, begun = await begin(p, length=10)
        assert (await push(p, begun["id"], PNG))[0] == 400
        forged = begun["id"].partition("?")[0] + "?sig=forged"
        assert (await push(p, forged, b"0" * 10))[0] == 400
        await p.advance(DAY + 1)
        assert (await push(p, begun["id"], b"0" * 10))[0] == 400

    play(scene)


def test_a_handle_must_be_known_alive_and_of_the_kind(play):
    async def scene(p):
        path = f"{p.waba}/message_templates"
        handle = await handle_of(p)
        assert (await p.graph("POST", path, with_header("IMAGE", "4::invented")))[0] == 400
        status, answer = await p.graph("POST", path, with_header("DOCUMENT", handle))
        assert (status, answer["error"]["error_subcode"]) == (400, 2388047)
        await p.advance(31 * DAY)
        assert (await p.graph("POST", path, with_header("IMAGE", handle)))[0] == 400

    play(scene)


def test_a_profile_picture_is_set_by_handle(play):
    async def scene(p):
        path = f"{p.number}/whatsapp_business_profile"
        handle = await handle_of(p)
        wish = {"messaging_product": "whatsapp", "profile_picture_handle": handle}
        assert await p.graph("POST", path, wish) == (200, {"success": True})
        _, answer = await p.graph("GET", path, params={"fields": "profile_picture_url"})
        async with p.http.get(answer["data"][0]["profile_picture_url"]) as reply:
            assert (await reply.read(), reply.content_type) == (PNG, "image/png")
        wish["profile_picture_handle"] = "4::invented"
        assert (await p.graph("POST", path, wish))[0] == 400

    play(scene)


@asynccontextmanager
async def shelf():
    """A web server with good and bad files; counts what is fetched."""
    fetched: list[str] = []

    async def give(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        fetched.append(name)
        if name == "gone.png":
            raise web.HTTPNotFound
        mime = "text/html" if name == "page.png" else "image/png"
        size = 6 * 1024 * 1024 if name == "big.png" else 100
        return web.Response(body=b"0" * size, content_type=mime)

    app = web.Application()
    app.router.add_get("/{name}", give)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/"), fetched


@pytest.mark.parametrize(
    ("name", "good"),
    [("a.png", True), ("gone.png", False), ("page.png", False), ("big.png", False)],
)
def test_media_by_link_are_fetched_before_they_leave(play, name, good):
    async def scene(p):
        await p.says("Ciao")
        async with shelf() as (url, fetched):
            status, answer = await p.send({"type": "image", "image": {"link": f"{url}/{name}"}})
            assert status == 200
            await p.advance(5)
            assert fetched == [name]
        told = p.receiver.statuses(answer["messages"][0]["id"])
        if good:
            assert "delivered" in [s["status"] for s in told]
        else:
            assert [s["errors"][0]["code"] for s in told] == [131053]

    play(scene)


def test_a_link_is_fetched_once_in_ten_minutes(play):
    async def scene(p):
        await p.says("Ciao")
        async with shelf() as (url, fetched):
            image = {"type": "image", "image": {"link": f"{url}/a.png"}}
            for wait, fetches in ((30, 1), (30, 1), (600, 1), (30, 2)):
                await p.send(image)
                await p.advance(wait)
                assert len(fetched) == fetches

    play(scene)


@pytest.mark.parametrize("link", ["http://192.0.2.1/a.png", "https://127.0.0.1:9/a.png"])
def test_a_link_that_leads_nowhere_fails_later_not_at_once(play, link):
    async def scene(p):
        await p.says("Ciao")
        status, answer = await p.send({"type": "image", "image": {"link": link}})
        assert status == 200
        await p.advance(5)
        (told,) = p.receiver.statuses(answer["messages"][0]["id"])
        assert told["errors"][0]["code"] == 131053

    play(scene)


def test_links_are_taken_on_trust_when_fetching_is_off(play):
    async def scene(p):
        await p.says("Ciao")
        wish = {"type": "image", "image": {"link": "https://127.0.0.1:9/a.png"}}
        _, answer = await p.send(wish)
        await p.advance(5)
        assert p.receiver.statuses(answer["messages"][0]["id"])[-1]["status"] == "read"

    play(scene, fetch_links=False)


def test_with_a_data_folder_media_lie_on_disk(play, tmp_path):
    async def scene(p):
        said = await p.sim("POST", "people/393471112201/messages", {"type": "image", "image": {}})
        assert said
        (file,) = (tmp_path / "media").iterdir()
        await p.settle()
        media_id = p.receiver.messages()[0]["image"]["id"]
        _, media = await p.graph("GET", media_id)
        bearer = {"Authorization": f"Bearer {p.settings.access_token}"}
        async with p.http.get(media["url"], headers=bearer) as reply:
            assert await reply.read() == file.read_bytes()
        assert p.emulator.world.media[media_id].content == b""
        await p.advance(7 * DAY + 1)
        assert (await p.graph("GET", media_id))[0] == 400
        await p.graph("DELETE", media_id)
        await p.sim("POST", "reset")
        assert not list((tmp_path / "media").iterdir())

    play(scene, data=tmp_path)
