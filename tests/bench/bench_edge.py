"""Webhooks acknowledged per second, each on disk before its 200; and the wait at half that rate.

The ceiling is a bare ASGI callable that verifies the same signature and keeps nothing. Server,
database and caller share the machine's cores; the caller is a process of its own.
"""

import asyncio
import hmac
import json
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any

import uvloop

from tests.bench.desks import Figure, beside, fresh_database, heard, serve, share_of

CONNECTIONS = 64
SECONDS = 3.0
_SECRET = b"app-secret"


def run() -> list[Figure]:
    with fresh_database(durable=True) as url:
        bare, _ = _measure(None)
        kept, waits = _measure(url)
    return [
        ("webhooks acknowledged, kept on disk", kept, "/s", kept / bare),
        ("wait at half that rate, p50", 1000 * share_of(waits, 0.5), "ms", None),
        ("wait at half that rate, p99", 1000 * share_of(waits, 0.99), "ms", None),
    ]


def _measure(url: str | None) -> tuple[float, list[float]]:
    """Acknowledged per second at full speed; seconds of each wait at half of it."""
    with beside(_serve, url) as server:
        port = heard(server)
        with beside(_call) as caller:
            caller.send((port, None))
            rate = heard(caller)
            caller.send((port, rate / 2))
            return rate, heard(caller)


def _serve(pipe: Connection, url: str | None) -> None:
    from sportello.edge.app import make_app

    app: Any = _bare
    if url is not None:
        app = make_app(
            database_url=url, app_secrets=(_SECRET,), verify_token="x" * 8, ticket_key=b"k" * 32,
            fallback=None,
        )  # fmt: skip
    serve(pipe, app)


async def _bare(scope: Any, receive: Any, send: Any) -> None:
    """The least that any edge does: read, verify, answer."""
    if scope["type"] == "lifespan":
        for word in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{word}.complete"})
        return
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    told = dict(scope["headers"])[b"x-hub-signature-256"]
    is_genuine = hmac.compare_digest(told, b"sha256=" + _digest(body))
    status = 200 if is_genuine else 403
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _digest(body: bytes) -> bytes:
    return hmac.digest(_SECRET, body, "sha256").hex().encode()


def _call(pipe: Connection) -> None:
    """The caller: at full speed without a rate, else at that rate whether answered or not."""
    while True:
        port, rate = pipe.recv()
        pipe.send(uvloop.run(_flood(port) if rate is None else _arrive(port, rate)))


async def _flood(port: int) -> float:
    request, begun = _request(), perf_counter()

    async def lane() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        count = 0
        while perf_counter() - begun < SECONDS:
            await _one(reader, writer, request)
            count += 1
        writer.close()
        return count

    counts = await asyncio.gather(*(lane() for _ in range(CONNECTIONS)))
    return sum(counts) / (perf_counter() - begun)


async def _arrive(port: int, rate: float) -> list[float]:
    """Seconds from when each was due to its answer: waiting for a free connection counts."""
    free: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
    for _ in range(4 * CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    request, waits = _request(), list[float]()

    async def arrive(due: float) -> None:
        reader, writer = await free.get()
        await _one(reader, writer, request)
        waits.append(perf_counter() - due)
        free.put_nowait((reader, writer))

    begun = perf_counter()
    async with asyncio.TaskGroup() as group:
        for n in range(int(rate * SECONDS)):
            due = begun + n / rate
            if due > perf_counter():
                await asyncio.sleep(due - perf_counter())
            group.create_task(arrive(due))
    return waits


async def _one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head[:16], head


def _request() -> bytes:
    status = {
        "id": "wamid.HBgMMzkzMzMxMjM0NTY3FQIAERgUM0VCMDAwMDAwMDAwMEMwMDAwMDEA",
        "status": "delivered",
        "timestamp": "1795255203",
        "recipient_id": "393331234567",
        "biz_opaque_callback_data": "9d1e7c3a-0b5e-4f7e-9a51-1f2e3d4c5b6a",
        "pricing": {"billable": True, "pricing_model": "PMP", "category": "service"},
    }
    metadata = {"display_phone_number": "390612345678", "phone_number_id": "200000000000001"}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "statuses": [status]}
    changes = [{"field": "messages", "value": value}]
    whole = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "100000000000001", "changes": changes}],
    }
    body = json.dumps(whole).encode()
    head = (
        "POST /webhooks/whatsapp HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: sha256={_digest(body).decode()}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
