"""What the desk shows: folders, the list of conversations, a conversation's messages.

The shapes fit the indexes `conversation_list`, `conversation_by_holder` and `message_timeline`;
row-level security adds the workspace to each.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, cast

from django.db.models import F, Q, QuerySet

from sportello.console.paging import PAGE, Page, newest_first
from sportello.rules.window import SERVICE_WINDOW
from sportello.schema.inbox import Conversation, Holder, Message
from sportello.schema.team import User

CLOSING_SOON: Final = timedelta(hours=4)
# Beyond it a folder shows "1000+": counting more would cost every page, and nobody reads it.
COUNT_MAX: Final = 1000
_SEARCH_LENGTH_MAX: Final = 100


class Folder(StrEnum):
    """Where to look. `all` is what is not closed; `any` leaves nothing out."""

    ANY = "any"
    ALL = "all"
    MINE = "mine"
    WAITING = "waiting"
    CLOSING = "closing"
    ASSISTANT = "assistant"
    OPERATOR = "operator"
    CLOSED = "closed"


# The folders that are counted. A number asks for something to be done; what is closed asks for
# nothing, only grows, and would soon read "1000+" for ever: so its folder has none.
SIDE_BAR: Final = (Folder.ALL, Folder.MINE, Folder.WAITING, Folder.CLOSING)


def conversations(
    folder: Folder,
    user: User | None,
    now: datetime,
    *,
    q: str = "",
    cursor: str = "",
    limit: int = PAGE,
) -> Page[Conversation]:
    """Newest first, each with contact, number and operator, in one query. Raises WrongCursor.

    A conversation in which nothing was said yet is not listed.
    """
    rows = _in_folder(folder, user, now).select_related("contact", "number", "operator")
    if q.strip():
        rows = rows.filter(_matches(q.strip()[:_SEARCH_LENGTH_MAX]))
    rows = rows.order_by(F("last_message_at").desc(nulls_last=True), "-pk")
    return newest_first(rows, "last_message_at", _last_message_at, cursor, limit)


def soonest_to_close(user: User | None, now: datetime, limit: int) -> list[Conversation]:
    """Of the folder `closing`, first the one with the least time left."""
    rows = _in_folder(Folder.CLOSING, user, now).select_related("contact", "number", "operator")
    return list(rows.order_by("window_closes_at", "-pk")[: min(limit, COUNT_MAX)])


def counts(user: User | None, now: datetime) -> dict[Folder, int]:
    """How many in each folder of the side bar, `COUNT_MAX` at most; one short query each."""
    return {folder: _in_folder(folder, user, now)[:COUNT_MAX].count() for folder in SIDE_BAR}


def conversation(conversation_id: int) -> Conversation:
    """With all that a page says of it. Raises Conversation.DoesNotExist."""
    rows = Conversation.objects.select_related("contact", "number", "operator", "workspace")
    return rows.get(pk=conversation_id)


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


def _in_folder(folder: Folder, user: User | None, now: datetime) -> QuerySet[Conversation]:
    rows = Conversation.objects.filter(last_message_at__isnull=False)
    return rows.filter(_condition(folder, user, now))


def _condition(folder: Folder, user: User | None, now: datetime) -> Q:
    if folder is Folder.CLOSING:
        return _closing(now)
    return {
        Folder.ANY: Q(),
        Folder.ALL: ~Q(holder=Holder.CLOSED),
        Folder.MINE: Q(holder=Holder.OPERATOR, operator=user),
        Folder.WAITING: Q(holder=Holder.QUEUE),
        Folder.ASSISTANT: Q(holder=Holder.ASSISTANT),
        Folder.OPERATOR: Q(holder=Holder.OPERATOR),
        Folder.CLOSED: Q(holder=Holder.CLOSED),
    }[folder]


def _closing(now: datetime) -> Q:
    """An open window means a message within its length: said aloud, it lets the index help."""
    return ~Q(holder=Holder.CLOSED) & Q(
        window_closes_at__gt=now,
        window_closes_at__lte=now + CLOSING_SOON,
        last_message_at__gt=now - SERVICE_WINDOW,
    )


def _matches(q: str) -> Q:
    found = (
        Q(contact__name__icontains=q)
        | Q(contact__profile_name__icontains=q)
        | Q(contact__username__icontains=q)
        | Q(last_message_text__icontains=q)
    )
    digits = "".join(sign for sign in q if sign.isdecimal() and sign.isascii())
    return found | Q(contact__wa_id__contains=digits) if _is_number(q, digits) else found


def _is_number(q: str, digits: str) -> bool:
    """People type numbers with blanks and signs; words with a digit in them are words."""
    return bool(digits) and all(sign in "0123456789+-./() " for sign in q)


def _last_message_at(row: Conversation) -> datetime:
    # Conversations without one are not listed.
    return cast("datetime", row.last_message_at)
