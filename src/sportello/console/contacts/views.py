"""One contact: what is known of them, and the history of their consents."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_administer, may_write
from sportello.console.contacts import erasing, ledger, words
from sportello.console.contacts.forms import ConsentForm, WithdrawalForm
from sportello.console.contacts.ledger import UnfitConsent
from sportello.console.contacts.ledger_words import line_of, noted
from sportello.console.contacts.standing import standing
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.rules.consent import Topic
from sportello.schema.inbox import Conversation
from sportello.schema.people import ConsentEvent, ConsentSource, Contact, ContactList

_LINES_MAX = 200
_CHATS_MAX = 20
_LISTS_MAX = 50
_OTHERS_MAX = 20
_UNFIT = 422


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
        "lines": [line_of(line) for line in lines.order_by("-at", "-pk")[:_LINES_MAX]],
        "chats": chats.order_by("-last_message_at")[:_CHATS_MAX],
        "lists": ContactList.objects.filter(listmember__contact=found).order_by("name")[
            :_LISTS_MAX
        ],
        "properties": noted(found),
        "others": list(found.others.order_by("pk")[:_OTHERS_MAX]),
        "erasure": erasing.progress(found) if found.erased_at else None,
        "may_administer": may_administer(request.membership),
        "form": form,
        "may_write": may_write(request.membership),
    }
    return render(request, "contacts/contact.html", shown, status=_UNFIT if form.errors else None)


def _later(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and until > now else None
