"""The routes of the phone: the page, its files, the bytes of media, and what /sim does not tell."""

import re
from pathlib import Path

from aiohttp import web

from whatsapp_emulator.keys import EMULATOR
from whatsapp_emulator.media_store import read
from whatsapp_emulator.render import template_view, view_text
from whatsapp_emulator.simcall import reply
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Template

HERE = Path(__file__).parent
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".ogg": "audio/ogg",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Said by us: the machine's own table of types may lack one, and modules then do not load."""
SHOWN_TYPES = re.compile(r"(image/(png|jpeg|webp|gif)|audio/[\w.+-]+|video/[\w.+-]+)(;|$)")
"""Media that a page may show; all else is only ever downloaded."""
PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "media-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
MEDIA_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def add_phone(app: web.Application) -> None:
    router = app.router
    router.add_get("/phone", _page)
    router.add_get("/phone/", _page)
    router.add_get("/phone/facts", _facts)
    router.add_get("/phone/media/{id}", _media)
    for path in sorted((HERE / "static").rglob("*")):
        if path.suffix in TYPES:
            router.add_get(f"/phone/{path.relative_to(HERE).as_posix()}", _file)


async def _page(_request: web.Request) -> web.StreamResponse:
    return _sent(HERE / "index.html")


async def _file(request: web.Request) -> web.StreamResponse:
    """One of the files that were there at the start: the path is a route, not a wish."""
    return _sent(HERE / request.path.removeprefix("/phone/"))


def _sent(path: Path) -> web.StreamResponse:
    return web.FileResponse(path, headers={**PAGE_HEADERS, "Content-Type": TYPES[path.suffix]})


async def _media(request: web.Request) -> web.StreamResponse:
    """The bytes behind a media id, as the customer's phone has them: no token, no five minutes."""
    emulator = request.app[EMULATOR]
    emulator.clock.catch_up()
    media = emulator.world.media.get(request.match_info["id"])
    if media is None or media.expires_at <= emulator.clock.now():
        return reply({"error": "this file is not kept any more"}, 404)
    shown = SHOWN_TYPES.match(media.mime) is not None
    headers = {
        **MEDIA_HEADERS,
        "Accept-Ranges": "bytes",
        "Content-Disposition": "inline" if shown else "attachment",
        "Content-Type": media.mime.split(";")[0] if shown else "application/octet-stream",
    }
    return _portion(request, read(emulator, media), headers)


def _portion(request: web.Request, content: bytes, headers: dict[str, str]) -> web.Response:
    """All of it, or the one range asked for: a player seeks, and finds how long a sound lasts."""
    size = len(content)
    try:
        first, last, _ = request.http_range.indices(size)
    except ValueError:
        first, last = 0, 0
    if "Range" not in request.headers:
        return web.Response(body=content, headers=headers)
    if first >= last:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last - 1}/{size}"
    return web.Response(status=206, body=content[first:last], headers=headers)


async def _facts(request: web.Request) -> web.StreamResponse:
    """What the panel shows and /sim/state leaves out: what waits for review, in words."""
    world = request.app[EMULATOR].world
    return reply(
        {"pending": [_shown(t) for t in world.templates.values() if t.status == "PENDING"]}
    )


def _shown(template: Template) -> Json:
    return {
        "id": template.id,
        "waba": template.waba_id,
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "text": view_text(template_view(template.components, [])),
    }
