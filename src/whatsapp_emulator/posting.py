"""One webhook on the line: the handshake with a receiver, and the signed POST."""

import asyncio

import aiohttp

from whatsapp_emulator.parcels import Parcel
from whatsapp_emulator.settings import Bounds
from whatsapp_emulator.wire import signature_1, signature_256
from whatsapp_emulator.world import Subscription

FIRST_CHALLENGE = 1158201444
SHOWN_ANSWER = 2_000


class Poster:
    """A few connections to the receivers; what goes wrong is answered in words."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._challenges = FIRST_CHALLENGE
        self._session: aiohttp.ClientSession | None = None
        self._verifying = asyncio.Lock()

    def start(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._bounds.webhook_connections),
            timeout=aiohttp.ClientTimeout(total=self._bounds.webhook_timeout_s),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def verify(self, subscription: Subscription) -> str | None:
        """Meta's handshake with the receiver; None if it went well, else what was wrong."""
        if self._session is None:
            return "the emulator is not running"
        self._challenges += 1
        challenge = str(self._challenges)
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": subscription.verify_token,
        }
        try:
            async with self._session.get(
                subscription.callback_url, params=query, allow_redirects=False
            ) as reply:
                text = (await reply.content.read(1000)).decode("utf-8", "replace")
                status = reply.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return f"no answer: {type(error).__name__}"
        if status != 200:
            return f"HTTP {status}"
        if text.strip() != challenge:
            return "the answer is not the challenge"
        subscription.verified = True
        return None

    async def post(self, parcel: Parcel) -> tuple[int | None, bytes, str | None]:
        """(HTTP status, the beginning of the answer, what went wrong if there was none)."""
        async with self._verifying:
            if not parcel.subscription.verified:
                wrong = await self.verify(parcel.subscription)
                if wrong is not None:
                    return None, b"", f"callback verification failed: {wrong}"
        if self._session is None:
            return None, b"", "the emulator is stopping"
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature": signature_1(parcel.app.secret, parcel.body),
            "X-Hub-Signature-256": signature_256(parcel.app.secret, parcel.body),
        }
        try:
            async with self._session.post(
                parcel.subscription.callback_url,
                data=parcel.body,
                headers=headers,
                allow_redirects=False,
            ) as reply:
                return reply.status, await reply.content.read(SHOWN_ANSWER), None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return None, b"", f"no answer: {type(error).__name__}"
