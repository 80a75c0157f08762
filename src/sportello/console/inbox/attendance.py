"""Who is at the desk: noted when a desk is open, so that the queue is given to those who are."""

from typing import Any

from django.db.models.functions import Now

from sportello.schema.desk import Attendance
from sportello.schema.team import User


def note(workspace_id: int, user: User) -> None:
    """The database's clock, as the worker that reads it."""
    now: Any = Now()
    Attendance.objects.update_or_create(
        workspace_id=workspace_id, user=user, defaults={"seen_at": now}
    )


def set_away(workspace_id: int, user: User, *, is_away: bool) -> None:
    Attendance.objects.update_or_create(
        workspace_id=workspace_id, user=user, defaults={"is_away": is_away}
    )


def is_away(user: User) -> bool:
    return Attendance.objects.filter(user=user, is_away=True).exists()
