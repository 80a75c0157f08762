"""The list of templates, one template with its story, and what is done to it there."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.members import member
from sportello.console.templates_desk import captions, deeds, listing, story
from sportello.schema.channel import Number
from sportello.schema.templates import Template

PAGE: Final = 50


@member
@require_GET
def templates(request: DeskRequest) -> HttpResponse:
    filters = listing.filters_of(request.GET)
    accounts = listing.accounts()
    shown_page = Paginator(listing.listed(filters), PAGE).get_page(request.GET.get("page"))
    rows = listing.rows(shown_page, accounts, request.now)
    shown: dict[str, Any] = {
        "page": shown_page,
        "rows": rows,
        "filters": filters,
        "choices": listing.choices(),
        "accounts": accounts,
        "total": Template.objects.filter(deleted_at=None).count(),
        "synchronised_at": listing.synchronised_at(),
        "query": _query(request),
        "may_write": may_write(request.membership),
    }
    return render(request, _name(request, "template/list.html"), shown)


def _query(request: DeskRequest) -> str:
    """The filters as they stand in the address, for the links to other pages of the list."""
    kept = {name: str(value) for name, value in request.GET.items() if value and name != "page"}
    return urlencode(kept)


def _name(request: DeskRequest, name: str) -> str:
    """The page, or for htmx its regions alone."""
    return f"{name}#regions" if request.headers.get("HX-Request") else name


@member
@require_GET
def template(request: DeskRequest, template_id: int) -> HttpResponse:
    found = _found(template_id, even_gone=True)
    shown = story.shown(found, request.workspace, request.now)
    shown["may_write"] = may_write(request.membership)
    return render(request, _name(request, "template/template.html"), shown)


def _found(template_id: int, *, even_gone: bool = False) -> Template:
    """`even_gone`: one that Meta deleted, too: its story is told, and its alarm is looked at."""
    rows = Template.objects.select_related("sample", "by").defer("sample__content")
    found = rows.filter(pk=template_id).first()
    if found is None or (found.deleted_at is not None and not even_gone):
        raise Http404
    return found


@member
@require_POST
def seen(request: DeskRequest, template_id: int) -> HttpResponse:
    """Somebody has looked at the alarms: they stand in the history from now on."""
    _found(template_id, even_gone=True)
    deeds.seen(template_id, request.user, request.now)
    messages.success(request, _("Marked as seen."))
    return redirect("templates:template", template_id)


@member
@require_POST
def forgetting(request: DeskRequest, template_id: int) -> HttpResponse:
    """A change or deletion that failed is given up: the template stays as Meta has it."""
    _found(template_id)
    try:
        deeds.give_up(template_id, request.now)
    except deeds.Refused as refused:
        messages.error(request, str(captions.OBSTACLES[refused.objection.obstacle]))
    return redirect("templates:template", template_id)


@member
@require_POST
def submission(request: DeskRequest, template_id: int) -> HttpResponse:
    """Once more, as it was: for what failed by Meta's fault or for want of a connection."""
    _found(template_id)
    try:
        deeds.submit(template_id, request.user, request.now)
    except deeds.Refused as refused:
        messages.error(request, str(captions.OBSTACLES[refused.objection.obstacle]))
    return redirect("templates:template", template_id)


@member
@require_http_methods(["GET", "POST"])
def deletion(request: DeskRequest, template_id: int) -> HttpResponse:
    """First what it costs, then the deed."""
    found = _found(template_id)
    if request.method == "GET":
        shown = story.farewell(found, request.now)
        shown["may_write"] = may_write(request.membership)
        return render(request, "template/deletion.html", shown)
    try:
        left = deeds.delete(template_id, request.now)
    except deeds.Refused as refused:
        messages.error(request, str(captions.OBSTACLES[refused.objection.obstacle]))
        return redirect("templates:template", template_id)
    if left is None:
        messages.success(request, _("Deleted."))
        return redirect("templates:list")
    messages.success(request, _("Handed over: this page follows what Meta says."))
    return redirect("templates:template", template_id)


@member
@require_POST
def synchronisation(request: DeskRequest) -> HttpResponse:
    """Asks for the accounts' templates now instead of within the hour."""
    Number.objects.filter(templates_synchronised_at__isnull=False).update(
        templates_synchronised_at=None
    )
    # An update that changes nothing wakes `tend` no less than one that does.
    Template.objects.filter(deleted_at=None).exclude(wish="").update(due_at=F("due_at"))
    messages.success(request, _("Asked for. The list follows by itself."))
    return redirect(_back(request))


def _back(request: DeskRequest) -> str:
    query = request.POST.get("query", "")[:500]
    return f"{reverse('templates:list')}?{query}" if query else reverse("templates:list")


@member
@require_GET
def approval(request: DeskRequest) -> HttpResponse:
    """How Meta approves, and what one can do for it."""
    return render(request, "template/approval.html", {"may_write": may_write(request.membership)})
