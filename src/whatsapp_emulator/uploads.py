"""Resumable uploads: a session, bytes from an offset on, and the handle of what is complete.

Source: reference sending 3.
"""

import base64

from aiohttp import web

from whatsapp_emulator.call import Call
from whatsapp_emulator.dossier import Handle, UploadSession
from whatsapp_emulator.errors import GraphError, bad_param, unknown_object
from whatsapp_emulator.header_samples import SAMPLE_PATH
from whatsapp_emulator.ids import opaque
from whatsapp_emulator.keys import EMULATOR
from whatsapp_emulator.media_store import keep_sample, read
from whatsapp_emulator.routes import ROOT, Answer, admit_approximation, edge
from whatsapp_emulator.shape import words
from whatsapp_emulator.tokens import authenticate
from whatsapp_emulator.world import App

MIMES = ("application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4")
LENGTH_MAX = 100 * 1024 * 1024
SESSION_S = 86_400.0
HANDLE_S = 30 * 86_400.0
SESSIONS_MAX = 100
HANDLES_MAX = 10_000
__all__ = ["SAMPLE_PATH", "sample"]

admit_approximation(
    "life of uploads",
    "a session lives a day and its handle 30 days; Meta writes the end into the handle but does "
    "not say how long it is; 100 sessions at once",
)


@edge("POST", App, "uploads")
def begin(call: Call) -> Answer:
    """Raises 100 for a type or a length that Meta does not take."""
    mime = words(call.params, "file_type").lower()
    if mime not in MIMES:
        raise bad_param("file_type", f"must be one of {{{', '.join(MIMES)}}}")
    length = call.text("file_length") or ""
    if not length.isdigit() or not 1 <= int(length) <= LENGTH_MAX:
        raise bad_param("file_length", f"must be from 1 to {LENGTH_MAX}")
    emulator = call.emulator
    sessions = emulator.world.file.uploads
    sig = opaque(emulator.chance, 40)
    packed = f"1:attachment:{len(sessions)}:{opaque(emulator.chance, 24)}".encode()
    name = f"upload:{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"
    sessions[name] = UploadSession(
        id=f"{name}?sig={sig}",
        app_id=call.node_id,
        filename=(call.text("file_name") or "file")[:240],
        mime=mime,
        length=int(length),
        expires_at=call.now + SESSION_S,
    )
    while len(sessions) > SESSIONS_MAX:
        sessions.pop(next(iter(sessions)))
    return {"id": sessions[name].id}


@edge("POST", ROOT, "upload")
def append(call: Call) -> Answer:
    """Bytes from `file_offset` on, which must be where the session stands; the handle when all
    are there, else how far it is.
    """
    session = _session(call)
    offset = call.file_offset or "0"
    content, call.raw = call.raw, b'{"bytes":%d}' % len(call.raw)
    if not offset.isdigit() or int(offset) != len(session.content):
        raise GraphError(100, f"file_offset should be {len(session.content)}")
    if len(session.content) + len(content) > session.length:
        raise GraphError(100, f"More bytes than the {session.length} that were announced")
    session.content += content
    _make_room(call, session)
    if len(session.content) < session.length:
        return {"id": session.id, "file_offset": len(session.content)}
    return {"h": _finished(call, session)}


@edge("GET", ROOT, "upload")
def show(call: Call) -> Answer:
    session = _session(call)
    return {"id": session.id, "file_offset": len(session.content)}


async def sample(request: web.Request) -> web.StreamResponse:
    """An uploaded sample or profile picture, open to anybody as on Meta's content servers."""
    emulator = request.app[EMULATOR]
    media = emulator.world.media.get(request.match_info["id"])
    if media is None or not media.open:
        raise web.HTTPNotFound
    return web.Response(
        body=read(emulator, media),
        headers={"Content-Type": media.mime, "X-Content-Type-Options": "nosniff"},
    )


def _session(call: Call) -> UploadSession:
    """The session of the path and its `sig`; any living token of its app will do."""
    token = authenticate(call)
    session = call.emulator.world.file.uploads.get(call.node_id)
    sig = call.text("sig")
    if session is None or session.expires_at <= call.now or token.app_id != session.app_id:
        raise unknown_object(call.node_id, call.method)
    if session.id != f"{call.node_id}?sig={sig}":
        raise unknown_object(call.node_id, call.method)
    return session


def _make_room(call: Call, kept: UploadSession) -> None:
    """Forget the oldest other sessions while all together hold too much."""
    sessions = call.emulator.world.file.uploads
    most = call.emulator.settings.bounds.media_bytes
    for name in list(sessions):
        if sum(len(s.content) for s in sessions.values()) <= most:
            return
        if sessions[name] is not kept:
            del sessions[name]


def _finished(call: Call, session: UploadSession) -> str:
    emulator = call.emulator
    file = emulator.world.file
    until = int(call.now + HANDLE_S)
    media = keep_sample(emulator, bytes(session.content), session.mime, session.filename, until)
    kind = base64.b64encode(session.mime.encode()).decode()
    first, last = opaque(emulator.chance, 40), opaque(emulator.chance, 40)
    handle = f"4::{kind}:{first}:e:{until}:{session.app_id}:{media.id}:{last}"
    file.uploads.pop(call.node_id)
    file.handles[handle] = Handle(media.id, session.mime, float(until))
    while len(file.handles) > HANDLES_MAX:
        file.handles.pop(next(iter(file.handles)))
    return handle
