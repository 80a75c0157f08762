"""Looking at answers: what they stood on, what was wrong, and what is to change because of it."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count, Max, Q, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console import words
from sportello.console.access import DeskRequest, may_administer, may_write
from sportello.console.assistant import tone
from sportello.console.library import corrections, deeds, rehearsing
from sportello.console.library.deeds import (
    ANSWER_LENGTH_MAX,
    QUESTION_LENGTH_MAX,
    Draft,
    UnfitPair,
)
from sportello.console.library.differences import Part, difference
from sportello.console.members import member
from sportello.schema.assistant import (
    ModelBudget,
    Proposal,
    ProposalKind,
    ProposalOrigin,
    ProposalState,
    QuestionSet,
    SetQuestion,
    Turn,
)
from sportello.schema.inbox import Media, Message
from sportello.schema.library import Pair
from sportello.schema.rehearsal import Correction

_UNFIT = 422
_FORBIDDEN = 403
_OPEN_SHOWN: Final = 50
_CLUSTERS_SHOWN: Final = 30
_PERSONA_MAX: Final = 600
REVIEWED: Final = "Revisioni"
FAULTS: Final = {
    "invented": gettext_lazy("said what no source says"),
    "address": gettext_lazy("gave an address that no source gives"),
    "promise": gettext_lazy("promised something"),
    "forbidden": gettext_lazy("used forbidden words"),
    "markup": gettext_lazy("used markup"),
    "leak": gettext_lazy("repeated its instructions"),
    "hidden": gettext_lazy("held invisible signs"),
    "too_long": gettext_lazy("was too long"),
    "empty": gettext_lazy("was empty"),
}
BANDS: Final = {
    "answer": gettext_lazy("answered"),
    "clarify": gettext_lazy("asked what was meant"),
    "handover": gettext_lazy("handed over"),
}
WAYS: Final = {
    "own": gettext_lazy("the company's own words"),
    "quoted": gettext_lazy("quoted from a document"),
    "model": gettext_lazy("worded by a model"),
    "action": gettext_lazy("looked up by an action"),
}


class ReviewForm(forms.Form):
    """What was wrong, and the change that would mend it."""

    wrong = forms.CharField(
        label=gettext_lazy("What was wrong"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Proposed change"),
        choices=[
            (ProposalKind.EDIT, gettext_lazy("Correct the answer that was used")),
            (ProposalKind.ADD, gettext_lazy("Add a question with its answer")),
            (ProposalKind.TONE, gettext_lazy("Change how it sounds")),
        ],
    )
    question = forms.CharField(
        label=gettext_lazy("Question"), required=False, max_length=QUESTION_LENGTH_MAX
    )
    answer = forms.CharField(
        label=gettext_lazy("New words"),
        max_length=ANSWER_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("The answer as it should be; for the tone, how it should sound."),
    )

    def __init__(self, *args: Any, pair: Pair | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self._pair = pair

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        kind, answer = filled.get("kind"), filled.get("answer", "")
        if kind == ProposalKind.EDIT and self._pair is None:
            self.add_error("kind", _("This answer used no question of yours: add one instead."))
        if kind == ProposalKind.ADD and not filled.get("question", "").strip():
            self.add_error("question", _("Write the question too."))
        if kind == ProposalKind.TONE and len(answer) > _PERSONA_MAX:
            self.add_error("answer", _("At most 600 characters for the tone."))
        return filled


@dataclass(frozen=True, slots=True)
class Offered:
    """A proposal with what it would change, word by word."""

    proposal: Proposal
    parts: tuple[Part, ...]


@member
@require_GET
def listing(request: DeskRequest) -> HttpResponse:
    still_open = Proposal.objects.filter(state=ProposalState.OPEN).select_related("pair", "author")
    offered = [
        Offered(one, difference(one.before, one.answer))
        for one in still_open.order_by("-times", "-at")[:_OPEN_SHOWN]
    ]
    shown = {
        "offered": offered,
        "clusters": _clusters(),
        "rehearsable": rehearsing.possible(),
        "may_write": may_write(request.membership),
    }
    return render(request, "library/review.html", shown)


def _clusters() -> list[dict[str, Any]]:
    """Unanswered questions that ask the same, the most frequent first, with the newest wording."""
    counted = (
        Turn.objects.filter(cluster__isnull=False)
        .values("cluster")
        .annotate(times=Count("pk"), last=Max("at"), newest=Max("pk", filter=~Q(question="")))
        .order_by("-times", "-last")[:_CLUSTERS_SHOWN]
    )
    rows = list(counted)
    said = Turn.objects.filter(pk__in=[row["newest"] for row in rows])
    texts = {turn.pk: turn for turn in said.only("question", "conversation_id")}
    return [row | {"turn": texts[row["newest"]]} for row in rows if row["newest"] in texts]


@member
@require_http_methods(["GET", "POST"])
def message(request: DeskRequest, message_id: int) -> HttpResponse:
    """One answer of the assistant's; a POST proposes a change because of it."""
    looked_at = Message.objects.filter(pk=message_id, origin="assistant").first()
    if looked_at is None:
        raise Http404
    turn = corrections.turn_of(looked_at)
    pair = _pair_of(turn)
    form = ReviewForm(request.POST or None, pair=pair, initial=_initial(turn, pair))
    if request.method == "POST" and form.is_valid():
        _propose(request, turn, pair, form.cleaned_data)
        messages.success(request, _("Proposed. It changes nothing until it is accepted."))
        return redirect("library:review")
    shown = {
        "message": looked_at,
        "turn": turn,
        "found": turn.found if turn else [],
        "band": BANDS.get(turn.band, "") if turn else "",
        "way": WAYS.get(turn.way, "") if turn else "",
        "currency": _currency(),
        "reading_micros": _reading_micros(looked_at),
        "faults": [FAULTS.get(fault, fault) for fault in turn.faults] if turn else [],
        "form": form,
        "judged": corrections.judged_of(turn),
        "others": corrections.others_of(turn),
        "said": Correction.objects.filter(turn=turn).first() if turn else None,
        "may_write": may_write(request.membership),
    }
    status = _UNFIT if form.errors else None
    return render(request, "library/review_message.html", shown, status=status)


