"""What people say of an answer, right or wrong: from it a company's own certainty is learnt."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.db.models.functions import Now
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sportello.console.access import DeskRequest
from sportello.console.members import member
from sportello.schema.assistant import Turn
from sportello.schema.inbox import Message
from sportello.schema.library import Document, Pair
from sportello.schema.rehearsal import Correction, CorrectionKind, Fitting

# Who looks at one answer looks at several: they are learnt from together.
_PAUSE: Final = timedelta(minutes=5)


@member
@require_POST
def correction(request: DeskRequest, message_id: int) -> HttpResponse:
    """`verdict` is right, wrong, or the id of the pair that would have been right."""
    message = Message.objects.filter(pk=message_id, origin="assistant").first()
    turn = turn_of(message) if message is not None else None
    judged = judged_of(turn)
    if turn is None or judged is None:
        raise Http404
    told = _read(request.POST.get("verdict", ""), judged)
    if told is None:
        raise Http404
    Correction.objects.update_or_create(
        workspace=request.workspace,
        turn=turn,
        defaults={"author": request.user, "at": request.now, **told},
    )
    measure_anew(request, _PAUSE)
    messages.success(request, _("Noted. The assistant learns from it how sure it may be."))
    return redirect("library:review-message", message_id)


def measure_anew(request: DeskRequest, after: timedelta = _PAUSE) -> None:
    """A worker then measures how sure the assistant may be."""
    due = {"due_at": Now() + after}
    Fitting.objects.update_or_create(workspace=request.workspace, defaults=due)


def turn_of(message: Message) -> Turn | None:
    """What the assistant did when it said this."""
    return (
        Turn.objects.filter(conversation_id=message.conversation_id, message_id__lte=message.pk)
        .order_by("-message_id")
        .first()
    )


def judged_of(turn: Turn | None) -> dict[str, Any] | None:
    """What the answer stood on; where nothing was said, what came nearest."""
    found = [one for one in (turn.found if turn else []) if isinstance(one, dict)]
    used = [one for one in found if one.get("used")]
    return next(iter([*used, *found]), None)


def others_of(turn: Turn | None) -> list[dict[str, Any]]:
    """The pairs that came near and were not what the answer stood on."""
    judged = judged_of(turn) or {}
    return [
        one
        for one in (turn.found if turn else [])
        if one.get("pair_id") is not None and one.get("pair_id") != judged.get("pair_id")
    ]


def _read(verdict: str, judged: dict[str, Any]) -> dict[str, Any] | None:
    """The row's columns; None for what cannot be said of this answer."""
    if verdict in {CorrectionKind.RIGHT, CorrectionKind.WRONG}:
        pair = Pair.objects.filter(pk=judged.get("pair_id") or 0, deleted_at=None).first()
        document = None
        if pair is None:
            wanted = judged.get("document_id") or 0
            document = Document.objects.filter(pk=wanted, deleted_at=None).first()
        known = pair is not None or document is not None
        return {"kind": verdict, "pair": pair, "document": document} if known else None
    if not (verdict.isascii() and verdict.isdecimal() and len(verdict) < 19):
        return None
    right = Pair.objects.filter(pk=int(verdict), deleted_at=None).first()
    kind = CorrectionKind.OTHER
    return None if right is None else {"kind": kind, "pair": right, "document": None}
