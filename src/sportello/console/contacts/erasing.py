"""Everything about one person, handed out (art. 15) or erased (art. 17 of the GDPR)."""

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from sportello.console.access import DeskRequest, may_administer
from sportello.console.contacts import ledger
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.sql import ask
from sportello.rules import receipt
from sportello.rules.consent import Change, Topic
from sportello.schema.campaigns import Recipient
from sportello.schema.erasure import Erasure, Suppression
from sportello.schema.inbox import Conversation, Media, Message, MessageStatus
from sportello.schema.people import ConsentEvent, ConsentSource, Contact, ListMember
from sportello.schema.sends import Send, SendState
from sportello.statements import statements

MESSAGES_MAX: Final = 200_000
_SQL: Final = statements(__file__)
_UNFIT: Final = 422
_AT_ONCE: Final = 2_000


class ErasureForm(forms.Form):
    sure = forms.BooleanField(
        label=gettext_lazy("I know that this cannot be undone."),
        error_messages={"required": gettext_lazy("Tick this: what is erased cannot come back.")},
    )


@member
@require_http_methods(["GET", "POST"])
def erase(request: DeskRequest, contact_id: int) -> HttpResponse:
    """GET shows what would go and what would stay; POST begins. Administrators alone."""
    found = Contact.objects.filter(pk=contact_id, merged_into=None, erased_at=None).first()
    if found is None:
        raise Http404
    if not may_administer(request.membership):
        raise PermissionDenied("not an administrator")
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        for one in _person(found):
            begin(one, request)
        messages.success(request, _("Erased. Their messages and files go within minutes."))
        return redirect("contacts:contact", contact_id)
    shown = {"contact": found, "name": name_of(found), "form": form, **_preview(found)}
    return render(request, "contacts/erase.html", shown, status=_UNFIT if form.errors else None)


def begin(found: Contact, request: DeskRequest) -> Erasure:
    """What names them goes at once, and their no is written down; a worker does the rest."""
    ledger.hold([found.pk])
    job = Erasure.objects.create(
        workspace=request.workspace,
        contact=found,
        by=request.user,
        wa_id=found.wa_id or "",
        user_id=found.user_id or "",
        asked_at=request.now,
    )
    for name in filter(None, (found.wa_id, found.user_id)):
        _suppress(request.workspace.pk, name, request.now)
    for topic in Topic:
        said = ledger.Statement(topic, Change.WITHDRAW, "", request.now)
        ledger.record(found, said, ConsentSource.OPERATOR, request.user, request.now)
    _cancel(found.pk, request.now)
    found.name = found.profile_name = found.username = found.language = ""
    found.wa_id, found.user_id = None, f"erased:{found.pk}"
    found.properties, found.merged_into = {}, None
    found.erased_at = found.unreachable_since = request.now
    found.save()
    return job


def _suppress(workspace_id: int, name: str, now: datetime) -> None:
    ((mark,),) = ask(_SQL["mark_of"], {"workspace_id": workspace_id, "name": name})
    Suppression.objects.get_or_create(
        workspace_id=workspace_id, digest=bytes(mark), defaults={"at": now}
    )


def _cancel(contact_id: int, now: datetime) -> None:
    """Whatever still waits to leave for them; their chats are held."""
    waiting = Send.objects.select_for_update(of=("self",)).filter(
        conversation__contact_id=contact_id, state=SendState.QUEUED
    )
    sends = list(waiting.order_by("pk").values_list("pk", "message_id"))
    Send.objects.filter(pk__in=[pk for pk, _message in sends]).update(
        state=SendState.CANCELLED, settled_at=Now()
    )
    Message.objects.filter(
        pk__in=[message for _pk, message in sends if message],
        status__in=[MessageStatus.QUEUED, MessageStatus.HELD],
    ).update(status=MessageStatus.CANCELLED, receipt=receipt.opted_out(now))


def _person(found: Contact) -> list[Contact]:
    """With all their numbers."""
    rows = Contact.objects.filter(Q(pk=found.pk) | Q(merged_into=found), erased_at=None)
    return list(rows.order_by("pk"))


def _preview(found: Contact) -> dict[str, Any]:
    ids = [one.pk for one in _person(found)]
    said = Message.objects.filter(conversation__contact_id__in=ids)
    return {
        "numbers": [one.wa_id or "" for one in _person(found)],
        "messages_count": said.count(),
        "media_count": Media.objects.filter(message__in=said, state="kept").count(),
        "lists_count": ListMember.objects.filter(contact_id__in=ids).count(),
        "consents_count": ConsentEvent.objects.filter(contact_id__in=ids).count(),
        "campaigns_count": Recipient.objects.filter(contact_id__in=ids).count(),
    }


def progress(found: Contact) -> Erasure | None:
    return Erasure.objects.filter(contact=found).order_by("-pk").first()


@member
@require_GET
def everything(request: DeskRequest, contact_id: int) -> FileResponse:
    """All that is kept about one person, as JSON: what they may ask for."""
    found = Contact.objects.filter(pk=contact_id).first()
    if found is None:
        raise Http404
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    for part in _told(found):
        file.write(part.encode())
    file.seek(0)
    name = f"contact-{contact_id}.json"
    del request
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/json")


def _told(found: Contact) -> Iterator[str]:
    """One JSON object, its messages one by one: a long life takes no more memory than a short."""
    people = _person(found) or [found]
    ids = [one.pk for one in people]
    head = {
        "contacts": [_plain(one) for one in people],
        "lists": list(
            ListMember.objects.filter(contact_id__in=ids).values("list__name", "added_at")
        ),
        "consents": list(
            ConsentEvent.objects.filter(contact_id__in=ids)
            .order_by("pk")
            .values("category", "action", "source", "text", "proof", "at", "recorded_at")
        ),
        "campaigns": list(
            Recipient.objects.filter(contact_id__in=ids)
            .order_by("pk")
            .values("campaign__name", "filled", "skipped_why", "released_at")
        ),
        "conversations": list(
            Conversation.objects.filter(contact_id__in=ids).values("id", "created_at")
        ),
    }
    yield _json(head)[:-1] + ', "messages": ['
    said = Message.objects.filter(conversation__contact_id__in=ids).order_by("pk")
    for place, one in enumerate(_messages(said)):
        yield ("," if place else "") + "\n" + _json(one)
    yield "]}\n"


def _messages(said: QuerySet[Message]) -> Iterator[dict[str, Any]]:
    fields = ("id", "conversation_id", "origin", "type", "text", "payload", "status", "at")
    of_file = Media.objects.filter(message=OuterRef("pk")).exclude(words="").values("words")
    rows: QuerySet[Any] = said.annotate(file_says=Subquery(of_file[:1])).values(
        *fields, "file_says"
    )
    yield from rows[:MESSAGES_MAX].iterator(chunk_size=_AT_ONCE)


def _plain(one: Contact) -> dict[str, Any]:
    fields = ("id", "wa_id", "user_id", "name", "profile_name", "username", "language")
    told = {field: getattr(one, field) for field in fields}
    return told | {"properties": one.properties, "created_at": one.created_at}


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
