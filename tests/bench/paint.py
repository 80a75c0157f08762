"""What Chromium's own trace says of the desk: when it paints, how soon it answers, what it loads.

Each round is a browser that has never been here: the page as it comes, once more from the
browser's store, and then some work with it.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Response, sync_playwright

from tests.bench.desks import Figure, beside, heard, serve, share_of

ROUNDS = 6
_OPENED = 6
_WAIT_MS_MAX = 60_000
# Of Lighthouse: what counts as good.
_FCP_MS_GOOD = 1_800
_INP_MS_GOOD = 200
_WEIGHT_MAX = 250 * 1024
_CATEGORIES = ["-*", "devtools.timeline", "loading", "blink.user_timing"]
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
_LOADED = {"stylesheet", "script"}

Events = list[dict[str, Any]]


def figures(url: str, session: str, now: datetime) -> list[Figure]:
    """`session`: the key of a signed-in person's; none where there is no Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return []
    cold: list[float] = []
    warm: list[float] = []
    waits: list[float] = []
    weight = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        beside(_pages, url, folder, now) as server,
        _browser(chromium) as browser,
    ):
        base = f"http://127.0.0.1:{heard(server)}"
        for _ in range(ROUNDS):
            context = browser.new_context(base_url=base, viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
            page = context.new_page()
            page.set_default_timeout(_WAIT_MS_MAX)
            loaded: list[Response] = []
            page.on("response", lambda answer, loaded=loaded: loaded.append(answer))
            cold.append(_painted(browser, page))
            weight = sum(_size(one) for one in loaded if one.request.resource_type in _LOADED)
            warm.append(_painted(browser, page))
            waits += _worked(browser, page)
            context.close()
    inp = share_of(waits, 0.98)
    return [
        ("first contentful paint, first visit, p50", share_of(cold, 0.5), "ms", None),
        ("first contentful paint, first visit, worst", max(cold), "ms", max(cold) / _FCP_MS_GOOD),
        ("first contentful paint, again, p50", share_of(warm, 0.5), "ms", None),
        ("interactions", len(waits), "", None),
        ("interaction to next paint, p50", share_of(waits, 0.5), "ms", None),
        ("interaction to next paint, p98", inp, "ms", inp / _INP_MS_GOOD),
        ("styles and scripts, compressed", weight / 1024, "KB", weight / _WEIGHT_MAX),
    ]


@contextmanager
def _browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def _painted(browser: Browser, page: Page) -> float:
    """Milliseconds from the wish to see the desk to the first of its words on the screen."""
    with _traced(browser, page) as events:
        page.goto("/conversations/", wait_until="load")
        page.locator("#rows li").first.wait_for()
    begun = {
        event["args"]["data"]["navigationId"]: event["ts"]
        for event in events
        if event["name"] == "navigationStart" and "navigationId" in event["args"].get("data", {})
    }
    painted = [event for event in events if event["name"] == "firstContentfulPaint"]
    last = painted[-1]
    return float(last["ts"] - begun[last["args"]["data"]["navigationId"]]) / 1000


def _worked(browser: Browser, page: Page) -> list[float]:
    """Milliseconds from each click and key to the paint that answers it."""
    with _traced(browser, page) as events:
        for place in range(_OPENED):
            link = page.locator("#rows a[id^='open-']").nth(place)
            chat = (link.get_attribute("id") or "").removeprefix("open-")
            link.click()
            page.locator(f"#chat[data-of='{chat}']").wait_for()
        for key in "jjkj":
            page.keyboard.press(key)
        page.locator("#q").press_sequentially("spediz")
        page.locator("#q").press("Enter")
        page.wait_for_url(re.compile("q=spediz"))
    waits: dict[int, float] = {}
    for event in events:
        told = event.get("args", {}).get("data", {}) if event["name"] == "EventTiming" else {}
        if told.get("interactionId"):
            key = told["interactionId"]
            waits[key] = max(waits.get(key, 0.0), float(told["duration"]))
    return list(waits.values())


@contextmanager
def _traced(browser: Browser, page: Page) -> Iterator[Events]:
    """The list is filled when the block ends."""
    events: Events = []
    browser.start_tracing(page=page, categories=_CATEGORIES)
    yield events
    events += json.loads(browser.stop_tracing())["traceEvents"]


def _size(answer: Response) -> int:
    return answer.request.sizes()["responseBodySize"]


def _pages(pipe: Connection, url: str, folder: str, now: datetime) -> None:
    """Edge and pages on one port, files compressed, as `sportello up` serves them."""
    from tests import conftest  # noqa: F401, I001  # sets the environment as the tests have it
    from tests import database as databases
    from django.conf import settings

    settings.STATIC_ROOT = Path(folder)
    databases.point_django_at(url)
    from a2wsgi import WSGIMiddleware
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.management import call_command

    from sportello import clock
    from sportello.edge.app import make_app

    call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
    clock.now = lambda: now
    app = make_app(
        database_url=url, app_secrets=(b"secret",), verify_token="x" * 8,
        ticket_key=settings.SECRET_KEY.encode(), clock=lambda: now,
        fallback=WSGIMiddleware(WSGIHandler(), workers=4),
    )  # fmt: skip
    serve(pipe, app)
