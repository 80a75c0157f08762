"""One contact: what is known of them, and the history of their consents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_administer, may_write
from sportello.console.contacts import erasing, ledger, words
from sportello.console.contacts.forms import ConsentForm, WithdrawalForm
from sportello.console.contacts.ledger import UnfitConsent
from sportello.console.contacts.properties import definitions
from sportello.console.contacts.standing import standing
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.rules.consent import Change, Topic
from sportello.schema.inbox import Conversation
from sportello.schema.people import ConsentEvent, ConsentSource, Contact, ContactList

_LINES_MAX = 200
_CHATS_MAX = 20
_LISTS_MAX = 50
_OTHERS_MAX = 20
_UNFIT = 422


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
    one_person = Q(contact=found) | Q(contact__merged_into=found)
    chats = Conversation.objects.filter(one_person).select_related("number", "contact")
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
        "properties": _noted(found),
        "others": list(found.others.order_by("pk")[:_OTHERS_MAX]),
        "erasure": erasing.progress(found) if found.erased_at else None,
        "may_administer": may_administer(request.membership),
        "form": form,
        "may_write": may_write(request.membership),
    }
    return render(request, "contacts/contact.html", shown, status=_UNFIT if form.errors else None)


def _noted(found: Contact) -> list[tuple[str, str]]:
    """What is defined in its order, then what imports and events have brought beside it."""
    names = [one.name for one in definitions()]
    others = sorted(name for name in found.properties if name not in names)
    return [
        (name, found.properties[name]) for name in [*names, *others] if name in found.properties
    ]


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
