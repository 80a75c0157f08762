"""The parts beside a chat that are drawn when somebody opens them: what is known of the person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from sportello.console import words
from sportello.console.access import DeskRequest
from sportello.console.assistant.actions import WHY
from sportello.console.campaigns import words as campaign_words
from sportello.console.campaigns.queries import outcome_of
from sportello.console.contacts.ledger_words import line_of, noted
from sportello.console.inbox import captions
from sportello.console.inbox.finding import found_conversation
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.rules.campaign import Outcome
from sportello.schema.actions import ActionRun, RunState
from sportello.schema.campaigns import Recipient
from sportello.schema.events import ConversationEvent, EventKind
from sportello.schema.inbox import Conversation, Holder, Message, Origin
from sportello.schema.people import ConsentEvent, Contact

# Of each part only the newest: more stands on the contact's own page, or in the chat.
_CHATS_MAX: Final = 20
_STORY_MAX: Final = 30
_LINES_MAX: Final = 20
_CAMPAIGNS_MAX: Final = 20
_RUNS_MAX: Final = 20
_ORDERS_MAX: Final = 10
_NOTES_MAX: Final = 20
_NOTE_SIGNS: Final = 600

_HAPPENED: Final[dict[str, Promise]] = {
    EventKind.OPENED: _("The conversation began"),
    EventKind.HANDED_OVER: _("Handed over to people"),
    EventKind.TAKEN: _("Taken in hand"),
    EventKind.RELEASED: _("Given back to the assistant"),
    EventKind.CLOSED: _("The conversation was closed"),
    EventKind.REOPENED: _("The conversation came back"),
    EventKind.MISSED: _("The window shut without an answer"),
}
_ENDS: Final[dict[str, Promise]] = {
    RunState.BEGUN: _("Not finished"),
    RunState.DONE: _("It answers"),
    RunState.NOTHING: _("Nothing is known for this number"),
    RunState.FAILED: _("It failed"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of a conversation's story; `why` is the reason of a hand-over."""

    words: Promise
    why: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """A campaign that had this person in its audience, and what became of their message."""

    campaign_id: int
    name: str
    state: Promise
    why: str
    is_bad: bool
    at: datetime | None


@member
@require_GET
def part(request: DeskRequest, conversation_id: int, name: str) -> HttpResponse:
    """The fragment alone for the panel; a page of its own for a browser without JavaScript."""
    chat = found_conversation(conversation_id)
    shown = {"conversation": chat, "name": name_of(chat.contact), "part": name}
    shown |= _LOOKS[name](chat)
    fragment = "#part" if request.headers.get("HX-Request") else ""
    return render(request, f"inbox/panel.html{fragment}", shown)


def _history(chat: Conversation) -> dict[str, Any]:
    chats = Conversation.objects.filter(_of_person(chat, "contact")).select_related("number")
    events = (
        ConversationEvent.objects.filter(conversation=chat, kind__in=list(_HAPPENED))
        .select_related("by")
        .order_by("-pk")
    )
    return {
        "chats": [
            (one, captions.HOLDERS[Holder(one.holder)])
            for one in chats.exclude(pk=chat.pk).order_by("-last_message_at")[:_CHATS_MAX]
        ],
        "story": [_happening(one) for one in events[:_STORY_MAX]],
    }


def _consents(chat: Conversation) -> dict[str, Any]:
    lines = ConsentEvent.objects.filter(_of_person(chat, "contact")).select_related("by")
    return {"lines": [line_of(one) for one in lines.order_by("-at", "-pk")[:_LINES_MAX]]}


def _campaigns(chat: Conversation) -> dict[str, Any]:
    rows = Recipient.objects.filter(_of_person(chat, "contact"))
    newest = rows.select_related("campaign", "message").order_by("-pk")[:_CAMPAIGNS_MAX]
    return {"received": [_received(one) for one in newest]}


def _orders(chat: Conversation) -> dict[str, Any]:
    """What other systems said of them, what they ordered in the chat, what is noted of them."""
    runs = (
        ActionRun.objects.filter(_of_person(chat, "conversation__contact"))
        .exclude(state=RunState.WAITING)
        .select_related("action")
        .order_by("-pk")[:_RUNS_MAX]
    )
    orders = Message.objects.filter(conversation=chat, type="order").order_by("-at", "-pk")
    return {
        "runs": [(one, _ENDS[one.state], WHY.get(one.why, one.why)) for one in runs],
        "orders": orders[:_ORDERS_MAX],
        "properties": noted(_person(chat)),
    }


def _notes(chat: Conversation) -> dict[str, Any]:
    rows = Message.objects.filter(
        _of_person(chat, "conversation__contact"), origin=Origin.NOTE, type="text"
    ).select_related("author")
    newest = rows.order_by("-at", "-pk")[:_NOTES_MAX]
    return {"notes": [(one, one.text[:_NOTE_SIGNS]) for one in newest]}


def _person(chat: Conversation) -> Contact:
    """The one contact that stands for all numbers of the person."""
    return chat.contact.merged_into or chat.contact


def _of_person(chat: Conversation, path: str) -> Q:
    found = _person(chat)
    return Q(**{path: found}) | Q(**{f"{path}__merged_into": found})


def _happening(event: ConversationEvent) -> Happening:
    reason = words.of_reason(event.detail) if event.kind == EventKind.HANDED_OVER else None
    return Happening(
        words=_HAPPENED[event.kind],
        why="" if reason is None else str(reason.title),
        by="" if event.by is None else event.by.name or event.by.email,
        at=event.at,
    )


def _received(row: Recipient) -> Received:
    outcome = outcome_of(row)
    return Received(
        campaign_id=row.campaign_id,
        name=row.campaign.name,
        state=campaign_words.OUTCOME[outcome],
        why=campaign_words.reason(row.skipped_why).title if row.skipped_why else "",
        is_bad=outcome is Outcome.FAILED,
        at=row.released_at or row.campaign.started_at,
    )


_LOOKS: Final[dict[str, Callable[[Conversation], dict[str, Any]]]] = {
    "history": _history,
    "consents": _consents,
    "campaigns": _campaigns,
    "orders": _orders,
    "notes": _notes,
}
PARTS: Final = tuple(_LOOKS)
