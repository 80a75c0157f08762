"""A change that is not in force yet: what it would win and lose, and then: publish or drop it."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from sportello.console import words
from sportello.console.access import DeskRequest, may_administer, may_write
from sportello.console.assistant import tone
from sportello.console.library import deeds, holdings, importing, rehearsing, review
from sportello.console.library.deeds import Draft, UnfitPair
from sportello.console.library.differences import Part, difference
from sportello.console.library.evaluation import MISSED
from sportello.console.library.words import COLUMNS, UNFIT
from sportello.console.members import member
from sportello.rules.judge import Miss
from sportello.schema.assistant import Conduct, ProposalState, Turn
from sportello.schema.library import Document, Pair
from sportello.schema.rehearsal import Rehearsal, RehearsalKind, RehearsalState

_FORBIDDEN = 403
CHANGES_MAX: Final = 30
_OPEN: Final = (RehearsalState.WAITING, RehearsalState.DONE, RehearsalState.FAILED)
_BANDS: Final = {
    "answer": gettext_lazy("answers"),
    "clarify": gettext_lazy("asks what is meant"),
    "handover": gettext_lazy("hands over"),
}
_REASONS: Final = {
    "gone": gettext_lazy("What it changes was changed or deleted meanwhile."),
}
_TROUBLE: Final = gettext_lazy("A fault kept it from being tried. Try it again in a minute.")


class StaleError(Exception):
    """What the change was written over is not what it was."""


@dataclass(frozen=True, slots=True)
class Side:
    """What would be done with a question."""

    band: str
    text: str
    title: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A question whose answer would not be the same. `effect`: won, lost or changed."""

    effect: str
    question: str
    of_set: str
    missed: tuple[str, ...]
    before: Side
    after: Side
    parts: tuple[Part, ...]


@member
@require_GET
def rehearsal(request: DeskRequest, rehearsal_id: int) -> HttpResponse:
    """The page asks again by itself until every question was asked."""
    told = Rehearsal.objects.filter(pk=rehearsal_id).select_related("pair", "document").first()
    if told is None:
        raise Http404
    shown: dict[str, Any] = {
        "one": told,
        "open": told.state in _OPEN,
        "waits": told.state == RehearsalState.WAITING,
        "reason": str(_REASONS.get(told.reason, _TROUBLE)) if told.reason else "",
        "rows": _rows(told),
        "changes": _changes(told),
        "more_changes": max(
            len(told.draft.get("pairs") or told.draft.get("documents", [])) - CHANGES_MAX, 0
        ),
        "stays_out": _stays_out(told),
        "back": _back(told),
        "may_publish": _may_publish(request, told),
    }
    fragment = "#rehearsal" if request.headers.get("HX-Request") else ""
    return render(request, f"library/rehearsal.html{fragment}", shown)


@member
@require_POST
def publication(request: DeskRequest, rehearsal_id: int) -> HttpResponse:
    told = _open(rehearsal_id)
    if not _may_publish(request, told):
        return render(request, "403.html", status=_FORBIDDEN)
    try:
        _publish(request, told)
    except UnfitPair as unfit:
        messages.error(request, str(words.UNFIT[unfit.code]))
        return redirect("library:rehearsal", told.pk)
    except (StaleError, Pair.DoesNotExist, Document.DoesNotExist):
        messages.error(request, _("It was changed meanwhile. Look at it, and try it again."))
        return redirect("library:rehearsal", told.pk)
    told.state = RehearsalState.PUBLISHED
    told.save(update_fields=["state"])
    messages.success(request, _("Published. The assistant will know it in a moment."))
    return redirect(_back(told))


@member
@require_POST
def dropping(request: DeskRequest, rehearsal_id: int) -> HttpResponse:
    told = _open(rehearsal_id)
    told.state = RehearsalState.DROPPED
    told.save(update_fields=["state"])
    messages.success(request, _("Left as it was."))
    return redirect(_back(told))


def _open(rehearsal_id: int) -> Rehearsal:
    waiting = Rehearsal.objects.select_for_update().filter(state__in=_OPEN)
    told = waiting.filter(pk=rehearsal_id).first()
    if told is None:
        raise Http404
    return told


def _may_publish(request: DeskRequest, told: Rehearsal) -> bool:
    if told.kind == RehearsalKind.TONE:
        return may_administer(request.membership)
    return may_write(request.membership)


def _publish(request: DeskRequest, told: Rehearsal) -> None:
    """Only over what it was tried over. Raises StaleError, UnfitPair or DoesNotExist."""
    match told.kind:
        case RehearsalKind.TONE:
            _check(told, rehearsing.based_on_tone(tone.newest()))
            tone.keep(request, rehearsing.tone_values(told.draft))
        case RehearsalKind.PAIRS:
            workspace_id = request.workspace.pk
            plan = importing.planned(workspace_id, rehearsing.rows_of_file(told.draft))
            _check(told, rehearsing.based_on_file(plan))
            importing.write(workspace_id, plan, request.now)
        case RehearsalKind.DOCUMENT:
            _publish_documents(told)
        case _:
            _publish_pair(request, told)
    if told.proposal_id is not None:
        proposal = review.waiting(told.proposal_id)
        review.decide(request, proposal, ProposalState.ACCEPTED)


