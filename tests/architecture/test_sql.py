"""A page asks Django, or a named statement beside its module: no SQL is put together in Python."""

from pathlib import Path

import pytest

_CONSOLE = Path(__file__).resolve().parents[2] / "src/sportello/console"
_MODULES = {str(path.relative_to(_CONSOLE)): path for path in sorted(_CONSOLE.rglob("*.py"))}


@pytest.mark.parametrize(
    ("word", "where"),
    [
        ("connection.cursor(", {"sql.py"}),
        ("connection.execute(", set()),
        (".raw(", set()),
        (".extra(", set()),
        # The condition of a segment, which planning asks for too: `rules/segment_sql.py`.
        ("RawSQL(", {"contacts/audiences.py"}),
    ],
)
def test_pages_put_no_sql_together(word: str, where: set[str]) -> None:
    found = {name for name, path in _MODULES.items() if word in path.read_text(encoding="utf-8")}

    assert found == where
