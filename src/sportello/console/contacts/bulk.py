"""What is done to many contacts at once: those that were ticked, or all that the table finds."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sportello.console.access import DeskRequest
from sportello.console.contacts import table
from sportello.console.members import member
from sportello.console.sql import ask
from sportello.schema.people import Contact, ContactList, ListMember
from sportello.statements import statements

# What one click may move; a list for more comes from an import.
ALL_MAX: Final = 100_000
_TICKED_MAX: Final = 200
_SQL: Final = statements(__file__)


@member
@require_POST
def bulk(request: DeskRequest) -> HttpResponse:
    """Puts people on a list, or takes them off it; who is there already, or is not, stays so."""
    asked = table.wish(request.POST)
    listed = _list(request)
    if request.POST.get("whole"):
        people = table.found(asked, request.now)
        if people.count() > ALL_MAX:
            told = _("More than 100,000 people at once: narrow them down, or use a segment.")
            messages.error(request, told)
            return _back(asked)
    else:
        people = Contact.objects.filter(pk__in=_ticked(request))
    ids = list(people.order_by().values_list("pk", flat=True)[:ALL_MAX])
    if request.POST.get("do") == "remove":
        _remove(request, ids, listed)
    else:
        _add(request, ids, listed)
    return _back(asked)


def _add(request: DeskRequest, people: list[int], listed: ContactList) -> None:
    ((count,),) = ask(_SQL["put_on_list"], {"list_id": listed.pk, "people": people})
    told = ngettext(
        "%(n)s person put on the list %(list)s.", "%(n)s people put on the list %(list)s.", count
    )
    messages.success(request, told % {"n": count, "list": listed.name})


def _remove(request: DeskRequest, people: list[int], listed: ContactList) -> None:
    count, _each = ListMember.objects.filter(list=listed, contact_id__in=people).delete()
    told = ngettext(
        "%(n)s person taken off the list %(list)s.",
        "%(n)s people taken off the list %(list)s.",
        count,
    )
    messages.success(request, told % {"n": count, "list": listed.name})


def _ticked(request: DeskRequest) -> list[int]:
    given = request.POST.getlist("who")[:_TICKED_MAX]
    return [int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 19]


def _list(request: DeskRequest) -> ContactList:
    given = request.POST.get("onto", "")
    is_id = given.isascii() and given.isdecimal() and len(given) < 19
    found = ContactList.objects.filter(pk=int(given)).first() if is_id else None
    if found is None:
        raise Http404
    return found


def _back(asked: table.Wish) -> HttpResponse:
    return redirect(f"{reverse('contacts:contacts')}?{asked.query()}")
