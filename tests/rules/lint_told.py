"""Findings of the labelled templates in full, as an author is told of them: the golden lines.

`python -m tests.rules.lint_told` writes them anew, for a person to read what differs. Of each way
in which a rule speaks (its part, whether it mends, on a card or not) the first templates are told.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sportello.rules.template import lint, mended, parse
from sportello.rules.template_values import Finding
from tests.rules.template_labels import Row, rows

FILE: Final = Path(__file__).parent / "data" / "findings.txt"
_EACH: Final = 3


def told() -> Iterator[str]:
    ways: Counter[tuple[object, ...]] = Counter()
    for row in rows():
        for finding in lint(parse(row.template), row.account):
            where = finding.where
            way = (finding.code, where.part, bool(finding.fix), where.card is None)
            ways[way] += 1
            if ways[way] <= _EACH:
                yield _line(row, finding)


def _line(row: Row, finding: Finding) -> str:
    """Row and code, where, Meta's answer, the sentence, and what the fix changes."""
    where = finding.where
    place = [where.part.value, where.card, where.index, where.span]
    fixed = mended(row.template, finding.fix) if finding.fix else None
    cells = (
        f"{row.id} {finding.code.value} {finding.severity.value}",
        " ".join(str(one) for one in place if one is not None),
        repr(finding.answers),
        finding.message,
        "-" if fixed is None else f"{finding.mended!r} {_changed(row.template, fixed)}",
    )
    return " | ".join(cells)


def _changed(before: object, after: object, path: str = "") -> str:
    """The deepest places at which two JSON values differ, with what stands there afterwards."""
    if before == after:
        return ""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [*before, *(key for key in after if key not in before)]
        found = (_changed(before.get(key), after.get(key), f"{path}.{key}") for key in keys)
        return " ".join(one for one in found if one)
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        found = (
            _changed(old, new, f"{path}[{at}]")
            for at, (old, new) in enumerate(zip(before, after, strict=True))
        )
        return " ".join(one for one in found if one)
    return f"{path}={after!r}"


if __name__ == "__main__":
    FILE.write_text("\n".join(told()) + "\n", encoding="utf-8")
