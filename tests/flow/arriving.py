"""Webhooks that arrive at the real edge, signed, and are folded; for tests of what they hold."""

import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp

from sportello.workers.context import Context
from sportello.workers.fold import fold_batch
from tests.edge.serving import edge, served, signature
from tests.workers.desk import NOW, Desk, context_of

_TRIES_MAX = 5


@dataclass(frozen=True, slots=True)
class Arriving:
    """An edge on a port of its own, and a fold that runs when asked."""

    base: str
    desk: Desk
    context: Context
    http: aiohttp.ClientSession

    async def post(self, body: bytes) -> int:
        """The status that Meta is answered."""
        headers = {"X-Hub-Signature-256": signature(body)}
        url = f"{self.base}/webhooks/whatsapp"
        async with self.http.post(url, data=io.BytesIO(body), headers=headers) as answer:
            await answer.read()
            return answer.status

    async def deliver(self, *bodies: bytes) -> list[int]:
        """Posts each, then folds them all as one batch."""
        told = [await self._come(body) for body in bodies]
        while await fold_batch(self.context):
            pass
        return told

    async def _come(self, body: bytes) -> int:
        """As Meta does: what a busy machine could not keep in time comes again."""
        for _ in range(_TRIES_MAX):
            status = await self.post(body)
            if status != HTTPStatus.SERVICE_UNAVAILABLE:
                break
        return status

    def quarantined(self) -> Sequence[dict[str, Any]]:
        return self.desk.rows("SELECT * FROM sportello_quarantined ORDER BY id")

    def texts(self) -> dict[str, str]:
        """The words of each message, by its wamid."""
        return {row["wamid"]: row["text"] for row in self.desk.messages()}


@asynccontextmanager
async def arriving(desk: Desk) -> AsyncIterator[Arriving]:
    async with (
        served(edge(desk.url)) as base,
        context_of(desk, now=NOW) as context,
        aiohttp.ClientSession() as http,
    ):
        yield Arriving(base, desk, context, http)
