"""Begins to try a change before it is published; `rehearsals` shows what comes of it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import time
from hashlib import sha256
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect

from sportello.console.access import DeskRequest
from sportello.console.library.deeds import Draft, checked
from sportello.console.library.importing import ERRORS_SHOWN_MAX, Plan, Row
from sportello.reading.passages import Piece, fingerprint
from sportello.schema.assistant import Conduct, Proposal, SetQuestion, Turn
from sportello.schema.library import Document, Pair
from sportello.schema.rehearsal import Rehearsal, RehearsalKind, RehearsalState

_WAITING_MAX: Final = 5


def possible() -> bool:
    """Whether there is anything to ask: a question that must keep its answer, or a real one.

    Then every change of knowledge or tone is tried before somebody publishes it.
    """
    return SetQuestion.objects.exists() or Turn.objects.exclude(band="").exists()


def of_pair(
    request: DeskRequest, draft: Draft, pair: Pair | None, proposal: Proposal | None = None
) -> HttpResponse:
    """Leads to what the change would do. Raises UnfitPair."""
    fit = checked(draft)
    told = {
        "question": fit.question,
        "answer": fit.answer,
        "variants": fit.variants,
        "language": fit.language,
        "enabled": fit.enabled,
    }
    based_on = based_on_pair(pair)
    more = {"pair": pair, "proposal": proposal}
    return _begun(request, RehearsalKind.PAIR, told, based_on, **more)


def of_file(request: DeskRequest, plan: Plan) -> HttpResponse:
    """All that fits of a file, as one change; what does not fit is kept to be told."""
    told = {
        "pairs": [
            *({"pair_id": None, **asdict(draft)} for draft in plan.new),
            *({"pair_id": pair.pk, **asdict(draft)} for pair, draft in plan.changed),
        ],
        "errors": [asdict(error) for error in plan.errors[:ERRORS_SHOWN_MAX]],
    }
    return _begun(request, RehearsalKind.PAIRS, told, based_on_file(plan))


def of_tone(
    request: DeskRequest,
    values: dict[str, Any],
    current: Conduct | None,
    proposal: Proposal | None = None,
) -> HttpResponse:
    """`values` as `tone.keep` takes them."""
    told = {name: _plain(value) for name, value in values.items()}
    based_on = based_on_tone(current)
    return _begun(request, RehearsalKind.TONE, told, based_on, proposal=proposal)


def of_document(request: DeskRequest, document: Document) -> HttpResponse:
    based_on = based_on_draft(document)
    return _begun(request, RehearsalKind.DOCUMENT, {}, based_on, document=document)


def of_site(request: DeskRequest, documents: Sequence[Document]) -> HttpResponse:
    """All pages of a site that wait to be looked at, as one change."""
    ids = [one.pk for one in documents]
    based_on = based_on_drafts(documents)
    told = {"documents": ids}
    return _begun(request, RehearsalKind.DOCUMENT, told, based_on, document=documents[0])


def based_on_pair(pair: Pair | None) -> str:
    return "" if pair is None else pair.updated_at.isoformat()


def based_on_file(plan: Plan) -> str:
    """Of what would change as it is now, and which questions would be new."""
    was = [f"{pair.pk} {pair.updated_at.isoformat()}" for pair, _ in plan.changed]
    new = [f"{draft.language} {draft.question}" for draft in plan.new]
    return sha256("\n".join([*was, "", *new]).encode()).hexdigest()


def based_on_tone(current: Conduct | None) -> str:
    return str(current.version if current else 0)


def based_on_draft(document: Document) -> str:
    return fingerprint(Piece(*piece) for piece in document.draft or [])


def based_on_drafts(documents: Sequence[Document]) -> str:
    told = [f"{one.pk} {based_on_draft(one)}" for one in documents]
    return sha256("\n".join(told).encode()).hexdigest()


def rows_of_file(draft: dict[str, Any]) -> list[Row]:
    """A rehearsal's pairs as `importing.planned` takes them."""
    told = [{k: v for k, v in one.items() if k != "pair_id"} for one in draft["pairs"]]
    return [Row(number, Draft(**one)) for number, one in enumerate(told, 1)]


def tone_values(draft: dict[str, Any]) -> dict[str, Any]:
    """A rehearsal's draft as `tone.keep` takes it."""
    hours = ("silent_from", "silent_until")
    told = {name: time.fromisoformat(draft[name]) if draft[name] else None for name in hours}
    return {**draft, **told}


def _begun(
    request: DeskRequest, kind: RehearsalKind, draft: dict[str, Any], based_on: str, **more: Any
) -> HttpResponse:
    """What somebody tried before and left makes room: a worker tries one after the other."""
    waiting = Rehearsal.objects.filter(state=RehearsalState.WAITING).order_by("-pk")
    left = [one.pk for one in waiting[_WAITING_MAX:]]
    Rehearsal.objects.filter(pk__in=left).update(state=RehearsalState.DROPPED)
    made = Rehearsal.objects.create(
        workspace=request.workspace,
        kind=kind,
        draft=draft,
        based_on=based_on,
        author=request.user,
        at=request.now,
        **more,
    )
    return redirect("library:rehearsal", made.pk)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, time) else value
