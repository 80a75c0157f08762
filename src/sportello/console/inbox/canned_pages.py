"""The pages of ready answers: written, changed, thrown away and put back; and the time to undo."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_administer, may_write
from sportello.console.inbox import first_words
from sportello.console.inbox.canned import REPLIES_MAX
from sportello.console.inbox.deeds import TEXT_LENGTH_MAX
from sportello.console.members import member
from sportello.console.templates_desk import files
from sportello.console.templates_desk.files import UnfitFile
from sportello.rules import canned
from sportello.rules.files import OURS_MAX
from sportello.schema.compose import CannedReply
from sportello.schema.files import File
from sportello.schema.team import Workspace

_UNFIT: Final = 422
_FORBIDDEN: Final = 403
_SEARCH_LENGTH_MAX: Final = 100
# So long a deleted one can be put back.
_KEPT: Final = timedelta(days=1)
_UNDO_S_MAX: Final = 10


class ReplyForm(forms.Form):
    """A ready answer: its word, its text, and a file or none."""

    shortcut = forms.CharField(
        label=gettext_lazy("Shortcut"),
        max_length=canned.SHORTCUT_LENGTH_MAX + 1,
        help_text=gettext_lazy("One word; in the box it is written after a slash: /hours"),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=TEXT_LENGTH_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("Pictures up to 5 MB; videos, sounds and documents up to 16 MB."),
    )
    without_file = forms.BooleanField(label=gettext_lazy("Without the file"), required=False)

    def __init__(self, *args: Any, own: CannedReply | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = own

    def clean_shortcut(self) -> str:
        word: str = self.cleaned_data["shortcut"].removeprefix("/").lower()
        if not canned.is_shortcut(word):
            raise forms.ValidationError(_("One word, without blanks, slashes and braces."))
        others = CannedReply.objects.filter(deleted_at=None, shortcut__iexact=word)
        if self._own is not None:
            others = others.exclude(pk=self._own.pk)
        if others.exists():
            raise forms.ValidationError(_("There is one of this name already."))
        return word

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        return text

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        keeps = self._own is not None and self._own.file_id and not filled.get("without_file")
        if not (filled.get("text") or filled.get("file") or keeps or self.errors):
            self.add_error("text", _("Write a text, or give a file."))
        return filled


class UndoForm(forms.Form):
    """For how long a message can be taken back."""

    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds in which a message can be taken back"),
        min_value=0,
        max_value=_UNDO_S_MAX,
        help_text=gettext_lazy("So long a message waits before it leaves; 0: it leaves at once."),
    )


@member
@require_GET
def replies(request: DeskRequest) -> HttpResponse:
    search = request.GET.get("q", "").replace("\0", "").strip()[:_SEARCH_LENGTH_MAX]
    return _page(request, search, UndoForm(initial={"seconds": request.workspace.undo_seconds}))


@member
@require_POST
def undo_time(request: DeskRequest) -> HttpResponse:
    """Of the whole company; its administrators choose."""
    if not may_administer(request.membership):
        return render(request, "403.html", status=_FORBIDDEN)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _page(request, "", form, _UNFIT)
    seconds = form.cleaned_data["seconds"]
    Workspace.objects.filter(pk=request.workspace.pk).update(undo_seconds=seconds)
    messages.success(request, _("Saved. It holds from the next message on."))
    return redirect("inbox:replies")


@member
@require_http_methods(["GET", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    return _edited(request, None)


@member
@require_http_methods(["GET", "POST"])
def reply(request: DeskRequest, reply_id: int) -> HttpResponse:
    return _edited(request, _found(reply_id, is_deleted=False))


@member
@require_POST
def deletion(request: DeskRequest, reply_id: int) -> HttpResponse:
    """Kept for a day, so that it can be put back; what was deleted before that goes for good."""
    found = _found(reply_id, is_deleted=False)
    CannedReply.objects.filter(deleted_at__lt=request.now - _KEPT).delete()
    found.deleted_at = request.now
    found.save(update_fields=["deleted_at"])
    messages.success(request, _("Deleted."), extra_tags=f"undo-reply {found.pk}")
    return redirect("inbox:replies")


@member
@require_POST
def restoration(request: DeskRequest, reply_id: int) -> HttpResponse:
    found = _found(reply_id, is_deleted=True)
    if CannedReply.objects.filter(deleted_at=None, shortcut__iexact=found.shortcut).exists():
        messages.error(request, _("There is one of this name already."))
        return redirect("inbox:replies")
    found.deleted_at = None
    found.save(update_fields=["deleted_at"])
    messages.success(request, _("Put back."))
    return redirect("inbox:replies")


def _page(
    request: DeskRequest, search: str, form: UndoForm, status: int | None = None
) -> HttpResponse:
    rows = CannedReply.objects.filter(deleted_at=None).select_related("file").defer("file__content")
    if search:
        rows = rows.filter(shortcut__icontains=search) | rows.filter(text__icontains=search)
    shown = {
        "replies": rows.order_by("shortcut")[:REPLIES_MAX],
        "deleted": CannedReply.objects.filter(deleted_at__gt=request.now - _KEPT).order_by(
            "-deleted_at"
        )[:5],
        "search": search,
        "form": form,
        "may_write": may_write(request.membership),
        "administers": may_administer(request.membership),
    }
    return render(request, "inbox/replies.html", shown, status=status)


def _edited(request: DeskRequest, own: CannedReply | None) -> HttpResponse:
    initial = {} if own is None else {"shortcut": own.shortcut, "text": own.text}
    posted = request.method == "POST"
    form = ReplyForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial=initial,
        own=own,
    )
    if posted and form.is_valid() and _kept(request, form, own):
        messages.success(request, _("Saved."))
        return redirect("inbox:replies")
    shown = {
        "form": form,
        "reply": own,
        "variables": [f"{{{name}}}" for name in canned.VARIABLES],
        "may_write": may_write(request.membership),
    }
    return render(request, "inbox/reply.html", shown, status=_UNFIT if form.errors else None)


def _kept(request: DeskRequest, form: ReplyForm, own: CannedReply | None) -> bool:
    """False where the file would not be taken; the form says why."""
    filled = form.cleaned_data
    file = None if own is None or filled["without_file"] else own.file
    if filled["file"] is not None:
        file = _file(request, form)
        if file is None:
            return False
    row = own or CannedReply(workspace=request.workspace)
    row.shortcut, row.text, row.file = filled["shortcut"], filled["text"], file
    row.by, row.updated_at = request.user, request.now
    row.save()
    return True


def _file(request: DeskRequest, form: ReplyForm) -> File | None:
    given = form.cleaned_data["file"]
    try:
        return files.keep(
            request.workspace.pk,
            request.user,
            given.read(OURS_MAX + 1),
            filename=given.name,
            mime_type=given.content_type or "",
        )
    except UnfitFile as unfit:
        form.add_error("file", str(first_words.FLAWS[unfit.code]))
        return None


def _found(reply_id: int, *, is_deleted: bool) -> CannedReply:
    rows = CannedReply.objects.select_related("file").defer("file__content")
    found = rows.filter(pk=reply_id, deleted_at__isnull=not is_deleted).first()
    if found is None:
        raise Http404
    return found
