"""Who may do what to a number: all members look, administrators act."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpResponse
from django.shortcuts import render

from sportello.console.access import DeskRequest, may_administer
from sportello.schema.channel import Number
from sportello.schema.connections import Connection

FORBIDDEN = 403
Given = ParamSpec("Given")
View = Callable[Concatenate[DeskRequest, Given], HttpResponse]


def administered(view: View[Given]) -> View[Given]:
    """Only owners and administrators pass; rows of strangers are not found before that."""

    @wraps(view)
    def guarded(request: DeskRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        _exist(kwargs)
        if not may_administer(request.membership):
            return render(request, "403.html", status=FORBIDDEN)
        return view(request, *args, **kwargs)

    return guarded


def number_of(number_id: int) -> Number:
    """Raises Http404."""
    found = Number.objects.filter(pk=number_id).first()
    if found is None:
        raise Http404
    return found


def connection_of(connection_id: int) -> Connection:
    """Raises Http404."""
    rows = Connection.objects.select_related("number", "by")
    found = rows.filter(pk=connection_id).first()
    if found is None:
        raise Http404
    return found


def _exist(ids: dict[str, Any]) -> None:
    if "number_id" in ids:
        number_of(ids["number_id"])
    if "connection_id" in ids:
        connection_of(ids["connection_id"])
