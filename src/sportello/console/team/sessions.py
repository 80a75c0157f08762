"""The devices on which a person is signed in: noted at each sign-in, ended at each change of
password, role or second factor.
"""

from typing import Any

from allauth.mfa import signals as mfa
from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.db.models import F
from django.http import HttpRequest

from sportello.schema.team import User


def end_all(user: User) -> None:
    """From the commit on no session of the person opens anything, noted or not."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    for session in UserSession.objects.filter(user_id=user.pk):
        session.end()


def end_others(request: HttpRequest, user: User) -> None:
    """All but the one of this request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    others = UserSession.objects.filter(user_id=user.pk)
    for session in others.exclude(session_key=request.session.session_key):
        session.end()
    user.refresh_from_db(fields=["session_epoch"])
    update_session_auth_hash(request, user)
    note(request=request)


def note(*, request: HttpRequest, **_: Any) -> None:
    """The pages of allauth note their own sign-ins; a link that signs in is one as well."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        # Signed in without a request, as in a shell.
        return
    UserSession.objects.create_from_request(request)


def watch() -> None:
    """Called once, when Django is ready."""
    user_logged_in.connect(note, dispatch_uid="sportello.sessions")
    for change in (mfa.authenticator_added, mfa.authenticator_removed, mfa.authenticator_reset):
        change.connect(_factor_changed, dispatch_uid="sportello.sessions")


def _factor_changed(*, request: HttpRequest, user: User, **_: Any) -> None:
    end_others(request, user)
