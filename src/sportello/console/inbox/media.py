"""Files that customers sent, handed out with distrust: shown only where a browser cannot run them.

Pictures, sounds and films of listed types are shown in place; all else is a download. The type is
ours, never guessed by the browser, and the answer may not load or run anything.
"""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest
from sportello.console.inbox.pieces import kind_of
from sportello.console.members import member
from sportello.schema.inbox import Media, MediaState

_POLICY = "default-src 'none'; sandbox"


@member
@require_GET
def media(_request: DeskRequest, media_id: int) -> HttpResponseBase:
    """Row-level security decides whose file it is; the path on disk is made of ids alone."""
    file = Media.objects.filter(pk=media_id, state=MediaState.KEPT).first()
    if file is None:
        raise Http404
    path = Path(settings.MEDIA_ROOT) / str(file.workspace_id) / str(file.pk)
    shown = kind_of(file.mime_type) != "file"
    try:
        handle = path.open("rb")
    except OSError as error:
        raise Http404 from error
    answer = FileResponse(
        handle,
        as_attachment=not shown,
        filename=file.filename or f"{file.pk}",
        content_type=file.mime_type.split(";")[0] if shown else "application/octet-stream",
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
