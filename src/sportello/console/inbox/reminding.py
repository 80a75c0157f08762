"""Reminders: a chat comes back on top of its person's list, unread, at the time they chose."""

from datetime import datetime, time, timedelta
from typing import Final

from django.utils import timezone

from sportello.console.inbox.listing import Entry, Filter
from sportello.console.inbox.queries import in_view
from sportello.schema.desk import Reminder
from sportello.schema.inbox import Conversation
from sportello.schema.team import User

RUNG_MAX: Final = 20
_LATEST: Final = timedelta(days=366)
_MORNING: Final = time(9)


class UnfitTime(ValueError):  # noqa: N818  # the time is unfit, nothing broke
    """A time that has passed, or lies more than a year away."""


def remind(conversation: Conversation, user: User, due_at: datetime, now: datetime) -> Reminder:
    """One for each person and chat: a new one takes the old one's place. Raises UnfitTime."""
    if not now < due_at <= now + _LATEST:
        raise UnfitTime
    reminder, _ = Reminder.objects.update_or_create(
        conversation=conversation,
        user=user,
        defaults={
            "workspace_id": conversation.workspace_id,
            "due_at": due_at,
            "rung_at": None,
        },
    )
    return reminder


def forget(conversation: Conversation, user: User) -> None:
    Reminder.objects.filter(conversation=conversation, user=user).delete()


def of(conversation: Conversation, user: User) -> Reminder | None:
    return Reminder.objects.filter(conversation=conversation, user=user).first()


def bells(user: User) -> list[int]:
    """The newest chats of which this person was reminded and has not said that it is done."""
    rung = Reminder.objects.filter(user=user, rung_at__isnull=False).order_by("-rung_at")
    return list(rung.values_list("conversation_id", flat=True)[:RUNG_MAX])


def rung(ids: list[int], filtered: Filter, user: User, now: datetime) -> list[Entry]:
    """Those of these `bells` that the filter lets through, the newest reminder first."""
    if not ids:
        return []
    rows = in_view(filtered.looks_in, user, now, filtered.narrowing).filter(pk__in=ids)
    return [Entry(row, "") for row in sorted(rows, key=lambda row: ids.index(row.pk))]


def offers(now: datetime) -> dict[str, datetime]:
    """Times to choose from, by the company's day: in three hours, tomorrow and Monday at nine."""
    local = timezone.localtime(now)
    days = 7 - local.weekday()
    return {
        "hours": now + timedelta(hours=3),
        "tomorrow": _at_nine(local, 1),
        "monday": _at_nine(local, days),
    }


def _at_nine(local: datetime, days: int) -> datetime:
    """Nine by the wall, whatever summer time does in between."""
    day = local.date() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, _MORNING))
