"""Ready answers: what the box offers after a slash, filled for the chat at hand."""

from typing import Final

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest
from sportello.console.inbox.finding import found_conversation
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.templatetags.desk import phone
from sportello.rules import canned
from sportello.schema.compose import CannedReply
from sportello.schema.inbox import Conversation
from sportello.schema.people import Contact

REPLIES_MAX: Final = 500


@member
@require_GET
def replies(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """`{"items": [{"shortcut", "text", "file": {"id", "name", "kind"} or null}]}`, by shortcut."""
    conversation = found_conversation(conversation_id)
    values = values_of(request, conversation)
    rows = CannedReply.objects.filter(deleted_at=None).select_related("file").defer("file__content")
    items = [
        {"shortcut": row.shortcut, "text": canned.filled(row.text, values), "file": _file(row)}
        for row in rows.order_by("shortcut")[:REPLIES_MAX]
    ]
    return JsonResponse({"items": items})


def values_of(request: DeskRequest, conversation: Conversation) -> dict[str, str]:
    """What the variables stand for here; empty where nothing is known."""
    first, last = _names(conversation.contact)
    return {
        "nome": first,
        "cognome": last,
        "numero": phone(conversation.contact.wa_id),
        "operatore": request.user.name or request.user.email,
        "azienda": request.workspace.name,
    }


def _names(contact: Contact) -> tuple[str, str]:
    """A number or a user name is no name to greet somebody by."""
    known = bool(contact.name.strip() or contact.profile_name.strip())
    first, _, last = name_of(contact).strip().partition(" ") if known else ("", "", "")
    return first, last.strip()


def _file(row: CannedReply) -> dict[str, object] | None:
    file = row.file
    if file is None:
        return None
    return {"id": file.pk, "name": file.filename, "type": file.mime_type, "size": file.size}
