"""What a person at the desk feels: Debian's Chromium over 200 conversations, by its own trace.

Each load has a cache of its own, and the network that Lighthouse gives a desktop: 40 ms a round
trip, 10 Mbit/s. Deeds are real keys on one page that stays open. Ratios are of the aim: for times
and shifts what the web's vitals call good, for the weight the product's own.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from tests import database as databases
from tests.bench import traces
from tests.bench.desks import Figure, beside, heard, serve, share_of

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_CHATS = 200
_LOADS = int(os.environ.get("BENCH_BROWSER", "12"))
_DEEDS = 12
_LOST_MAX = 5
_PATIENCE_MS = 30_000
# After a load: what the stream asks for anew, and what moves by it, belongs to it.
_SETTLED_MS = 600
_PAGES = {
    "inbox": "/conversations/",
    "chat": f"/conversations/{_CHATS}/",
    "contacts": "/contacts/",
    "analytics": "/analytics/",
    "campaign report": "/campaigns/1/",
}
_PAINT_MS_MAX = 1_800
_LARGEST_MS_MAX = 2_500
_SHIFT_MAX = 0.1
_DEED_MS_MAX = 200
_WEIGHT_KB_MAX = 250
_NETWORK = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 10_240 * 1024 / 8,
    "uploadThroughput": 10_240 * 1024 / 8,
}
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
# Says in the trace when what was asked for stands on the page and is drawn.
_WAITS = """([what, told, mark]) => {
  const looks = {
    chat: () => document.getElementById("chat")?.dataset.of !== told,
    length: () => document.getElementById("text").value.length === Number(told),
    palette: () => document.querySelector("#palette[open] li"),
    words: () => document.getElementById("thread").textContent.includes(told),
  };
  const see = () => {
    if (!looks[what]()) return requestAnimationFrame(see);
    requestAnimationFrame(() => setTimeout(() => performance.mark(mark)));
  };
  requestAnimationFrame(see);
}"""


def run() -> list[Figure]:
    with _served() as (base, session), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), headless=True, args=_FLAGS
        )
        try:
            loads = [one for name in _PAGES for one in _loads(browser, base, session, name)]
            return loads + _deeds(browser, base, session)
        finally:
            browser.close()


@contextmanager
def _served() -> Iterator[tuple[str, str]]:
    """The address of edge and pages, in a process beside, and a session of persona 1's."""
    cluster, name = databases.ensure_cluster(), f"bench_{secrets.token_hex(4)}"
    url = databases.create(cluster, name)
    try:
        _fill(url)
        databases.point_django_at(url)
        with tempfile.TemporaryDirectory(prefix="sportello-static-") as folder:
            session = _prepare(folder)
            databases.release_django()
            with beside(_serve, url, folder) as pipe:
                yield f"http://localhost:{heard(pipe)}", session
    finally:
        databases.drop(cluster, name)


def _fill(url: str) -> None:
    here = Path(__file__).parent
    many = {"messages": 20 * _CHATS, "chats": _CHATS}
    text = (here / "fill_inbox.sql").read_text().format(**many)
    text += (here / "fill_browser.sql").read_text()
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        for statement in filter(str.strip, [*text.split(";\n"), "ANALYZE"]):
            owner.execute(statement.encode())


def _prepare(folder: str) -> str:
    """Puts the files where they are served from, compressed as they are delivered."""
    from django.core.management import call_command
    from django.test import Client, override_settings

    from sportello.schema.models import User

    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
        client = Client(SERVER_NAME="localhost")
        client.force_login(User.objects.using("owner").get(pk=1))
    return client.cookies["sessionid"].value


def _serve(pipe: Connection, url: str, folder: str) -> None:
    from a2wsgi import WSGIMiddleware
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler

    from sportello import clock
    from sportello.edge.app import make_app

    databases.point_django_at(url)
    settings.STATIC_ROOT = folder
    clock.now = lambda: NOW
    app = make_app(
        database_url=url, app_secrets=(b"secret",), verify_token="verify",
        ticket_key=str(settings.SECRET_KEY).encode(), clock=lambda: NOW,
        fallback=WSGIMiddleware(WSGIHandler(), workers=4),
    )  # fmt: skip
    serve(pipe, app)


