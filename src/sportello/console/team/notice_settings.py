"""A person's own notices: of what, when their browsers keep quiet, and which browsers are woken."""

from pathlib import Path
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest
from sportello.console.fields import whole_address
from sportello.console.members import member
from sportello.console.team.notice_words import KIND
from sportello.fetching import vapid
from sportello.rules.notice import Kind
from sportello.schema.notices import NoticeWish, PushPlace

_UNFIT: Final = 422
_ADDRESS_MAX: Final = 1_000
_BROWSER_MAX: Final = 200
_PLACES_MAX: Final = 20
_CLOCK: Final = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
_WORKER: Final = Path(__file__).parent.parent / "static" / "js" / "push_worker.js"


class WishForm(forms.Form):
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Tell me when"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(kind.value, KIND[kind]) for kind in Kind],
    )
    quiet_from = forms.TimeField(label=gettext_lazy("Quiet from"), required=False, widget=_CLOCK)
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=_CLOCK,
        help_text=gettext_lazy(
            "By the company's clock. Browsers stay silent then; on the pages you still see it."
        ),
    )

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        if (filled.get("quiet_from") is None) != (filled.get("quiet_until") is None):
            raise forms.ValidationError(_("Give both hours, or none."))
        return filled


@member
@require_http_methods(["GET", "POST"])
def wishes(request: DeskRequest) -> HttpResponse:
    row = NoticeWish.objects.filter(workspace=request.workspace, user=request.user).first()
    kept = (
        {"events": [kind.value for kind in Kind]}
        if row is None
        else {"events": row.events, "quiet_from": row.quiet_from, "quiet_until": row.quiet_until}
    )
    form = WishForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and form.is_valid():
        NoticeWish.objects.update_or_create(
            workspace=request.workspace, user=request.user, defaults=form.cleaned_data
        )
        messages.success(request, _("Saved."))
        return redirect("notice-wishes")
    shown = {
        "form": form,
        "places": _places(request),
        "key": vapid.signer_of(settings.SECRET_KEY, settings.SPORTELLO_PUBLIC_URL).public,
    }
    status = _UNFIT if form.errors else None
    return render(request, "team/notice_wishes.html", shown, status=status)


@member
@require_POST
def waking(request: DeskRequest) -> HttpResponse:
    """Keeps the address at which this browser is woken; the worker looks at it again each time."""
    told = request.POST.get("address", "")
    try:
        address = whole_address(told)
    except forms.ValidationError:
        return HttpResponse(status=_UNFIT)
    if len(address) > _ADDRESS_MAX or not address.startswith("https://"):
        return HttpResponse(status=_UNFIT)
    if _places(request).exclude(address=address).count() >= _PLACES_MAX:
        messages.error(request, _("There is room for 20 browsers. Remove one first."))
        return HttpResponse(status=_UNFIT)
    PushPlace.objects.get_or_create(
        workspace=request.workspace,
        user=request.user,
        address=address,
        defaults={"browser": request.headers.get("User-Agent", "")[:_BROWSER_MAX]},
    )
    messages.success(request, _("This browser gets notices from now on."))
    return HttpResponse(status=204)


@member
@require_POST
def sleeping(request: DeskRequest, place_id: int) -> HttpResponse:
    found = _places(request).filter(pk=place_id)
    if not found.exists():
        raise Http404
    found.delete()
    messages.success(request, _("That browser gets no more notices."))
    return redirect("notice-wishes")


@login_not_required
@require_GET
def push_worker(request: HttpRequest) -> HttpResponseBase:
    """The script that a woken browser runs: it must lie at the root to open any page. It holds
    nothing of anybody's.
    """
    del request
    script = FileResponse(_WORKER.open("rb"), content_type="text/javascript; charset=utf-8")
    script["Cache-Control"] = "no-cache"
    return script


def _places(request: DeskRequest) -> QuerySet[PushPlace]:
    mine = PushPlace.objects.filter(workspace=request.workspace, user=request.user)
    return mine.order_by("-pk")
