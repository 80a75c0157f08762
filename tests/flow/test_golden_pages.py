"""What the console shows of every golden webhook: the real pages, in both languages.

The table is `golden_pages.toml`: for each file, and for each place where a person looks, the words
that must be read there. A file of which the table says nothing fails.
"""

import asyncio
import json
import re
import secrets
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings  # Django must be set up first
from django.db import connections  # as above
from django.test import Client, override_settings  # as above

from sportello import clock  # as above
from sportello.schema.models import Conversation, Membership, User  # as above
from tests import database as databases  # as above
from tests.flow import goldens  # as above
from tests.flow.arriving import Arriving, arriving  # as above
from tests.workers.desk import NOW, Desk, open_desk  # as above

_LANGUAGES = ("it", "en")
_Wanted = Mapping[str, list[str]]
_TABLE: Mapping[str, Mapping[str, _Wanted]] = tomllib.loads(
    (Path(__file__).parent / "golden_pages.toml").read_text(encoding="utf-8")
)
# Where a person looks: the page, and the id of the element on it.
_PLACES = {
    "thread": ("chat", "thread"),
    "card": ("chat", "contact-card"),
    "list": ("chat", "rows"),
    "number": ("/channel/", "main"),
    "events": ("/channel/events", "main"),
    "set_aside": ("/channel/set-aside", "main"),
}
_OURS = "wamid.HBgMMzkzMzMxMjM0NTY3FQIAERgUM0VCMDAwMDAwMDAwMEMwMDAwMDEA"
_THEIRS = "wamid.HBgMMzkzMzMxMjM0NTY3FQIAEhgUM0VCMDAwMDAwMDAwMEMwMDAwMDIA"
# With the messages that they are about in sight, these are shown otherwise.
_IN_SIGHT = " in sight"
_ABOUT_OTHERS = ("edit", "edit_caption", "reaction", "reaction_removed", "revoke", "text_reply")
_POISON = "poison"
_SCENES = [
    _POISON,
    *(goldens.name_of(path) for path in goldens.FILES),
    *(f"messages/{name}{_IN_SIGHT}" for name in _ABOUT_OTHERS),
]
_HOSTILE = "<i id=x>'&\""
# What must stay as it is for the file to be understood.
_STRUCTURE = frozenset(
    {
        *("object", "field", "messaging_product", "id", "type", "timestamp", "mime_type", "url"),
        *("from", "from_user_id", "wa_id", "user_id", "message_id", "original_message_id"),
        *("phone_number_id", "display_phone_number"),
    }
)


@dataclass(frozen=True)
class Shown:
    """Pages by scene, language and address, as they were drawn while the scene was on."""

    pages: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def words(self, scene: str, language: str, place: str) -> str:
        page, element = _PLACES[place]
        return _Reader.text_of(self.pages[scene, language, page], element)


@pytest.fixture(scope="module")
def shown(cluster: str) -> Iterator[Shown]:
    name = f"test_{secrets.token_hex(6)}"
    url = databases.create(cluster, name)
    plain = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    try:
        databases.point_django_at(url)
        with pytest.MonkeyPatch.context() as patch, override_settings(STORAGES=plain):
            patch.setattr(clock, "now", lambda: NOW)
            yield asyncio.run(_play_all(open_desk(url)))
    finally:
        databases.drop(cluster, name)


async def _play_all(desk: Desk) -> Shown:
    """Django draws in a thread of its own: it refuses to work beside an event loop."""
    shown = Shown()
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as drawing:
        client = await loop.run_in_executor(drawing, _signed_in, desk)
        async with arriving(desk) as running:
            for scene in _SCENES:
                await _play(running, scene)
                await loop.run_in_executor(drawing, _draw, shown, client, scene)
            for scene in (one for one in _SCENES if one.startswith("messages/")):
                await _play(running, scene, hostile=True)
                await loop.run_in_executor(drawing, _draw_hostile, shown, client, scene)
        await loop.run_in_executor(drawing, connections.close_all)
    return shown


def _signed_in(desk: Desk) -> Client:
    user = User(email="giulia@example.org", name="Giulia", created_at=NOW)
    user.save(using="owner")
    Membership.objects.using("owner").create(workspace_id=desk.workspace_id, user=user)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


