"""The labelled set of invented templates, and how well the lint agrees with it.

Each line of `data/templates.jsonl` has the codes that the template should raise, all of them. The
rows of split `tuned` were looked at while the rules were written; those of `held_out` were written
when the rules were done, and no rule was changed after the first run over them.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sportello.rules.pricing import Category
from sportello.rules.template import Account, lint, parse
from sportello.rules.template_values import Known, Standing

_FILE = Path(__file__).parent / "data" / "templates.jsonl"


@dataclass(frozen=True)
class Row:
    id: int
    split: str
    codes: frozenset[str]
    template: dict
    account: Account


@dataclass(frozen=True)
class Agreement:
    """How many findings were right, wrong, and missing; by code."""

    right: Counter
    wrong: Counter
    missing: Counter

    def precision(self, code: str | None = None) -> float:
        right, wrong = self._sum(self.right, code), self._sum(self.wrong, code)
        return right / (right + wrong) if right + wrong else 1.0

    def recall(self, code: str | None = None) -> float:
        right, missing = self._sum(self.right, code), self._sum(self.missing, code)
        return right / (right + missing) if right + missing else 1.0

    @staticmethod
    def _sum(counter: Counter, code: str | None) -> int:
        return counter.total() if code is None else counter[code]


@cache
def rows() -> tuple[Row, ...]:
    return tuple(_row(json.loads(line)) for line in _FILE.read_text(encoding="utf-8").splitlines())


def found(row: Row) -> frozenset[str]:
    return frozenset(finding.code.value for finding in lint(parse(row.template), row.account))


def agreement(given: Iterable[Row]) -> Agreement:
    right, wrong, missing = Counter(), Counter(), Counter()
    for row in given:
        codes = found(row)
        right.update(codes & row.codes)
        wrong.update(codes - row.codes)
        missing.update(row.codes - codes)
    return Agreement(right, wrong, missing)


def _row(line: dict) -> Row:
    account = line.get("account", {})
    known = tuple(
        Known(
            name=one["name"],
            language=one["language"],
            category=Category(one["category"]),
            standing=Standing(one["standing"]),
            body=one["body"],
            footer=one["footer"],
        )
        for one in account.get("templates", ())
    )
    return Row(
        id=line["id"],
        split=line["split"],
        codes=frozenset(line["codes"]),
        template=line["template"],
        account=Account(known, account.get("room")),
    )
