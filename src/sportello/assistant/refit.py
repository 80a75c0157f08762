"""A company's own certainty, learnt from its labelled questions and drawn to the shipped weights.

Each question is judged by weights that never saw it (five folds): so what is told of them is what
is to be expected of new ones. Where the company's own weights do not foretell better than the
shipped ones, the shipped ones stay. Source: answering.md section 5 (from 50 labels on).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sportello.assistant.calibration import Calibration, Example, Logistic, Numbers
from sportello.assistant.search import Findings

LABELS_MIN: Final = 50
FOLDS: Final = 5
# In standardised features: so many examples does each shipped weight count for.
_PULL: Final = 8.0
_STEPS_MAX: Final = 50
_LIKELY_MIN: Final = 1e-4
THRESHOLDS: Final = tuple(round(0.30 + 0.05 * step, 2) for step in range(14))


@dataclass(frozen=True, slots=True)
class Marked:
    """What was found for a labelled question. `answerable`: the knowledge holds its answer."""

    findings: Findings
    right: bool
    answerable: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """At this threshold: the share of answerable questions answered at once, and of all answers
    those that are wrong.
    """

    answers_from: float
    answered: float
    wrong: float


@dataclass(frozen=True, slots=True)
class Refit:
    """`calibration` is None where the shipped weights stay; `figures` tell of whichever holds."""

    calibration: Calibration | None
    figures: tuple[Figure, ...]


def refit(shipped: Calibration, marked: Sequence[Marked]) -> Refit:
    """No figures for fewer than 50 labels."""
    if len(marked) < LABELS_MIN:
        return Refit(None, ())
    as_shipped = [shipped.confidence(one.findings) for one in marked]
    own = _by_strangers(shipped, marked)
    if _loss(own, marked) < _loss(as_shipped, marked):
        return Refit(_learnt(shipped, marked), _figures(own, marked))
    return Refit(None, _figures(as_shipped, marked))


def _by_strangers(shipped: Calibration, marked: Sequence[Marked]) -> list[float]:
    """How sure each is by weights learnt from the other folds."""
    sure = [0.0] * len(marked)
    for fold in range(FOLDS):
        others = [one for place, one in enumerate(marked) if place % FOLDS != fold]
        learnt = _learnt(shipped, others)
        for place in range(fold, len(marked), FOLDS):
            sure[place] = learnt.confidence(marked[place].findings)
    return sure


def _learnt(shipped: Calibration, marked: Sequence[Marked]) -> Calibration:
    """Each kind of finding by its own examples; one that has few keeps the shipped weights."""
    return replace(
        shipped,
        same=_drawn(shipped.same, marked, lambda one: not one.crossed and one.best[0].authored),
        crossed=_drawn(shipped.crossed, marked, lambda one: one.crossed and one.best[0].authored),
        passage=_drawn(
            shipped.passage, marked, lambda one: not one.crossed and not one.best[0].authored
        ),
    )


def _drawn(
    prior: Logistic, marked: Sequence[Marked], belongs: Callable[[Findings], bool]
) -> Logistic:
    """Newton's method on the distance from the shipped weights."""
    told = [
        Example(one.findings, one.right)
        for one in marked
        if one.findings.best and belongs(one.findings)
    ]
    # A fold less, so that what is learnt from four of five is learnt as from all.
    if len(told) < LABELS_MIN * (FOLDS - 1) // FOLDS:
        return prior
    features = np.array([one.findings.features for one in told])
    right = np.array([float(one.right) for one in told])
    mean, deviation = features.mean(0), features.std(0)
    deviation[deviation < 1e-9] = np.inf
    standard = np.hstack([(features - mean) / deviation, np.ones((len(features), 1))])
    before = features @ np.array(prior.weights) + prior.bias
    moved = _newton(standard, right, before)
    weights = np.array(prior.weights) + moved[:-1] / deviation
    bias = prior.bias + moved[-1] - (moved[:-1] / deviation) @ mean
    return Logistic(
        weights=tuple(round(float(weight), 5) for weight in weights),
        bias=round(float(bias), 5),
        samples=len(told),
    )


def _newton(features: Numbers, right: Numbers, before: Numbers) -> Numbers:
    penalty = np.diag([_PULL] * (features.shape[1] - 1) + [1.0])
    moved = np.zeros(features.shape[1])
    for _ in range(_STEPS_MAX):
        likely = 1 / (1 + np.exp(-np.clip(before + features @ moved, -30, 30)))
        gradient = features.T @ (right - likely) - penalty @ moved
        curvature = (features.T * (likely * (1 - likely))) @ features + penalty
        step = np.linalg.solve(curvature, gradient)
        moved = moved + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return moved


def _loss(sure: Sequence[float], marked: Sequence[Marked]) -> float:
    likely = np.clip(np.array(sure), _LIKELY_MIN, 1 - _LIKELY_MIN)
    right = np.array([float(one.right) for one in marked])
    return float(-(right * np.log(likely) + (1 - right) * np.log(1 - likely)).mean())


def _figures(sure: Sequence[float], marked: Sequence[Marked]) -> tuple[Figure, ...]:
    answerable = sum(one.answerable for one in marked)
    told = []
    for at in THRESHOLDS:
        answered = [one for one, p in zip(marked, sure, strict=True) if p >= at]
        at_once = sum(one.answerable for one in answered)
        wrong = sum(not one.right for one in answered)
        told.append(
            Figure(
                at,
                round(at_once / max(answerable, 1), 4),
                round(wrong / max(len(answered), 1), 4),
            )
        )
    return tuple(told)
