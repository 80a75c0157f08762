"""Trying the assistant: a question outside any conversation, answered by the worker."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.inbox.bubbles import Source, sources_of
from sportello.console.library.forms import TrialForm
from sportello.console.members import member
from sportello.schema.library import Trial, TrialState

# A worker answers within a second; after this the page says that none is working.
_PATIENCE = timedelta(seconds=20)
# As many as the assistant itself remembers of them.
_SHOWN_MAX = 8


@dataclass(frozen=True, slots=True)
class Found:
    """What the assistant would do: `band` is answer, clarify or handover."""

    band: str
    words: str
    text: str
    confidence: float | None
    sources: tuple[Source, ...]


_BANDS = {
    "answer": gettext_lazy("It would answer"),
    "clarify": gettext_lazy("It would ask what is meant"),
    "handover": gettext_lazy("It would hand over to a person"),
}


@member
@require_POST
def ask(request: DeskRequest) -> HttpResponse:
    form = TrialForm(request.POST)
    if not form.is_valid():
        return redirect("library:pairs")
    question = form.cleaned_data["question"].replace("\0", "")
    after = _own(form.cleaned_data["after"])
    asked = Trial.objects.create(
        workspace=request.workspace, question=question, asked_id=after.pk if after else None
    )
    if request.headers.get("HX-Request"):
        return render(request, "library/trial.html#trial", _shown(request, asked))
    return redirect("library:trial", asked.pk)


@member
@require_GET
def trial(request: DeskRequest, trial_id: int) -> HttpResponse:
    """The page asks again by itself, twice a second, until there is an answer."""
    asked = Trial.objects.filter(pk=trial_id).first()
    if asked is None:
        raise Http404
    fragment = "#trial" if request.headers.get("HX-Request") else ""
    return render(request, f"library/trial.html{fragment}", _shown(request, asked))


def _shown(request: DeskRequest, asked: Trial) -> dict[str, Any]:
    # Both times are the database's or close to it: a trial made now is patient from now on.
    tries = int(request.GET.get("tries", "0")[:3] or 0) if _is_count(request) else 0
    return {
        "trial": asked,
        "found": _found(asked),
        "waits": asked.state == TrialState.WAITING and tries < _TRIES_MAX,
        "tries": tries + 1,
        "chat": "chat" in request.GET or not request.headers.get("HX-Request"),
        "said": [] if request.headers.get("HX-Request") else _before(asked),
        "may_write": may_write(request.membership),
    }


def _before(asked: Trial) -> list[tuple[Trial, Found | None]]:
    """What was asked before it in the same chat, with what would have been done; oldest first."""
    said: list[tuple[Trial, Found | None]] = []
    one = _own(asked.asked_id) if asked.run_id is None else None
    while one is not None and len(said) < _SHOWN_MAX:
        said.insert(0, (one, _found(one)))
        one = _own(one.asked_id)
    return said


def _own(trial_id: int | None) -> Trial | None:
    """One that a person asked here, not a set's; None where there is none."""
    if trial_id is None:
        return None
    return Trial.objects.filter(pk=trial_id, run_id=None).first()


_TRIES_MAX = int(_PATIENCE.total_seconds() * 2)


def _is_count(request: DeskRequest) -> bool:
    return request.GET.get("tries", "").isdecimal()


def _found(asked: Trial) -> Found | None:
    if asked.state != TrialState.DONE or not isinstance(asked.result, dict):
        return None
    result = asked.result
    band = str(result.get("band", ""))
    confidence = result.get("confidence")
    return Found(
        band=band,
        words=str(_BANDS.get(band, _("No answer"))),
        text=str(result.get("text", "")),
        confidence=confidence if isinstance(confidence, int | float) else None,
        sources=sources_of(result.get("sources")),
    )
