"""One call to the Graph API, read from HTTP: version, token, parameters, files."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.web_request import FileField

from whatsapp_emulator.errors import GraphError
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.wire import Json, dumps, loads

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator
    from whatsapp_emulator.world import Template, Token

admit_approximation(
    "versions",
    "v23.0 to v26.0 answer alike but for bad cursors of templates, and webhooks are those of v26: "
    "no `conversation` but at free entry points",
)

SUPPORTED = ("v23.0", "v24.0", "v25.0", "v26.0")
LATEST = SUPPORTED[-1]
_VERSION = re.compile(r"v\d+\.\d+")


@dataclass(slots=True)
class Upload:
    """A file of a multipart form."""

    filename: str
    mime: str
    content: bytes


@dataclass(slots=True)
class Call:
    """`params` are the query, form and JSON fields together, the body's winning."""

    emulator: "Emulator"
    method: str
    version: str
    node_id: str
    edge: str
    tail: list[str]
    now: float
    base_url: str
    params: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    raw: bytes = b""
    authorization: str = ""
    file_offset: str | None = None
    node: Any = None
    token: "Token | None" = None
    template: "Template | None" = None
    """Set by the check of a template message: what was found under its name."""
    usage: dict[str, str] = field(default_factory=dict)
    """Headers that tell how many calls the app has made."""
    links: list[tuple[str, str]] = field(default_factory=list)
    """Media given by link, with their kinds."""

    def text(self, name: str) -> str | None:
        """A parameter as text, or None if it was not given."""
        value = self.params.get(name)
        return None if value is None else str(value)


def place(path: str) -> tuple[str, str, str, list[str]]:
    """Split a path into version, object, edge, rest. Raises GraphError 2500 for old or
    unknown versions. A path without version speaks the latest one.
    """
    parts = [part for part in path.split("/") if part]
    version = LATEST
    if parts and _VERSION.fullmatch(parts[0]):
        version = parts.pop(0)
        if version not in SUPPORTED:
            shown = "/".join(parts)
            raise GraphError(2500, message=f"Unknown path components: /{shown}")
    node_id = parts[0] if parts else ""
    edge = parts[1] if len(parts) > 1 else ""
    return version, node_id, edge, parts[2:]


async def fill(call: Call, request: web.Request) -> None:
    """Read query, form, JSON, files and token from HTTP into the call."""
    if request.query_string:
        call.params.update(request.query)
    kind = request.content_type
    if request.can_read_body:
        if call.node_id.startswith("upload:"):
            call.raw = await request.read()
        elif kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
            await _read_form(call, request)
        else:
            call.raw = await request.read()
            body = loads(call.raw) if kind != "application/octet-stream" else None
            if isinstance(body, dict):
                call.params.update(body)
    call.authorization = request.headers.get("Authorization", "")
    call.file_offset = request.headers.get("file_offset")


async def _read_form(call: Call, request: web.Request) -> None:
    """Graph takes objects and lists as JSON text in form fields."""
    seen: Json = {}
    for name, value in (await request.post()).items():
        if isinstance(value, FileField):
            content = value.file.read()
            value.file.close()
            call.files[name] = Upload(value.filename, value.content_type, content)
            seen[name] = {"filename": value.filename, "bytes": len(content)}
        elif isinstance(value, str):
            decoded = loads(value.encode()) if value[:1] in ("{", "[") else None
            call.params[name] = seen[name] = value if decoded is None else decoded
    call.raw = dumps(seen)
