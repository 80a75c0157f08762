"""Who else is at a chat, and who of them writes.

A browser says so when something begins or ends, and once in a while that it goes on: never by the
keystroke. What it says more often than `_PACE` is not written down.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sportello.console.access import DeskRequest, may_write
from sportello.console.inbox.finding import found_conversation
from sportello.console.members import member
from sportello.console.sql import ask
from sportello.schema.compose import Presence
from sportello.schema.inbox import Conversation
from sportello.schema.team import User
from sportello.statements import statements

# A browser tells that it is still there every 20 s: three of them may get lost.
HERE: Final = timedelta(seconds=70)
# It tells that somebody still writes every 4 s.
WRITING: Final = timedelta(seconds=9)
_PACE: Final = timedelta(seconds=2)
_SHOWN_MAX: Final = 20
_SQL: Final = statements(__file__)


@dataclass(frozen=True, slots=True)
class Colleagues:
    """The others at this chat, by name."""

    writing: tuple[str, ...]
    looking: tuple[str, ...]


@member
@require_http_methods(["GET", "POST"])
def presence(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """POST `state`: here, writing, away. Answers `{"words", "writing": [names], "looking"}`."""
    conversation = found_conversation(conversation_id)
    state = request.POST.get("state", "") if request.method == "POST" else ""
    may = state in {"here", "writing", "away"} and may_write(request.membership)
    if may and _note(conversation, request.user, state):
        _tell(conversation)
    others = colleagues(conversation, request.user)
    told = {"words": said(others), "writing": others.writing, "looking": others.looking}
    return JsonResponse(told)


def colleagues(conversation: Conversation, reader: User) -> Colleagues:
    rows = (
        Presence.objects.filter(conversation=conversation, seen_at__gt=Now() - HERE)
        .exclude(user=reader)
        .select_related("user")
        .annotate(writes=_WRITES)
        .order_by("pk")[:_SHOWN_MAX]
    )
    named = [(row.user.name or row.user.email, row.writes) for row in rows]
    return Colleagues(
        writing=tuple(name for name, writes in named if writes),
        looking=tuple(name for name, writes in named if not writes),
    )


def said(others: Colleagues) -> str:
    """One sentence; whoever writes matters more than who looks."""
    if others.writing:
        names = ", ".join(others.writing)
        one, many = _("%(names)s is writing"), _("%(names)s are writing")
        return (one if len(others.writing) == 1 else many) % {"names": names}
    if others.looking:
        names = ", ".join(others.looking)
        words = ngettext(
            "%(names)s is looking at this too",
            "%(names)s are looking at this too",
            len(others.looking),
        )
        return words % {"names": names}
    return ""


_WRITES: Final = ExpressionWrapper(
    Q(writing_until__isnull=False, writing_until__gt=Now()), output_field=BooleanField()
)


def _note(conversation: Conversation, user: User, state: str) -> bool:
    """Writes it down, unless it is known; whether that is news to the others."""
    rows = Presence.objects.filter(conversation=conversation, user=user)
    if state == "away":
        return bool(rows.delete()[0])
    known = rows.annotate(writes=_WRITES, fresh=_IS_FRESH, there=_IS_THERE).first()
    writes = state == "writing"
    is_news = known is None or not known.there or known.writes != writes
    if known is not None and known.fresh and not is_news:
        return False
    until: Any = Now() + WRITING if writes else None
    Presence.objects.update_or_create(
        conversation=conversation,
        user=user,
        defaults={
            "workspace_id": conversation.workspace_id,
            "seen_at": Now(),
            "writing_until": until,
        },
    )
    return is_news


_IS_FRESH: Final = ExpressionWrapper(Q(seen_at__gt=Now() - _PACE), output_field=BooleanField())
_IS_THERE: Final = ExpressionWrapper(Q(seen_at__gt=Now() - HERE), output_field=BooleanField())


def _tell(conversation: Conversation) -> None:
    """To the browsers that look at it: by its id alone, and only what is news."""
    payload = f"{conversation.workspace_id}:presence:{conversation.pk}"
    ask(_SQL["tell"], {"payload": payload})
