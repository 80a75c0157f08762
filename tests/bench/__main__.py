"""Runs every `bench_*.py` beside this file, or those named, and prints one table.

Each has `run() -> list[Figure]`; a figure's ratio is against a ceiling measured in the same run.
"""

import importlib
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests import conftest  # noqa: F401  # sets the environment as the tests have it


def main(wanted: list[str]) -> None:
    table = Table("bench", "figure", "value", "unit", "of its ceiling")
    known = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    for name in known:
        if wanted and name.removeprefix("bench_") not in wanted:
            continue
        for what, value, unit, ratio in importlib.import_module(f"tests.bench.{name}").run():
            share = "" if ratio is None else f"{ratio:.2f}"
            table.add_row(name.removeprefix("bench_"), what, f"{value:,.4g}", unit, share)
    Console(width=120).print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
