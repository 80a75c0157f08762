"""Prints what became of mutmut's mutants, file by file: killed, survived, without a test.

python tools/mutation_table.py build/mutation/mutants/src/sportello/rules
"""

import json
import sys
from collections import Counter
from pathlib import Path

_KILLED = {1, 3}
_NO_TEST = {5, 33}


def fate(code: int | None) -> str:
    """By the exit code that mutmut keeps; a signal is its time or memory having run out."""
    if code is None:
        return "not run"
    if code == 0:
        return "survived"
    if code in _NO_TEST:
        return "no test"
    return "killed" if code in _KILLED else "timed out"


def counted(folder: Path) -> dict[str, Counter[str]]:
    found = {}
    for path in sorted(folder.glob("*.py.meta")):
        kept = json.loads(path.read_text())["exit_code_by_key"]
        if kept:
            found[path.name.removesuffix(".py.meta")] = Counter(map(fate, kept.values()))
    return found


def line(name: str, counts: Counter[str]) -> str:
    run = counts.total() - counts["not run"]
    dead = counts["killed"] + counts["timed out"]
    share = f"{dead / run:.0%}" if run else "–"
    rest = (counts["survived"], counts["no test"], counts["not run"])
    return f"| {name} | {run} | {dead} | {share} | " + " | ".join(map(str, rest)) + " |"


def main() -> None:
    files = counted(Path(sys.argv[1]))
    rows = ["| file | run | killed | share | survived | no test | not run |", "|---|" + "--:|" * 6]
    rows += [line(name, counts) for name, counts in files.items()]
    rows.append(line("**all**", sum(files.values(), Counter())))
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
