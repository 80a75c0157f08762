"""What comes of a provider's word: the person whom it names is let in, or turned away."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import get_language

from sportello.console import access
from sportello.console.team import invitations
from sportello.fetching.openid import Claims
from sportello.rules.admission import Comer, Turned, turned_away
from sportello.schema.sign_in import Identity, IdentityProvider
from sportello.schema.team import Invitation, Membership, User

_NAME_MAX: Final = 120


class TurnedAway(Exception):  # noqa: N818  # an expected end
    """`why` nobody was let in."""

    def __init__(self, why: Turned) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class _Known:
    """Who of ours that may be; at most one of `membership` and `invitation` counts."""

    by_subject: bool
    user: User | None
    membership: Membership | None
    invitation: Invitation | None


def admit(provider: IdentityProvider, claims: Claims, now: datetime) -> User:
    """In a transaction that sees the provider's company. Whoever was invited becomes a member, and
    without an account gets one. Raises TurnedAway.
    """
    known = _known(provider, claims, now)
    if known.user is not None:
        access.name_person(known.user.pk)
    why = turned_away(_comer(provider, claims, known))
    if why is not None:
        raise TurnedAway(why)
    user = known.user or _made(known.invitation, claims)
    membership = known.membership or _joined(known.invitation, user, now)
    if not known.by_subject:
        Identity.objects.create(
            workspace_id=provider.workspace_id,
            provider=provider,
            membership=membership,
            subject=claims.subject,
        )
    return user


def _known(provider: IdentityProvider, claims: Claims, now: datetime) -> _Known:
    linked = Identity.objects.filter(provider=provider, subject=claims.subject)
    identity = linked.select_related("membership__user").first()
    if identity is not None:
        return _Known(True, identity.membership.user, identity.membership, None)  # noqa: FBT003  # a field
    # A letter that only looks like another must not open another's account.
    if not claims.email.isascii():
        return _Known(False, None, None, None)  # noqa: FBT003  # a field
    user = User.objects.filter(email__iexact=claims.email).first() if claims.email else None
    members = Membership.objects.filter(workspace_id=provider.workspace_id, user=user)
    membership = members.first() if user is not None else None
    invited = invitations.pending(now).filter(
        workspace_id=provider.workspace_id, email__iexact=claims.email
    )
    return _Known(False, user, membership, invited.first() if claims.email else None)  # noqa: FBT003  # a field


def _comer(provider: IdentityProvider, claims: Claims, known: _Known) -> Comer:
    user, membership = known.user, known.membership
    elsewhere = Membership.objects.filter(user=user).exclude(workspace_id=provider.workspace_id)
    rests = membership is not None and membership.deactivated_at is not None
    return Comer(
        verified=claims.verified and bool(claims.email),
        by_subject=known.by_subject,
        member=membership is not None,
        invited=known.invitation is not None,
        active=(user is None or user.is_active) and not rests,
        linked=Identity.objects.filter(membership=membership).exists() if membership else False,
        elsewhere=user is not None and elsewhere.exists(),
        installer=user is not None and user.is_installer,
    )


def _made(invitation: Invitation | None, claims: Claims) -> User:
    """Without a password of ours; they may choose one later."""
    assert invitation is not None  # the rule lets in members and those who were invited
    language = (get_language() or "it")[:2]
    user = User(email=invitation.email, name=claims.name[:_NAME_MAX], language=language)
    user.set_unusable_password()
    user.save()
    return user


def _joined(invitation: Invitation | None, user: User, now: datetime) -> Membership:
    assert invitation is not None  # as above
    if not invitations.accept(invitation, user, now):
        raise TurnedAway(Turned.UNKNOWN)
    return Membership.objects.get(workspace_id=invitation.workspace_id, user=user)
