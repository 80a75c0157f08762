"""Files of a chat as they are handed out: with distrust; whole, or in pieces as players ask.

Pictures, sounds and films of listed types are shown in place; all else is a download. The type is
ours, never guessed by the browser, and the answer may not load or run anything.
"""

import os
import re
from typing import BinaryIO, Final

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from sportello.console.inbox.pieces import kind_of

# Who asks for more gets this much, and asks again from there (RFC 9110, 15.3.7).
PIECE_MAX: Final = 2**20
# Which file a number means never changes: opened once more, a chat does not fetch it once more.
_KEPT: Final = "private, max-age=3600"
_POLICY: Final = "default-src 'none'; sandbox"
_ASKED: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def hand_out(request: HttpRequest, file: BinaryIO, mime_type: str, name: str) -> HttpResponseBase:
    """The answer closes `file`. Safari plays no sound or film that cannot be had in pieces."""
    is_shown = kind_of(mime_type) != "file"
    shown_as = mime_type.split(";", maxsplit=1)[0] if is_shown else "application/octet-stream"
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    asked = piece(request.headers.get("Range", ""), size)
    if asked is None or "If-Range" in request.headers:
        answer: HttpResponseBase = FileResponse(
            file, as_attachment=not is_shown, filename=name, content_type=shown_as
        )
    else:
        answer = _piece(file, asked, size, shown_as)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Cache-Control"] = _KEPT
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def piece(asked: str, size: int) -> range | None:
    """Which bytes a Range header means, `PIECE_MAX` of them at most; none where the file ends
    before; None where it means none that we know, and the whole file is the answer.
    """
    told = _ASKED.fullmatch(asked.strip())
    if told is None or told[0] == "bytes=-":
        return None
    if not told[1]:
        first, last = max(0, size - int(told[2])), size - 1
    else:
        first, last = int(told[1]), int(told[2] or size - 1)
    return range(first, min(last + 1, size, first + PIECE_MAX))


def _piece(file: BinaryIO, asked: range, size: int, mime_type: str) -> HttpResponse:
    with file:
        file.seek(asked.start)
        content = file.read(len(asked))
    if not content:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    end = asked.start + len(content) - 1
    told = {"Content-Range": f"bytes {asked.start}-{end}/{size}", "Content-Length": len(content)}
    return HttpResponse(content, status=206, content_type=mime_type, headers=told)
