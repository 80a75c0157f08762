"""An exception to the linter, the type checker or the coverage carries its reason beside it."""

import re
import tokenize
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_MARK = re.compile(r"(noqa|type: ignore|pragma|pyright|mypy:|fmt: off|ruff:)")
# Which rule, then words after a second hash; ruff takes a dash too.
_WITH_REASON = re.compile(
    r"# (noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*( +#| -)|type: ignore\[[a-z-]+(,[a-z-]+)*\] +#) +\S.*"
)


def _code() -> list[Path]:
    """All of it but this file, whose own examples would be found."""
    folders = (_ROOT / name for name in ("src", "tests", "tools"))
    found = (path for folder in folders for path in folder.rglob("*.py"))
    return sorted(path for path in found if path != Path(__file__))


def _unexplained(path: Path) -> list[str]:
    with path.open("rb") as file:
        comments = [t for t in tokenize.tokenize(file.readline) if t.type == tokenize.COMMENT]
    return [
        f"line {token.start[0]}: {token.string}"
        for token in comments
        if _MARK.search(token.string) and not _WITH_REASON.fullmatch(token.string)
    ]


@pytest.mark.parametrize("path", _code(), ids=lambda path: str(path.relative_to(_ROOT)))
def test_each_exception_to_the_linter_says_why(path: Path) -> None:
    assert _unexplained(path) == []


@pytest.mark.parametrize("line", ["x = 1  # noqa", "x = 1  # noqa: E501", "x = 1  # type: ignore"])
def test_a_mark_without_a_reason_is_seen(tmp_path: Path, line: str) -> None:
    (tmp_path / "odd.py").write_text(line)

    assert len(_unexplained(tmp_path / "odd.py")) == 1


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # noqa: E501  # Meta's own words",
        "x = 1  # noqa: E501 - Meta's own words",
        "x = 1  # type: ignore[arg-type]  # the stub is wrong",
    ],
)
def test_a_mark_with_its_reason_is_let_be(tmp_path: Path, line: str) -> None:
    (tmp_path / "even.py").write_text(line)

    assert _unexplained(tmp_path / "even.py") == []


_SKIPS = re.compile(r"(?:mark\.skip|mark\.skipif|mark\.xfail|pytest\.skip)\(([^)]|\([^)]*\))*\)")
_SAID = re.compile(r"reason=|pytest\.skip\(f?\"")


def test_each_skipped_test_says_why() -> None:
    silent = [
        f"{path.relative_to(_ROOT)}: {found[0]}"
        for path in _code()
        for found in _SKIPS.finditer(path.read_text(encoding="utf-8"))
        if not _SAID.search(found[0])
    ]
    assert silent == []
