"""What one does while writing: files taken in, messages taken back or sent anew, reactions."""

from typing import Final

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sportello.console.access import DeskRequest
from sportello.console.doctor import repeating
from sportello.console.inbox import drafts, first_words, sending, undoing, views
from sportello.console.inbox.finding import found_message
from sportello.console.inbox.voice import as_voice_note
from sportello.console.members import member
from sportello.console.templates_desk import files
from sportello.console.templates_desk.files import UnfitFile
from sportello.rules.files import OURS_MAX, Flaw
from sportello.schema.compose import DraftKind

_UNFIT: Final = 422
_REFUSED: Final = 409


@member
@require_POST
def upload(request: DeskRequest) -> HttpResponse:
    """Takes a file in, before it is sent: `{"id", "name", "type", "size"}`, or 422 and `reason`."""
    given = request.FILES.get("file")
    if given is None or given.size is None or given.size > OURS_MAX:
        flaw = first_words.FLAWS[Flaw.TOO_LARGE if given else Flaw.EMPTY]
        return JsonResponse({"reason": str(flaw)}, status=_UNFIT)
    content, mime_type = given.read(), given.content_type or ""
    if request.POST.get("voice"):
        content, mime_type = as_voice_note(content, mime_type)
    try:
        file = files.keep(
            request.workspace.pk,
            request.user,
            content,
            filename=given.name or "",
            mime_type=mime_type,
        )
    except UnfitFile as unfit:
        return JsonResponse({"reason": str(first_words.FLAWS[unfit.code])}, status=_UNFIT)
    told = {"id": file.pk, "name": file.filename, "type": file.mime_type, "size": file.size}
    return JsonResponse(told)


@member
@require_POST
def undo(request: DeskRequest, message_id: int) -> HttpResponse:
    """What was taken back stands in the box again."""
    message = found_message(message_id)
    try:
        undone = undoing.undo(message_id, request.user)
    except undoing.TooLate:
        reason = _("It has left already and cannot be taken back.")
        return views.again(request, message.conversation_id, reason, "", _REFUSED)
    begun = [undone.text, request.POST.get("text", "").strip()]
    text = "\n".join(part for part in begun if part)
    kept = (undone.workspace_id, undone.conversation_id)
    drafts.keep(*kept, request.user, DraftKind.MESSAGE, text)
    return views.again_with(request, undone.conversation_id, text)


@member
@require_POST
def reaction(request: DeskRequest, message_id: int) -> HttpResponse:
    message = found_message(message_id)
    emoji = request.POST.get("emoji", "").strip()
    return views.act(
        request,
        message.conversation_id,
        lambda: sending.react(
            message.conversation_id, request.user, message_id, emoji, request.now
        ),
    )


@member
@require_POST
def repetition(request: DeskRequest, message_id: int) -> HttpResponse:
    """A message that did not arrive, once more."""
    message = found_message(message_id)
    try:
        return views.act(
            request,
            message.conversation_id,
            lambda: repeating.repeat(message_id, request.user, request.now),
        )
    except repeating.CouldDouble:
        reason = _("It may have arrived, or was sent anew already: sending it again could double.")
        return views.again(request, message.conversation_id, reason, "", _REFUSED)
