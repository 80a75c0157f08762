"""Only `sportello.clock` asks what time it is, and pages never mark strings safe."""

import re
from pathlib import Path

import pytest

_PRODUCT = Path(__file__).resolve().parents[2] / "src" / "sportello"
_ASKS = re.compile(r"\bclock\.now\b|from sportello import clock|import sportello\.clock")
# Shells that may ask the time: the entry functions live in these rooms.
_SHELLS = {"edge", "workers", "console", "ops", "clock.py"}


@pytest.mark.parametrize("path", sorted(_PRODUCT.rglob("*.py")), ids=str)
def test_rules_and_tables_are_told_the_time(path: Path) -> None:
    room = path.relative_to(_PRODUCT).parts[0]
    if room in _SHELLS:
        return
    assert not _ASKS.search(path.read_text()), "time is passed in"


def test_no_page_trusts_text() -> None:
    trusting = [
        f"{path.relative_to(_PRODUCT)}: {word}"
        for pattern in ("*.html", "*.py")
        for path in _PRODUCT.rglob(pattern)
        for word in ("|safe", "autoescape off", "mark_safe(")
        if word in path.read_text()
    ]
    assert trusting == []
