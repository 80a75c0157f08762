"""A message's way to Meta: one POST of JSON on a kept connection, written as it stands.

The pool, TLS and the parser are aiohttp's; its requests and responses, with their headers as
mappings, tracing and a task for each body, cost four times what the wire does, and every send
pays. Whoever asks for anything but a message goes by `client.Client.ask`.
"""

import asyncio
import re
from typing import Final

import aiohttp
from aiohttp.connector import Connection
from yarl import URL

from sportello.whatsapp.errors import InDoubtError, NotSentError

ANSWER_BYTES_MAX: Final = 1024 * 1024
USER_AGENT: Final = "sportello"
# What would end a line of the head, and begin another.
_ENDS_A_LINE: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Posts:
    """To one server, over the connections of a session, which stays its owner's to close."""

    def __init__(self, base: URL, session: aiohttp.ClientSession) -> None:
        """Opens nothing yet. `session`: with a connector, and with all its time-outs."""
        if session.connector is None:
            raise ValueError("a session that is closed")
        self._session, self._connector = session, session.connector
        self._patience = session.timeout
        # Of a request a connector reads where it goes, and nothing else.
        self._there = aiohttp.ClientRequest("POST", base, session=session)
        self._host = base.host_port_subcomponent

    async def post(self, address: URL, token: str, raw: bytes) -> tuple[int, bytes]:
        """The status and body of the answer. Raises `NotSentError`, `InDoubtError`.

        Only without a connection is it certain that not a byte has left: whatever happens with
        one leaves doubt. Raises ValueError for a token that is none.
        """
        whole = self._head(address, token, len(raw)) + raw
        connection: Connection | None = None
        try:
            async with asyncio.timeout(self._patience.total):
                connection = await self._connector.connect(self._there, [], self._patience)
                status, answer = await self._exchange(connection, whole)
        except InDoubtError:
            _close(connection)
            raise
        except Exception as error:
            _close(connection)
            name = type(error).__name__
            raise (NotSentError(name) if connection is None else InDoubtError(name)) from error
        except BaseException:
            _close(connection)
            raise
        connection.release()
        return status, answer

    def _head(self, address: URL, token: str, length: int) -> bytes:
        if _ENDS_A_LINE.search(token):
            raise ValueError("a token of one line")
        return (
            f"POST {address.raw_path_qs} HTTP/1.1\r\nHost: {self._host}\r\n"
            f"User-Agent: {USER_AGENT}\r\nAccept: */*\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        ).encode()

    async def _exchange(self, connection: Connection, whole: bytes) -> tuple[int, bytes]:
        protocol, transport = connection.protocol, connection.transport
        if protocol is None or transport is None:
            raise aiohttp.ClientConnectionError("gone")
        protocol.set_response_params(read_until_eof=True, read_timeout=self._patience.sock_read)
        transport.write(whole)
        protocol.start_timeout()
        while True:
            message, content = await protocol.read()
            # What only announces the answer.
            if not 100 <= message.code < 200 or message.code == 101:
                break
        answer = await whole_of(content)
        if transport.get_write_buffer_size():
            # Answered before it had heard all: what is left would come before the next request.
            protocol.force_close()
        return message.code, answer


def _close(connection: Connection | None) -> None:
    if connection is not None:
        connection.close()


async def whole_of(content: aiohttp.StreamReader) -> bytes:
    """The answer's body; an answer without end is no answer."""
    parts: list[bytes] = []
    size = 0
    while chunk := await content.readany():
        size += len(chunk)
        if size > ANSWER_BYTES_MAX:
            raise InDoubtError("an answer that is too large")
        parts.append(chunk)
    return b"".join(parts)