def _publish_documents(told: Rehearsal) -> None:
    ids = told.draft.get("documents")
    kept = Document.objects.filter(deleted_at=None)
    if ids is None:
        document = kept.get(pk=told.document_id or 0)
        _check(told, rehearsing.based_on_draft(document))
        holdings.publish(document.pk)
        return
    documents = list(kept.filter(pk__in=ids).order_by("pk"))
    _check(told, rehearsing.based_on_drafts(documents))
    for document in documents:
        holdings.publish(document.pk)


def _publish_pair(request: DeskRequest, told: Rehearsal) -> None:
    draft = Draft(**told.draft)
    if told.pair_id is None:
        pair = deeds.add(request.workspace.pk, draft)
    else:
        known = Pair.objects.select_for_update().get(pk=told.pair_id, deleted_at=None)
        _check(told, rehearsing.based_on_pair(known))
        pair = deeds.change(known.pk, draft, request.now)
    if told.proposal_id is not None:
        review.remember(request, pair, review.waiting(told.proposal_id))


def _check(told: Rehearsal, based_on: str) -> None:
    if told.based_on != based_on:
        raise StaleError


def _back(told: Rehearsal) -> str:
    """Where the change was written."""
    if told.proposal_id is not None:
        return reverse("library:review")
    match told.kind:
        case RehearsalKind.TONE:
            return reverse("assistant-tone")
        case RehearsalKind.DOCUMENT if "documents" in told.draft:
            return reverse("library:pages")
        case RehearsalKind.DOCUMENT:
            return reverse("library:document", args=[told.document_id])
        case _ if told.pair_id is not None:
            return reverse("library:pair", args=[told.pair_id])
        case _:
            return reverse("library:pairs")


def _changes(told: Rehearsal) -> list[tuple[str, tuple[Part, ...]]]:
    """What would be written, word by word, under the name of each part."""
    match told.kind:
        case RehearsalKind.TONE:
            old, new = tone.newest() or Conduct(), Conduct(**rehearsing.tone_values(told.draft))
            changed = tone.changes(old, new)
            return [(one.label, difference(one.before, one.after)) for one in changed]
        case RehearsalKind.PAIR:
            return _changes_of_pair(told)
        case RehearsalKind.PAIRS:
            return _changes_of_file(told)
        case _:
            return _changes_of_site(told)


def _changes_of_site(told: Rehearsal) -> list[tuple[str, tuple[Part, ...]]]:
    """Which pages would be published; what changes in each stands on its own page."""
    ids = told.draft.get("documents", [])[:CHANGES_MAX]
    rows = Document.objects.filter(pk__in=ids).order_by("pk").values_list("title", "url")
    return [(title, difference(url, url)) for title, url in rows]


def _changes_of_file(told: Rehearsal) -> list[tuple[str, tuple[Part, ...]]]:
    """Each question with its answer as it is and as it would be."""
    shown = told.draft["pairs"][:CHANGES_MAX]
    ids = [one["pair_id"] for one in shown if one["pair_id"]]
    was = dict(Pair.objects.filter(pk__in=ids).values_list("pk", "answer"))
    return [
        (one["question"], difference(was.get(one["pair_id"], ""), one["answer"])) for one in shown
    ]


def _stays_out(told: Rehearsal) -> list[dict[str, Any]]:
    """The rows of a file that do not fit."""
    return [
        {"row": one["row"], "column": COLUMNS[one["part"]], "words": UNFIT[one["code"]]}
        for one in told.draft.get("errors", [])
    ]


def _changes_of_pair(told: Rehearsal) -> list[tuple[str, tuple[Part, ...]]]:
    was, draft = told.pair or Pair(), told.draft
    parts = (
        (_("Question"), was.question, draft["question"]),
        (_("Answer"), was.answer, draft["answer"]),
        (_("Other ways to ask"), "\n".join(was.variants), "\n".join(draft["variants"])),
    )
    return [(label, difference(old, new)) for label, old, new in parts if old != new]


def _rows(told: Rehearsal) -> list[Row]:
    """Losses first: they are what one must see."""
    order = {"lost": 0, "won": 1, "changed": 2}
    kept = sorted(told.rows, key=lambda row: order.get(row["effect"], 3))
    ids = [row["turn_id"] for row in kept if row["turn_id"]]
    said = dict(Turn.objects.filter(pk__in=ids).values_list("pk", "question"))
    return [_row(row, said.get(row["turn_id"] or 0, "")) for row in kept]


def _row(told: dict[str, Any], said: str) -> Row:
    before, after = _side(told["before"]), _side(told["after"])
    return Row(
        effect=told["effect"],
        question=told["question"] or said or _("a question that is not kept any more"),
        of_set=told["of_set"],
        missed=tuple(str(MISSED[Miss(one)]) for one in told["missed"]),
        before=before,
        after=after,
        parts=difference(before.text, after.text),
    )


def _side(told: dict[str, Any]) -> Side:
    band = str(_BANDS.get(told["band"], told["band"]))
    return Side(band, told["text"], told["title"], told["confidence"])
