"""The guard at the door of every page: a member of a workspace, or the way to sign in and back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from sportello.console.access import DeskRequest
from sportello.console.permits import SAFE

P = ParamSpec("P")


def member(
    view: Callable[Concatenate[DeskRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Hands the view a `DeskRequest`. A fragment asked for after the session ended says so."""
    signed_in = login_required(cast("Callable[..., HttpResponse]", view))

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            return signed_in(request, *args, **kwargs)
        if request.headers.get("HX-Request"):
            # A redirect would put the sign-in page into the middle of the desk.
            return HttpResponse(headers={"HX-Redirect": _door(request, "HX-Current-URL")})
        if request.method not in SAFE:
            # What was sent has no page of its own to come back to.
            return HttpResponseRedirect(_door(request, "Referer"))
        return signed_in(request, *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", guarded)


_PATH_LENGTH_MAX: Final = 2000


def _door(request: HttpRequest, header: str) -> str:
    """Where one signs in and is led back to the page at which the browser says that it stands."""
    door = reverse("account_login")
    came_from = urlsplit(request.headers.get(header, ""))
    if came_from.netloc != request.get_host() or len(came_from.path) > _PATH_LENGTH_MAX:
        return door
    asked = f"?{came_from.query}" if came_from.query else ""
    return redirect_to_login(came_from.path + asked, door).url
