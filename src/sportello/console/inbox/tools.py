"""What the head of a chat and the list offer: order, reminders, deeds done to many; and their page.

Each is a POST that leads back to where it came from; htmx follows and puts the regions in place.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sportello.console.access import DeskRequest
from sportello.console.inbox import attendance, deeds, left, reminding, sweeping, tidying
from sportello.console.inbox.finding import found_conversation
from sportello.console.inbox.views import refusal_words
from sportello.console.members import member
from sportello.schema.desk import Folder, Label, SweepDeed
from sportello.schema.inbox import Conversation
from sportello.schema.team import User

_ID_LENGTH_MAX = 18


@member
@require_POST
def labelling(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """`label` is put on, or with `off` taken away."""
    chat, label_id = found_conversation(conversation_id), _id(request, "label")
    carries = "off" not in request.POST
    return _done(request, chat, lambda: tidying.label(chat, label_id or 0, carries=carries))


@member
@require_POST
def filing(request: DeskRequest, conversation_id: int) -> HttpResponse:
    chat = found_conversation(conversation_id)
    return _done(request, chat, lambda: tidying.put(chat, _id(request, "in")))


@member
@require_POST
def assignment(request: DeskRequest, conversation_id: int) -> HttpResponse:
    chat, operator_id = found_conversation(conversation_id), _id(request, "who")
    return _done(request, chat, lambda: tidying.assign(chat.pk, operator_id or 0, request.now))


@member
@require_POST
def unreading(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """Leads back to the list: what stays open before one's eyes is read at once."""
    found_conversation(conversation_id)
    tidying.mark_unread(conversation_id)
    return redirect(reverse("inbox:desk") + left.query(request))


@member
@require_POST
def reminder(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """`when` is one of the offered times, `done`, or `at` with a time of the company's day."""
    chat, wanted = found_conversation(conversation_id), request.POST.get("when", "")

    def remind() -> None:
        if wanted == "done":
            reminding.forget(chat, request.user)
            return
        due = reminding.offers(request.now).get(wanted) or _instant(request.POST.get("at", ""))
        if due is None:
            raise reminding.UnfitTime
        reminding.remind(chat, request.user, due, request.now)

    return _done(request, chat, remind)


@member
@require_POST
def sweep(request: DeskRequest) -> HttpResponse:
    """To all that the address finds; `deed` is a word, or a word with an id: `label:7`."""
    word, _colon, number = request.POST.get("deed", "").partition(":")
    fits = number.isascii() and number.isdigit() and len(number) <= _ID_LENGTH_MAX
    target = int(number) if fits else None
    if word not in SweepDeed.values:
        raise Http404
    try:
        sweeping.begin(
            left.chosen(request.GET), SweepDeed(word), target, request.membership, request.now
        )
    except sweeping.UnfitDeed as error:
        raise Http404 from error
    return redirect(reverse("inbox:desk") + left.query(request))


@member
@require_POST
def sweep_undoing(request: DeskRequest, sweep_id: int) -> HttpResponse:
    if not sweeping.undo(sweep_id, request.user, request.now):
        raise Http404
    return redirect(reverse("inbox:desk") + left.query(request))


@member
@require_POST
def being_away(request: DeskRequest) -> HttpResponse:
    """Whoever is away gets no chats from the shared queue."""
    attendance.set_away(request.workspace.pk, request.user, is_away="away" in request.POST)
    return redirect(reverse("inbox:desk") + left.query(request))


def _done(request: DeskRequest, chat: Conversation, act: Callable[[], object]) -> HttpResponse:
    where = reverse("inbox:conversation", args=[chat.pk]) + left.query(request)
    try:
        act()
    except (Label.DoesNotExist, Folder.DoesNotExist, User.DoesNotExist) as error:
        raise Http404 from error
    except deeds.Refused as refused:
        messages.error(request, refusal_words(refused))
    except reminding.UnfitTime:
        messages.error(request, _("Choose a time to come, within a year."))
    else:
        return redirect(where)
    # The reason stands at the foot of a whole page, not in its regions.
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": where})
    return redirect(where)


def _id(request: DeskRequest, name: str) -> int | None:
    text: Any = request.POST.get(name, "")
    fits = text.isascii() and text.isdigit() and len(text) <= _ID_LENGTH_MAX
    return int(text) if fits else None


def _instant(text: str) -> datetime | None:
    """What a browser's field for day and hour sends, on the company's clock."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None:
        return None
    return timezone.make_aware(found) if timezone.is_naive(found) else found
