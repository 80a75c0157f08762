"""Sets of questions that must keep their answers: asked as a whole, judged, compared."""

from dataclasses import dataclass, replace
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Count, Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sportello.console.access import DeskRequest, may_write
from sportello.console.library.corrections import measure_anew
from sportello.console.library.deeds import QUESTION_LENGTH_MAX
from sportello.console.members import member
from sportello.rules.judge import Expected, Got, Miss, misses
from sportello.schema.assistant import EvalRun, QuestionSet, SetQuestion, Turn
from sportello.schema.library import Pair, Trial, TrialState

_UNFIT = 422
QUESTIONS_MAX: Final = 500
_RUNS_KEPT: Final = 10
# How many of the customers' last questions are asked again, as one chooses.
REPLAYS: Final = (20, 50, 100, 200)
_REPLAYED: Final = 50
_FACTS_MAX: Final = 10
_BANDS: Final = {"", "answer", "clarify", "handover"}
MISSED: Final = {
    Miss.BAND: gettext_lazy("does something else"),
    Miss.PAIR: gettext_lazy("finds another answer"),
    Miss.FACT: gettext_lazy("lacks a fact"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A question with what is expected; `title`: the pair's that must be found, "" for any."""

    question: str
    band: str
    facts: list[str]
    title: str
    pair_id: int | None = None


class SetForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    lines = forms.CharField(
        label=gettext_lazy("Questions"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy(
            "One per line. Behind a bar what is expected (answer, clarify, handover), behind a "
            "second one the facts, with semicolons, behind a third one the question of yours that "
            "must be found: How much is shipping? | answer | 6,90 € | Shipping costs"
        ),
    )

    def clean_lines(self) -> list[Line]:
        rows = [line for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        if len(rows) > QUESTIONS_MAX:
            raise forms.ValidationError(_("At most 500 questions."))
        lines = [_line(number, row) for number, row in enumerate(rows, 1)]
        return _with_pairs(lines)


def _line(number: int, row: str) -> Line:
    question, band, facts, title = ([part.strip() for part in row.split("|", 3)] + [""] * 3)[:4]
    listed = [fact.strip()[:200] for fact in facts.split(";") if fact.strip()]
    if not question or len(question) > QUESTION_LENGTH_MAX or band not in _BANDS:
        raise forms.ValidationError(_("Line %(number)d cannot be read.") % {"number": number})
    return Line(question.replace("\0", ""), band, listed[:_FACTS_MAX], title.replace("\0", ""))


def _with_pairs(lines: list[Line]) -> list[Line]:
    """Each with the pair that its title names. Raises ValidationError."""
    titles = {line.title for line in lines if line.title}
    known = Pair.objects.filter(deleted_at=None, question__in=titles).order_by("pk")
    pairs = dict(known.values_list("question", "pk"))
    for number, line in enumerate(lines, 1):
        if line.title and line.title not in pairs:
            told = {"number": number, "title": line.title[:80]}
            raise forms.ValidationError(
                _("Line %(number)d: no question of yours reads “%(title)s”.") % told
            )
    return [replace(line, pair_id=pairs.get(line.title)) for line in lines]


@dataclass(frozen=True, slots=True)
class Judged:
    """One question of a run. `before`: whether it passed the last time; None if not asked."""

    trial: Trial
    band: str
    text: str
    misses: tuple[str, ...]
    waits: bool
    before: bool | None

    @property
    def passed(self) -> bool:
        return not self.waits and not self.misses

    @property
    def won(self) -> bool:
        return self.passed and self.before is False

    @property
    def lost(self) -> bool:
        return not self.waits and bool(self.misses) and self.before is True


@member
@require_http_methods(["GET", "POST"])
def listing(request: DeskRequest) -> HttpResponse:
    """All sets; a POST makes one."""
    form = SetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = QuestionSet.objects.create(
                    workspace=request.workspace, name=form.cleaned_data["name"]
                )
        except IntegrityError:
            form.add_error("name", _("A set has this name already."))
        else:
            _fill(request, made, form.cleaned_data["lines"])
            return redirect("library:set", made.pk)
    sets = QuestionSet.objects.annotate(
        questions=Count("setquestion", distinct=True), last=Max("evalrun__at")
    ).order_by("name")
    shown = {
        "sets": sets,
        "form": form,
        "may_write": may_write(request.membership),
        "replays": EvalRun.objects.filter(of_set=None).order_by("-pk")[:5],
        "asked": Turn.objects.exclude(band="").exists(),
        "counts": REPLAYS,
        "count": _REPLAYED,
    }
    return render(request, "library/tests.html", shown, status=_UNFIT if form.errors else None)


@member
@require_http_methods(["GET", "POST"])
def question_set(request: DeskRequest, set_id: int) -> HttpResponse:
    """One set with its runs; a POST writes its questions anew."""
    kept = get_object_or_404(QuestionSet, pk=set_id)
    asked = list(SetQuestion.objects.filter(of_set=kept).select_related("pair").order_by("pk"))
    lines = "\n".join(_as_line(one) for one in asked)
    form = SetForm(request.POST or None, initial={"name": kept.name, "lines": lines})
    if request.method == "POST" and form.is_valid():
        kept.name = form.cleaned_data["name"]
        kept.save(update_fields=["name"])
        _fill(request, kept, form.cleaned_data["lines"])
        messages.success(request, _("Saved."))
        return redirect("library:set", kept.pk)
    shown = {
        "set": kept,
        "form": form,
        "questions": asked,
        "runs": EvalRun.objects.filter(of_set=kept).order_by("-pk")[:_RUNS_KEPT],
        "may_write": may_write(request.membership),
    }
    return render(request, "library/set.html", shown, status=_UNFIT if form.errors else None)


def _as_line(one: SetQuestion) -> str:
    parts = [one.question, one.band, "; ".join(one.facts), _title(one.pair)]
    return " | ".join(parts).rstrip(" |")


def _title(pair: Pair | None) -> str:
    """As a line says it; "" for one that could not be read back from there."""
    if pair is None or pair.deleted_at is not None:
        return ""
    plain = "|" not in pair.question and " ".join(pair.question.split()) == pair.question
    return pair.question if plain else ""


def _fill(request: DeskRequest, kept: QuestionSet, lines: list[Line]) -> None:
    """What could not be said in a line stays tied as it is."""
    known = SetQuestion.objects.filter(of_set=kept, pair__deleted_at=None).select_related("pair")
    unsaid = {one.question: one.pair_id for one in known if one.pair and not _title(one.pair)}
    wanted = {line.question: line for line in lines}
    SetQuestion.objects.filter(of_set=kept).exclude(question__in=list(wanted)).delete()
    for question, line in wanted.items():
        SetQuestion.objects.update_or_create(
            workspace=request.workspace,
            of_set=kept,
            question=question,
            defaults={
                "band": line.band,
                "facts": line.facts,
                "pair_id": line.pair_id or unsaid.get(question),
            },
        )
    measure_anew(request)


@member
@require_POST
def deletion(request: DeskRequest, set_id: int) -> HttpResponse:
    get_object_or_404(QuestionSet, pk=set_id).delete()
    messages.success(request, _("Deleted."))
    return redirect("library:tests")


@member
@require_POST
def begin(request: DeskRequest, set_id: int) -> HttpResponse:
    """Asks the whole set; the worker answers one after the other."""
    kept = get_object_or_404(QuestionSet, pk=set_id)
    asked = list(SetQuestion.objects.filter(of_set=kept).order_by("pk")[:QUESTIONS_MAX])
    if not asked:
        messages.error(request, _("This set has no questions yet."))
        return redirect("library:set", kept.pk)
    made = _begun(request, kept, [(one.question, one.pk) for one in asked])
    return redirect("library:run", made.pk)


@member
@require_POST
def replay(request: DeskRequest) -> HttpResponse:
    """Asks the customers' last questions again, as things stand now."""
    told = request.POST.get("count", "")
    count = next((one for one in REPLAYS if str(one) == told), _REPLAYED)
    turns = list(Turn.objects.exclude(band="").order_by("-pk")[:count])
    if not turns:
        messages.error(request, _("No customer has asked anything yet."))
        return redirect("library:tests")
    made = _begun(request, None, [(turn.question, turn.pk) for turn in turns])
    return redirect("library:run", made.pk)


def _begun(request: DeskRequest, kept: QuestionSet | None, asked: list[tuple[str, int]]) -> EvalRun:
    made = EvalRun.objects.create(
        workspace=request.workspace,
        of_set=kept,
        total=len(asked),
        author=request.user,
        at=request.now,
    )
    Trial.objects.bulk_create(
        Trial(workspace=request.workspace, question=text, run_id=made.pk, asked_id=asked_id)
        for text, asked_id in asked
    )
    old = EvalRun.objects.filter(of_set=kept).order_by("-pk")[_RUNS_KEPT:]
    EvalRun.objects.filter(pk__in=[one.pk for one in old]).delete()
    return made


@member
@require_GET
def run(request: DeskRequest, run_id: int) -> HttpResponse:
    """A run as it goes on; the page asks again by itself until all is answered."""
    told = EvalRun.objects.filter(pk=run_id).select_related("of_set").first()
    if told is None:
        raise Http404
    rows = _judged(told)
    done = [row for row in rows if not row.waits]
    shown: dict[str, Any] = {
        "run": told,
        "rows": sorted(rows, key=lambda row: (not row.lost, not row.won, row.passed)),
        "done": len(done),
        "passed": sum(row.passed for row in done),
        "won": sum(row.won for row in rows),
        "lost": sum(row.lost for row in rows),
        "waits": len(done) < len(rows),
    }
    fragment = "#run" if request.headers.get("HX-Request") else ""
    return render(request, f"library/run.html{fragment}", shown)


def _judged(told: EvalRun) -> list[Judged]:
    expected = _expected(told)
    earlier = EvalRun.objects.filter(of_set=told.of_set, pk__lt=told.pk).order_by("-pk").first()
    before = {} if earlier is None or told.of_set is None else _passed(earlier, expected)
    trials = Trial.objects.filter(run_id=told.pk).order_by("pk")
    return [
        Judged(
            trial=trial,
            band=_got(trial).band,
            text=_got(trial).text,
            misses=tuple(str(MISSED[miss]) for miss in _misses(trial, expected)),
            waits=trial.state == TrialState.WAITING,
            before=before.get(trial.asked_id or 0),
        )
        for trial in trials
    ]


def _passed(told: EvalRun, expected: dict[int, Expected]) -> dict[int, bool]:
    trials = Trial.objects.filter(run_id=told.pk).exclude(state=TrialState.WAITING)
    return {trial.asked_id or 0: not _misses(trial, expected) for trial in trials}


def _misses(trial: Trial, expected: dict[int, Expected]) -> tuple[Miss, ...]:
    wanted = expected.get(trial.asked_id or 0, Expected())
    if trial.state == TrialState.FAILED:
        return (Miss.BAND,)
    return () if trial.state == TrialState.WAITING else misses(wanted, _got(trial))


def _expected(told: EvalRun) -> dict[int, Expected]:
    """By question: what its set says, or what was done when a customer asked it."""
    if told.of_set is not None:
        asked = SetQuestion.objects.filter(of_set=told.of_set)
        return {one.pk: Expected(one.band, one.pair_id, one.facts) for one in asked}
    ids = Trial.objects.filter(run_id=told.pk).values_list("asked_id", flat=True)
    turns = Turn.objects.filter(pk__in=[one for one in ids if one is not None])
    return {turn.pk: Expected(turn.band, _first_pair(turn.found)) for turn in turns}


def _first_pair(found: Any) -> int | None:
    first: dict[str, Any] = next(iter(found), {}) if isinstance(found, list) else {}
    pair_id = first.get("pair_id")
    return pair_id if isinstance(pair_id, int) else None


def _got(trial: Trial) -> Got:
    result = trial.result if isinstance(trial.result, dict) else {}
    return Got(
        str(result.get("band", "")), _first_pair(result.get("sources")), str(result.get("text", ""))
    )
