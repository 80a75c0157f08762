"""The ASGI application that answers first: webhooks, live updates, health; all else goes on."""

from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from sportello import clock
from sportello.edge.asgi import App, Receive, Scope, Send, answer
from sportello.edge.keyring import Keyring
from sportello.edge.live import Clock, Live
from sportello.edge.webhooks import Edge
from sportello.edge.writer import JournalWriter, NotKeptError
from sportello.store import vault

_METRICS: Final = ((b"content-type", CONTENT_TYPE_LATEST.encode()),)


def make_app(
    *,
    database_url: str,
    app_secrets: tuple[bytes, ...],
    verify_token: str,
    ticket_key: bytes,
    fallback: App | None,
    clock: Clock = clock.now,
    vault_key: vault.Key | None = None,
) -> App:
    """One callable for one process. `ticket_key` signs the live stream's tickets; `vault_key`
    opens the secrets of companies' own apps.

    `fallback` (None: 404) takes every path that is not the edge's own; it never sees the lifespan.
    Raises ValueError for a missing secret.
    """
    return _EdgeApp(
        JournalWriter(database_url),
        Live(database_url, ticket_key=ticket_key, clock=clock),
        Keyring(database_url, app_secrets, vault_key),
        verify_token,
        fallback or _nothing,
    )


class _EdgeApp:
    def __init__(
        self,
        writer: JournalWriter,
        live: Live,
        keyring: Keyring,
        verify_token: str,
        fallback: App,
    ) -> None:
        self._writer, self._live, self._fallback = writer, live, fallback
        self._keyring = keyring
        self._routes: dict[str, App] = {
            "/webhooks/whatsapp": Edge(writer, keyring=keyring, verify_token=verify_token),
            "/live": live,
            "/livez": self._alive,
            "/readyz": self._ready,
            "/metrics": self._measures,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live_on(receive, send)
            return
        if scope["type"] == "http":
            await self._routes.get(scope["path"], self._fallback)(scope, receive, send)
            return
        await self._fallback(scope, receive, send)

    async def _live_on(self, receive: Receive, send: Send) -> None:
        """The server's lifespan. A database that is away delays nothing: we start and say 503."""
        await receive()
        await self._writer.start()
        await self._live.start()
        await self._keyring.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._keyring.stop()
        await self._live.stop()
        await self._writer.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _alive(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await answer(send, 200, b"alive")

    async def _ready(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ready means that a webhook would be kept: asked by the webhook's own way."""
        del scope, receive
        try:
            await self._writer.ping()
        except NotKeptError as error:
            await answer(send, 503, str(error).encode())
            return
        await answer(send, 200, b"ready")

    async def _measures(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await answer(send, 200, generate_latest(), _METRICS)


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive
    await answer(send, 404, b"nothing here")
