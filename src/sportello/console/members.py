"""The guard at the door of every page: a member of a workspace, or the way to sign in."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from sportello.console.access import DeskRequest

P = ParamSpec("P")


def member(
    view: Callable[Concatenate[DeskRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Hands the view a `DeskRequest`. A fragment asked for after the session ended says so."""
    signed_in = login_required(cast("Callable[..., HttpResponse]", view))

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated and request.headers.get("HX-Request"):
            # A redirect would put the sign-in page into the middle of the desk.
            return HttpResponse(headers={"HX-Redirect": reverse("account_login")})
        return signed_in(request, *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", guarded)
