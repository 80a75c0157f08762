"""The page of labels and folders, and whether the queue is shared out."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_administer, may_write
from sportello.console.inbox import captions
from sportello.console.members import member
from sportello.schema.desk import Colour, Folder, Label
from sportello.schema.team import Workspace

NAME_LENGTH_MAX = 40
# As many as the left column can show.
EACH_MAX = 100
_UNFIT = 422
_FORBIDDEN = 403
_KINDS: dict[str, type[Label] | type[Folder]] = {"label": Label, "folder": Folder}
_ID_LENGTH_MAX = 18


class Unfit(ValueError):  # noqa: N818  # what was written is unfit, nothing broke
    """Says in words what is wrong with a name."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a form of the page asks for; without `id` it is something new."""

    kind: str
    id: int | None
    name: str
    colour: str
    deletes: bool


@member
@require_http_methods(["GET", "POST"])
def order(request: DeskRequest) -> HttpResponse:
    """Each form of the page is about one label or folder, or about the queue."""
    if request.method != "POST":
        return _page(request)
    if "shares" in request.POST:
        return _share(request)
    wish = _wish(request)
    try:
        if wish.deletes:
            _delete(request, wish)
        else:
            _keep(request, wish)
    except Unfit as unfit:
        return _page(request, problem=str(unfit), wish=wish)
    return redirect("inbox:order")


@member
@require_POST
def undoing(request: DeskRequest) -> HttpResponse:
    """Brings a label or folder back, with all that carried it or lay in it."""
    wish = _wish(request)
    table = _KINDS[wish.kind]
    try:
        with transaction.atomic():
            found = table._default_manager.filter(pk=wish.id or 0).update(deleted_at=None)  # noqa: SLF001  # Django's own way for a class that is a value
    except IntegrityError:
        messages.error(request, _("Another one has this name by now."))
        return redirect("inbox:order")
    if not found:
        raise Http404
    messages.success(request, _("It is back."))
    return redirect("inbox:order")


def _page(request: DeskRequest, problem: str = "", wish: Wish | None = None) -> HttpResponse:
    shown: dict[str, Any] = {
        "kinds": [
            ("label", Label.objects.filter(deleted_at=None).order_by("name")[:EACH_MAX]),
            ("folder", Folder.objects.filter(deleted_at=None).order_by("name")[:EACH_MAX]),
        ],
        "colours": captions.COLOURS.items(),
        "deleted": request.session.pop("deleted_order", None),
        "problem": problem,
        "wish": wish,
        "may_write": may_write(request.membership),
        "administers": may_administer(request.membership),
    }
    return render(request, "inbox/order.html", shown, status=_UNFIT if problem else None)


def _share(request: DeskRequest) -> HttpResponse:
    if not may_administer(request.membership):
        return render(request, "403.html", status=_FORBIDDEN)
    shares = request.POST["shares"] == "on"
    Workspace.objects.filter(pk=request.workspace.pk).update(shares_queue=shares)
    messages.success(request, _("Saved."))
    return redirect("inbox:order")


def _wish(request: DeskRequest) -> Wish:
    kind, number = request.POST.get("kind", ""), request.POST.get("id", "")
    if kind not in _KINDS:
        raise Http404
    colour = request.POST.get("colour", "")
    fits = number.isascii() and number.isdigit() and len(number) <= _ID_LENGTH_MAX
    return Wish(
        kind=kind,
        id=int(number) if fits else None,
        name=" ".join(request.POST.get("name", "").replace("\0", "").split()),
        colour=colour if colour in Colour.values else Colour.GREY,
        deletes="delete" in request.POST,
    )


def _keep(request: DeskRequest, wish: Wish) -> None:
    """Raises Unfit."""
    if not wish.name or len(wish.name) > NAME_LENGTH_MAX:
        raise Unfit(_("A name has 1 to 40 letters."))
    table: Any = _KINDS[wish.kind]
    rows = table.objects.filter(deleted_at=None)
    values = {"name": wish.name} | ({"colour": wish.colour} if wish.kind == "label" else {})
    if wish.id is None and rows.count() >= EACH_MAX:
        raise Unfit(_("There are 100 already: delete one first."))
    try:
        with transaction.atomic():
            if wish.id is None:
                table.objects.create(workspace_id=request.workspace.pk, **values)
            elif not rows.filter(pk=wish.id).update(**values):
                raise Http404
    except IntegrityError as error:
        raise Unfit(_("There is one with this name already.")) from error


def _delete(request: DeskRequest, wish: Wish) -> None:
    table: Any = _KINDS[wish.kind]
    one = table.objects.filter(pk=wish.id, deleted_at=None).first()
    if one is None:
        raise Http404
    one.deleted_at = request.now
    one.save(update_fields=["deleted_at"])
    request.session["deleted_order"] = {"kind": wish.kind, "id": one.pk, "name": one.name}
