"""Files to be sent, and samples of templates."""

from ninja import File, Router, Status, UploadedFile

from sportello.console.api import shapes_templates as told
from sportello.console.api.access import CallerRequest, writing
from sportello.console.templates_desk import files
from sportello.rules.files import OURS_MAX, Flaw

router = Router(tags=["files"])


@router.post("", response={201: told.FileOut}, summary="Keep a file")
@writing
def add_file(request: CallerRequest, file: File[UploadedFile]) -> Status[told.FileOut]:
    """Multipart, one part `file`. The same bytes again are the same file."""
    if (file.size or 0) > OURS_MAX:
        raise files.UnfitFile(Flaw.TOO_LARGE)
    kept = files.keep(
        request.auth.workspace_id,
        None,
        file.read(),
        filename=file.name or "",
        mime_type=file.content_type or "",
    )
    return Status(201, told.file(kept))
