"""The pages of outgoing webhooks: endpoints, the secret shown once, deliveries and replay."""

import json
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest
from sportello.console.fields import whole_address
from sportello.console.members import member
from sportello.console.paging import WrongCursor, newest_ids_first
from sportello.console.settings import outgoing
from sportello.console.settings.outgoing_words import KIND, OFF, WHY
from sportello.rules import outgoing as rule
from sportello.rules.outgoing import SUBSCRIBABLE, Kind
from sportello.schema.outgoing import Delivery, DeliveryState, DisabledWhy, Endpoint

_UNFIT: Final = 422
_SHOWN: Final = 30
# The page waits for the first try and the one five seconds later, not for those hours later.
_TRIES_WATCHED: Final = 2
_MOMENT: Final = "%Y-%m-%dT%H:%M"


class EndpointForm(forms.Form):
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=outgoing.URL_MAX,
        widget=forms.URLInput(attrs={"placeholder": "https://crm.example.com/sportello"}),
        help_text=gettext_lazy(
            "Called with POST for each event, signed as Standard Webhooks says. It answers with "
            "any status from 200 to 299 within 15 seconds."
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=outgoing.NOTE_MAX,
        required=False,
        help_text=gettext_lazy("Whose it is, for your colleagues."),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("It is told when"), widget=forms.CheckboxSelectMultiple
    )
    enabled = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, data: Any = None, *, row: Endpoint | None = None) -> None:
        names = ("url", "note", "events", "enabled")
        kept = {"enabled": True} if row is None else {one: getattr(row, one) for one in names}
        super().__init__(data, initial=kept)
        field = self.fields["events"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(kind.value, KIND[kind]) for kind in SUBSCRIBABLE]

    def clean_url(self) -> str:
        return whole_address(self.cleaned_data["url"])

    def draft(self) -> outgoing.Draft:
        return outgoing.Draft(**self.cleaned_data)


