"""The press that tries anew what failed for a reason that passes, page by page where it is long."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sportello.console.access import DeskRequest
from sportello.console.campaigns import retrying
from sportello.console.campaigns.deeds import NotNow
from sportello.console.campaigns.verdicts import Doubtful

_SO_FAR_MAX = 2_000


def press(request: DeskRequest, kind: type[Doubtful], campaign_id: int, back: str) -> HttpResponse:
    """To `back` once all are looked at; till then how far it is, which goes on by itself."""
    so_far = request.POST.get("so_far", "")[:_SO_FAR_MAX]
    try:
        found = retrying.retry_failed(kind, campaign_id, request.now, so_far)
    except NotNow:
        messages.error(request, _("Too late: it has gone on meanwhile. The page shows how."))
        return _onward(request, back)
    if found.so_far:
        return render(request, "campaigns/retrying.html", {"found": found, "back": back})
    said = ngettext(
        "%(count)d person is written to again.",
        "%(count)d people are written to again.",
        found.count,
    )
    messages.success(request, said % {"count": found.count})
    return _onward(request, back)


def _onward(request: DeskRequest, back: str) -> HttpResponse:
    """Htmx would else put the next page into this one."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": back})
    return redirect(back)
