"""The guarded client's rules for libraries that bring an HTTP client of their own (httpx2)."""

from collections.abc import AsyncIterator
from typing import Final

import httpx2

from sportello.fetching.client import Settings, pinned

_CONNECTIONS_MAX: Final = 16
_BODY_BYTES_MAX: Final = 2 * 2**20


class TooLargeError(httpx2.ReadError):
    """The answer did not end where an answer ends."""


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Every request, a redirect's included, goes to an address that was looked at, and no other.

    The name stays in the Host header and in the TLS handshake; the connection is made to the very
    address that was checked. Raises FetchFailedError for what may not be reached.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        limits = httpx2.Limits(max_connections=_CONNECTIONS_MAX)
        self._inner = httpx2.AsyncHTTPTransport(
            verify=settings.tls or True, trust_env=False, limits=limits
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        address = await pinned(str(request.url), self._settings)
        request.url = request.url.copy_with(host=address)
        request.extensions = {**request.extensions, "sni_hostname": host}
        answer = await self._inner.handle_async_request(request)
        return httpx2.Response(
            status_code=answer.status_code,
            headers=answer.headers,
            stream=_Counted(answer.stream),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    """A body that is cut off where it grows beyond what an answer can be."""

    def __init__(self, stream: httpx2.SyncByteStream | httpx2.AsyncByteStream) -> None:
        assert isinstance(stream, httpx2.AsyncByteStream)  # of an asynchronous transport
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._stream:
            size += len(part)
            if size > _BODY_BYTES_MAX:
                raise TooLargeError("the answer is too large")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def client(settings: Settings) -> httpx2.AsyncClient:
    """No proxies, no redirects, no cookies to speak of; the caller sets each call's patience."""
    return httpx2.AsyncClient(
        transport=GuardedTransport(settings),
        trust_env=False,
        follow_redirects=False,
        timeout=settings.seconds_max,
    )
