"""The page's files: served with a strict policy, small, in two languages that agree."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import whatsapp_emulator.phone.routes
from tests.whatsapp_emulator.conftest import ANNA, Play

HERE = Path(whatsapp_emulator.phone.routes.__file__).parent
MODULES = sorted((HERE / "static" / "js").glob("*.js"))
WORDS = {one: json.loads((HERE / f"static/locales/{one}.json").read_text()) for one in ("it", "en")}
PREFIXES = (
    "break.",
    "review.",
    "category.",
    "kind.",
    "info.",
    "trouble.",
    "time.",
    "app.theme.",
    "app.it",
    "app.en",
)
"""Keys under these are also made from a value, such as the state of the card."""


def test_the_page_allows_itself_alone_and_nothing_inline(play: Callable[..., Any]) -> None:
    async def scene(p: Play) -> None:
        for path in ("/phone", "/phone/"):
            async with p.http.get(p.url + path) as reply:
                assert reply.status == 200
                policy = reply.headers["Content-Security-Policy"]
                body = await reply.text()
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "*" not in policy
            assert re.search(r"<style|style=|<script>|\son\w+=|https?://", body) is None

    play(scene)


def test_every_file_is_served_with_its_type(play: Callable[..., Any]) -> None:
    async def scene(p: Play) -> None:
        files = [path for path in (HERE / "static").rglob("*") if path.is_file()]
        assert len(files) > 30
        for path in files:
            async with p.http.get(f"{p.url}/phone/{path.relative_to(HERE).as_posix()}") as reply:
                assert reply.status == 200, path
                assert reply.headers["X-Content-Type-Options"] == "nosniff"
                assert await reply.read() == path.read_bytes()

    play(scene)


@pytest.mark.parametrize("path", ["static/../routes.py", "static/%2e%2e/routes.py", "routes.py"])
def test_nothing_but_the_pages_files_is_served(play: Callable[..., Any], path: str) -> None:
    async def scene(p: Play) -> None:
        # Sent as written: an ordinary client would tidy the path first.
        host, port = p.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET /phone/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read(200_000)
        writer.close()
        await writer.wait_closed()
        assert b"200 OK" not in answer.splitlines()[0]
        assert b"The routes of the phone" not in answer

    play(scene)


@pytest.mark.parametrize(
    ("mime", "shown_as", "disposition"),
    [
        ("image/png", "image/png", "inline"),
        ("audio/ogg; codecs=opus", "audio/ogg", "inline"),
        ("text/html", "application/octet-stream", "attachment"),
        ("image/svg+xml", "application/octet-stream", "attachment"),
    ],
)
def test_a_customers_file_is_shown_only_if_it_cannot_act(
    play: Callable[..., Any], mime: str, shown_as: str, disposition: str
) -> None:
    async def scene(p: Play) -> None:
        said = {"type": "document", "document": {"data": "aGVsbG8=", "mime_type": mime}}
        sent = await p.sim("POST", f"people/{ANNA}/messages", said)
        media = sent["payload"]["document"]["id"]
        async with p.http.get(f"{p.url}/phone/media/{media}") as reply:
            assert (reply.status, await reply.read()) == (200, b"hello")
            assert reply.headers["Content-Type"] == shown_as
            assert reply.headers["Content-Disposition"] == disposition
            assert "sandbox" in reply.headers["Content-Security-Policy"]

    play(scene)


@pytest.mark.parametrize(
    ("asked", "status", "content", "range_"),
    [
        ("bytes=0-", 206, b"hello", "bytes 0-4/5"),
        ("bytes=1-2", 206, b"el", "bytes 1-2/5"),
        ("bytes=-2", 206, b"lo", "bytes 3-4/5"),
        ("bytes=9-", 416, b"", "bytes */5"),
        ("bytes=2-1", 416, b"", "bytes */5"),
    ],
)
def test_a_player_may_ask_for_a_part(
    play: Callable[..., Any], asked: str, status: int, content: bytes, range_: str
) -> None:
    async def scene(p: Play) -> None:
        said = {"type": "audio", "audio": {"data": "aGVsbG8=", "mime_type": "audio/ogg"}}
        sent = await p.sim("POST", f"people/{ANNA}/messages", said)
        address = f"{p.url}/phone/media/{sent['payload']['audio']['id']}"
        async with p.http.get(address, headers={"Range": asked}) as reply:
            assert (reply.status, reply.headers["Content-Range"]) == (status, range_)
            assert await reply.read() == content

    play(scene)


def test_a_file_ends_with_its_seven_days(play: Callable[..., Any]) -> None:
    async def scene(p: Play) -> None:
        sent = await p.sim("POST", f"people/{ANNA}/messages", {"type": "image", "image": {}})
        address = f"{p.url}/phone/media/{sent['payload']['image']['id']}"
        async with p.http.get(address) as reply:
            assert reply.status == 200
        await p.advance(8 * 86400)
        async with p.http.get(address) as reply:
            assert reply.status == 404

    play(scene)


def test_the_facts_tell_what_waits_for_review(play: Callable[..., Any]) -> None:
    async def scene(p: Play) -> None:
        await p.template(name="approvato")
        assert (await _facts(p))["pending"] == []
        body = [{"type": "BODY", "text": "Grazie di averci scritto."}]
        wish = {"name": "altro", "language": "it", "category": "UTILITY", "components": body}
        await p.graph("POST", f"{p.waba}/message_templates", wish)
        (waiting,) = (await _facts(p))["pending"]
        assert (waiting["name"], waiting["text"]) == ("altro", "Grazie di averci scritto.")

    async def _facts(p: Play) -> Any:
        async with p.http.get(f"{p.url}/phone/facts") as reply:
            return await reply.json()

    play(scene)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_is_small_says_what_it_holds_and_reads_no_text_as_markup(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) < 300
    assert text.startswith("// ")
    assert re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text) is None


def test_both_languages_have_the_same_words_with_the_same_blanks() -> None:
    italian, english = WORDS["it"], WORDS["en"]
    assert set(italian) == set(english)
    for key, words in italian.items():
        assert _blanks(words) == _blanks(english[key]), key


def test_every_word_that_is_asked_for_exists_and_none_is_left_over() -> None:
    asked = set()
    text = "\n".join(path.read_text() for path in MODULES)
    for key in re.findall(r"""["'`]([a-z]+(?:\.\w+)+)["'`]""", text):
        asked.add(key)
    asked |= set(re.findall(r"""\bt\("(\w+)"\)""", text))
    asked |= {
        f"{panel}.{key}" for panel in ("people", "time", "break") for key in ("short", "title")
    }
    looked_up = {key for key in asked if key.split(".")[0] in _families()}
    assert sorted(looked_up - set(WORDS["it"]) - _FILES) == []
    left_over = {key for key in WORDS["it"] if key not in asked and not key.startswith(PREFIXES)}
    assert sorted(left_over) == []


def test_every_icon_that_is_drawn_is_in_the_set_and_none_is_idle() -> None:
    text = "\n".join(path.read_text() for path in MODULES)
    there = set(re.findall(r'symbol id="([\w-]+)"', (HERE / "static/vendor/icons.svg").read_text()))
    drawn = set(re.findall(r"""\b(?:icon|iconButton)\(\s*"([\w-]+)\"""", text))
    named = set(re.findall(r"""\bicon: "([\w-]+)\"""", text))
    assert sorted((drawn | named) - there) == []
    assert sorted(one for one in there if not re.search(f'["#]{one}"', text)) == []


_FILES = {"voice.ogg", "photo.jpg", "sticker.webp"}


def _families() -> set[str]:
    return {key.split(".")[0] for key in WORDS["it"]}


def _blanks(words: str | dict[str, str]) -> set[str]:
    texts = words.values() if isinstance(words, dict) else [words]
    return {blank for text in texts for blank in re.findall(r"\{(\w+)\}", text)}