def _context(browser: Browser, base: str, session: str) -> BrowserContext:
    context = browser.new_context(
        base_url=base, locale="it-IT", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(_PATIENCE_MS)
    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    return context


def _loads(browser: Browser, base: str, session: str, name: str) -> list[Figure]:
    seen = list(islice(_told(browser, base, session, _PAGES[name]), _LOADS + 1))
    # The first draws templates and rows that nobody has drawn yet.
    told, weight = [load for load, _ in seen[1:]], seen[-1][1]
    parts: list[tuple[str, list[float], str, float]] = [
        ("first paint", [one.first_paint for one in told], "ms", _PAINT_MS_MAX),
        ("largest paint", [one.largest_paint for one in told], "ms", _LARGEST_MS_MAX),
        ("layout shift", [one.shift for one in told], "", _SHIFT_MAX),
    ]
    light = weight["stylesheet"] + weight["script"]
    return [
        *(figure for part in parts for figure in _spread(name, *part)),
        (
            f"{name}, {weight['files']:.0f} styles and scripts (aim {_WEIGHT_KB_MAX})",
            light,
            "KB",
            light / _WEIGHT_KB_MAX,
        ),
        (f"{name}, page itself", weight["document"], "KB", None),
    ]


def _told(
    browser: Browser, base: str, session: str, path: str
) -> Iterator[tuple[traces.Load, dict[str, float]]]:
    """Loads, one after another. Now and then a trace lacks its own beginning."""
    for _ in range(_LOADS + 1 + _LOST_MAX):
        try:
            yield _load(browser, base, session, path)
        except traces.Untold:
            continue


def _spread(name: str, what: str, values: list[float], unit: str, most: float) -> list[Figure]:
    p95 = share_of(values, 0.95)
    return [
        (f"{name}, {what}, p50", share_of(values, 0.5), unit, None),
        (f"{name}, {what}, p95 (aim {most:g})", p95, unit, p95 / most),
    ]


def _load(
    browser: Browser, base: str, session: str, path: str
) -> tuple[traces.Load, dict[str, float]]:
    context = _context(browser, base, session)
    try:
        page = context.new_page()
        answers: list[Response] = []
        # A method of a list cannot carry the mark that Playwright puts on what it calls.
        page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  # see above
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", _NETWORK)
        browser.start_tracing(page=page, categories=traces.CATEGORIES)
        page.goto(path, wait_until="load")
        page.wait_for_timeout(_SETTLED_MS)
        found = traces.load(browser.stop_tracing())
        return found, _weight(answers)
    finally:
        context.close()


def _weight(answers: list[Response]) -> dict[str, float]:
    """Kilobytes as they went over the wire, by kind; `files`: how many styles and scripts."""
    found = {"stylesheet": 0.0, "script": 0.0, "document": 0.0, "files": 0.0}
    for answer in answers:
        kind = answer.request.resource_type
        if kind in found:
            found[kind] += answer.request.sizes()["responseBodySize"] / 1000
            found["files"] += kind != "document"
    return found


def _deeds(browser: Browser, base: str, session: str) -> list[Figure]:
    context = _context(browser, base, session)
    try:
        page = context.new_page()
        page.goto(_PAGES["chat"])
        page.wait_for_timeout(_SETTLED_MS)
        kinds: dict[str, Callable[[int], Any]] = {
            "next chat": lambda _turn: _next_chat(browser, page),
            "a key in the composer": lambda turn: _key(browser, page, turn),
            "palette": lambda _turn: _palette(browser, page),
            "a sent message": lambda turn: _send(browser, page, turn),
        }
        figures: list[Figure] = []
        for name, do in kinds.items():
            told = [do(turn) for turn in range(_DEEDS + 1)][1:]
            painted, stood = [one.painted for one in told], [one.stood for one in told]
            figures += _spread(name, "to the next picture", painted, "ms", _DEED_MS_MAX)
            figures += _spread(name, "until it stands", stood, "ms", _DEED_MS_MAX)
        return figures
    finally:
        context.close()


def _done(browser: Browser, page: Page, what: str, told: str, key: str) -> traces.Deed:
    """Presses the key; `what` and `told` say by which look on the page it stands."""
    mark = f"stands-{secrets.token_hex(4)}"
    browser.start_tracing(page=page, categories=traces.CATEGORIES)
    page.evaluate(_WAITS, [what, told, mark])
    page.keyboard.press(key)
    page.wait_for_function("mark => performance.getEntriesByName(mark).length > 0", arg=mark)
    page.wait_for_timeout(_SETTLED_MS / 4)
    return traces.deed(browser.stop_tracing(), mark)


def _next_chat(browser: Browser, page: Page) -> traces.Deed:
    shown = page.evaluate("[...document.querySelectorAll('#chat')].map((c) => c.dataset.of)")
    if len(shown) != 1:
        raise RuntimeError(f"so many chats stand on the page: {shown}")
    was = shown[0]
    return _done(browser, page, "chat", was, "j")


def _key(browser: Browser, page: Page, turn: int) -> traces.Deed:
    if not turn:
        page.goto(_PAGES["chat"])
        page.locator("#text").fill("")
    return _done(browser, page, "length", str(turn + 1), "a")


def _palette(browser: Browser, page: Page) -> traces.Deed:
    told = _done(browser, page, "palette", "", "Control+k")
    page.keyboard.press("Escape")
    return told


def _send(browser: Browser, page: Page, turn: int) -> traces.Deed:
    words = f"Parte oggi, numero {turn}."
    page.locator("#text").fill(words)
    return _done(browser, page, "words", words, "Enter")
