"""How likely the best pair is the right answer: some features, one logistic, its weights in JSON.

Source: answering.md section 5. A raw cosine cannot abstain ("ciao" scores 0.84, a good question
0.86); this can, and each of its reasons can be shown.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt

from sportello.assistant.evidence import FEATURES
from sportello.assistant.search import Findings

# The question is the pair's own, word for word: only a pair that is wrong itself could fail.
_EXACT: Final = 0.99
# No measurement says how sure a quotation from a document in another language is: it is offered,
# never sent unasked.
_CROSSED_PASSAGE_MAX: Final = 0.5
# More like what no company is asked than like what is known: neither answered nor offered.
_ELSEWHERE_MAX: Final = 0.05
_SHRINKAGE: Final = 10.0
_STEPS_MAX: Final = 50
_SAMPLES_MIN: Final = 30

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Logistic:
    """Weights of the features as they come, in the order of `FEATURES`, and the bias."""

    weights: tuple[float, ...]
    bias: float
    samples: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """`same` for an authored answer in the question's language; `passage` for a document's passage
    in it; `crossed` where only vectors can tell.
    """

    same: Logistic
    crossed: Logistic
    passage: Logistic

    def confidence(self, findings: Findings) -> float:
        """Between 0 and 1; 0 where nothing was found."""
        if not findings.best:
            return 0.0
        likely = float(_likelihood(np.array([findings.features]), self._solution_for(findings))[0])
        if findings.elsewhere and not findings.exact:
            return min(likely, _ELSEWHERE_MAX)
        if findings.crossed and not findings.best[0].authored:
            return min(likely, _CROSSED_PASSAGE_MAX)
        return max(_EXACT, likely) if findings.exact else likely

    def _solution_for(self, findings: Findings) -> Numbers:
        if findings.crossed:
            return _solution(self.crossed)
        return _solution(self.same if findings.best[0].authored else self.passage)


@dataclass(frozen=True, slots=True)
class Example:
    """What was found for one question, and whether the best of it answers."""

    findings: Findings
    right: bool


def train(examples: Sequence[Example]) -> Calibration:
    """The weights that the examples ask for, drawn towards zero where they say little.

    Raises ValueError for fewer than 30 examples of either kind.
    """
    told = [example for example in examples if example.findings.best]
    crossed = [example for example in told if example.findings.crossed]
    same = [example for example in told if not example.findings.crossed]
    authored = [example for example in same if example.findings.best[0].authored]
    return Calibration(
        same=_fit(authored),
        crossed=_fit([example for example in crossed if example.findings.best[0].authored]),
        passage=_fit([example for example in same if not example.findings.best[0].authored]),
    )


@cache
def shipped() -> Calibration:
    """The weights that come with the package, made by `sportello calibrate`."""
    return loads(files(__package__).joinpath("calibration.json").read_text(encoding="utf-8"))


def dumps(calibration: Calibration, *, lessons: str = "") -> str:
    """`lessons`: the digest of what the weights were learnt from; see `lessons.digest`."""
    named = {"lessons": lessons} if lessons else {}
    told = {"features": list(FEATURES), **named, **asdict(calibration)}
    return json.dumps(told, indent=1) + "\n"


def loads(text: str) -> Calibration:
    """Raises ValueError for weights of other features."""
    told = json.loads(text)
    if told["features"] != list(FEATURES):
        raise ValueError("these weights were made for other features; run `sportello calibrate`")
    return Calibration(
        same=_logistic(told["same"]),
        crossed=_logistic(told["crossed"]),
        passage=_logistic(told["passage"]),
    )


def _logistic(told: dict[str, object]) -> Logistic:
    weights, bias, samples = told["weights"], told["bias"], told["samples"]
    if not isinstance(weights, list) or len(weights) != len(FEATURES):
        raise ValueError(f"{len(FEATURES)} weights wanted")
    return Logistic(tuple(float(w) for w in weights), float(str(bias)), int(str(samples)))


def _fit(examples: Sequence[Example]) -> Logistic:
    """Newton's method on standardised features, with the bias left free."""
    if len(examples) < _SAMPLES_MIN:
        raise ValueError(f"{_SAMPLES_MIN} examples wanted, {len(examples)} given")
    features = np.array([example.findings.features for example in examples])
    right = np.array([float(example.right) for example in examples])
    mean, deviation = features.mean(0), features.std(0)
    deviation[deviation < 1e-9] = np.inf
    standard = np.hstack([(features - mean) / deviation, np.ones((len(features), 1))])
    solution = _newton(standard, right)
    weights = solution[:-1] / deviation
    return Logistic(
        # Without zeros below zero: what a feature that never varies gets is one or the other.
        weights=tuple(round(float(weight), 5) + 0.0 for weight in weights),
        bias=round(float(solution[-1] - weights @ mean), 5),
        samples=len(examples),
    )


def _newton(features: Numbers, right: Numbers) -> Numbers:
    penalty = np.diag([_SHRINKAGE] * (features.shape[1] - 1) + [0.0])
    solution = np.zeros(features.shape[1])
    for _ in range(_STEPS_MAX):
        likely = _likelihood(features[:, :-1], solution)
        gradient = features.T @ (right - likely) - penalty @ solution
        curvature = (features.T * (likely * (1 - likely))) @ features + penalty
        step = np.linalg.solve(curvature + 1e-9 * np.eye(len(solution)), gradient)
        solution = solution + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return solution


def _solution(logistic: Logistic) -> Numbers:
    return np.array([*logistic.weights, logistic.bias])


def _likelihood(features: Numbers, solution: Numbers) -> Numbers:
    logits = np.clip(features @ solution[:-1] + solution[-1], -30, 30)
    likely: Numbers = 1 / (1 + np.exp(-logits))
    return likely
