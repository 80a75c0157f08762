"""The little of ASGI that the edge speaks: types, one-piece answers, bounded bodies."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Final

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

SMALL_BYTES_MAX: Final = 256 * 2**10
TEXT: Final[Header] = (b"content-type", b"text/plain; charset=utf-8")
_ALWAYS: Final[tuple[Header, ...]] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)


class BodyTooLargeError(Exception):
    """More bytes than allowed, announced or sent; the rest was not read."""


class BodyNotReceivedError(Exception):
    """The sender went away, or took too long."""


async def answer(
    send: Send, status: int, text: bytes = b"", headers: Sequence[Header] = (TEXT,)
) -> None:
    """One complete answer."""
    length = (b"content-length", str(len(text)).encode())
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [*headers, *_ALWAYS, length],
        }
    )
    await send({"type": "http.response.body", "body": text})


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that (lower-case) name; None without one."""
    for known, value in scope["headers"]:
        if known == name:
            return bytes(value)
    return None


async def read_body(
    scope: Scope, receive: Receive, *, size_max: int, timeout_s: float, large: asyncio.Semaphore
) -> bytes:
    """The whole body. Raises BodyTooLargeError before the excess is read, BodyNotReceivedError.

    `large` bounds how many bodies beyond `SMALL_BYTES_MAX` are held in memory at once: a stranger
    can send them without a signature.
    """
    announced = header(scope, b"content-length")
    if announced is not None and (not announced.isdigit() or int(announced[:20]) > size_max):
        raise BodyTooLargeError
    try:
        async with asyncio.timeout(timeout_s):
            body, complete = await _read_until(b"", receive, min(size_max, SMALL_BYTES_MAX))
            if not complete:
                async with large:
                    body, complete = await _read_until(body, receive, size_max)
    except TimeoutError:
        raise BodyNotReceivedError from None
    if not complete or len(body) > size_max:
        raise BodyTooLargeError
    return body


async def _read_until(body: bytes, receive: Receive, size: int) -> tuple[bytes, bool]:
    """Reads on until the end, or until there is more than `size`; and whether it was the end."""
    pieces = [body]
    held = len(body)
    while held <= size:
        event = await receive()
        if event["type"] != "http.request":
            raise BodyNotReceivedError
        piece = event.get("body", b"")
        pieces.append(piece)
        held += len(piece)
        if not event.get("more_body"):
            return b"".join(pieces), True
    return b"".join(pieces), False
