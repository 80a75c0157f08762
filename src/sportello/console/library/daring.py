"""How daring the assistant is, in measured terms: of the company's own questions, or of ours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sportello.console.access import DeskRequest, may_administer
from sportello.console.library.corrections import measure_anew
from sportello.console.members import member
from sportello.rules import daring
from sportello.rules.daring import Figure
from sportello.schema.rehearsal import Fitting

LABELS_MIN: Final = 50
_FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class Measured:
    """`own`: on the company's questions, `labels` of them; else on those that ship with us."""

    own: bool
    labels: int
    missing: int
    refitted: bool
    at: datetime | None
    waits: bool
    figures: tuple[Figure, ...]


def measured() -> Measured:
    fitting = Fitting.objects.first()
    figures = tuple(_figure(one) for one in fitting.figures) if fitting else ()
    labels = fitting.labels if fitting else 0
    return Measured(
        own=bool(figures),
        labels=labels,
        missing=max(LABELS_MIN - labels, 0),
        refitted=bool(fitting and fitting.weights),
        at=fitting.fitted_at if fitting else None,
        waits=bool(fitting and fitting.fitted_at is None and fitting.due_at is not None),
        figures=figures or daring.SHIPPED,
    )


def choices(told: Measured, current: int) -> list[tuple[int, str]]:
    """The thresholds that were measured and the one in force, in percent, with what they mean."""
    steps = {round(one.answers_from * 100) for one in told.figures} | {current}
    return [(step, f"{step}% · {in_words(told, step / 100)}") for step in sorted(steps)]


def in_words(told: Measured, threshold: float) -> str:
    figure = daring.at(told.figures, threshold)
    if figure is None:
        return _("not measured")
    answered = round(figure.answered * 100)
    once_in = daring.once_in(figure)
    if once_in is None:
        return _("answers %(answered)d%%, never wrong so far") % {"answered": answered}
    return _("answers %(answered)d%%, wrong once in %(once_in)d") % {
        "answered": answered,
        "once_in": once_in,
    }


@member
@require_POST
def measurement(request: DeskRequest) -> HttpResponse:
    if not may_administer(request.membership):
        return render(request, "403.html", status=_FORBIDDEN)
    measure_anew(request, timedelta())
    messages.success(request, _("It is being measured. Look again in a minute."))
    return redirect("assistant")


def _figure(told: dict[str, Any]) -> Figure:
    return Figure(float(told["from"]), float(told["answered"]), float(told["wrong"]))
