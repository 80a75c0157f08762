"""How well questions are answered: counted over labelled samples, as answering.md promises it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sportello.assistant.calibration import Calibration, Example
from sportello.assistant.labelled import Sample
from sportello.assistant.route import Kind, route
from sportello.rules import daring


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares between 0 and 1.

    `precision`: of the answers to answerable questions, those that are right; `precision_overall`:
    of all answers, those to questions out of scope included. `coverage`: of the answerable, those
    answered at once. `helped`: of the answerable, those answered rightly or offered the right pair
    among three.
    """

    questions: int
    hit_1: float
    hit_3: float
    hit_5: float
    precision: float
    precision_overall: float
    coverage: float
    helped: float
    near: int
    near_answered: float
    far: int
    far_answered: float


def measure(
    samples: Sequence[Sample],
    calibration: Calibration,
    *,
    answer_from: float = daring.DEFAULT,
    clarify_from: float = 0.20,
) -> Quality:
    """Of questions that were asked of whole libraries, as the assistant is asked them: what is no
    question for a library ("what's the weather?") is never looked up.
    """
    told = [(sample, _confidence(sample, calibration)) for sample in samples]
    asked = [(sample, p) for sample, p in told if sample.kind == "in" and sample.answerable]
    answered = [sample for sample, p in told if p >= answer_from]
    helped = [
        sample
        for sample, p in asked
        if (p >= answer_from and sample.right)
        or (clarify_from <= p < answer_from and 0 < sample.rank <= 3)
    ]
    answered_in = [sample for sample, p in asked if p >= answer_from]
    near = [p >= answer_from for sample, p in told if sample.kind == "near"]
    far = [p >= answer_from for sample, p in told if sample.kind == "far"]
    return Quality(
        questions=len(asked),
        hit_1=_share([sample.rank == 1 for sample, _ in asked]),
        hit_3=_share([0 < sample.rank <= 3 for sample, _ in asked]),
        hit_5=_share([0 < sample.rank <= 5 for sample, _ in asked]),
        precision=_share([sample.right for sample in answered_in]),
        precision_overall=_share([sample.kind == "in" and sample.right for sample in answered]),
        coverage=len(answered_in) / max(len(asked), 1),
        helped=len(helped) / max(len(asked), 1),
        near=len(near),
        near_answered=_share(near),
        far=len(far),
        far_answered=_share(far),
    )


def examples(samples: Sequence[Sample]) -> list[Example]:
    """What a calibration learns from: also from questions whose pair was left out."""
    return [Example(sample.findings, sample.kind == "in" and sample.right) for sample in samples]


def _confidence(sample: Sample, calibration: Calibration) -> float:
    if route([sample.text]) is not Kind.QUESTION:
        return 0.0
    return calibration.confidence(sample.findings)


def _share(told: Sequence[bool]) -> float:
    return sum(told) / len(told) if told else 0.0
