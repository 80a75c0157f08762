"""A real browser before the real edge and the real pages, over a test's database."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from a2wsgi import WSGIMiddleware
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.pages.conftest import (  # noqa: F401  # fixtures are found by name
    NOW,
    media_folder,
    shop,
    signed_in,
    static_files,
)
from tests.pages.shop import Shop

CHROMIUM = shutil.which("chromium")
# A busy machine is slow, not wrong.
_PATIENCE_MS = 45_000
expect.set_options(timeout=_PATIENCE_MS)
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no chromium (apt install chromium)"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # For one module only: while Playwright holds this thread's event loop, nobody else may run one.
    # Playwright keeps an event loop in this thread, where Django sees one and refuses to work.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=_FLAGS, timeout=30_000
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def console(
    shop: Shop,  # noqa: F811  # the fixture above
    database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """Base address of edge and pages on one port, as `sportello up` serves them."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connections

    from sportello.edge.app import make_app

    # The threads that draw pages end with the server, and nobody could close connections of their
    # own; one for each page would have to learn every table anew.
    known = connections["default"]
    known.close()
    monkeypatch.setitem(known.settings_dict, "CONN_MAX_AGE", 0)
    options = {**known.settings_dict["OPTIONS"], "pool": {"min_size": 1, "max_size": 8}}
    monkeypatch.setitem(known.settings_dict, "OPTIONS", options)

    app = make_app(
        database_url=database,
        app_secrets=(b"secret",),
        verify_token="verify",
        ticket_key=_key(),
        fallback=WSGIMiddleware(WSGIHandler(), workers=4),
        clock=lambda: NOW,
    )
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=1
    )
    with _running(uvicorn.Server(config)) as port:
        yield f"http://127.0.0.1:{port}"
    known.close()
    known.close_pool()


def _key() -> bytes:
    from django.conf import settings

    return str(settings.SECRET_KEY).encode()


@contextmanager
def _running(server: uvicorn.Server) -> Iterator[int]:
    started = threading.Event()
    startup = server.startup

    async def and_say_so(sockets: Any = None) -> None:
        await startup(sockets)
        started.set()

    server.startup = and_say_so
    thread = threading.Thread(target=server.run)
    thread.start()
    assert started.wait(20), "the server did not start"
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)


@dataclass
class Desk:
    """Opens pages as the shop's person; what the browser complains of is collected."""

    browser: Browser
    base: str
    shop: Shop
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def page(self, *, signed: bool = True, **options: Any) -> Page:
        options = {"viewport": WIDE, "locale": "it-IT", "base_url": self.base} | options
        context = self.browser.new_context(**options)
        self.contexts.append(context)
        context.set_default_timeout(_PATIENCE_MS)
        if signed:
            session = signed_in(self.shop).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.base}])
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        return page

    def expects(self, *marks: str) -> None:
        """Complaints with one of these belong to the test, whenever the browser tells of them."""
        self.expected += marks

    def unexpected(self) -> list[str]:
        return [one for one in self.complaints if not any(mark in one for mark in self.expected)]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} {message.location}")


@pytest.fixture
def desk(chromium: Browser, console: str, shop: Shop) -> Iterator[Desk]:  # noqa: F811  # the fixture of that name
    """Fails the test for a violated security policy, an error or a warning in the console."""
    opened = Desk(chromium, console, shop)
    yield opened
    for context in opened.contexts:
        context.close()
    assert opened.unexpected() == []


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a picture of the whole page under $SCREENSHOTS_DIR, if that is set."""
    folder = os.environ.get("SCREENSHOTS_DIR")

    def keep(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            with _unrolled(page):
                page.screenshot(path=Path(folder) / f"{name}.png")

    return keep


_HIDDEN = """() => Math.max(...[...document.querySelectorAll("html, main.reading")].map(
  (one) => one.scrollHeight - one.clientHeight))"""
_HEIGHT_MAX = 12_000


@contextmanager
def _unrolled(page: Page) -> Iterator[None]:
    """What a sheet scrolls stands in a window as high as the sheet."""
    size = page.viewport_size
    assert size is not None
    height = min(size["height"] + page.evaluate(_HIDDEN), _HEIGHT_MAX)
    page.set_viewport_size({"width": size["width"], "height": height})
    yield
    page.set_viewport_size(size)
