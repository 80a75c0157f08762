"""Documents: uploaded, watched while they are learned, looked into, taken away."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.library import holdings, rehearsing
from sportello.console.library.forms import LANGUAGES
from sportello.console.library.holdings import Progress, Unfit
from sportello.console.library.words import UNFIT, reason, time_left
from sportello.console.members import member
from sportello.schema.library import Document, DocumentKind, DocumentState, Passage

SHOWN: Final = 30
_UNFIT: Final = 422
_ACCEPTED: Final = ".pdf,.docx,.xlsx,.csv,.tsv,.txt,.md"
UNSETTLED: Final = frozenset({DocumentState.WAITING, DocumentState.READING, DocumentState.INDEXING})


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "PDF, Word, Excel, CSV, TSV, text or Markdown, up to 16 MB. A file of the same name "
            "takes the place of the older one once you have seen what changes."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": _ACCEPTED}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as the list shows it."""

    row: Document
    progress: Progress
    reason: str
    pace: str

    @property
    def is_moving(self) -> bool:
        return self.row.state in UNSETTLED


@member
@require_http_methods(["GET", "POST"])
def listing(request: DeskRequest) -> HttpResponse:
    """While anything is being learned the list asks for itself every two seconds."""
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        initial={"language": request.workspace.language},
    )
    if request.method == "POST" and form.is_valid() and _upload(request, form):
        return redirect("library:documents")
    files = holdings.listed().filter(kind=DocumentKind.FILE)
    page = Paginator(files, SHOWN).get_page(request.GET.get("page"))
    documents = shown(page.object_list)
    told: dict[str, Any] = {
        "form": form,
        "page": page,
        "documents": documents,
        "moving": any(one.is_moving for one in documents),
        "may_write": may_write(request.membership),
    }
    if request.headers.get("HX-Request") and request.method == "GET":
        return render(request, "library/documents.html#documents", told)
    status = _UNFIT if form.errors else None
    return render(request, "library/documents.html", told, status=status)


def shown(rows: Iterable[Document]) -> list[Shown]:
    return [_shown(row) for row in rows]


@member
@require_GET
def document(request: DeskRequest, document_id: int) -> HttpResponse:
    """What the assistant has of it, and what a new version would change."""
    found = holdings.listed().filter(pk=document_id).first()
    if found is None:
        raise Http404
    passages = Passage.objects.filter(document=found).order_by("place", "pk")
    changes, kept = holdings.changes(found) if found.state == DocumentState.REVIEW else ([], 0)
    told = {
        "document": found,
        "one": _shown(found),
        "page": Paginator(passages, SHOWN).get_page(request.GET.get("page")),
        "changes": changes[: 4 * SHOWN],
        "more_changes": max(len(changes) - 4 * SHOWN, 0),
        "kept": kept,
        "rehearsable": rehearsing.possible(),
        "may_write": may_write(request.membership),
    }
    return render(request, "library/document.html", told)


@member
@require_POST
def deletion(request: DeskRequest, document_id: int) -> HttpResponse:
    found = _known(document_id)
    holdings.remove(document_id, request.now)
    messages.success(request, _("Deleted."))
    return redirect(_home(found))


@member
@require_POST
def publication(request: DeskRequest, document_id: int) -> HttpResponse:
    """At once only where there is no question to try it with."""
    found = _known(document_id)
    if found.state == DocumentState.REVIEW and found.draft and rehearsing.possible():
        return rehearsing.of_document(request, found)
    try:
        holdings.publish(document_id)
    except Document.DoesNotExist:
        messages.info(request, _("There was nothing to publish any more."))
    else:
        messages.success(request, _("Published. The assistant will know it in a moment."))
    return redirect(_home(found))


@member
@require_POST
def refusal(request: DeskRequest, document_id: int) -> HttpResponse:
    found = _known(document_id)
    try:
        holdings.discard(document_id)
    except Document.DoesNotExist:
        messages.info(request, _("There was nothing to publish any more."))
    else:
        messages.success(request, _("Left as it was."))
    return redirect(_home(found))


@member
@require_POST
def reading(request: DeskRequest, document_id: int) -> HttpResponse:
    found = _known(document_id)
    try:
        holdings.read_again(document_id)
    except Document.DoesNotExist:
        messages.info(request, _("It is being read already."))
    return redirect(_home(found))


@member
@require_POST
def use(request: DeskRequest, document_id: int) -> HttpResponse:
    """Switched on or off, as the button says."""
    _known(document_id)
    holdings.switch(document_id, enabled=request.POST.get("enabled") == "on")
    return redirect("library:document", document_id)


def _upload(request: DeskRequest, form: UploadForm) -> bool:
    file = form.cleaned_data["file"]
    try:
        raw = file.read(holdings.FILE_BYTES_MAX + 1)
        language = form.cleaned_data["language"]
        _document, new = holdings.upload(
            request.workspace.pk, file.name, raw, language, seen_first=rehearsing.possible()
        )
    except Unfit as unfit:
        form.add_error("file", str(UNFIT[unfit.code]))
        return False
    said = _("Uploaded. It is being read.") if new else _("These very bytes are known already.")
    messages.success(request, said)
    return True


def _known(document_id: int) -> Document:
    found = Document.objects.filter(pk=document_id, deleted_at=None).defer("content", "draft")
    row = found.first()
    if row is None:
        raise Http404
    return row


def _home(document: Document) -> str:
    return "library:documents" if document.kind == DocumentKind.FILE else "library:pages"


def _shown(row: Document) -> Shown:
    progress = holdings.progress(row)
    told = reason(row.reason) if row.reason else ""
    return Shown(row, progress, told, time_left(progress.seconds_left))
