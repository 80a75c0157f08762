"""The guarded client against a local server: what is refused, followed, cut off."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

import pytest
from aiohttp import web

from sportello.fetching.client import Failure, Fetcher, FetchFailedError, Settings
from tests.loop import in_loop


@asynccontextmanager
async def hostile() -> AsyncIterator[tuple[int, list[str]]]:
    """A server on loopback: its port, and the paths that were asked of it."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path_qs)
        match request.path:
            case "/page":
                return web.Response(text="<p>Ciao</p>", content_type="text/html")
            case "/to":
                return web.Response(status=302, headers={"Location": request.query["url"]})
            case "/round":
                return web.Response(status=302, headers={"Location": "/round"})
            case "/bomb":
                packed = gzip.compress(b"\0" * 50_000_000)
                return web.Response(body=packed, headers={"Content-Encoding": "gzip"})
            case "/endless":
                return await _endless(request)
            case "/slow":
                await asyncio.sleep(30)
            case "/cookie":
                headers = {"Set-Cookie": "a=b", "X": request.headers.get("Cookie", "none")}
                return web.Response(text=headers["X"], headers=headers)
        return web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1], asked
    finally:
        await runner.cleanup()


async def _endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        for _ in range(10_000):
            await response.write(b"x" * 65_536)
    except ConnectionError:
        pass
    return response


def _allowing(port: int, **more: Any) -> Settings:
    """The house's own server, allowed by name, as an installer would."""
    del port
    return Settings(private_hosts=frozenset({"127.0.0.1", "shop.example"}), **more)


async def _failure(settings: Settings, url: str) -> Failure:
    async with Fetcher(settings) as fetcher:
        with pytest.raises(FetchFailedError) as failed:
            await fetcher.fetch(url)
    return failed.value.code


@in_loop
async def test_a_page_is_fetched_and_redirects_are_followed() -> None:
    async with hostile() as (port, _), Fetcher(_allowing(port)) as fetcher:
        fetched = await fetcher.fetch(f"http://127.0.0.1:{port}/to?url=/page")

    assert (fetched.mime_type, fetched.body) == ("text/html", b"<p>Ciao</p>")
    assert fetched.url == f"http://127.0.0.1:{port}/page"


@in_loop
async def test_the_house_is_not_asked_whatever_its_address_is_called() -> None:
    async with hostile() as (port, asked):
        for host in ("127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0"):
            told = await _failure(Settings(), f"http://{host}:{port}/page")
            assert told is Failure.FORBIDDEN_ADDRESS, host
        assert asked == []


@in_loop
async def test_ports_of_other_services_are_not_asked() -> None:
    assert await _failure(Settings(), "http://93.184.216.34:6379/") is Failure.FORBIDDEN_ADDRESS


@pytest.mark.parametrize(
    "found", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"], ["169.254.169.254"]]
)
def test_a_name_with_any_address_of_the_house_is_refused(found: list[str]) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return found

    told = asyncio.run(_failure(Settings(resolve=resolve), "http://evil.example/"))

    assert told is Failure.FORBIDDEN_ADDRESS


@in_loop
async def test_each_redirect_is_looked_at_anew() -> None:
    async with hostile() as (port, asked):
        inward = f"http://127.0.0.1:{port}/page"
        settings = Settings(private_hosts=frozenset({"shop.example"}), resolve=_always("127.0.0.1"))
        for leads in (inward, "http://169.254.169.254/latest/", "file:///etc/passwd", "//0/page"):
            told = await _failure(settings, f"http://shop.example:{port}/to?url={leads}")
            assert told is Failure.FORBIDDEN_ADDRESS, leads
        assert "/page" not in asked


@in_loop
async def test_a_name_is_resolved_once_and_the_connection_goes_where_was_looked() -> None:
    """DNS that answers otherwise the second time: there is no second time."""
    async with hostile() as (_port, asked):
        times = 0

        async def rebinding(_host: str, _port: int) -> Sequence[str]:
            nonlocal times
            times += 1
            return ["93.184.216.34"] if times == 1 else ["127.0.0.1"]

        settings = Settings(resolve=rebinding, seconds_max=1.0)
        async with Fetcher(settings) as fetcher:
            # The tests' closed network refuses the public address: it was the one dialled.
            with pytest.raises((FetchFailedError, AssertionError)):
                await fetcher.fetch("http://rebind.example/page")

        assert (times, asked) == (1, [])


@in_loop
async def test_a_body_is_cut_off_at_its_limit_packed_or_not() -> None:
    async with hostile() as (port, _):
        for path in ("bomb", "endless"):
            begun = perf_counter()
            settings = _allowing(port, bytes_max=1_000_000)
            told = await _failure(settings, f"http://127.0.0.1:{port}/{path}")
            assert told is Failure.TOO_LARGE, path
            assert perf_counter() - begun < 10


@pytest.mark.parametrize(
    ("path", "failure"),
    [
        ("slow", Failure.TOO_SLOW),
        ("round", Failure.TOO_MANY_REDIRECTS),
        ("nothing", Failure.NOT_FOUND),
    ],
)
def test_a_fetch_that_fails_says_how(path: str, failure: Failure) -> None:
    async def told() -> Failure:
        async with hostile() as (port, _):
            settings = _allowing(port, seconds_max=1.0)
            return await _failure(settings, f"http://127.0.0.1:{port}/{path}")

    assert asyncio.run(told()) is failure


@in_loop
async def test_a_name_that_leads_nowhere_says_so() -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such name")

    told = await _failure(Settings(resolve=resolve), "http://nowhere.example/")

    assert told is Failure.NO_SUCH_HOST


@in_loop
async def test_no_cookie_is_kept() -> None:
    async with hostile() as (port, _), Fetcher(_allowing(port)) as fetcher:
        await fetcher.fetch(f"http://127.0.0.1:{port}/cookie")
        again = await fetcher.fetch(f"http://127.0.0.1:{port}/cookie")

    assert again.body == b"none"


def _always(address: str) -> Any:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return [address]

    return resolve
