"""The page that takes a file of pairs."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from sportello.console.access import DeskRequest, may_write
from sportello.console.library import importing, rehearsing
from sportello.console.library.deeds import UnfitPair
from sportello.console.library.forms import LANGUAGES
from sportello.console.library.importing import ERRORS_SHOWN_MAX, Outcome, Row
from sportello.console.library.words import COLUMNS, UNFIT
from sportello.console.members import member

_UNFIT = 422
_EXAMPLE = (
    "domanda;risposta;varianti;lingua;in uso\r\n"
    "Quali sono gli orari?;Siamo aperti dal martedì al sabato, dalle 9 alle 18."
    ";A che ora aprite?|Siete aperti il sabato?;it;sì\r\n"
)


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "One question a row: question, answer, and if you like other ways to ask (separated "
            "by |), language, in use."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of rows that name none"), choices=LANGUAGES
    )


@member
@require_http_methods(["GET", "POST"])
def pairs(request: DeskRequest) -> HttpResponse:
    """Rows that fit are kept at once, or tried first; the others are listed with what is wrong."""
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        initial={"language": request.workspace.language},
    )
    outcome = None
    if request.method == "POST" and form.is_valid():
        rows = _rows(form)
        if rows is not None and rehearsing.possible():
            plan = importing.planned(request.workspace.pk, rows)
            if plan.new or plan.changed:
                return rehearsing.of_file(request, plan)
            # Nothing would change: what is wrong with the rows is all there is to say.
            outcome = Outcome(unchanged=plan.unchanged, errors=plan.errors)
        elif rows is not None:
            outcome = importing.bring_in(request.workspace.pk, rows, request.now)
        if outcome is not None and not outcome.errors:
            messages.success(request, _said(outcome))
            return redirect("library:pairs")
    shown: dict[str, Any] = {
        "form": form,
        "said": "" if outcome is None else _said(outcome),
        "errors": [] if outcome is None else _errors(outcome),
        "more": 0 if outcome is None else max(len(outcome.errors) - ERRORS_SHOWN_MAX, 0),
        "may_write": may_write(request.membership),
        "rehearsable": rehearsing.possible(),
        "rows_max": importing.ROWS_MAX,
    }
    return render(request, "library/import.html", shown, status=_UNFIT if form.errors else None)


@member
@require_GET
def example(request: DeskRequest) -> HttpResponse:
    """A file to begin from. The mark at its start tells Excel that it is UTF-8."""
    del request
    answered = HttpResponse(f"\ufeff{_EXAMPLE}", content_type="text/csv; charset=utf-8")
    answered.headers["Content-Disposition"] = 'attachment; filename="domande.csv"'
    return answered


def _rows(form: ImportForm) -> list[Row] | None:
    """None where the file is none, and the form says so."""
    file = form.cleaned_data["file"]
    try:
        raw = file.read(importing.FILE_BYTES_MAX + 1)
        return importing.read(raw, form.cleaned_data["language"])
    except UnfitPair as unfit:
        form.add_error("file", str(UNFIT[unfit.code]))
        return None


def _said(outcome: Outcome) -> str:
    return _("%(added)d added, %(changed)d changed, %(unchanged)d known already.") % {
        "added": outcome.added,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
    }


def _errors(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"row": error.row, "column": COLUMNS[error.part], "words": UNFIT[error.code]}
        for error in outcome.errors[:ERRORS_SHOWN_MAX]
    ]
