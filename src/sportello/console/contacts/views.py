"""Contacts found, and one contact with the history of its consents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.contacts import ledger, words
from sportello.console.contacts.forms import ConsentForm, WithdrawalForm
from sportello.console.contacts.ledger import UnfitConsent
from sportello.console.contacts.standing import standing, standings
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.paging import PAGE, WrongCursor, newest_ids_first
from sportello.rules.consent import Change, Standing, Topic
from sportello.schema.inbox import Conversation
from sportello.schema.people import ConsentEvent, ConsentSource, Contact, ContactList

_SEARCH_LENGTH_MAX = 100
_LINES_MAX = 200
_CHATS_MAX = 20
_LISTS_MAX = 50
_UNFIT = 422


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the table."""

    contact: Contact
    name: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger in words."""

    kind: Promise
    given: bool
    at: datetime
    source: Promise | str
    text: str
    proofs: tuple[tuple[str, str], ...]
    by: str
    recorded_at: datetime


@member
@require_GET
def contacts(request: DeskRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()[:_SEARCH_LENGTH_MAX].replace("\0", "")
    try:
        page = newest_ids_first(_found(search), request.GET.get("after", ""), PAGE)
    except WrongCursor as wrong:
        raise Http404 from wrong
    where = standings([one.pk for one in page.items], Topic.MARKETING)
    shown = {
        "people": [Person(one, name_of(one), where[one.pk]) for one in page.items],
        "next": page.next_cursor,
        "is_first": "after" not in request.GET,
        "search": search,
        "total": Contact.objects.count(),
        "may_write": may_write(request.membership),
    }
    return render(request, "contacts/contacts.html", shown)


def _found(search: str) -> QuerySet[Contact]:
    if not search:
        return Contact.objects.all()
    named = (
        Q(name__icontains=search)
        | Q(profile_name__icontains=search)
        | Q(username__icontains=search)
    )
    digits = "".join(sign for sign in search if sign.isascii() and sign.isdecimal())
    is_number = bool(digits) and all(sign in "0123456789+-./() " for sign in search)
    return Contact.objects.filter(named | Q(wa_id__contains=digits) if is_number else named)


@member
@require_GET
def contact(request: DeskRequest, contact_id: int) -> HttpResponse:
    return _page(request, _of(contact_id), _blank(request))


@member
@require_POST
def consent(request: DeskRequest, contact_id: int) -> HttpResponse:
    found = _of(contact_id)
    form = ConsentForm(request.POST)
    if form.is_valid():
        try:
            said = form.statement()
            ledger.record(found, said, ConsentSource.OPERATOR, request.user, request.now)
        except UnfitConsent as unfit:
            form.add_error(unfit.part, str(words.CONSENT[unfit.code]))
        else:
            messages.success(request, _("The consent is on record."))
            return redirect("contacts:contact", contact_id)
    return _page(request, found, form)


@member
@require_http_methods(["GET", "POST"])
def withdrawal(request: DeskRequest, contact_id: int) -> HttpResponse:
    """Asks once more: what waits to promote is cancelled with it."""
    found = _of(contact_id)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.statement(request.now)
        try:
            ledger.record(found, said, ConsentSource.OPERATOR, request.user, request.now)
        except UnfitConsent as unfit:
            form.add_error(unfit.part, str(words.CONSENT[unfit.code]))
        else:
            messages.success(request, _("Withdrawn. No promotion leaves to this contact any more."))
            return redirect("contacts:contact", contact_id)
    shown = {"contact": found, "name": name_of(found), "form": form}
    status = _UNFIT if form.errors else None
    return render(request, "contacts/withdrawal.html", shown, status=status)


def _of(contact_id: int) -> Contact:
    found = Contact.objects.filter(pk=contact_id).first()
    if found is None:
        raise Http404
    return found


def _blank(request: DeskRequest) -> ConsentForm:
    now = timezone.localtime(request.now).replace(second=0, microsecond=0)
    return ConsentForm(initial={"at": now})


def _page(request: DeskRequest, found: Contact, form: ConsentForm) -> HttpResponse:
    lines = ConsentEvent.objects.filter(contact=found).select_related("by")
    chats = Conversation.objects.filter(contact=found).select_related("number")
    shown: dict[str, Any] = {
        "contact": found,
        "name": name_of(found),
        "marketing": standing(found.pk),
        "utility": standing(found.pk, Topic.UTILITY),
        "capped": _later(found.marketing_capped_until, request.now),
        "lines": [_line(line) for line in lines.order_by("-at", "-pk")[:_LINES_MAX]],
        "chats": chats.order_by("-last_message_at")[:_CHATS_MAX],
        "lists": ContactList.objects.filter(listmember__contact=found).order_by("name")[
            :_LISTS_MAX
        ],
        "properties": sorted(found.properties.items()),
        "form": form,
        "may_write": may_write(request.membership),
    }
    return render(request, "contacts/contact.html", shown, status=_UNFIT if form.errors else None)


def _later(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and until > now else None


def _line(line: ConsentEvent) -> Line:
    given = line.action == Change.GRANT
    return Line(
        kind=words.LINES[line.category == Topic.MARKETING, given],
        given=given,
        at=line.at,
        source=words.SOURCES.get(line.source, line.source),
        text=line.text,
        proofs=tuple(_proofs(line.proof)),
        by="" if line.by is None else line.by.name or line.by.email,
        recorded_at=line.recorded_at,
    )


def _proofs(proof: dict[str, Any]) -> list[tuple[str, str]]:
    """What of a proof a person can read; ids of messages and imports become links elsewhere."""
    return [
        (str(label), str(proof[name])) for name, label in words.PROOFS.items() if proof.get(name)
    ]
