"""A server on loopback that speaks OpenAI's protocol, well or badly, as it is told."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from sportello.store import vault
from sportello.workers.context import Context, Limits
from tests.assistant.desk import Desk

READ, WRITTEN = 120, 30
# The smallest picture that is one.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass
class Speaker:
    """`says` is what it answers next, or how it misbehaves; `asked` what it was asked."""

    url: str = ""
    says: Any = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    # What was sent to be written down: the fields of each form, its file as (name, bytes).
    heard: list[dict[str, Any]] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)


_MISDEEDS = ("elsewhere", "a page", "without end", "nothing")


@asynccontextmanager
async def speaking() -> AsyncIterator[Speaker]:
    speaker = Speaker()

    async def complete(request: web.Request) -> web.StreamResponse:
        speaker.asked.append(await request.json())
        speaker.headers.append(dict(request.headers))
        return await _answer(request, speaker)

    app = web.Application()

    async def write_down(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        fields: dict[str, Any] = {
            name: (part.filename, part.file.read()) if isinstance(part, web.FileField) else part
            for name, part in form.items()
        }
        speaker.heard.append(fields)
        speaker.headers.append(dict(request.headers))
        match speaker.says:
            case str() | dict() as said if said not in _MISDEEDS:
                return web.json_response(said if isinstance(said, dict) else {"text": said})
        return await _answer(request, speaker)

    app.router.add_post("/v1/chat/completions", complete)
    app.router.add_post("/v1/audio/transcriptions", write_down)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    speaker.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield speaker
    finally:
        await runner.cleanup()


async def with_model(desk: Desk, url: str, place: int = 0) -> Context:
    """The desk's context once the company has chosen the model at this address; its key is `sk-1`,
    what it reads costs one millionth a token, what it writes two.
    """
    row = await desk.row(
        "INSERT INTO sportello_languagemodel (workspace_id, place, provider, base_url, model,"
        " price_in_micros, price_out_micros)"
        " VALUES (%s, %s, 'openai', %s, 'small', 1000000, 2000000) RETURNING id",
        desk.workspace_id, place, url,
    )  # fmt: skip
    sealed = vault.seal(desk.context.key, "sk-1", vault.model_key_place(row["id"]))
    await desk.run(
        "INSERT INTO sportello_modelkey (workspace_id, model_id, sealed) VALUES (%s, %s, %s)",
        desk.workspace_id, row["id"], sealed,
    )  # fmt: skip
    return replace(desk.context, limits=Limits(private_hosts=frozenset({"127.0.0.1"})))


async def _answer(request: web.Request, speaker: Speaker) -> web.StreamResponse:
    match speaker.says:
        case int(status):
            return web.json_response({"error": {"message": "no"}}, status=status)
        case "elsewhere":
            return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/v1"})
        case "a page":
            return web.Response(text="<html>Welcome</html>", content_type="text/html")
        case "without end":
            return await _without_end(request, speaker)
        case "nothing":
            return await _nothing(request, speaker)
    text = speaker.says if isinstance(speaker.says, str) else json.dumps(speaker.says)
    response = await _open(request)
    half = len(text) // 2
    for part in (text[:half], text[half:]):
        await _send(response, _chunk({"role": "assistant", "content": part}))
    await _send(response, _chunk({}, "stop"))
    usage = {
        "prompt_tokens": READ,
        "completion_tokens": WRITTEN,
        "total_tokens": READ + WRITTEN,
    }
    await _send(response, {**_chunk({}), "choices": [], "usage": usage})
    await response.write(b"data: [DONE]\n\n")
    return response


async def _nothing(request: web.Request, speaker: Speaker) -> web.StreamResponse:
    """Begins to answer, and says no more until the caller hangs up."""
    response = await _open(request)
    await _send(response, _chunk({"role": "assistant", "content": '{"answer": "'}))
    speaker.waiting.set()
    try:
        while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110  # nothing tells of it
            await asyncio.sleep(0.02)
    finally:
        speaker.hung_up.set()
    return response


async def _without_end(request: web.Request, speaker: Speaker) -> web.StreamResponse:
    response = await _open(request)
    try:
        for _ in range(20_000):
            await _send(response, _chunk({"content": "x" * 2_000}))
    except ConnectionError:
        speaker.hung_up.set()
    return response


async def _open(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response


async def _send(response: web.StreamResponse, event: Mapping[str, Any]) -> None:
    await response.write(f"data: {json.dumps(event)}\n\n".encode())


def _chunk(delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "small",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
