"""A real browser before a real emulator, with a business behind it that keeps what it is told."""

import asyncio
import json
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from aiohttp import web
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.whatsapp_emulator.conftest import ANNA, START, Receiver
from whatsapp_emulator.serving import Served, open_server
from whatsapp_emulator.settings import Settings

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
PATIENCE_MS = 45_000
_LOOK_MS = 50
_LOOKS_MAX = 300
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "open_phone" not in getattr(item, "fixturenames", ()):
            continue
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no chromium (apt install chromium)"))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Tests before the browser run in the browser's own thread.

    Playwright keeps an event loop in the thread in which it was started; in the main thread that
    loop would stand in the way of every test that runs a loop of its own.
    """
    if "open_phone" not in pyfuncitem.fixturenames:
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    pyfuncitem.funcargs["stage"].run(lambda: pyfuncitem.obj(**arguments))
    return True


class Stage:
    """The thread that owns the browser."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="browser")
        self._playwright: Playwright | None = None
        self.browser: Browser | None = None

    def run(self, act: Callable[[], Any]) -> Any:
        return self._thread.submit(act).result()

    def open(self) -> None:
        self._playwright = sync_playwright().start()
        self.browser = self._playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=FLAGS, timeout=30_000
        )

    def close(self) -> None:
        self.run(self._close)
        self._thread.shutdown()

    def _close(self) -> None:
        if self.browser is not None:
            self.browser.close()
        if self._playwright is not None:
            self._playwright.stop()


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    stage = Stage()
    stage.run(stage.open)
    yield stage
    stage.close()


class World:
    """An emulator with a business that listens; virtual time stands still unless advanced."""

    def __init__(self, url: str, settings: Settings, receiver: Receiver) -> None:
        self.url = url
        self.receiver = receiver
        self.number = settings.phone_number_id
        self.waba = settings.waba_id
        self._token = settings.access_token

    def call(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def sim(self, method: str, path: str, body: object = None) -> Any:
        status, answer = self.call(method, f"/sim/{path}", body)
        assert status == 200, answer
        return answer

    def graph(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self._token}"}
        return self.call(method, f"/v26.0/{path}", body, headers)

    def send(self, body: dict[str, Any], to: str = ANNA) -> str:
        """The business sends, and it arrives; its id."""
        whole = {"messaging_product": "whatsapp", "to": to, **body}
        status, answer = self.graph("POST", f"{self.number}/messages", whole)
        assert status == 200, answer
        self.advance(5)
        return str(answer["messages"][0]["id"])

    def text(self, words: str, to: str = ANNA) -> str:
        return self.send({"type": "text", "text": {"body": words}}, to)

    def says(self, words: str, wa_id: str = ANNA) -> dict[str, Any]:
        said = {"type": "text", "text": {"body": words}}
        return dict(self.sim("POST", f"people/{wa_id}/messages", said))

    def chat(self, wa_id: str = ANNA) -> list[dict[str, Any]]:
        return list(self.sim("GET", f"people/{wa_id}/chat")["messages"])

    def person(self, wa_id: str = ANNA) -> dict[str, Any]:
        return dict(self.sim("GET", f"people/{wa_id}"))

    def state(self) -> dict[str, Any]:
        return dict(self.sim("GET", "state"))

    def advance(self, seconds: float) -> None:
        self.sim("POST", "clock/advance", {"seconds": seconds, "settle": True})

    def heard(self) -> list[dict[str, Any]]:
        """What the business was told that customers wrote, once all webhooks are answered."""
        self.advance(0)
        return self.receiver.messages()

    def last_heard(self, page: Page) -> dict[str, Any]:
        """The newest of them, once there is one: a phone shows a tap before its call has ended."""
        for _ in range(_LOOKS_MAX):
            if heard := self.heard():
                return heard[-1]
            page.wait_for_timeout(_LOOK_MS)
        raise AssertionError("the business was told nothing")

    def template(self, components: list[dict[str, Any]], **changes: Any) -> str:
        """A template that waits for review; its id."""
        body = {
            "name": "promemoria_v1",
            "language": "it",
            "category": "UTILITY",
            "components": components,
            **changes,
        }
        status, made = self.graph("POST", f"{self.waba}/message_templates", body)
        assert status == 200, made
        return str(made["id"])


@pytest.fixture
def world() -> Iterator[World]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(20)

    receiver = Receiver(token="verify-me")
    business, hook = run(_business(receiver))
    settings = Settings(webhook_url=hook, start=START, speed=0.0, fetch_links=False)
    served: Served = run(open_server(settings, "127.0.0.1", 0))
    yield World(served.url, settings, receiver)
    run(served.close())
    run(business.cleanup())
    run(_end_what_is_left())
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)
    loop.close()


async def _end_what_is_left() -> None:
    """A stream of news whose page is gone ends only with its next word."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def _business(receiver: Receiver) -> tuple[web.AppRunner, str]:
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_get("/hook", receiver.verify)
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/hook"


class Screens:
    """Opens phone pages; what they complain of on their console is held against them."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def __call__(self, query: str = "", *, locale: str = "it-IT", **options: Any) -> Page:
        context = self._browser.new_context(
            **{"viewport": WIDE, "locale": locale, "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self._hear("error", str(error)))
        page.goto(f"{self._url}/phone{query}")
        page.locator(".people-list li").first.wait_for(state="attached")
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _hear(self, kind: str, words: str) -> None:
        if kind not in {"error", "warning"} or any(part in words for part in self.expected):
            return
        self.complaints.append(f"{kind}: {words}")


@pytest.fixture
def open_phone(stage: Stage, world: World) -> Iterator[Screens]:
    """Call with a query such as `?person=…`; complaints on the console fail the test."""
    assert stage.browser is not None
    screens = Screens(stage.browser, world.url)
    yield screens
    stage.run(screens.close)
    assert screens.complaints == []


def chat_of(wa_id: str, world: World) -> str:
    """The query that opens a chat."""
    return f"?person={wa_id}&to={world.number}"
