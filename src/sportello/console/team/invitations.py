"""Invitations: a link that makes somebody a member, once. Of its secret the SHA-256 is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from sportello.console import access
from sportello.rules.permissions import Appointment, refusal
from sportello.schema.team import Invitation, Membership, Role, User, Workspace

VALID_FOR: Final = timedelta(days=7)
PATH: Final = "/invitations/"
OPEN_MAX: Final = 100
_SECRET_BYTES: Final = 32
_SECRET_LENGTH_MAX: Final = 100


class NotInvitable(Exception):  # noqa: N818  # an expected end
    """`code`: not_yours, only_owners, member_already or too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def invite(by: Membership, email: str, role: Role, now: datetime) -> tuple[Invitation, str]:
    """The row, and the path of its link, which nobody can show again. One who was invited before
    has that older link no more. Raises NotInvitable.
    """
    asked = Appointment(by=by.role, held=None, wished=role, owners=1)
    if (why := refusal(asked)) is not None:
        raise NotInvitable(why.value)
    if Membership.objects.filter(user__email__iexact=email).exists():
        raise NotInvitable("member_already")
    pending(now).filter(email__iexact=email).update(revoked_at=now)
    if pending(now).count() >= OPEN_MAX:
        raise NotInvitable("too_many")
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = Invitation.objects.create(
        workspace_id=by.workspace_id,
        email=email.lower(),
        role=role,
        secret_sha256=digest(secret),
        by_id=by.user_id,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    return row, f"{PATH}{secret}"


def pending(now: datetime) -> QuerySet[Invitation]:
    """Those that somebody can still accept."""
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


def revoke(invitation_id: int, now: datetime) -> None:
    """Raises Invitation.DoesNotExist, also for one that is over."""
    if not pending(now).filter(pk=invitation_id).update(revoked_at=now):
        raise Invitation.DoesNotExist


def find(secret: str, now: datetime) -> Invitation | None:
    """In a transaction of any company, or of none: the row shows by its digest alone."""
    if len(secret) > _SECRET_LENGTH_MAX:
        return None
    access.name_invitation(digest(secret))
    return pending(now).filter(secret_sha256=digest(secret)).first()


def accept(found: Invitation, user: User, now: datetime) -> bool:
    """Makes the person a member; of two who accept at once, the database lets one through."""
    if not pending(now).filter(pk=found.pk).update(accepted_at=now):
        return False
    Membership.objects.get_or_create(
        user=user, workspace=Workspace.objects.get(pk=found.workspace_id),
        defaults={"role": found.role},
    )  # fmt: skip
    return True


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
