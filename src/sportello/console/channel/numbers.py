"""One number's page and what is done from it: look, repair, reconnect, disconnect, resume."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_administer, may_write
from sportello.console.channel import deeds, dossier, words
from sportello.console.channel.doors import administered, number_of
from sportello.console.channel.forms import MissingForm
from sportello.console.members import member
from sportello.schema.campaigns import Campaign
from sportello.schema.channel import Number
from sportello.schema.connections import Connection

_UNFIT: Final = 422
_LISTED: Final = 20
_GOING: Final = ("planning", "scheduled", "running")


@member
@require_GET
def number(request: DeskRequest, number_id: int) -> HttpResponse:
    """All facts with their source and time, live."""
    shown = dossier.shown(number_of(number_id), request.now)
    shown["administers"] = may_administer(request.membership)
    shown["may_write"] = may_write(request.membership)
    name = "channel/number.html"
    is_region = request.headers.get("HX-Request") == "true"
    return render(request, f"{name}#regions" if is_region else name, shown)


@member
@require_POST
@administered
def look(request: DeskRequest, number_id: int) -> HttpResponse:
    """Meta is asked now; the page follows by itself."""
    deeds.look(number_of(number_id))
    messages.success(request, _("Meta is being asked: the page follows by itself."))
    return redirect("channel:number", number_id)


@member
@require_POST
@administered
def repair(request: DeskRequest, number_id: int) -> HttpResponse:
    found = number_of(number_id)
    return _begun(request, found, lambda: deeds.repair(found, request.user, request.now))


@member
@require_http_methods(["GET", "POST"])
@administered
def reconnection(request: DeskRequest, number_id: int) -> HttpResponse:
    """Without a new verification; PIN and token only where the kept ones will not do."""
    found = number_of(number_id)
    form = MissingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        names = ("pin", "token", "app_secret")
        secrets = {name: form.cleaned_data[name] for name in names if form.cleaned_data[name]}
        return _begun(
            request, found, lambda: deeds.reconnect(found, secrets, request.user, request.now)
        )
    shown = {"number": found, "form": form}
    return render(
        request, "channel/reconnection.html", shown, status=_UNFIT if form.errors else None
    )


@member
@require_http_methods(["GET", "POST"])
@administered
def disconnection(request: DeskRequest, number_id: int) -> HttpResponse:
    """First what it means and which campaigns it stops; then the first of two steps."""
    found = number_of(number_id)
    if request.method == "POST":
        return _begun(request, found, lambda: deeds.disconnect(found, request.user, request.now))
    going = Campaign.objects.filter(number=found, state__in=_GOING).order_by("-pk")
    shown = {"number": found, "campaigns": going[:_LISTED]}
    return render(request, "channel/disconnection.html", shown)


@member
@require_GET
def unlinking(request: DeskRequest, number_id: int) -> HttpResponse:
    """The second step, at Meta's, with the names that Meta's pages bear."""
    return render(request, "channel/unlinking.html", {"number": number_of(number_id)})


@member
@require_POST
@administered
def resumption(request: DeskRequest, number_id: int) -> HttpResponse:
    """An administrator's word: sending goes on. Campaigns stay paused, each for its own word."""
    try:
        deeds.let_send(number_of(number_id))
    except deeds.NotNow as refused:
        messages.error(request, str(words.NOT_NOW[refused.why]))
    else:
        messages.success(
            request, _("Sending goes on. Campaigns stay paused: resume each when you are sure.")
        )
    return redirect("channel:number", number_id)


def _begun(request: DeskRequest, found: Number, deed: Callable[[], Connection]) -> HttpResponse:
    try:
        row = deed()
    except deeds.NotNow as refused:
        messages.error(request, str(words.NOT_NOW[refused.why]))
        return redirect("channel:number", found.pk)
    return redirect("channel:connection", row.pk)
