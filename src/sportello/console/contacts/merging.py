"""Two contacts made one person: sought, looked at beforehand, joined, and separated again.

The rows stay, each with its number and its conversations: a message must go where its chat is.
Lists, segments, campaigns and the table know the one that stays alone.
"""

from typing import Any, Final

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.contacts import audiences, ledger, table
from sportello.console.contacts.ledger import Statement
from sportello.console.contacts.standing import standing, standings
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.rules import merging
from sportello.rules.consent import Change, Standing, Topic
from sportello.rules.merging import Known
from sportello.schema.inbox import Conversation
from sportello.schema.people import ConsentSource, Contact, ContactList, ListMember

_FOUND_MAX: Final = 20


@member
@require_http_methods(["GET", "POST"])
def merge(request: DeskRequest, contact_id: int) -> HttpResponse:
    """GET seeks the other, then shows what would happen; POST does it."""
    stays = _of(contact_id)
    given = request.POST if request.method == "POST" else request.GET
    goes = _other(given.get("with", ""), stays)
    if request.method == "POST":
        if goes is None:
            raise Http404
        join(stays, goes, request)
        told = _("The two are one person now. They can be separated again.")
        messages.success(request, told)
        return redirect("contacts:contact", stays.pk)
    shown: dict[str, Any] = {
        "contact": stays,
        "name": name_of(stays),
        "may_write": may_write(request.membership),
        "search": request.GET.get("q", "")[:100],
    }
    if goes is None:
        shown["found"] = _candidates(stays, shown["search"])
    else:
        shown |= _preview(stays, goes)
    return render(request, "contacts/merge.html", shown)


@member
@require_POST
def separate(request: DeskRequest, contact_id: int) -> HttpResponse:
    """The other one is a contact by itself again; what it gave and a no that was said stay."""
    found = Contact.objects.filter(pk=contact_id).exclude(merged_into=None).first()
    if found is None:
        raise Http404
    found.merged_into = None
    found.save(update_fields=["merged_into"])
    messages.success(request, _("They are two contacts again. What was filled in stays with both."))
    return redirect("contacts:contact", contact_id)


def join(stays: Contact, goes: Contact, request: DeskRequest) -> None:
    """Raises nothing that a person could have caused: both are known and apart."""
    ids = [stays.pk, goes.pk]
    ledger.hold(ids)
    for topic in Topic:
        _stricter(stays, goes, topic, request)
    ledger.cancel_marketing(ids, request.now)
    full = merging.merged(_known(stays), _known(goes))
    stays.name, stays.language = full.name, full.language
    stays.properties = dict(full.properties)
    stays.save(update_fields=["name", "language", "properties"])
    for list_id in ListMember.objects.filter(contact=goes).values_list("list_id", flat=True):
        ListMember.objects.get_or_create(
            workspace=request.workspace, list_id=list_id, contact=stays
        )
    # Whoever was one with the other is one with this.
    Contact.objects.filter(Q(pk=goes.pk) | Q(merged_into=goes)).update(merged_into=stays)


def _stricter(stays: Contact, goes: Contact, topic: Topic, request: DeskRequest) -> None:
    where = standings([stays.pk, goes.pk], topic)
    if merging.stricter(where[stays.pk], where[goes.pk]) is not Standing.WITHDRAWN:
        return
    for one, other in ((stays, goes), (goes, stays)):
        if where[one.pk] is not Standing.WITHDRAWN:
            said = Statement(topic, Change.WITHDRAW, "", request.now, note=f"#{other.pk}")
            ledger.record(one, said, ConsentSource.OPERATOR, request.user, request.now)


def _candidates(stays: Contact, search: str) -> list[tuple[Contact, str]]:
    """Who is sought; at first who bears the same name."""
    rows = audiences.known().exclude(pk=stays.pk)
    if search.strip():
        rows = table.sought(rows, search)
    elif stays.sought:
        rows = rows.filter(sought=stays.sought)
    else:
        return []
    return [(one, name_of(one)) for one in rows.order_by("-pk")[:_FOUND_MAX]]


def _preview(stays: Contact, goes: Contact) -> dict[str, Any]:
    marketing = merging.stricter(standing(stays.pk), standing(goes.pk))
    ids = [stays.pk, goes.pk]
    return {
        "other": goes,
        "other_name": name_of(goes),
        "full": merging.merged(_known(stays), _known(goes)),
        "clashes": merging.clashes(_known(stays), _known(goes)),
        "standings": [(name_of(one), standing(one.pk)) for one in (stays, goes)],
        "marketing": marketing,
        "chats": Conversation.objects.filter(contact_id__in=ids).count(),
        "lists": ContactList.objects.filter(listmember__contact_id__in=ids)
        .distinct()
        .order_by("name")[:50],
    }


def _known(one: Contact) -> Known:
    noted = {name: str(value) for name, value in one.properties.items()}
    return Known(one.name or one.profile_name, one.language, noted)


def _other(given: str, stays: Contact) -> Contact | None:
    """None where nobody is named; Http404 for who cannot be joined."""
    if not given:
        return None
    is_id = given.isascii() and given.isdecimal() and len(given) < 19
    found = audiences.known().filter(pk=int(given)).first() if is_id else None
    if found is None or found.pk == stays.pk:
        raise Http404
    return found


def _of(contact_id: int) -> Contact:
    found = audiences.known().filter(pk=contact_id).first()
    if found is None:
        raise Http404
    return found
