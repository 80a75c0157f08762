"""Rooms stay small enough to be held in the head."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

_SRC = Path(__file__).resolve().parents[2] / "src"
_LINES_OF_FILE = 400
_LINES_OF_FUNCTION = 60


def _modules() -> list[Path]:
    return [path for path in sorted(_SRC.rglob("*.py")) if "migrations" not in path.parts]


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(_SRC)))
def test_a_room_is_small_and_says_what_it_holds(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in _functions(tree)
        if node.end_lineno is not None and node.end_lineno - node.lineno >= _LINES_OF_FUNCTION
    ]
    assert len(text.splitlines()) <= _LINES_OF_FILE
    assert long == []
    assert ast.get_docstring(tree), "the module opens with one sentence: what it holds"
