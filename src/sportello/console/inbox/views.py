"""The desk: folders, list and chat; and what people do to a conversation.

Every answer is made of the desk's regions (folders, list, chat). A browser without JavaScript gets
the whole page or a redirect to it; htmx gets the regions, and `static/js/regions.js` puts in place
what changed.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sportello.console import words
from sportello.console.access import DeskRequest, may_write
from sportello.console.inbox import (
    attendance,
    deeds,
    drafts,
    gists,
    live,
    once,
    queries,
    sending,
    undoing,
)
from sportello.console.inbox.bubbles import bubbles
from sportello.console.inbox.contacts import card
from sportello.console.inbox.finding import found_conversation
from sportello.console.inbox.footers import foot
from sportello.console.inbox.forms import Written
from sportello.console.inbox.head import tools
from sportello.console.inbox.left import bounded, groups, kept, left, query
from sportello.console.inbox.names import name_of
from sportello.console.inbox.receipts import receipt_of
from sportello.console.inbox.windows import badge
from sportello.console.members import member
from sportello.console.paging import PAGE_MAX, WrongCursor, cursor_at
from sportello.schema.inbox import Conversation, Holder, Message

MESSAGES = 60
_ID_LENGTH_MAX = 18
_UNFIT = 422
_REFUSED = 409


@member
@require_GET
def desk(request: DeskRequest) -> HttpResponse:
    return render(request, _template(request), left(request, None))


@member
@require_GET
def conversation(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """Opening it marks it as read; a refresh in the background and a look ahead do not."""
    found = found_conversation(conversation_id)
    if request.headers.get("HX-Target") == "chat":
        columns = groups(request)
        return render(request, "inbox/ahead.html", columns | _chat(request, found, columns))
    is_refresh = request.headers.get("HX-Trigger") == "desk"
    # What is read already costs no statement; what comes from now on is not on this page.
    if found.unread_count and not is_refresh and may_write(request.membership):
        deeds.mark_seen(conversation_id)
        found.unread_count = 0
    return render(request, _template(request), desk_of(request, found))


@member
@require_POST
def control(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """`epoch`: of the control that stood on the page, where the page says it."""
    told = request.POST.get("epoch", "")
    seen = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else None

    def take() -> None:
        deeds.take_control(conversation_id, request.user, request.now, seen_epoch=seen)

    return act(request, conversation_id, take)


@member
@require_POST
def release(request: DeskRequest, conversation_id: int) -> HttpResponse:
    return act(request, conversation_id, lambda: deeds.release(conversation_id, request.now))


@member
@require_POST
def closure(request: DeskRequest, conversation_id: int) -> HttpResponse:
    return act(request, conversation_id, lambda: deeds.close(conversation_id, request.now))


@member
@require_POST
def reopening(request: DeskRequest, conversation_id: int) -> HttpResponse:
    return act(request, conversation_id, lambda: deeds.reopen(conversation_id, request.now))


@member
@require_POST
def reading(_request: DeskRequest, conversation_id: int) -> HttpResponse:
    found_conversation(conversation_id)
    deeds.mark_seen(conversation_id)
    return HttpResponse(status=204)


@member
@require_POST
def writing(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """A message or a note. What is refused comes back with its reason and its text."""
    form = Written(request.POST)
    form.full_clean()
    text = form.cleaned_data.get("text") or request.POST.get("text", "")
    reply_to = form.cleaned_data.get("reply_to")

    def write() -> None:
        given = form.cleaned_data.get("file") or []
        if form.cleaned_data.get("kind") == "note":
            deeds.write_note(conversation_id, request.user, text, request.now)
        elif given:
            parcel = sending.Parcel(given, text, reply_to, bool(form.cleaned_data.get("voice")))
            sending.write_files(conversation_id, request.user, parcel, request.now)
        else:
            deeds.write_text(conversation_id, request.user, text, request.now, reply_to)
        drafts.forget(conversation_id, request.user)

    mark = request.POST.get("once", "")
    return act(
        request,
        conversation_id,
        lambda: once.written(conversation_id, request.user, mark, write),
        text,
    )


@member
@require_GET
def receipt(request: DeskRequest, message_id: int) -> HttpResponse:
    """Why a message was allowed to leave, or was not."""
    message = Message.objects.filter(pk=message_id).select_related("conversation__contact").first()
    if message is None or message.receipt is None:
        raise Http404
    shown = {
        "message": message,
        "receipt": receipt_of(message.receipt, request.now),
        "name": name_of(message.conversation.contact),
    }
    fragment = "#receipt" if request.headers.get("HX-Request") else ""
    return render(request, f"inbox/receipt.html{fragment}", shown)


@member
@require_POST
def ticket(request: DeskRequest) -> JsonResponse:
    """The way to the live stream, for a few minutes; who asks for it is at the desk."""
    if may_write(request.membership):
        attendance.note(request.workspace.pk, request.user)
    return JsonResponse({"url": live.address(request.user, request.workspace, request.now)})


def act(
    request: DeskRequest, conversation_id: int, act: Callable[[], Any], text: str = ""
) -> HttpResponse:
    """Does it and shows the conversation as it is then; a refusal shows its reason instead."""
    try:
        act()
    except Conversation.DoesNotExist as error:
        raise Http404 from error
    except deeds.Refused as refused:
        return again(request, conversation_id, refusal_words(refused), text, _REFUSED)
    except deeds.Overtaken as quicker:
        reason = _("%(name)s took control a moment ago.") % {"name": quicker.by or _("A program")}
        return again(request, conversation_id, reason, text, _REFUSED)
    except deeds.UnfitText as unfit:
        return again(request, conversation_id, str(words.UNFIT[unfit.code]), text, _UNFIT)
    if request.headers.get("HX-Request"):
        return render(
            request,
            "inbox/desk.html#regions",
            desk_of(request, found_conversation(conversation_id)),
        )
    return redirect(_address(request, conversation_id))


def again(
    request: DeskRequest, conversation_id: int, reason: str, text: str, status: int
) -> HttpResponse:
    shown = desk_of(request, found_conversation(conversation_id))
    shown |= {"refused": reason, "text": text, "kind": request.POST.get("kind", "message")}
    return render(request, _template(request), shown, status=status)


def again_with(request: DeskRequest, conversation_id: int, text: str) -> HttpResponse:
    """The conversation with these words in the box, to be gone on with."""
    if not request.headers.get("HX-Request"):
        return redirect(_address(request, conversation_id))
    shown = desk_of(request, found_conversation(conversation_id))
    shown |= {"text": text, "is_restored": True}
    return render(request, "inbox/desk.html#regions", shown)


def refusal_words(refused: deeds.Refused) -> str:
    """What the guard said, and whose turn it is."""
    said = words.GUARD[refused.code]
    return f"{said.title}. {said.advice}"


def _template(request: DeskRequest) -> str:
    """A list that is scrolled asks for itself alone."""
    if request.headers.get("HX-Target") == "list":
        return "inbox/list.html"
    return "inbox/desk.html#regions" if request.headers.get("HX-Request") else "inbox/desk.html"


def desk_of(request: DeskRequest, found: Conversation) -> dict[str, Any]:
    """All regions of the desk with this conversation open."""
    columns = left(request, found.pk)
    return columns | _chat(request, found, columns)


def _chat(request: DeskRequest, found: Conversation, offered: dict[str, Any]) -> dict[str, Any]:
    """The chat and the contact at its side."""
    writer = may_write(request.membership)
    return (
        _thread(request, found)
        | {
            "conversation": found,
            "name": name_of(found.contact),
            "window": badge(found.window_closes_at, request.now),
            "foot": foot(found, request.user, request.now, may_write=writer),
            "may_write": writer,
            "may_ask_model": writer and gists.is_offered(),
            "is_closed": found.holder == Holder.CLOSED,
            "card": card(found, request.now),
            "kind": "message",
            "draft": drafts.kept_of(found.pk, request.user) if writer else None,
        }
        | (tools(request, found, offered["all_labels"]) if writer else {})
    )


def _thread(request: DeskRequest, found: Conversation) -> dict[str, Any]:
    """The newest messages, or those before a place; the stretch grows with each step up to
    `PAGE_MAX`, and then moves, so that what stands at its edge is still there after the step.
    """
    wanted = bounded(request.GET.get("messages", ""), MESSAGES, PAGE_MAX)
    before = request.GET.get("before", "") or _around(request, found)
    try:
        page = queries.timeline(found.pk, cursor=before, limit=wanted)
    except WrongCursor as error:
        raise Http404 from error
    size = min(wanted + MESSAGES, PAGE_MAX)
    earlier = later = ""
    if page.next_cursor:
        edge = page.items[-MESSAGES]
        earlier = _stretch(request, cursor_at(edge.at, edge.pk) if wanted == size else before, size)
    if before and page.items:
        later = _stretch(request, queries.beyond(found.pk, page.items[-1], MESSAGES), size)
    undoable = undoing.seconds_left(page.items, request.user)
    return {
        "bubbles": bubbles(page.items, request.now, undoable),
        "earlier": earlier,
        "later": later,
        "is_past": bool(before),
    }


def _stretch(request: DeskRequest, before: str, size: int) -> str:
    place = [("before", before)] if before else []
    return urlencode([*place, ("messages", str(size)), *kept(request)])


def _around(request: DeskRequest, found: Conversation) -> str:
    """Where a search leads to a message, the cursor that puts it on the page."""
    message_id = request.GET.get("message", "")
    if not message_id.isascii() or not message_id.isdigit() or len(message_id) > _ID_LENGTH_MAX:
        return ""
    return queries.around(found.pk, int(message_id)) or ""


def _address(request: DeskRequest, conversation_id: int) -> str:
    return reverse("inbox:conversation", args=[conversation_id]) + query(request)
