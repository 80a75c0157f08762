"""The edge as Meta and the browser meet it: behind a real server, over real HTTP."""

import asyncio
import hmac
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import uvicorn

from sportello.edge.app import make_app
from sportello.edge.asgi import App, Receive, Scope, Send, answer

SECRET = b"app-secret"
VERIFY_TOKEN = "handshake-word"
TICKET_KEY = b"ticket-key"
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


async def console(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for the pages, which take every path that is not the edge's."""
    await answer(send, 200, b"the console: " + scope["path"].encode())


def edge(url: str, *, secrets: tuple[bytes, ...] = (SECRET,)) -> App:
    return make_app(
        database_url=url,
        app_secrets=secrets,
        verify_token=VERIFY_TOKEN,
        ticket_key=TICKET_KEY,
        clock=lambda: NOW,
        fallback=console,
    )


def signature(body: bytes, secret: bytes = SECRET) -> str:
    return "sha256=" + hmac.digest(secret, body, "sha256").hex()


@asynccontextmanager
async def served(app: App) -> AsyncIterator[str]:
    """The base URL of the app while the block runs."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=1)
    )
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110  # uvicorn announces its start in no other way
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
