"""Web pages, single ones and whole sites: read by schedule, seen before they are published."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.library import holdings, rehearsing
from sportello.console.library.documents import SHOWN, shown
from sportello.console.library.forms import LANGUAGES
from sportello.console.library.holdings import SITE_PAGES_MAX, Unfit
from sportello.console.library.words import UNFIT, reason
from sportello.console.members import member
from sportello.schema.library import DocumentKind, DocumentState, Repeat, Site, SiteState

_UNFIT: Final = 422
_REPEATS: Final = [
    (Repeat.NEVER, gettext_lazy("when I say so")),
    (Repeat.DAILY, gettext_lazy("every day")),
    (Repeat.WEEKLY, gettext_lazy("every week")),
]


class PageForm(forms.Form):
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
    whole_site = forms.BooleanField(
        label=gettext_lazy("The whole site"),
        required=False,
        help_text=gettext_lazy("Its pages are found by its sitemap and its links."),
    )
    pages_max = forms.IntegerField(
        label=gettext_lazy("Pages at most"), min_value=1, max_value=SITE_PAGES_MAX
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    every_hours = forms.TypedChoiceField(
        label=gettext_lazy("Read again"), coerce=int, choices=_REPEATS
    )
    publishes_itself = forms.BooleanField(
        label=gettext_lazy("Changes are published without asking"),
        required=False,
        help_text=gettext_lazy("Only for a site on which nobody but the company writes."),
    )


@member
@require_http_methods(["GET", "POST"])
def listing(request: DeskRequest) -> HttpResponse:
    form = PageForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid() and _add(request, form):
        return redirect("library:pages")
    pages = holdings.listed().filter(kind=DocumentKind.PAGE)
    page = Paginator(pages, SHOWN).get_page(request.GET.get("page"))
    documents, sites = shown(page.object_list), _sites()
    walking = any(site.state in {SiteState.WAITING, SiteState.READING} for site in sites)
    told: dict[str, Any] = {
        "form": form,
        "page": page,
        "documents": documents,
        "sites": [{"row": site, "reason": reason(site.reason)} for site in sites],
        "rehearsable": rehearsing.possible(),
        "moving": walking or any(one.is_moving for one in documents),
        "may_write": may_write(request.membership),
    }
    if request.headers.get("HX-Request") and request.method == "GET":
        return render(request, "library/pages.html#pages", told)
    return render(request, "library/pages.html", told, status=_UNFIT if form.errors else None)


@member
@require_POST
def deletion(request: DeskRequest, site_id: int) -> HttpResponse:
    try:
        holdings.remove_site(site_id, request.now)
    except Site.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Deleted."))
    return redirect("library:pages")


@member
@require_POST
def reading(request: DeskRequest, site_id: int) -> HttpResponse:
    _known(site_id)
    try:
        holdings.walk_again(site_id)
    except Site.DoesNotExist:
        messages.info(request, _("It is being read already."))
    return redirect("library:pages")


@member
@require_POST
def publication(request: DeskRequest, site_id: int) -> HttpResponse:
    """Everything of a site that waits to be looked at; at once only where there is no question to
    try it with.
    """
    _known(site_id)
    waiting = list(holdings.in_review(site_id))
    if waiting and rehearsing.possible():
        return rehearsing.of_site(request, waiting)
    count = holdings.publish_all(site_id)
    said = ngettext("%(count)d page published.", "%(count)d pages published.", count)
    messages.success(request, said % {"count": count})
    return redirect("library:pages")


def _initial(request: DeskRequest) -> dict[str, Any]:
    return {
        "language": request.workspace.language,
        "pages_max": 100,
        "every_hours": Repeat.WEEKLY,
        "whole_site": True,
    }


def _add(request: DeskRequest, form: PageForm) -> bool:
    told = dict(form.cleaned_data)
    url, language, whole = told.pop("url"), told.pop("language"), told.pop("whole_site")
    try:
        if whole:
            new = holdings.add_site(request.workspace.pk, url, language, **told)[1]
        else:
            new = holdings.add_page(request.workspace.pk, url, language, **told)[1]
    except Unfit as unfit:
        form.add_error(unfit.part if unfit.part in form.fields else "url", str(UNFIT[unfit.code]))
        return False
    messages.success(request, _("Added. It is being read.") if new else _("It is there already."))
    return True


def _sites() -> QuerySet[Site]:
    in_review = Q(document__state=DocumentState.REVIEW, document__deleted_at=None)
    return (
        Site.objects.filter(deleted_at=None)
        .annotate(in_review=Count("document", filter=in_review & Q(document__draft__isnull=False)))
        .order_by("pk")
    )


def _known(site_id: int) -> None:
    if not Site.objects.filter(pk=site_id, deleted_at=None).exists():
        raise Http404
