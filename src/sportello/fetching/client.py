"""A client that fetches what a person has named: public addresses alone, looked at before each hop.

`FetchFailedError` is the one exception. Its `code` is stable and has words on the pages.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from sportello.fetching import addresses

BYTES_MAX: Final = 4 * 2**20
SECONDS_MAX: Final = 20.0
REDIRECTS_MAX: Final = 4
_CONNECTIONS_MAX: Final = 4
_HEADER_BYTES_MAX: Final = 16 * 1024
_ADDRESSES_MAX: Final = 16
_CHUNK: Final = 64 * 1024
_PORTS: Final = {"http": 80, "https": 443}
_AGENT: Final = "Sportello/1 (+knowledge of the company that runs it)"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Failure(StrEnum):
    FORBIDDEN_ADDRESS = "forbidden_address"
    NO_SUCH_HOST = "no_such_host"
    UNREACHABLE = "unreachable"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    NOT_A_PAGE = "not_a_page"


class FetchFailedError(Exception):
    """`passing`: whether another try later may do better."""

    def __init__(self, code: Failure) -> None:
        super().__init__(code.value)
        self.code = code

    @property
    def passing(self) -> bool:
        return self.code in {Failure.UNREACHABLE, Failure.TOO_SLOW}


@dataclass(frozen=True, slots=True)
class Fetched:
    """`url`: where the last redirect led."""

    url: str
    mime_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Settings:
    """`private_hosts`: names and addresses of the house that its installer allows, with any port.

    `resolve`: a name and a port → addresses; the system's own unless a test says otherwise.
    """

    bytes_max: int = BYTES_MAX
    seconds_max: float = SECONDS_MAX
    redirects_max: int = REDIRECTS_MAX
    private_hosts: frozenset[str] = frozenset()
    resolve: Resolve | None = None
    tls: ssl.SSLContext | None = None


class Fetcher:
    """`async with` opens and closes it. No cookies, no proxies, no memory of one site for another.

    A name is resolved once for each hop, every address it has must be public, and the connection is
    made to those very addresses: what the name says a moment later does not matter.
    """

    def __init__(self, settings: Settings = Settings()) -> None:  # frozen
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        resolver = _CheckedResolver(self._settings)
        connector = aiohttp.TCPConnector(
            resolver=resolver,
            use_dns_cache=False,
            limit=_CONNECTIONS_MAX,
            force_close=True,
            ssl=self._settings.tls or True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=True,
            max_line_size=_HEADER_BYTES_MAX,
            max_field_size=_HEADER_BYTES_MAX,
            headers={"User-Agent": _AGENT, "Accept-Encoding": "gzip, deflate"},
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def fetch(self, url: str, *, accept: str = "text/html,*/*;q=0.5") -> Fetched:
        """The body of a 200. Raises FetchFailedError."""
        try:
            async with asyncio.timeout(self._settings.seconds_max):
                return await self._follow(url, accept)
        except TimeoutError as error:
            raise FetchFailedError(Failure.TOO_SLOW) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FetchFailedError(_why(error)) from error

    async def _follow(self, url: str, accept: str) -> Fetched:
        address = self._checked(url, "")
        for _ in range(self._settings.redirects_max + 1):
            fetched = await self._get(address, accept)
            if isinstance(fetched, Fetched):
                return fetched
            address = self._checked(fetched, address)
        raise FetchFailedError(Failure.TOO_MANY_REDIRECTS)

    async def _get(self, url: str, accept: str) -> Fetched | str:
        """The answer, or where it redirects to."""
        assert self._session is not None  # opened by `async with`
        async with self._session.get(
            url, allow_redirects=False, headers={"Accept": accept}
        ) as answer:
            if answer.status in _REDIRECTS and (leads := answer.headers.get("Location")):
                return leads
            if answer.status != 200:
                raise FetchFailedError(_of_status(answer.status))
            mime_type = (answer.content_type or "").lower()
            return Fetched(url, mime_type, await self._body(answer))

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        """Counted as it is unpacked, so that a packed bomb is cut off where a plain one is."""
        parts, size = [], 0
        async for part in answer.content.iter_chunked(_CHUNK):
            size += len(part)
            if size > self._settings.bytes_max:
                raise FetchFailedError(Failure.TOO_LARGE)
            parts.append(part)
        return b"".join(parts)

    def _checked(self, url: str, base: str) -> str:
        return checked(url, base, self._settings)


def checked(url: str, base: str, settings: Settings) -> str:
    """An address that may be asked. aiohttp does not resolve what is an IP address already, so
    it is looked at here. Raises FetchFailedError.
    """
    address = addresses.plain(url, base)
    if address is None:
        raise FetchFailedError(Failure.FORBIDDEN_ADDRESS)
    parts = urlsplit(address)
    host = parts.hostname or ""
    if host in settings.private_hosts:
        return address
    port = parts.port or _PORTS[parts.scheme]
    told = addresses.literal(host)
    if port not in addresses.PORTS or (told is not None and not addresses.is_public(told)):
        raise FetchFailedError(Failure.FORBIDDEN_ADDRESS)
    return address


async def pinned(url: str, settings: Settings) -> str:
    """The IP address to connect to for an address that may be asked. Raises FetchFailedError."""
    parts = urlsplit(checked(url, "", settings))
    host = parts.hostname or ""
    return (await _resolved(host, parts.port or _PORTS[parts.scheme], settings))[0]


async def _resolved(host: str, port: int, settings: Settings) -> list[str]:
    """Raises FetchFailedError if any address of the name is not public: half a wall is none."""
    ask = settings.resolve or _of_system
    try:
        found = list(dict.fromkeys(await ask(host, port)))[:_ADDRESSES_MAX]
    except OSError as error:
        raise FetchFailedError(Failure.NO_SUCH_HOST) from error
    if not found:
        raise FetchFailedError(Failure.NO_SUCH_HOST)
    if host not in settings.private_hosts and not all(map(addresses.is_public, found)):
        raise FetchFailedError(Failure.FORBIDDEN_ADDRESS)
    return found


class _CheckedResolver(AbstractResolver):
    """Gives aiohttp only addresses that were looked at; it connects to nothing else."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises FetchFailedError."""
        del family  # both kinds are wanted, and both are looked at
        found = await _resolved(host, port, self._settings)
        return [
            ResolveResult(
                hostname=host,
                host=one,
                port=port,
                family=socket.AF_INET6 if ":" in one else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for one in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


async def _of_system(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def _why(error: BaseException) -> Failure:
    """Aiohttp wraps what the resolver raised; the cause tells."""
    step: BaseException | None = error
    for _ in range(5):
        if step is None:
            break
        if isinstance(step, FetchFailedError):
            return step.code
        step = step.__cause__ or step.__context__
    return Failure.UNREACHABLE


def _of_status(status: int) -> Failure:
    if status in {404, 410}:
        return Failure.NOT_FOUND
    return Failure.UNREACHABLE if status >= 500 or status == 429 else Failure.REFUSED
