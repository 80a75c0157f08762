"""Prints what became of the mutants, file by file, and the day on which each file was measured.

python tools/mutation_table.py build/mutation/fates src/sportello/rules

A file that has changed since it was measured is marked: its line tells of what it was.
"""

import hashlib
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

_DEAD = ("killed", "timed out")
_COLUMNS = ("mutants", "dead", "", "survive", "no test", "unreachable", "at import", "measured")


def line(name: str, fates: Counter[str], measured: str) -> str:
    """What runs at import alone, and what is never reached, is not judged: docs/mutation.md."""
    judged = fates.total() - fates["early"] - fates["unreachable"]
    dead = sum(fates[fate] for fate in _DEAD)
    share = f"{dead / judged:.0%}" if judged else "–"
    rest = (fates["survived"], fates["no test"], fates["unreachable"], fates["early"])
    cells = (name, fates.total(), dead, share, *rest, measured)
    return f"| {' | '.join(map(str, cells))} |"


def measured_on(kept: Path, told: dict[str, str], sources: Path) -> str:
    day = datetime.fromtimestamp(kept.stat().st_mtime, UTC).date().isoformat()
    source = sources / f"{kept.stem}.py"
    if not source.exists():
        return f"{day}, gone since"
    is_same = hashlib.sha256(source.read_bytes()).hexdigest() == told["sum"]
    return day if is_same else f"{day}, changed since"


def main() -> None:
    folder, sources = Path(sys.argv[1]), Path(sys.argv[2])
    rows = ["| file | " + " | ".join(_COLUMNS) + " |", "|---|" + "--:|" * len(_COLUMNS)]
    together: Counter[str] = Counter()
    for kept in sorted(folder.glob("*.json")):
        told = json.loads(kept.read_text(encoding="utf-8"))
        fates = Counter(told["fates"].values())
        rows.append(line(kept.stem, fates, measured_on(kept, told, sources)))
        together += fates
    rows.append(line("**all**", together, ""))
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
