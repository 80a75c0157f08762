"""Pages of writing first: a new conversation, and the picker in a chat whose window is shut.

The picker is a part of both forms. Each change is posted to a `draft` address, which sends nothing
and answers the picker as it then is: with its preview, its price, and what speaks against it.
"""

from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.inbox import choices, deeds, fillings, first_words, openings, picker
from sportello.console.inbox.choices import NoTemplate
from sportello.console.inbox.fillings import Filled, Given, UnfitFilling
from sportello.console.inbox.finding import found_conversation
from sportello.console.inbox.handout import hand_out
from sportello.console.inbox.names import name_of
from sportello.console.inbox.openings import Recipient
from sportello.console.inbox.picker import Asked, Picker
from sportello.console.inbox.views import desk_of, refusal_words
from sportello.console.members import member
from sportello.console.phones import WrongPhone, wa_id
from sportello.console.templates_desk import files
from sportello.console.templates_desk.files import UnfitFile
from sportello.rules.files import OURS_MAX
from sportello.schema.channel import Number
from sportello.schema.files import File
from sportello.schema.inbox import Conversation, Message
from sportello.schema.people import Contact

_NUMBERS_MAX: Final = 50
_SEARCH_LENGTH_MAX: Final = 100
_NAME_LENGTH_MAX: Final = 200
_VALUES_MAX: Final = 200
_VALUE: Final = "v."
_UNFIT, _REFUSED = 422, 409


@member
@require_http_methods(["GET", "POST"])
def begin(request: DeskRequest) -> HttpResponse:
    """A new conversation: to whom, from which number, which template."""
    if not may_write(request.membership):
        raise Http404
    form = _opening(request, tried=request.method == "POST")
    if request.method == "GET":
        return _page(request, form)
    if form.filled is None or form.recipient is None:
        return _page(request, form, status=_UNFIT)
    recipient, filled = form.recipient, form.filled
    return _send(
        request,
        form,
        lambda: openings.write_first(recipient, request.user, filled, request.now),
    )


@member
@require_POST
def begin_draft(request: DeskRequest) -> HttpResponse:
    return _page(request, _opening(request, tried=False))


@member
@require_http_methods(["GET", "POST"])
def template(request: DeskRequest, conversation_id: int) -> HttpResponse:
    """A template into a conversation that exists."""
    if not may_write(request.membership):
        raise Http404
    form = _within(request, conversation_id, tried=request.method == "POST")
    if request.method == "GET":
        return _page(request, form)
    filled = form.filled
    if filled is None:
        return _page(request, form, status=_UNFIT)
    return _send(
        request,
        form,
        lambda: openings.write_template(conversation_id, request.user, filled, request.now),
    )


@member
@require_POST
def template_draft(request: DeskRequest, conversation_id: int) -> HttpResponse:
    return _page(request, _within(request, conversation_id, tried=False))


@member
@require_GET
def file(request: DeskRequest, file_id: int) -> HttpResponseBase:
    """A file of ours, as a bubble or a preview shows it; row-level security says whose it is."""
    found = File.objects.filter(pk=file_id).first()
    if found is None:
        raise Http404
    return hand_out(request, BytesIO(found.content), found.mime_type, found.filename)


@dataclass(frozen=True, slots=True)
class _Form:
    """What was given, and what it comes to. `recipient` is None while the number is no number."""

    asked: Asked
    picker: Picker
    filled: Filled | None
    recipient: Recipient | None = None
    numbers: tuple[Number, ...] = ()
    to: str = ""
    name: str = ""

    @property
    def within(self) -> Conversation | None:
        """The conversation that it is sent into; None for a new one."""
        return None if self.numbers else self.asked.conversation


def _opening(request: DeskRequest, *, tried: bool) -> _Form:
    numbers = tuple(Number.objects.select_related("workspace").order_by("pk")[:_NUMBERS_MAX])
    if not numbers:
        raise Http404
    number = next((one for one in numbers if str(one.pk) == _given(request, "number")), numbers[0])
    to, name = _given(request, "to"), _given(request, "name")[:_NAME_LENGTH_MAX].strip()
    recipient, problems = None, {}
    try:
        recipient = Recipient(number, wa_id(to, number.workspace.country), name)
    except WrongPhone:
        if tried or to.strip():
            problems["to"] = str(first_words.WRONG_PHONE)
    asked = Asked(
        conversation=_conversation(number, recipient),
        user=request.user,
        now=request.now,
        known=recipient is not None,
        tried=tried,
        problems=problems,
    )
    form = _picked(request, asked)
    return replace(form, recipient=recipient, numbers=numbers, to=to, name=name)


