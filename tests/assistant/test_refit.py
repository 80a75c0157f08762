"""A company's own certainty: learnt from its labels, honest on what it never saw, or not at all."""

import random
from dataclasses import replace

from sportello.assistant import calibration
from sportello.assistant.evidence import FEATURES
from sportello.assistant.refit import LABELS_MIN, THRESHOLDS, Marked, refit
from sportello.assistant.search import Findings, Found

_SHIPPED = calibration.shipped()


def _marked(told: float, *, right: bool, answerable: bool = True, **more: float) -> Marked:
    """A finding that is the average one but for what is named."""
    usual = {"asked": told, "told": told, "bm25": 0.3, "idf_coverage": 0.5, "terms": 4.0}
    usual["told_cosine"] = 80 + 2.5 * told  # where z of 0 lies, and one deviation
    usual |= {"alike_asked": 0.6, "alike_told": 0.4, "alike_asked_z": 1.9, "alike_told_z": 1.6}
    usual |= {"word": 0.76, "rest": 0.5, "shared": 0.4}
    features = tuple({**usual, **more}.get(name, 0.0) for name in FEATURES)
    found = Found(1, "Domanda", "Risposta", "it", told)
    return Marked(Findings((found,), features, "it"), right, answerable)


def _company(labels: int, *, turns_at: float) -> list[Marked]:
    """Of this company the answers are right from another certainty on than elsewhere."""
    drawn = random.Random(3)  # noqa: S311  # no secret: a repeatable choice
    told = []
    for _ in range(labels):
        z = drawn.uniform(0.0, 6.0)
        right = z + drawn.gauss(0, 0.3) > turns_at
        told.append(_marked(z, right=right, answerable=right))
    return told


def test_too_few_labels_say_nothing() -> None:
    made = refit(_SHIPPED, _company(LABELS_MIN - 1, turns_at=2.0))

    assert (made.calibration, made.figures) == (None, ())


def test_a_company_that_is_otherwise_gets_weights_of_its_own() -> None:
    marked = _company(200, turns_at=4.5)
    new = _company(400, turns_at=4.5)[200:]

    made = refit(_SHIPPED, marked)

    assert made.calibration is not None
    assert made.calibration.passage == _SHIPPED.passage
    assert _right_of(made.calibration, new) > _right_of(_SHIPPED, new)
    told = {one.answers_from: one for one in made.figures}
    assert tuple(told) == THRESHOLDS
    answered = [one.answered for one in made.figures]
    assert answered == sorted(answered, reverse=True)


def _right_of(learnt: calibration.Calibration, marked: list[Marked]) -> float:
    """How often "more likely than not" is so."""
    return sum((learnt.confidence(one.findings) > 0.5) == one.right for one in marked) / len(marked)


def test_where_the_labels_teach_nothing_the_shipped_weights_stay_and_are_measured() -> None:
    # The same finding, right as often as the shipped weights say: there is nothing to learn.
    usual = _marked(3.0, right=True)
    sure = _SHIPPED.confidence(usual.findings)
    marked = [replace(usual, right=place < round(sure * 100)) for place in range(100)]

    made = refit(_SHIPPED, marked)

    assert made.calibration is None
    assert len(made.figures) == len(THRESHOLDS)
