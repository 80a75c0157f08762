"""Prints what became of the mutants, file by file, and the day on which each file was measured.

    python tools/mutation_table.py build/mutation/fates src/sportello/rules

A file that has changed since it was measured is marked: its line tells of what it was. Equivalent
mutants (`tools/equivalent_mutants.toml`) are not counted.
"""

import hashlib
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_NOT_YET = "not yet"
_DEAD = ("killed", "timed out")
_APART = ("early", "unreachable", "equivalent")
_EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
_COLUMNS = ("mutants", "run", "judged", "killed", "", "survive", "no test", "apart", "measured")


@dataclass(frozen=True, slots=True)
class Line:
    """A file: `total` mutants made of it, and the fates of those that were run."""

    name: str
    total: int
    fates: Counter[str]
    measured: str

    @property
    def judged(self) -> int:
        return self.fates.total() - sum(self.fates[fate] for fate in _APART)

    @property
    def dead(self) -> int:
        return sum(self.fates[fate] for fate in _DEAD)

    @property
    def weight(self) -> float:
        """How many of all its mutants would be judged, by those that were run."""
        run = self.fates.total()
        return self.total * self.judged / run if run else 0.0

    def cells(self) -> Iterator[object]:
        yield from (self.name, self.total, self.fates.total(), self.judged, self.dead)
        yield f"{self.dead / self.judged:.0%}" if self.judged else "–"
        yield from (self.fates["survived"], self.fates["no test"])
        yield sum(self.fates[fate] for fate in _APART)
        yield self.measured


def lines(folder: Path, sources: Path) -> Iterator[Line]:
    """Of every file of the rules; what was never measured has no mutants run."""
    equivalent = changes(_EQUIVALENT)
    for source in sorted(sources.glob("*.py")):
        kept = folder / f"{source.stem}.json"
        if source.stem == "__init__":
            continue
        if not kept.exists():
            yield Line(source.stem, 0, Counter(), _NOT_YET)
            continue
        told = json.loads(kept.read_text(encoding="utf-8"))
        fates = {
            name: "equivalent" if told["changes"].get(name) in equivalent else fate
            for name, fate in told["fates"].items()
        }
        day = measured_on(kept, told["sum"], source)
        yield Line(source.stem, told["total"], Counter(fates.values()), day)


def changes(path: Path) -> set[str]:
    """What `mutants.py --show` prints of each mutant that changes nothing that could be seen."""
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["equivalent"]
    return {f"{one['of']}\n{one['change'].strip()}" for one in listed}


def measured_on(kept: Path, digest: str, source: Path) -> str:
    day = datetime.fromtimestamp(kept.stat().st_mtime, UTC).date().isoformat()
    is_same = hashlib.sha256(source.read_bytes()).hexdigest() == digest
    return day if is_same else f"{day}, changed since"


def together(found: list[Line]) -> str:
    """Each file weighs what it has: a sample of a large one says more than one of a small one."""
    weight = sum(line.weight for line in found)
    dead = sum(line.weight * line.dead / line.judged for line in found if line.judged)
    judged, killed = sum(line.judged for line in found), sum(line.dead for line in found)
    return (
        f"{killed} of {judged} judged ({killed / max(judged, 1):.1%}); "
        f"weighed by the mutants of each file: {dead / max(weight, 1):.1%}"
    )


def main() -> None:
    found = list(lines(Path(sys.argv[1]), Path(sys.argv[2])))
    rows = ["| file | " + " | ".join(_COLUMNS) + " |", "|---|" + "--:|" * len(_COLUMNS)]
    rows += [f"| {' | '.join(map(str, line.cells()))} |" for line in found if line.total]
    empty = [line for line in found if not line.total]
    left = ", ".join(f"`{line.name}`" for line in empty if line.measured == _NOT_YET) or "none"
    none = ", ".join(f"`{line.name}`" for line in empty if line.measured != _NOT_YET) or "none"
    said = f"Without mutants: {none}. Not measured: {left}."
    sys.stdout.write("\n".join([*rows, "", together(found), "", said]) + "\n")


if __name__ == "__main__":
    main()
