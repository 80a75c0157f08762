"""What a person was told at the desk: the list, how much of it is new, and that it was seen."""

from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_GET, require_POST

from sportello.console.access import DeskRequest
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.paging import PAGE, WrongCursor, newest_ids_first
from sportello.console.team.notice_words import KIND
from sportello.console.templatetags.desk import phone
from sportello.rules.notice import Kind
from sportello.schema.campaigns import Campaign
from sportello.schema.channel import Number
from sportello.schema.inbox import Conversation
from sportello.schema.notices import Notice

COUNT_MAX: Final = 99


@dataclass(frozen=True, slots=True)
class Line:
    """`about`: the customer, the campaign or the number; "" where it is gone."""

    row: Notice
    words: Promise
    about: str
    url: str


@member
@require_GET
def listing(request: DeskRequest) -> HttpResponse:
    mine = Notice.objects.filter(workspace=request.workspace, user=request.user)
    try:
        page = newest_ids_first(mine, request.GET.get("after", ""), PAGE)
    except WrongCursor as wrong:
        raise Http404 from wrong
    shown = {
        "lines": _lines(page.items),
        "next": page.next_cursor,
        "has_new": any(row.seen_at is None for row in page.items),
    }
    return render(request, "team/notices.html", shown)


@member
@require_POST
def seen(request: DeskRequest) -> HttpResponse:
    """All that there is now."""
    _new(request).update(seen_at=request.now)
    return redirect("notices")


@member
@require_GET
def fresh(request: DeskRequest) -> JsonResponse:
    """How many are new, and the words of the newest: for the bell on every page."""
    rows = list(_new(request).order_by("-pk")[: COUNT_MAX + 1])
    told = {"count": len(rows), "newest": 0, "words": "", "url": reverse("notices")}
    if rows:
        newest = rows[0]
        url = _url(newest)
        told |= {"newest": newest.pk, "words": str(KIND[Kind(newest.kind)]), "url": url}
    return JsonResponse(told)


def _new(request: DeskRequest) -> QuerySet[Notice]:
    return Notice.objects.filter(
        workspace=request.workspace, user=request.user, seen_at__isnull=True
    )


def _lines(rows: list[Notice]) -> list[Line]:
    chats = Conversation.objects.filter(
        pk__in=[row.conversation_id for row in rows if row.conversation_id]
    )
    people = {chat.pk: name_of(chat.contact) for chat in chats.select_related("contact")}
    things = [row.thing_id for row in rows if row.thing_id]
    campaigns = dict(Campaign.objects.filter(pk__in=things).values_list("pk", "name"))
    shown = Number.objects.filter(pk__in=things).values_list("pk", "display_number")
    numbers = {pk: phone(digits) for pk, digits in shown}
    named = {Kind.BRAKED.value: campaigns, Kind.BLOCKED.value: numbers}
    return [
        Line(
            row=row,
            words=KIND[Kind(row.kind)],
            about=named.get(row.kind, people).get(row.thing_id or row.conversation_id or 0, ""),
            url=_url(row),
        )
        for row in rows
    ]


def _url(row: Notice) -> str:
    if row.kind == Kind.BRAKED:
        return reverse("campaigns:campaign", args=[row.thing_id])
    if row.kind == Kind.BLOCKED:
        return reverse("channel:number", args=[row.thing_id])
    return reverse("inbox:conversation", args=[row.conversation_id])