def _reading_micros(answer: Message) -> int:
    """What it cost to read the files that this answered: those since the answer before."""
    said = Message.objects.filter(conversation=answer.conversation_id, pk__lt=answer.pk)
    before = said.filter(origin__in=("assistant", "operator"), at__lt=answer.at).aggregate(
        last=Max("pk")
    )
    files = Media.objects.filter(
        message__in=said.filter(origin="customer", pk__gt=before["last"] or 0)
    )
    return files.aggregate(sum=Sum("reading_cost_micros"))["sum"] or 0


def _currency() -> str:
    """In which the company's models are paid."""
    budget = ModelBudget.objects.first()
    return budget.currency if budget else "EUR"


def _pair_of(turn: Turn | None) -> Pair | None:
    """The pair that the answer stood on first, if it still stands."""
    used = [one for one in (turn.found if turn else []) if one.get("used")]
    ids = [one["pair_id"] for one in used if isinstance(one.get("pair_id"), int)]
    return Pair.objects.filter(pk=ids[0], deleted_at=None).first() if ids else None


def _initial(turn: Turn | None, pair: Pair | None) -> dict[str, str]:
    if pair is not None:
        return {"kind": ProposalKind.EDIT, "question": pair.question, "answer": pair.answer}
    return {
        "kind": ProposalKind.ADD,
        "question": turn.question[:QUESTION_LENGTH_MAX] if turn else "",
    }


def _propose(
    request: DeskRequest, turn: Turn | None, pair: Pair | None, filled: dict[str, Any]
) -> None:
    kind = ProposalKind(filled["kind"])
    current = tone.newest()
    before = {
        ProposalKind.EDIT: pair.answer if pair else "",
        ProposalKind.ADD: "",
        ProposalKind.TONE: current.persona if current else "",
    }[kind]
    Proposal.objects.create(
        workspace=request.workspace,
        kind=kind,
        origin=ProposalOrigin.REVIEW,
        turn=turn,
        pair=pair if kind is ProposalKind.EDIT else None,
        wrong=filled["wrong"],
        question=pair.question if pair and kind is ProposalKind.EDIT else filled["question"],
        answer=filled["answer"],
        language=pair.language if pair else (turn.language if turn else "") or "it",
        before=before,
        author=request.user,
        at=request.now,
    )


