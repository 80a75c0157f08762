"""Words that somebody began to write: kept for each chat and person, until sent or rubbed out."""

from django.db.models.functions import Now
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from sportello.console.access import DeskRequest
from sportello.console.inbox.deeds import TEXT_LENGTH_MAX
from sportello.console.inbox.finding import found_conversation
from sportello.console.members import member
from sportello.schema.compose import Draft, DraftKind
from sportello.schema.team import User


@member
@require_POST
def draft(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """Keeps what is in the box; an empty box forgets it."""
    found = found_conversation(conversation_id)
    kind = DraftKind.NOTE if request.POST.get("kind") == "note" else DraftKind.MESSAGE
    keep(found.workspace_id, found.pk, request.user, kind, request.POST.get("text", ""))
    return HttpResponse(status=204)


def keep(workspace_id: int, conversation_id: int, user: User, kind: DraftKind, text: str) -> None:
    """The last word wins, on whichever device it was written."""
    kept = _storable(text)
    if not kept.strip():
        forget(conversation_id, user)
        return
    Draft.objects.update_or_create(
        conversation_id=conversation_id,
        user=user,
        defaults={
            "workspace_id": workspace_id,
            "kind": kind,
            "text": kept,
            "updated_at": Now(),
        },
    )


def forget(conversation_id: int, user: User) -> None:
    Draft.objects.filter(conversation_id=conversation_id, user=user).delete()


def kept_of(conversation_id: int, user: User) -> Draft | None:
    return Draft.objects.filter(conversation_id=conversation_id, user=user).first()


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL, UTF-8 no lone surrogate; a draft with one loses just that."""
    plain = "".join(sign for sign in text if sign != "\0" and not "\ud800" <= sign <= "\udfff")
    return plain[:TEXT_LENGTH_MAX]
