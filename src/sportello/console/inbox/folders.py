"""The folders of the desk: which conversations lie in each, and how many."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy

from sportello.console.inbox.windows import SOON
from sportello.schema.inbox import Conversation, Holder
from sportello.schema.team import User

SEARCH_LENGTH_MAX = 100
ROWS = 50
ROWS_MAX = 500


class Folder(StrEnum):
    """In the order in which they stand on the page."""

    ALL = "all"
    MINE = "mine"
    WAITING = "waiting"
    EXPIRING = "expiring"
    CLOSED = "closed"


NAMES = {
    Folder.ALL: gettext_lazy("All"),
    Folder.MINE: gettext_lazy("Mine"),
    Folder.WAITING: gettext_lazy("Waiting"),
    Folder.EXPIRING: gettext_lazy("Expiring"),
    Folder.CLOSED: gettext_lazy("Closed"),
}


def holds(folder: Folder, user: User, now: datetime) -> Q:
    """What a conversation must be to lie in the folder. "All" leaves out what is settled."""
    match folder:
        case Folder.ALL:
            return ~Q(holder=Holder.CLOSED)
        case Folder.MINE:
            return Q(holder=Holder.OPERATOR, operator=user)
        case Folder.WAITING:
            return Q(holder=Holder.QUEUE)
        case Folder.EXPIRING:
            closes_soon = Q(window_closes_at__gt=now, window_closes_at__lte=now + SOON)
            return closes_soon & ~Q(holder=Holder.CLOSED)
        case Folder.CLOSED:
            return Q(holder=Holder.CLOSED)


def counts(user: User, now: datetime) -> dict[Folder, int]:
    """One question to the database for all folders."""
    totals: dict[str, Any] = {
        folder.value: Count("pk", filter=holds(folder, user, now)) for folder in Folder
    }
    found = Conversation.objects.aggregate(**totals)
    return {folder: found[folder.value] for folder in Folder}


def conversations(folder: Folder, search: str, user: User, now: datetime) -> QuerySet[Conversation]:
    """Newest first; what is about to close comes first where that is the folder's point."""
    found = Conversation.objects.select_related("contact", "operator", "number")
    found = found.filter(_matches(search)) if search else found.filter(holds(folder, user, now))
    if folder is Folder.EXPIRING and not search:
        return found.order_by("window_closes_at", "-pk")
    return found.order_by(F("last_message_at").desc(nulls_last=True), "-pk")


def _matches(search: str) -> Q:
    """A name, a number written in any way, or words of the last message; in every folder."""
    words = search.strip()[:SEARCH_LENGTH_MAX].replace("\0", "")
    found = (
        Q(contact__name__icontains=words)
        | Q(contact__profile_name__icontains=words)
        | Q(contact__username__icontains=words)
        | Q(last_message_text__icontains=words)
    )
    digits = "".join(sign for sign in words if sign.isdecimal())
    return found | Q(contact__wa_id__contains=digits) if digits else found
