"""What the desk shows: views, the list of conversations, a conversation's messages.

The shapes fit the indexes `conversation_list`, `conversation_by_holder` and `message_timeline`;
row-level security adds the workspace to each.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, cast

from django.db.models import F, Q, QuerySet

from sportello.console.paging import PAGE, Page, cursor_at, newest_first
from sportello.rules.window import SERVICE_WINDOW
from sportello.schema.desk import Labelling
from sportello.schema.inbox import Conversation, Holder, Message
from sportello.schema.team import User

CLOSING_SOON: Final = timedelta(hours=4)
# Beyond it a view shows "1000+": counting more would cost every page, and nobody reads it.
COUNT_MAX: Final = 1000
# How many messages are shown after one that was looked for.
_AFTER: Final = 20


class View(StrEnum):
    """Which conversations. `all` is what is not closed; `any` leaves nothing out."""

    ANY = "any"
    ALL = "all"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    WAITING = "waiting"
    CLOSING = "closing"
    UNREAD = "unread"
    ASSISTANT = "assistant"
    OPERATOR = "operator"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the list is narrowed to beside its view: all of these at once."""

    folder_id: int | None = None
    label_ids: tuple[int, ...] = ()
    operator_id: int | None = None


def in_view(
    view: View, user: User | None, now: datetime, narrowing: Narrowing = Narrowing()
) -> QuerySet[Conversation]:
    """Newest first, each with contact, number and operator.

    A conversation in which nothing was said yet is not listed.
    """
    rows = Conversation.objects.filter(_condition(view, user, now), last_message_at__isnull=False)
    if narrowing.folder_id is not None:
        rows = rows.filter(folder_id=narrowing.folder_id)
    if narrowing.operator_id is not None:
        rows = rows.filter(operator_id=narrowing.operator_id)
    for label_id in narrowing.label_ids:
        rows = rows.filter(
            pk__in=Labelling.objects.filter(label_id=label_id).values("conversation")
        )
    rows = rows.select_related("contact", "number", "operator")
    return rows.order_by(F("last_message_at").desc(nulls_last=True), "-pk")


def brief(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """With no more of each than a line of the list shows: whole ones are a hundred columns wide."""
    return rows.select_related(None).select_related("contact", "operator").only(*_BRIEF)


def page_of(rows: QuerySet[Conversation], cursor: str, limit: int) -> Page[Conversation]:
    """Raises WrongCursor."""
    return newest_first(rows, "last_message_at", last_message_at, cursor, limit)


def soonest_to_close(rows: QuerySet[Conversation], limit: int) -> list[Conversation]:
    """Of the view `closing`, first the one with the least time left."""
    return list(rows.order_by("window_closes_at", "-pk")[: min(limit, COUNT_MAX)])


def conversation(conversation_id: int) -> Conversation:
    """With all that a page says of it. Raises Conversation.DoesNotExist."""
    rows = Conversation.objects.select_related("contact", "number", "operator", "workspace")
    return rows.get(pk=conversation_id)


def around(conversation_id: int, message_id: int) -> str | None:
    """The cursor that puts a message near the end of a page; "" is the newest page.

    None where the conversation has no such message.
    """
    wanted = Message.objects.filter(conversation_id=conversation_id, pk=message_id).first()
    return None if wanted is None else beyond(conversation_id, wanted, _AFTER)


def beyond(conversation_id: int, message: Message, count: int) -> str:
    """The cursor of the page that ends so many messages after this one; "" is the newest page."""
    later = Message.objects.filter(
        Q(at__gt=message.at) | Q(at=message.at, pk__gt=message.pk),
        conversation_id=conversation_id,
        at__gte=message.at,
    )
    after = list(later.order_by("at", "pk").only("at")[count : count + 1])
    return cursor_at(after[0].at, after[0].pk) if after else ""


def timeline(conversation_id: int, *, cursor: str = "", limit: int = PAGE) -> Page[Message]:
    """The newest messages, oldest of them first; the cursor leads to older ones.

    Each with author and media, in two queries. Raises WrongCursor.
    """
    rows = (
        Message.objects.filter(conversation_id=conversation_id)
        .select_related("author", "charge", "repetition")
        .prefetch_related("media_set")
        .order_by("-at", "-pk")
    )
    page = newest_first(rows, "at", lambda message: message.at, cursor, limit)
    return Page(page.items[::-1], page.next_cursor)


_BRIEF: Final = (
    *("holder", "operator_id", "last_message_at", "last_message_text", "last_message_origin"),
    *("unread_count", "window_closes_at"),
    *("contact__name", "contact__profile_name", "contact__username", "contact__wa_id"),
    *("operator__name", "operator__email"),
)


def _condition(view: View, user: User | None, now: datetime) -> Q:
    if view is View.CLOSING:
        return _closing(now)
    return {
        View.ANY: Q(),
        View.ALL: ~Q(holder=Holder.CLOSED),
        View.MINE: Q(holder=Holder.OPERATOR, operator=user),
        View.UNASSIGNED: Q(holder__in=[Holder.ASSISTANT, Holder.QUEUE]),
        View.WAITING: Q(holder=Holder.QUEUE),
        View.UNREAD: Q(unread_count__gt=0),
        View.ASSISTANT: Q(holder=Holder.ASSISTANT),
        View.OPERATOR: Q(holder=Holder.OPERATOR),
        View.CLOSED: Q(holder=Holder.CLOSED),
    }[view]


def _closing(now: datetime) -> Q:
    """An open window means a message within its length: said aloud, it lets the index help."""
    return ~Q(holder=Holder.CLOSED) & Q(
        window_closes_at__gt=now,
        window_closes_at__lte=now + CLOSING_SOON,
        last_message_at__gt=now - SERVICE_WINDOW,
    )


def last_message_at(row: Conversation) -> datetime:
    # Conversations without one are not listed.
    return cast("datetime", row.last_message_at)
