"""The contacts as a board: a column for each option of a choice, moved by hand or by key."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.contacts import audiences, sorting, table
from sportello.console.contacts.properties import UNFIT, UnfitValue, definitions, note
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.rules.properties import Kind
from sportello.schema.people import Contact
from sportello.schema.properties import PropertyName

SHOWN: Final = 20
SHOWN_MAX: Final = 200
# Values that are no option, each with a column of its own.
_OTHERS_MAX: Final = 10
_CONFLICT: Final = 409


@dataclass(frozen=True, slots=True)
class Column:
    """`value`: "" for whoever has none. `more`: the address that shows more of it, or ""."""

    place: int
    value: str
    count: int
    cards: Sequence[tuple[Contact, str]]
    more: str
    is_option: bool
    key: str


@member
@require_GET
def board(request: DeskRequest) -> HttpResponse:
    choices = [one for one in definitions() if one.kind == Kind.CHOICE]
    by = next((one for one in choices if one.name == request.GET.get("by")), None)
    by = by or next(iter(choices), None)
    search = request.GET.get("q", "").replace("\0", "").strip()[:100]
    shown: dict[str, Any] = {
        "choices": choices,
        "by": by,
        "search": search,
        "here": request.get_full_path(),
        "columns": [] if by is None else _columns(request, by, search),
        "may_write": may_write(request.membership),
    }
    region = "#regions" if request.headers.get("HX-Request") else ""
    return render(request, f"contacts/board.html{region}", shown)


@member
@require_POST
def place(request: DeskRequest, contact_id: int) -> HttpResponse:
    """Puts a contact into another column of the property that is named."""
    found = PropertyName.objects.filter(name=request.POST.get("property", "")).first()
    if found is None:
        raise Http404
    try:
        note(contact_id, found, request.POST.get("value", ""))
    except Contact.DoesNotExist as error:
        raise Http404 from error
    except UnfitValue as unfit:
        return HttpResponse(str(UNFIT[unfit.kind]), status=_CONFLICT, content_type="text/plain")
    back = request.POST.get("back", "")
    if request.headers.get("HX-Request") or not url_has_allowed_host_and_scheme(back, None):
        return HttpResponse(status=204)
    return redirect(back)


def _columns(request: DeskRequest, by: PropertyName, search: str) -> list[Column]:
    rows = table.sought(audiences.known(), search).annotate(put=_value(by))
    told = rows.values_list("put").order_by().annotate(n=Count("pk"))
    counts = dict(told.order_by("-n")[: len(by.choices) + 1 + _OTHERS_MAX])
    others = [value for value in counts if value and value not in by.choices][:_OTHERS_MAX]
    values = [*by.choices, *others, ""]
    return [
        _column(
            request,
            rows,
            place,
            value=value,
            count=counts.get(value, 0),
            is_option=value in by.choices,
        )
        for place, value in enumerate(values)
        # Nobody without a value is no column worth its room; an empty option is one to drop into.
        if value or counts.get("")
    ]


def _value(by: PropertyName) -> Coalesce:
    told = Cast(KeyTextTransform(by.name, "properties"), TextField())
    return Coalesce(told, sorting.text(""))


def _column(
    request: DeskRequest,
    rows: QuerySet[Any],
    place: int,
    *,
    value: str,
    count: int,
    is_option: bool,
) -> Column:
    wished = request.GET.get(f"n{place}", "")
    most = min(SHOWN_MAX, int(wished)) if wished.isdecimal() and len(wished) < 4 else SHOWN
    cards = [(one, name_of(one)) for one in rows.filter(put=value).order_by("-pk")[:most]]
    more = min(most + 2 * SHOWN, SHOWN_MAX) if count > most and most < SHOWN_MAX else 0
    asked = request.GET.dict() | {f"n{place}": str(more)}
    seen = repr((value, count, most, [(one.pk, name) for one, name in cards], is_option))
    return Column(
        place=place,
        value=value,
        count=count,
        cards=cards,
        more=urlencode(asked) if more else "",
        is_option=is_option,
        key=f"{zlib.crc32(seen.encode()):08x}",
    )
