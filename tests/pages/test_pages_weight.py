"""What a page costs: the bytes that a browser fetches, the statements that the database answers."""

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.pages.shop import Shop, chat, said

# The aim of the product, for styles and scripts together.
_COMPRESSED_MAX = 250 * 1024
_FETCHED = re.compile(r'<(?:link rel="stylesheet" href|script src)="/static/([^"]+)"')
_IMPORTED = re.compile(r'^import\b[^;"]*"\./([^"]+)"', re.MULTILINE)


def test_a_page_leaves_compressed_and_never_twice_as_long(client: Client, shop: Shop) -> None:
    """By its length nobody guesses what stands in it: chance lengthens each answer."""
    path = f"/conversations/{shop.chats['Anna Bianchi'].pk}/"
    plain = client.get(path).content
    packed = [client.get(path, headers={"accept-encoding": "gzip"}) for _ in range(8)]

    assert {one.headers["Content-Encoding"] for one in packed} == {"gzip"}
    assert len(packed[0].content) < len(plain) / 3
    assert b"</html>" in gzip.decompress(packed[0].content)
    assert len({len(one.content) for one in packed}) > 1


def test_every_script_has_a_name_that_changes_with_it(client: Client, shop: Shop) -> None:
    """Also what modules import, so that browsers keep all of them until the next release."""
    page = client.get("/conversations/").content.decode()
    ahead = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)"', page)
    fetched = [one for one in _FETCHED.findall(page) if one.endswith(".js")]

    texts = {one: (settings.STATIC_ROOT / one).read_text() for one in {*ahead, *fetched}}

    named = {f"js/{one}" for text in texts.values() for one in _IMPORTED.findall(text)}
    assert len(named) > 10
    assert named == set(ahead)
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", one) or "vendor" in one for one in texts)


def test_styles_and_scripts_of_an_open_chat_are_light(client: Client, shop: Shop) -> None:
    page = client.get(f"/conversations/{shop.chats['Anna Bianchi'].pk}/").content.decode()

    files = {path for name in _FETCHED.findall(page) for path in _with_imports(Path(name))}

    assert len(files) > 15
    weight = sum(len(gzip.compress((settings.STATIC_ROOT / one).read_bytes())) for one in files)
    assert weight < _COMPRESSED_MAX, weight


def _with_imports(path: Path) -> Iterator[Path]:
    """A module and what it loads, one level down: deeper ones are among these."""
    yield path
    if path.suffix == ".js":
        text = (settings.STATIC_ROOT / path).read_text()
        yield from (path.parent / name for name in _IMPORTED.findall(text))


@pytest.mark.parametrize("path", ["/conversations/", "/conversations/?q=parola"])
def test_a_list_asks_the_database_as_often_however_long_it_is(
    client: Client, shop: Shop, path: str
) -> None:
    client.get(path)
    _more(shop, 1)
    few = _statements(client, path)

    _more(shop, 12)

    assert _statements(client, path) == few


def test_a_chat_asks_the_database_as_often_however_much_was_said(
    client: Client, shop: Shop
) -> None:
    anna = shop.chats["Anna Bianchi"]
    path = f"/conversations/{anna.pk}/"
    client.get(path)
    few = _statements(client, path)

    for minute in range(12):
        said(shop, anna, timedelta(minutes=-minute), "assistant", text="Sì", status="read")
    client.get(path)

    assert _statements(client, path) == few


def _more(shop: Shop, count: int) -> None:
    known = len(shop.chats)
    for place in range(known, known + count):
        one = chat(shop, f"Cliente {place}", f"39333{place:07}")
        said(shop, one, timedelta(0), "customer", text="Una parola")


def _statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)