@member
@require_POST
def acceptance(request: DeskRequest, proposal_id: int) -> HttpResponse:
    """The change is tried where there is anything to ask, and made when it is published; else it is
    made. What was asked becomes a question that must keep its answer.
    """
    proposal = waiting(proposal_id)
    if proposal.kind == ProposalKind.TONE and not may_administer(request.membership):
        return render(request, "403.html", status=_FORBIDDEN)
    try:
        if rehearsing.possible():
            return _rehearsed(request, proposal)
        _apply(request, proposal)
    except UnfitPair as unfit:
        messages.error(request, str(words.UNFIT[unfit.code]))
        return redirect("library:review")
    except Pair.DoesNotExist:
        messages.error(request, _("The question was deleted in the meantime."))
        return redirect("library:review")
    decide(request, proposal, ProposalState.ACCEPTED)
    messages.success(request, _("Accepted. The assistant will know it in a few seconds."))
    return redirect("library:review")


def _rehearsed(request: DeskRequest, proposal: Proposal) -> HttpResponse:
    """Publishing it then accepts the proposal. Raises UnfitPair."""
    match proposal.kind:
        case ProposalKind.TONE:
            sounding = _sounding(request, proposal.answer)
            return rehearsing.of_tone(request, sounding, tone.newest(), proposal)
        case ProposalKind.EDIT:
            assert proposal.pair is not None  # a CHECK of the table
            return rehearsing.of_pair(request, _edited(proposal), proposal.pair, proposal)
        case _:
            return rehearsing.of_pair(request, _added(proposal), None, proposal)


def _sounding(request: DeskRequest, persona: str) -> dict[str, Any]:
    kept = tone.values_of(tone.newest(), request.workspace)
    return kept | {"persona": persona[:_PERSONA_MAX]}


def _edited(proposal: Proposal) -> Draft:
    pair = proposal.pair
    assert pair is not None  # a CHECK of the table
    return Draft(pair.question, proposal.answer, pair.variants, pair.language, pair.enabled)


def _added(proposal: Proposal) -> Draft:
    return Draft(proposal.question, proposal.answer, [], proposal.language)


def _apply(request: DeskRequest, proposal: Proposal) -> None:
    match proposal.kind:
        case ProposalKind.TONE:
            tone.keep(request, _sounding(request, proposal.answer))
        case ProposalKind.EDIT:
            assert proposal.pair is not None  # a CHECK of the table
            changed = deeds.change(proposal.pair.pk, _edited(proposal), request.now)
            remember(request, changed, proposal)
        case _:
            remember(request, deeds.add(request.workspace.pk, _added(proposal)), proposal)


def remember(request: DeskRequest, pair: Pair, proposal: Proposal) -> None:
    """What was asked becomes a question that must keep its answer."""
    asked = (proposal.turn.question if proposal.turn else "") or proposal.question
    kept, _made = QuestionSet.objects.get_or_create(workspace=request.workspace, name=REVIEWED)
    SetQuestion.objects.update_or_create(
        workspace=request.workspace,
        of_set=kept,
        question=asked[:QUESTION_LENGTH_MAX],
        defaults={"band": "answer", "pair": pair, "facts": []},
    )
    corrections.measure_anew(request)


@member
@require_POST
def rejection(request: DeskRequest, proposal_id: int) -> HttpResponse:
    decide(request, waiting(proposal_id), ProposalState.REJECTED)
    messages.success(request, _("Rejected."))
    return redirect("library:review")


def waiting(proposal_id: int) -> Proposal:
    """An open one, locked. Raises Http404."""
    opened = Proposal.objects.select_for_update(of=("self",)).filter(state=ProposalState.OPEN)
    return get_object_or_404(opened, pk=proposal_id)


def decide(request: DeskRequest, proposal: Proposal, state: ProposalState) -> None:
    proposal.state, proposal.decided_by = state, request.user
    proposal.decided_at = request.now
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    if state is ProposalState.ACCEPTED and proposal.cluster is not None:
        Turn.objects.filter(cluster=proposal.cluster).update(cluster=None)
