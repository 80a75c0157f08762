"""A chat in short, a message in the operator's language: asked for here, written by a model.

What comes back is words on the operator's page, marked as a machine's, and leads to nothing.
"""

from typing import Any, Final

from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from sportello.console.access import DeskRequest
from sportello.console.inbox.finding import found_conversation, found_message
from sportello.console.members import member
from sportello.schema.assistant import LanguageModel
from sportello.schema.gists import Gist, GistKind, GistState
from sportello.schema.inbox import Message

# A worker answers within 45 s; after this the page says that none does.
_TRIES_MAX: Final = 60
WHY: Final = {
    "no_room": _("No model is at hand, or the budget is spent: see Assistant, Model."),
    "nothing_said": _("There is nothing in words here."),
    "refused_key": _("The model does not take the key: see Assistant, Model."),
    "too_slow": _("The model took too long. Try again."),
}
_OTHER: Final = _("The model gave no answer that can be used. Try again.")


def is_offered() -> bool:
    """Whether the company has a model that can be asked."""
    return LanguageModel.objects.filter(enabled=True).exists()


@member
@require_POST
def summary(request: DeskRequest, conversation_id: int) -> HttpResponse:
    chat = found_conversation(conversation_id)
    newest = Message.objects.filter(conversation=chat).aggregate(newest=Max("pk"))["newest"] or 0
    return _asked(request, upto=newest, conversation=chat, kind=GistKind.SUMMARY, message=None)


@member
@require_POST
def translation(request: DeskRequest, message_id: int) -> HttpResponse:
    found = found_message(message_id)
    return _asked(
        request, conversation=found.conversation, kind=GistKind.TRANSLATION, message=found
    )


@member
@require_GET
def gist(request: DeskRequest, gist_id: int) -> HttpResponse:
    """What was asked for, once it is there; the fragment asks again until then."""
    row = Gist.objects.filter(pk=gist_id).first()
    if row is None:
        raise Http404
    told = request.GET.get("tries", "")
    tries = int(told) if told.isascii() and told.isdecimal() and len(told) < 4 else 0
    return _part(request, row, tries + 1)


def _asked(request: DeskRequest, upto: int = 0, **which: Any) -> HttpResponse:
    """One that is there and still true is shown; any other is asked for anew."""
    if not is_offered():
        raise Http404
    fresh: dict[str, Any] = {
        "state": GistState.WAITING, "text": "", "why": "", "upto": upto, "claimed_until": None,
        "asked_by": request.user, "at": request.now,
    }  # fmt: skip
    rows = Gist.objects.select_for_update()
    row, made = rows.get_or_create(
        workspace=request.workspace, language=request.user.language, defaults=fresh, **which
    )
    is_stale = row.state == GistState.FAILED or row.upto != upto
    if not made and is_stale and row.state != GistState.WAITING:
        Gist.objects.filter(pk=row.pk).update(**fresh)
        row.refresh_from_db()
    if not request.headers.get("HX-Request"):
        return redirect("inbox:gist", row.pk)
    return _part(request, row, 1)


def _part(request: DeskRequest, row: Gist, tries: int) -> HttpResponse:
    waits = row.state == GistState.WAITING
    shown = {
        "gist": row,
        "why": WHY.get(row.why, _OTHER) if row.state == GistState.FAILED else "",
        "asks_again": waits and tries < _TRIES_MAX,
        "gave_up": waits and tries >= _TRIES_MAX,
        "tries": tries,
    }
    fragment = "#gist" if request.headers.get("HX-Request") else ""
    return render(request, f"inbox/gist.html{fragment}", shown)
