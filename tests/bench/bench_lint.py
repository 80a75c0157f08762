"""How well the lint of templates agrees with the labelled set, rule by rule, and how long it takes.

Precision: how many of its findings were labelled so; recall: how many of the labels it found.
"""

from collections.abc import Sequence
from statistics import median
from time import process_time

from sportello.rules.template import lint, parse
from sportello.rules.template_codes import Code
from tests.rules.template_labels import Row, agreement, rows

Figure = tuple[str, float, str, None]


def run() -> list[Figure]:
    given = rows()
    held_out = [row for row in given if row.split == "held_out"]
    return [
        ("templates labelled", len(given), "rows", None),
        *_overall("all", given),
        *_overall("held out", held_out),
        ("held out", len(held_out), "rows", None),
        *_by_rule(given),
        *_speed(given),
    ]


def _overall(name: str, given: Sequence[Row]) -> list[Figure]:
    agreed = agreement(given)
    return [
        (f"precision, {name}", agreed.precision(), "of 1", None),
        (f"recall, {name}", agreed.recall(), "of 1", None),
    ]


def _by_rule(given: Sequence[Row]) -> list[Figure]:
    agreed = agreement(given)
    figures: list[Figure] = []
    for code in Code:
        labelled = agreed.right[code.value] + agreed.missing[code.value]
        figures += [
            (f"{code.value}: precision", agreed.precision(code.value), f"of {labelled}", None),
            (f"{code.value}: recall", agreed.recall(code.value), f"of {labelled}", None),
        ]
    return figures


def _speed(given: Sequence[Row]) -> list[Figure]:
    """CPU time of reading and linting, by template."""
    times = []
    for row in given:
        began = process_time()
        lint(parse(row.template), row.account)
        times.append((process_time() - began) * 1000)
    times.sort()
    return [
        ("one template, half of them under", median(times), "ms CPU", None),
        ("one template, 95 % under", times[int(len(times) * 0.95)], "ms CPU", None),
    ]
