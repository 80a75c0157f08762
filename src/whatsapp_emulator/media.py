"""Media over the Graph API: upload, URL, download, delete. Source: reference sending 3."""

from aiohttp import web

from whatsapp_emulator.call import Call
from whatsapp_emulator.checks_media import MIMES, SIZES_MAX
from whatsapp_emulator.clock import wall_now
from whatsapp_emulator.errors import GraphError, bad_param, required, unknown_object
from whatsapp_emulator.ids import trace
from whatsapp_emulator.keys import EMULATOR
from whatsapp_emulator.media_store import (
    DOWNLOAD_PATH,
    forget,
    keep_upload,
    media_url,
    read,
    url_mark,
)
from whatsapp_emulator.routes import Answer, edge
from whatsapp_emulator.shape import words
from whatsapp_emulator.tokens import authenticate
from whatsapp_emulator.wire import dumps
from whatsapp_emulator.world import MESSAGING, Media, Number

__all__ = ["DOWNLOAD_PATH", "download"]


@edge("POST", Number, "media", needs=MESSAGING)
def upload(call: Call) -> Answer:
    """Raises 100 for a missing part or a MIME type or size that Meta does not take."""
    if words(call.params, "messaging_product") != "whatsapp":
        raise bad_param("messaging_product", "must be one of {WHATSAPP} - got another value.")
    given = call.files.get("file")
    if given is None:
        raise required("file")
    wish = call.text("type") or ""
    mime = (wish if "/" in wish else given.mime).split(";")[0].strip().lower()
    if mime not in {known for group in MIMES.values() for known in group}:
        raise bad_param(
            "file",
            f"must be a file with one of the following types: {_known_types()}. "
            f"Received file of type '{mime}'.",
        )
    limit = max(SIZES_MAX[kind] for kind, group in MIMES.items() if mime in group)
    if not given.content or len(given.content) > limit:
        raise GraphError(100, f"Media upload: size must be between 1 and {limit} bytes")
    kept = keep_upload(call.emulator, call.node.waba_id, given.content, mime, given.filename)
    return {"id": kept.id}


@edge("GET", Media, needs=MESSAGING)
def show(call: Call) -> Answer:
    media = _living(call)
    return {
        "url": media_url(call.emulator, media),
        "mime_type": media.mime,
        "sha256": media.sha256,
        "file_size": media.size,
        "id": media.id,
        "messaging_product": "whatsapp",
    }


@edge("DELETE", Media, needs=MESSAGING)
def delete(call: Call) -> Answer:
    forget(call.emulator, _living(call).id)
    return True


async def download(request: web.Request) -> web.StreamResponse:
    """The bytes, for the bearer of a good token, within five minutes of asking for the URL."""
    emulator = request.app[EMULATOR]
    emulator.clock.catch_up()
    now = emulator.clock.now()
    request_id = trace(emulator.chance)
    status, media = _fetch(request, now)
    emulator.journal.add(
        "api",
        at=now,
        wall=wall_now(),
        method="GET",
        path=request.path_qs,
        request=b"",
        status=status,
        request_id=request_id,
    )
    if media is None:
        error = GraphError(190 if status == 401 else 100, http=status)
        return web.Response(
            status=status, body=dumps(error.envelope(request_id)), content_type="application/json"
        )
    name = (media.filename or f"{media.id}").replace('"', "").replace("\r", "").replace("\n", "")
    return web.Response(
        body=read(emulator, media),
        headers={
            "Content-Type": media.mime,
            "Content-Disposition": f'attachment; filename="{_ascii(name)}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _fetch(request: web.Request, now: float) -> tuple[int, Media | None]:
    emulator = request.app[EMULATOR]
    call = Call(emulator, "GET", "", "", "", [], now, "", dict(request.query))
    call.authorization = request.headers.get("Authorization", "")
    try:
        authenticate(call)
    except GraphError:
        return 401, None
    media = emulator.world.media.get(request.query.get("mid", ""))
    until = request.query.get("ext", "")
    if media is None or not until.isdigit():
        return 404, None
    good = url_mark(emulator, media.id, int(until)) == request.query.get("hash")
    if not good or int(until) < now or media.expires_at <= now:
        return 404, None
    return 200, media


def _living(call: Call) -> Media:
    """The media object; expired ones are unknown, as are those of other accounts."""
    media: Media = call.node
    if media.expires_at <= call.now or media.open:
        raise unknown_object(call.node_id, call.method)
    asked = call.text("phone_number_id")
    if asked is not None:
        number = call.emulator.world.numbers.get(asked)
        if number is None or number.waba_id != media.waba_id:
            raise unknown_object(call.node_id, call.method)
    return media


def _known_types() -> str:
    return ", ".join(sorted({known for group in MIMES.values() for known in group}))


def _ascii(name: str) -> str:
    return name.encode("ascii", "replace").decode()
