"""Files that customers sent, handed out with distrust."""

from pathlib import Path

from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest
from sportello.console.inbox.handout import hand_out
from sportello.console.members import member
from sportello.schema.inbox import Media, MediaState


@member
@require_GET
def media(request: DeskRequest, media_id: int) -> HttpResponseBase:
    """Row-level security decides whose file it is; the path on disk is made of ids alone."""
    file = Media.objects.filter(pk=media_id, state=MediaState.KEPT).first()
    if file is None:
        raise Http404
    path = Path(settings.MEDIA_ROOT) / str(file.workspace_id) / str(file.pk)
    try:
        handle = path.open("rb")
    except OSError as error:
        raise Http404 from error
    return hand_out(request, handle, file.mime_type, file.filename or f"{file.pk}")
