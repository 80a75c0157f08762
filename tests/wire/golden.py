"""Where the golden files lie, and how to read them."""

import json
from pathlib import Path
from typing import Any

WIRE = Path(__file__).parents[2] / "wire"


def files(folder: str) -> list[Path]:
    """The golden files of a folder (not of its subfolders), by name."""
    return sorted((WIRE / folder).glob("*.json"))


def names(folder: str) -> set[str]:
    return {path.stem for path in files(folder)}


def read(folder: str, name: str) -> Any:
    return json.loads((WIRE / folder / f"{name}.json").read_text(encoding="utf-8"))
