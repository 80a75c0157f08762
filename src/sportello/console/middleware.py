"""What stands around each request: one transaction, narrowed to the signed-in person's workspace;
and pages that leave compressed.
"""

from collections.abc import Callable
from datetime import tzinfo
from typing import cast
from zoneinfo import ZoneInfo

from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation

from sportello import clock
from sportello.console import access, actor, permits
from sportello.console.team import second_factor
from sportello.schema.team import Membership, User

API = "/api/"
_SERVER_ERROR = 500
_IN_WORDS = frozenset({"text/html", "application/json", "application/problem+json"})


class WorkspaceMiddleware:
    """Sets `now`, `workspace`, `membership` and `theme` on the request.

    Nobody signed in: no workspace, and row-level security shows nothing. A response that streams
    is read after the transaction has ended: it must carry what it needs, or it finds no rows.
    The API has keys instead of people, and opens its own transactions (`api/access.py`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        desk = cast("access.DeskRequest", request)
        _leave(desk)
        if request.path_info.startswith(API):
            return self._get_response(request)
        # Asked before the transaction opens: in the demo the answer comes from another process.
        desk.now = clock.now()
        if not request.user.is_authenticated:
            return self._get_response(request)
        response = self._serve(desk, request.user)
        # A file that never changes says itself how long the person's browser keeps it.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _serve(self, request: access.DeskRequest, user: User) -> HttpResponseBase:
        wished = request.session.get(access.WORKSPACE_KEY)
        with access.workspace_transaction(None, user.pk, installer=user.is_installer):
            membership = access.enter(user, wished if isinstance(wished, int) else None)
            _arrive(request, user, membership)
            with timezone.override(_time_zone(membership)):
                response = self._get_response(request)
            if response.status_code >= _SERVER_ERROR:
                transaction.set_rollback(True)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        _args: object,
        _kwargs: object,
    ) -> HttpResponseBase | None:
        """Raises PermissionDenied where `permits` does not let the person do this, or says nothing
        of the address; leads on who still owes the company a second factor.
        """
        if request.path_info.startswith(API) or not request.user.is_authenticated:
            return None
        desk = cast("access.DeskRequest", request)
        if request.method not in permits.SAFE:
            access.act_as(actor.of_page(desk))
        return None if _is_open(view) else _judged(desk)

    def process_exception(self, _request: HttpRequest, exception: Exception) -> None:
        """Django turns exceptions into responses before they reach `atomic`, which would commit.
        Those of allauth are its way to ask for a password again: it reads before it answers.
        """
        if isinstance(exception, ImmediateHttpResponse | ReauthenticationRequired):
            return
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)


class CompressionMiddleware(GZipMiddleware):
    """Pages and what programs read, a sixth as long; files and streams go as they are.

    A page repeats what stood in its address, beside what is secret: who sees its length alone could
    guess at the one by trying the other (BREACH). Django lengthens each answer by chance, up to a
    hundred bytes, and masks the token against forged requests anew in each.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").split(";", maxsplit=1)[0]
        if response.streaming or kind not in _IN_WORDS:
            return response
        return super().process_response(request, response)


def _judged(request: access.DeskRequest) -> HttpResponseBase | None:
    membership, permit = request.membership, permits.of_page(request.resolver_match)
    if membership is None:
        raise PermissionDenied("a member of no workspace")
    if permit is None or not permit.allows(membership.role, request.method):
        raise PermissionDenied("not with this role")
    return second_factor.owed(request)


def _leave(request: access.DeskRequest) -> None:
    request.workspace = None  # type: ignore[assignment]  # views of members are the rule
    request.membership = None  # type: ignore[assignment]  # as above
    request.theme = "auto"


def _arrive(request: access.DeskRequest, user: User, membership: Membership | None) -> None:
    if membership is not None:
        request.membership, request.workspace = membership, membership.workspace
    request.theme = user.theme
    translation.activate(user.language)
    request.LANGUAGE_CODE = translation.get_language()


def _time_zone(membership: Membership | None) -> tzinfo | None:
    """None is Django's own default, also for a zone that this machine does not know."""
    if membership is None:
        return None
    try:
        return ZoneInfo(membership.workspace.time_zone)
    except (KeyError, ValueError, OSError):
        return None


def _is_open(view: Callable[..., HttpResponseBase]) -> bool:
    """What concerns the person alone: allauth's pages, the language, views without sign-in."""
    own = view.__module__.startswith(("allauth.", "django.views.i18n"))
    # Set by Django's own `login_not_required`.
    return own or not getattr(view, "login_required", True)