def _conversation(number: Number, recipient: Recipient | None) -> Conversation:
    """The one that there is, or one as it would be; nothing is written."""
    digits = "" if recipient is None else recipient.wa_id
    known = Conversation.objects.select_related("contact", "number", "operator", "workspace")
    found = known.filter(number=number, contact__wa_id=digits).first() if digits else None
    if found is not None:
        return found
    contact = Contact.objects.filter(wa_id=digits).first() if digits else None
    contact = contact or Contact(workspace=number.workspace, wa_id=digits)
    return Conversation(workspace=number.workspace, number=number, contact=contact)


def _within(request: DeskRequest, conversation_id: int, *, tried: bool) -> _Form:
    conversation = found_conversation(conversation_id)
    return _picked(request, Asked(conversation, request.user, request.now, tried=tried))


def _picked(request: DeskRequest, asked: Asked) -> _Form:
    """The picker: with the template that is chosen, or with all there are."""
    template_id = _given(request, "template")
    if not template_id.isascii() or not template_id.isdigit() or len(template_id) > 18:
        return _unpicked(request, asked)
    try:
        row = choices.chosen(asked.conversation.number, int(template_id))
    except NoTemplate as error:
        told = str(first_words.NO_TEMPLATE[error.code])
        return _unpicked(request, replace(asked, problems={**asked.problems, "template": told}))
    kept, problem = _file(request)
    if problem:
        asked = replace(asked, problems={**asked.problems, "media": problem})
    filled = fillings.fill(row, Given(_values(request), file=kept))
    return _Form(asked, picker.filling(asked, filled), filled)


def _unpicked(request: DeskRequest, asked: Asked) -> _Form:
    q = _given(request, "q").replace("\0", "").strip()[:_SEARCH_LENGTH_MAX]
    return _Form(asked, picker.choosing(asked, q), None)


def _values(request: DeskRequest) -> dict[str, str]:
    names = [name for name in request.POST if name.startswith(_VALUE)][:_VALUES_MAX]
    given = {name.removeprefix(_VALUE): request.POST[name] for name in names}
    return {
        name: value[: fillings.VALUE_LENGTH_MAX]
        for name, value in given.items()
        if fillings.is_text(name + value)
    }


def _file(request: DeskRequest) -> tuple[File | None, str]:
    """A new one is kept at once: a refusal of what comes after does not lose it."""
    given = request.FILES.get("media")
    if given is not None:
        try:
            kept = files.keep(
                request.workspace.pk,
                request.user,
                given.read(OURS_MAX + 1),
                filename=given.name or "",
                mime_type=given.content_type or "",
            )
        except UnfitFile as error:
            return None, str(first_words.FLAWS[error.code])
        return kept, ""
    known = _given(request, "file")
    is_id = known.isascii() and known.isdigit() and len(known) < 19
    return (File.objects.defer("content").filter(pk=int(known)).first() if is_id else None), ""


def _given(request: DeskRequest, name: str) -> str:
    return request.POST.get(name, request.GET.get(name, ""))


def _send(request: DeskRequest, form: _Form, write: Any) -> HttpResponse:
    try:
        message: Message = write()
    except UnfitFilling:
        return _page(request, form, status=_UNFIT)
    except deeds.Refused as refused:
        shown = replace(form.picker, stop=refusal_words(refused))
        return _page(request, replace(form, picker=shown), status=_REFUSED)
    address = reverse("inbox:conversation", args=[message.conversation_id])
    if not request.headers.get("HX-Request"):
        return redirect(address)
    if form.within is None:
        return HttpResponse(headers={"HX-Redirect": address})
    shown_desk = desk_of(request, found_conversation(message.conversation_id))
    answer = render(request, "inbox/desk.html#regions", shown_desk)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#desk", "keyed"
    return answer


def _page(request: DeskRequest, form: _Form, *, status: int = 200) -> HttpResponse:
    within = form.within
    shown = {
        "form": form,
        "picker": form.picker,
        "problems": form.asked.problems,
        "conversation": within,
        "name": "" if within is None else name_of(within.contact),
        "action": reverse("inbox:new")
        if within is None
        else reverse("inbox:template", args=[within.pk]),
        "draft": reverse("inbox:new_draft")
        if within is None
        else reverse("inbox:template_draft", args=[within.pk]),
    }
    fragment = "#form" if request.headers.get("HX-Request") else ""
    return render(request, f"inbox/first.html{fragment}", shown, status=status)
