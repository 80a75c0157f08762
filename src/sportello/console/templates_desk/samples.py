"""Samples of headers: taken from the person's machine, and shown again in the preview."""

from typing import Final

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from sportello.console.access import DeskRequest
from sportello.console.members import member
from sportello.console.templates_desk import files, refusals
from sportello.rules.files import Flaw, sample_flaw
from sportello.schema.files import FILE_BYTES_MAX, File

_UNFIT: Final = 422
_POLICY: Final = "default-src 'none'; sandbox"
# A browser runs none of these.
_SHOWN: Final = frozenset({"image/jpeg", "image/png", "video/mp4"})


@member
@require_POST
def upload(request: DeskRequest) -> JsonResponse:
    """`{"id", "filename"}`, or 422 with `{"refused"}` in words."""
    given = request.FILES.get("file")
    if given is None or isinstance(given, list):
        return _refused(Flaw.EMPTY)
    if (given.size or 0) > FILE_BYTES_MAX:
        return _refused(Flaw.TOO_LARGE)
    try:
        kept = files.keep(
            request.workspace.pk,
            request.user,
            given.read(),
            filename=given.name or "",
            mime_type=given.content_type or "",
        )
    except files.UnfitFile as unfit:
        return _refused(unfit.code)
    flaw = sample_flaw(request.POST.get("header", ""), kept.mime_type)
    return _refused(flaw) if flaw else JsonResponse({"id": kept.pk, "filename": kept.filename})


def _refused(flaw: Flaw) -> JsonResponse:
    return JsonResponse({"refused": str(refusals.FLAWS[flaw])}, status=_UNFIT)


@member
@require_GET
def sample(_request: DeskRequest, file_id: int) -> HttpResponse:
    """Row-level security decides whose file it is; the answer may not load or run anything."""
    file = File.objects.filter(pk=file_id).first()
    if file is None:
        raise Http404
    is_shown = file.mime_type in _SHOWN
    answer = HttpResponse(
        bytes(file.content),
        content_type=file.mime_type if is_shown else "application/octet-stream",
    )
    answer.headers["Content-Disposition"] = "inline" if is_shown else "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
