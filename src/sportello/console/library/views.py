"""The knowledge: question-answer pairs, found, written, changed and taken away."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console import words
from sportello.console.access import DeskRequest, may_write
from sportello.console.library import deeds, rehearsing
from sportello.console.library.deeds import Draft, UnfitPair
from sportello.console.library.forms import PairForm, initial
from sportello.console.library.holdings import PASSAGES_PER_S
from sportello.console.library.words import time_left
from sportello.console.members import member
from sportello.schema.library import Pair

PAIRS = 30
_SEARCH_LENGTH_MAX = 100
_UNFIT = 422
_REMOVED = "removed_pair"


@member
@require_GET
def pairs(request: DeskRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()[:_SEARCH_LENGTH_MAX].replace("\0", "")
    page = Paginator(_found(search), PAIRS).get_page(request.GET.get("page"))
    everything = Pair.objects.filter(deleted_at=None)
    waiting = everything.filter(indexed_at=None).count()
    shown = {
        "page": page,
        "search": search,
        "total": everything.count(),
        "waiting": waiting,
        "left": time_left(round(waiting / PASSAGES_PER_S)),
        "may_write": may_write(request.membership),
    }
    return render(request, "library/pairs.html", shown)


def _found(search: str) -> QuerySet[Pair]:
    kept = Pair.objects.filter(deleted_at=None)
    if search:
        kept = kept.filter(
            Q(question__icontains=search)
            | Q(answer__icontains=search)
            | Q(variants__icontains=search)
        )
    return kept.order_by("-updated_at", "-pk")


@member
@require_http_methods(["GET", "POST"])
def new_pair(request: DeskRequest) -> HttpResponse:
    form = PairForm(
        request.POST or None,
        initial={
            "language": request.workspace.language,
            "enabled": True,
            "question": request.GET.get("question", "")[:1000],
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            if rehearsing.possible():
                return rehearsing.of_pair(request, form.draft(), None)
            deeds.add(request.workspace.pk, form.draft())
        except UnfitPair as unfit:
            _blame(form, unfit)
        else:
            messages.success(request, _("Saved. The assistant will know it in a few seconds."))
            return redirect("library:pairs")
    return _form(request, form, None)


@member
@require_http_methods(["GET", "POST"])
def pair(request: DeskRequest, pair_id: int) -> HttpResponse:
    found = Pair.objects.filter(pk=pair_id, deleted_at=None).first()
    if found is None:
        raise Http404
    form = PairForm(request.POST or None, initial=initial(found))
    if request.method == "POST" and form.is_valid():
        try:
            if deeds.checked(form.draft()) == deeds.as_it_is(found):
                messages.info(request, _("Nothing has changed."))
                return redirect("library:pairs")
            if rehearsing.possible():
                return rehearsing.of_pair(request, form.draft(), found)
            deeds.change(pair_id, form.draft(), request.now)
        except UnfitPair as unfit:
            _blame(form, unfit)
        else:
            messages.success(request, _("Saved. The assistant will know it in a few seconds."))
            return redirect("library:pairs")
    return _form(request, form, found)


def _form(request: DeskRequest, form: PairForm, found: Pair | None) -> HttpResponse:
    shown: dict[str, Any] = {
        "form": form,
        "pair": found,
        "may_write": may_write(request.membership),
        "rehearsable": rehearsing.possible(),
    }
    return render(request, "library/pair.html", shown, status=_UNFIT if form.errors else None)


def _blame(form: PairForm, unfit: UnfitPair) -> None:
    form.add_error(unfit.part, str(words.UNFIT[unfit.code]))


@member
@require_POST
def deletion(request: DeskRequest, pair_id: int) -> HttpResponse:
    """What was taken away stays with the person's session, so that it can be put back."""
    found = Pair.objects.filter(pk=pair_id, deleted_at=None).first()
    if found is None:
        raise Http404
    request.session[_REMOVED] = initial(found) | {"variants": found.variants}
    deeds.remove(pair_id, request.now)
    messages.success(request, _("Deleted."), extra_tags="undo")
    return redirect("library:pairs")


@member
@require_POST
def restoration(request: DeskRequest) -> HttpResponse:
    """As a new pair: the index may have forgotten the old one already."""
    kept = request.session.pop(_REMOVED, None)
    if not isinstance(kept, dict):
        raise Http404
    deeds.add(request.workspace.pk, Draft(**kept))
    messages.success(request, _("Put back."))
    return redirect("library:pairs")
