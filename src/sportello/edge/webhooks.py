"""Meta's webhooks: verify over the raw bytes, append to the journal, 200 only once it is kept."""

import asyncio
import hmac
from typing import Final
from urllib.parse import parse_qs

from sportello.edge.asgi import (
    TEXT,
    BodyNotReceivedError,
    BodyTooLargeError,
    Receive,
    Scope,
    Send,
    answer,
    header,
    read_body,
)
from sportello.edge.keyring import Keyring
from sportello.edge.measures import WEBHOOKS
from sportello.edge.writer import JournalWriter, NotKeptError

BODY_BYTES_MAX: Final = 8 * 2**20
BODY_S_MAX: Final = 10.0
LARGE_BODIES_MAX: Final = 8
_CHALLENGE_MAX: Final = 200
_RETRY_AFTER: Final = (TEXT, (b"retry-after", b"5"))


class Edge:
    """The endpoint that Meta calls.

    Raises ValueError where the verify token is missing: an endpoint that cannot tell Meta from a
    stranger must not start.
    """

    def __init__(self, writer: JournalWriter, *, keyring: Keyring, verify_token: str) -> None:
        if not verify_token:
            raise ValueError("a verify token is needed for the webhook handshake")
        self._writer = writer
        self._keyring = keyring
        self._verify_token = verify_token.encode()
        self._large = asyncio.Semaphore(LARGE_BODIES_MAX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["method"]:
            case "POST":
                status = await self._receive(scope, receive, send)
                WEBHOOKS.labels(str(status)).inc()
            case "GET":
                await self._shake_hands(scope, send)
            case _:
                await answer(send, 405, b"", (TEXT, (b"allow", b"GET, POST")))

    async def _receive(self, scope: Scope, receive: Receive, send: Send) -> int:
        try:
            body = await read_body(
                scope, receive, size_max=BODY_BYTES_MAX, timeout_s=BODY_S_MAX, large=self._large
            )
        except BodyTooLargeError:
            return await _answered(send, 413, b"too large")
        except BodyNotReceivedError:
            return await _answered(send, 408, b"not received")
        signer = self._keyring.signer(body, _signature(scope))
        if signer is None:
            return await _answered(send, 403, b"wrong signature")
        try:
            await self._writer.keep(body, signer.workspace_id)
        except NotKeptError:
            await answer(send, 503, b"not kept", _RETRY_AFTER)
            return 503
        return await _answered(send, 200, b"")

    async def _shake_hands(self, scope: Scope, send: Send) -> None:
        """Meta's GET when the webhook is set up. Source: reference, webhooks 5.1."""
        query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)
        token = query.get("hub.verify_token", [""])[0]
        challenge = query.get("hub.challenge", [""])[0]
        known = hmac.compare_digest(token.encode(), self._verify_token)
        if not known or query.get("hub.mode") != ["subscribe"]:
            await answer(send, 403, b"wrong verify token")
        elif not challenge.isalnum() or len(challenge) > _CHALLENGE_MAX:
            await answer(send, 400, b"no challenge")
        else:
            await answer(send, 200, challenge.encode())


async def _answered(send: Send, status: int, text: bytes) -> int:
    await answer(send, status, text)
    return status


def _signature(scope: Scope) -> str | None:
    given = header(scope, b"x-hub-signature-256")
    return None if given is None else given.decode("latin-1")