async def _play(running: Arriving, scene: str, *, hostile: bool = False) -> None:
    """The tables hold what came before the file, and the file."""
    desk = running.desk
    body = _body(scene.removesuffix(_IN_SIGHT))
    told = goldens.read(body)
    goldens.empty(desk)
    wamids = {status["id"] for status in told.parts("statuses")}
    goldens.send_before(desk, wamids, "Il suo ordine è partito.")
    for preference in told.parts("user_preferences"):
        before = "text" if "wa_id" in preference else "text_user_id_only"
        await running.deliver(_body(f"messages/{before}"))
    if scene.endswith(_IN_SIGHT):
        await running.deliver(_body("messages/text"))
        _say_before(desk)
    assert await running.deliver(_made_hostile(body) if hostile else body) == [200]


def _body(name: str) -> bytes:
    if name == _POISON:
        return _body("messages/burst_of_three").replace(b'"1795255487"', b'"ieri"')
    return (goldens.WIRE / "webhooks" / f"{name}.json").read_bytes()


def _say_before(desk: Desk) -> None:
    """What the golden replies, reactions, edits and deletions are about."""
    for wamid, origin, status, text in (
        (_OURS, "operator", "read", "Il suo ordine è partito."),
        (_THEIRS, "customer", "received", "Quando arriva il mio ordine A123?"),
    ):
        desk.rows(
            "INSERT INTO sportello_message (workspace_id, conversation_id, wamid, origin, type,"
            " text, status, at) SELECT workspace_id, id, %s, %s, 'text', %s, %s,"
            " last_message_at - interval '1 minute' FROM sportello_conversation",
            wamid,
            origin,
            text,
            status,
        )


def _made_hostile(body: bytes) -> bytes:
    def changed(value: Any, name: str = "") -> Any:
        match value:
            case dict():
                return {key: changed(inner, key) for key, inner in value.items()}
            case list():
                return [changed(inner, name) for inner in value]
            case str() if name not in _STRUCTURE:
                return value + _HOSTILE
            case _:
                return value

    return json.dumps(changed(json.loads(body))).encode()


def _draw(shown: Shown, client: Client, scene: str) -> None:
    pages = {_PLACES[place][0] for place in _TABLE.get(scene, {})}
    for language in _LANGUAGES:
        User.objects.using("owner").update(language=language)
        for page in pages:
            shown.pages[scene, language, page] = _get(client, page)


def _draw_hostile(shown: Shown, client: Client, scene: str) -> None:
    has_chat = Conversation.objects.using("owner").exists()
    pages = ["chat"] if has_chat else ["/channel/events"]
    shown.pages[scene, "hostile", "all"] = "".join(_get(client, page) for page in pages)


def _get(client: Client, page: str) -> str:
    if page == "chat":
        page = f"/conversations/{Conversation.objects.using('owner').get().pk}/"
    answer = client.get(page)
    assert answer.status_code == 200, (page, answer.status_code)
    return answer.content.decode()


class _Reader(HTMLParser):
    """Gathers the words within one element, those for screen readers included."""

    _EMPTY = frozenset({"img", "input", "meta", "link", "br", "use", "source"})

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self._wanted, self._depth = wanted, 0
        self.words: list[str] = []

    @classmethod
    def text_of(cls, page: str, wanted: str) -> str:
        reader = cls(wanted)
        reader.feed(page)
        return re.sub(r"\s+", " ", " ".join(reader.words)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self._EMPTY and (self._depth or ("id", self._wanted) in attrs):
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if self._depth and tag not in self._EMPTY:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.words.append(data)


def test_the_table_is_about_files_that_there_are() -> None:
    assert set(_TABLE) == set(_SCENES)


@pytest.mark.parametrize("language", _LANGUAGES)
@pytest.mark.parametrize("scene", _SCENES)
def test_a_golden_webhook_is_shown_as_it_should(shown: Shown, scene: str, language: str) -> None:
    wanted = _TABLE[scene]

    for place, words in wanted.items():
        text = shown.words(scene, language, place)
        assert words[language], "something must be read"
        assert [one for one in words[language] if one not in text] == [], text
        assert [one for one in words.get("never", []) if one in text] == [], text


@pytest.mark.parametrize("scene", [one for one in _SCENES if one.startswith("messages/")])
def test_whatever_words_it_holds_they_are_shown_escaped(shown: Shown, scene: str) -> None:
    page = shown.pages[scene, "hostile", "all"]

    assert "<i id=x>" not in page
    # Of WhatsApp's own notices nothing is shown as it came.
    told = "&lt;i id=x&gt;&#x27;&amp;&quot;" in page
    assert told is not scene.startswith("messages/system_")
