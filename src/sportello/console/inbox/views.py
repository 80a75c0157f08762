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
    actions,
    captions,
    drafts,
    live,
    queries,
    sending,
    undoing,
)
from sportello.console.inbox.bubbles import bubbles
from sportello.console.inbox.contacts import card
from sportello.console.inbox.finding import found_conversation
from sportello.console.inbox.footers import foot
from sportello.console.inbox.forms import Written
from sportello.console.inbox.names import name_of
from sportello.console.inbox.queries import Folder
from sportello.console.inbox.receipts import receipt_of
from sportello.console.inbox.rows import rows
from sportello.console.inbox.windows import badge
from sportello.console.members import member
from sportello.console.paging import PAGE_MAX, WrongCursor
from sportello.schema.inbox import Conversation, Holder, Message

ROWS = 50
MESSAGES = 60
SEARCH_LENGTH_MAX = 100
_UNFIT = 422
_REFUSED = 409


@member
@require_GET
def desk(request: DeskRequest) -> HttpResponse:
    return render(request, _template(request), _list(request, None))


@member
@require_GET
def conversation(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """Opening it marks it as read; a refresh in the background does not."""
    found = found_conversation(conversation_id)
    is_refresh = request.headers.get("HX-Trigger") == "desk"
    if not is_refresh and may_write(request.membership):
        actions.mark_seen(conversation_id)
    return render(request, _template(request), desk_of(request, found))


@member
@require_POST
def control(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """`epoch`: of the control that stood on the page, where the page says it."""
    told = request.POST.get("epoch", "")
    seen = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else None

    def take() -> None:
        actions.take_control(conversation_id, request.user, request.now, seen_epoch=seen)

    return act(request, conversation_id, take)


@member
@require_POST
def release(request: DeskRequest, conversation_id: int) -> HttpResponse:
    return act(request, conversation_id, lambda: actions.release(conversation_id, request.now))


@member
@require_POST
def closure(request: DeskRequest, conversation_id: int) -> HttpResponse:
    return act(request, conversation_id, lambda: actions.close(conversation_id, request.now))


@member
@require_POST
def reopening(request: DeskRequest, conversation_id: int) -> HttpResponse:
    return act(request, conversation_id, lambda: actions.reopen(conversation_id, request.now))


@member
@require_POST
def reading(_request: DeskRequest, conversation_id: int) -> HttpResponse:
    found_conversation(conversation_id)
    actions.mark_seen(conversation_id)
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
            actions.write_note(conversation_id, request.user, text, request.now)
        elif given:
            parcel = sending.Parcel(given, text, reply_to, bool(form.cleaned_data.get("voice")))
            sending.write_files(conversation_id, request.user, parcel, request.now)
        else:
            actions.write_text(conversation_id, request.user, text, request.now, reply_to)
        drafts.forget(conversation_id, request.user)

    return act(request, conversation_id, write, text)


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
    """The way to the live stream, for a few minutes."""
    return JsonResponse({"url": live.address(request.user, request.workspace, request.now)})


def act(
    request: DeskRequest, conversation_id: int, act: Callable[[], Any], text: str = ""
) -> HttpResponse:
    """Does it and shows the conversation as it is then; a refusal shows its reason instead."""
    try:
        act()
    except Conversation.DoesNotExist as error:
        raise Http404 from error
    except actions.Refused as refused:
        return again(request, conversation_id, refusal_words(refused), text, _REFUSED)
    except actions.Overtaken as quicker:
        reason = _("%(name)s took control a moment ago.") % {"name": quicker.by or _("A program")}
        return again(request, conversation_id, reason, text, _REFUSED)
    except actions.UnfitText as unfit:
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


def refusal_words(refused: actions.Refused) -> str:
    """What the guard said, and whose turn it is."""
    said = words.GUARD[refused.code]
    return f"{said.title}. {said.advice}"


def _template(request: DeskRequest) -> str:
    return "inbox/desk.html#regions" if request.headers.get("HX-Request") else "inbox/desk.html"


def _list(request: DeskRequest, current: int | None) -> dict[str, Any]:
    """What the folders and the list show; the choices live in the address."""
    folder = _folder(request.GET.get("folder", ""))
    search = request.GET.get("q", "").replace("\0", "").strip()[:SEARCH_LENGTH_MAX]
    wanted = _bounded(request.GET.get("rows", ""), ROWS, PAGE_MAX)
    listed, more = _conversations(request, folder, search, wanted)
    totals = queries.counts(request.user, request.now)
    return {
        "folder": folder,
        "folder_name": captions.FOLDERS[folder],
        "folders": [(one, words, totals.get(one)) for one, words in captions.FOLDERS.items()],
        "count_max": queries.COUNT_MAX,
        "search": search,
        "rows": rows(listed, request.user, request.now, current),
        "more_rows": min(wanted + ROWS, PAGE_MAX) if more and wanted < PAGE_MAX else None,
        "query": _query(request),
        "may_begin": may_write(request.membership),
    }


def _conversations(
    request: DeskRequest, folder: Folder, search: str, limit: int
) -> tuple[list[Conversation], bool]:
    """A search looks everywhere; the folder of what is about to close puts the soonest first."""
    if folder is Folder.CLOSING and not search:
        found = queries.soonest_to_close(request.user, request.now, limit + 1)
        return found[:limit], len(found) > limit
    where = Folder.ANY if search else folder
    page = queries.conversations(where, request.user, request.now, q=search, limit=limit)
    return page.items, bool(page.next_cursor)


def desk_of(request: DeskRequest, found: Conversation) -> dict[str, Any]:
    """All regions of the desk with this conversation open."""
    writer = may_write(request.membership)
    return (
        _list(request, found.pk)
        | _thread(request, found)
        | {
            "conversation": found,
            "name": name_of(found.contact),
            "window": badge(found.window_closes_at, request.now),
            "foot": foot(found, request.user, request.now, may_write=writer),
            "may_write": writer,
            "is_closed": found.holder == Holder.CLOSED,
            "card": card(found, request.now),
            "kind": "message",
            "draft": drafts.kept_of(found.pk, request.user) if writer else None,
        }
    )


def _thread(request: DeskRequest, found: Conversation) -> dict[str, Any]:
    """The newest messages; more of them on demand, and beyond `PAGE_MAX` page by page."""
    wanted = _bounded(request.GET.get("messages", ""), MESSAGES, PAGE_MAX)
    before = request.GET.get("before", "")
    try:
        page = queries.timeline(found.pk, cursor=before, limit=wanted)
    except WrongCursor as error:
        raise Http404 from error
    earlier = ""
    if page.next_cursor:
        full = before or wanted >= PAGE_MAX
        more = ("before", page.next_cursor) if full else ("messages", str(wanted + MESSAGES))
        earlier = urlencode([more, *_kept(request).items()])
    undoable = undoing.seconds_left(page.items, request.user)
    return {
        "bubbles": bubbles(page.items, request.now, undoable),
        "earlier": earlier,
        "is_past": bool(before),
    }


def _folder(name: str) -> Folder:
    return Folder(name) if name in set(captions.FOLDERS) else Folder.ALL


def _bounded(asked: str, at_least: int, at_most: int) -> int:
    """A number from the address; nonsense counts as the least."""
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else at_least
    return max(at_least, min(number, at_most))


def _query(request: DeskRequest) -> str:
    """The folder and the search, to be carried from link to link; `?…` or nothing."""
    kept = _kept(request)
    return f"?{urlencode(kept)}" if kept else ""


def _kept(request: DeskRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("folder", "q") if request.GET.get(name)}


def _address(request: DeskRequest, conversation_id: int) -> str:
    return reverse("inbox:conversation", args=[conversation_id]) + _query(request)