class ReplayForm(forms.Form):
    since = forms.DateTimeField(
        label=gettext_lazy("All that failed since"),
        input_formats=[_MOMENT, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A delivery as the list shows it; `body` as it is sent, "" where the person was erased.
    `is_soon`: something comes of it within seconds.
    """

    row: Delivery
    what: Promise | str
    why: Promise | str
    body: str
    is_open: bool
    is_soon: bool


@member
@require_GET
def endpoints(request: DeskRequest) -> HttpResponse:
    rows = list(Endpoint.objects.order_by("pk"))
    shown = {
        "endpoints": rows,
        "is_full": len(rows) >= outgoing.ENDPOINTS_MAX,
        "tab": "outgoing",
    }
    return render(request, "settings/endpoints.html", shown)


@member
@require_http_methods(["GET", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """The secret is shown on the page that answers the POST, and never again."""
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, None, form, status=_UNFIT if form.errors else None)
    try:
        row, secret = outgoing.add(request.workspace.pk, form.draft())
    except outgoing.TooMany:
        messages.error(request, _("There is room for 20 endpoints. Remove one first."))
        return redirect("settings:outgoing")
    return _page(request, row, EndpointForm(row=row), made=secret)


@member
@require_http_methods(["GET", "POST"])
def endpoint(request: DeskRequest, endpoint_id: int) -> HttpResponse:
    row = _found(endpoint_id)
    form = EndpointForm(request.POST if request.method == "POST" else None, row=row)
    if request.method == "POST" and form.is_valid():
        outgoing.change(row.pk, form.draft())
        messages.success(request, _("Saved."))
        return redirect("settings:endpoint", row.pk)
    return _page(request, row, form, status=_UNFIT if form.errors else None)


@member
@require_POST
def rotation(request: DeskRequest, endpoint_id: int) -> HttpResponse:
    _found(endpoint_id)
    row, secret = outgoing.rotate(endpoint_id)
    return _page(request, row, EndpointForm(row=row), made=secret)


@member
@require_POST
def removal(request: DeskRequest, endpoint_id: int) -> HttpResponse:
    _found(endpoint_id)
    outgoing.remove(endpoint_id)
    messages.success(request, _("Removed, with its secret and its deliveries."))
    return redirect("settings:outgoing")


@member
@require_POST
def trial(request: DeskRequest, endpoint_id: int) -> HttpResponse:
    _found(endpoint_id)
    outgoing.try_out(endpoint_id, request.now)
    messages.success(request, _("A test is on its way: it is the first of the deliveries below."))
    return redirect("settings:endpoint", endpoint_id)


@member
@require_POST
def replay(request: DeskRequest, endpoint_id: int) -> HttpResponse:
    """All that failed since a moment."""
    row = _found(endpoint_id)
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _page(request, row, EndpointForm(row=row), replay=form, status=_UNFIT)
    try:
        outgoing.replay_since(row.pk, form.cleaned_data["since"])
    except outgoing.IsOff:
        messages.error(request, _("Switch the endpoint on first."))
    else:
        messages.success(request, _("What failed since then is being told again."))
    return redirect("settings:endpoint", row.pk)


@member
@require_POST
def delivery_replay(request: DeskRequest, endpoint_id: int, delivery_id: int) -> HttpResponse:
    try:
        again = outgoing.replay(endpoint_id, delivery_id)
    except Delivery.DoesNotExist as gone:
        raise Http404 from gone
    except outgoing.IsOff:
        messages.error(request, _("Switch the endpoint on first."))
    else:
        if again:
            messages.success(request, _("It is being told again, with the same id."))
    return redirect("settings:endpoint", endpoint_id)


@member
@require_GET
def delivered(request: DeskRequest, endpoint_id: int) -> HttpResponse:
    """The fragment of the list, which asks again while something is under way."""
    return render(request, "settings/deliveries.html", _listed(request, _found(endpoint_id)))


def _found(endpoint_id: int) -> Endpoint:
    row = Endpoint.objects.filter(pk=endpoint_id).first()
    if row is None:
        raise Http404
    return row


def _page(
    request: DeskRequest,
    row: Endpoint | None,
    form: EndpointForm,
    *,
    made: str = "",
    replay: ReplayForm | None = None,
    status: int | None = None,
) -> HttpResponse:
    shown: dict[str, Any] = {
        "form": form,
        "endpoint": row,
        "made": made,
        "replay": replay or ReplayForm(),
        "off": "" if row is None else OFF.get(DisabledWhy(row.disabled_why), ""),
        "tab": "outgoing",
    }
    if row is not None:
        shown |= _listed(request, row)
    return render(request, "settings/endpoint.html", shown, status=status)


def _listed(request: DeskRequest, row: Endpoint) -> dict[str, Any]:
    rows = outgoing.deliveries(row.pk)
    only = request.GET.get("state", "")
    if only in {DeliveryState.FAILED, DeliveryState.DELIVERED}:
        rows = rows.filter(state=only)
    try:
        page = newest_ids_first(rows, request.GET.get("after", ""), _SHOWN)
    except WrongCursor as wrong:
        raise Http404 from wrong
    lines = [_line(one, row) for one in page.items]
    return {
        "endpoint": row,
        "lines": lines,
        "next": page.next_cursor,
        "state": only,
        "asks_again": "after" not in request.GET and any(line.is_soon for line in lines),
    }


def _line(row: Delivery, endpoint: Endpoint) -> Line:
    news = row.news
    is_due = row.state == DeliveryState.QUEUED and row.attempts < _TRIES_WATCHED
    is_soon = row.state == DeliveryState.SENDING or (is_due and (endpoint.enabled or row.trial))
    matter = json.loads(rule.body(news.kind, news.at, news.matter)) if news.matter else None
    known = {kind.value: KIND[kind] for kind in Kind}
    return Line(
        row=row,
        what=known.get(news.kind, news.kind),
        why=WHY.get(row.why, row.why),
        body=json.dumps(matter, ensure_ascii=False, indent=2) if matter else "",
        is_open=row.state in {DeliveryState.QUEUED, DeliveryState.SENDING},
        is_soon=is_soon,
    )
