"""A member's standing: another role, rest and return, the end. Each ends the person's sessions.

Each locks the company first: two owners cannot unmake each other at the same instant.
"""

from datetime import datetime

from sportello.console.inbox.deeds import locked, move
from sportello.console.team import sessions
from sportello.rules.ownership import OperatorLeft
from sportello.rules.permissions import Appointment, Refusal, refusal
from sportello.schema.inbox import Conversation
from sportello.schema.team import Membership, Role, User, Workspace

# More than anybody has at once; what is beyond stays theirs until it is taken over.
_CHATS_MAX = 5_000


class NotAllowed(Exception):  # noqa: N818  # an expected end
    """`why` it may not be done."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


def give_role(by: Membership, membership_id: int, role: Role) -> Membership:
    """Raises Membership.DoesNotExist, NotAllowed."""
    row = _judged(by, membership_id, role)
    if row.role != role:
        row.role = role
        row.save(update_fields=["role"])
        sessions.end_all(row.user)
    return row


def rest(by: Membership, membership_id: int, now: datetime) -> Membership:
    """The person may not enter any more, and their chats wait for another. Raises as above."""
    row = _judged(by, membership_id, None)
    if row.deactivated_at is None:
        row.deactivated_at = now
        row.save(update_fields=["deactivated_at"])
        _leave(row, now)
    return row


def return_(by: Membership, membership_id: int) -> Membership:
    """Raises as above."""
    row = _judged(by, membership_id, Role(_of(by, membership_id).role))
    row.deactivated_at = None
    row.save(update_fields=["deactivated_at"])
    return row


def remove(by: Membership, membership_id: int, now: datetime) -> User:
    """What the person wrote keeps their name. Raises as above."""
    row = _judged(by, membership_id, None)
    _leave(row, now)
    row.delete()
    return row.user


def _judged(by: Membership, membership_id: int, wished: Role | None) -> Membership:
    Workspace.objects.select_for_update(of=("self",), no_key=True).get(pk=by.workspace_id)
    row = _of(by, membership_id)
    owners = Membership.objects.filter(
        workspace_id=by.workspace_id, role=Role.OWNER, deactivated_at=None, user__is_active=True
    )
    # Who rests is no owner that the company could lose.
    held = None if row.role == Role.OWNER and row.deactivated_at else row.role
    asked = Appointment(by=by.role, held=held, wished=wished, owners=owners.count())
    if row.role == Role.OWNER != by.role:
        raise NotAllowed(Refusal.ONLY_OWNERS)
    if (why := refusal(asked)) is not None:
        raise NotAllowed(why)
    return row


def _of(by: Membership, membership_id: int) -> Membership:
    """One of this company: row-level security also shows a person their other companies'."""
    rows = Membership.objects.select_related("user", "workspace")
    return rows.get(pk=membership_id, workspace_id=by.workspace_id)


def _leave(row: Membership, now: datetime) -> None:
    sessions.end_all(row.user)
    theirs = Conversation.objects.filter(
        workspace_id=row.workspace_id, holder="operator", operator_id=row.user_id
    )
    for conversation_id in theirs.order_by("pk").values_list("pk", flat=True)[:_CHATS_MAX]:
        move(locked(conversation_id), OperatorLeft(), now)
