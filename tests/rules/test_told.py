"""Rules that speak at length, held line by line to what a person has read and found right.

Each module writes its lines anew when it is run (`python -m tests.rules.lint_told`).
"""

from types import ModuleType

import pytest

from tests.rules import diagnosis_told, lint_told, parsed_told, segment_told, sent_told, stated_told


@pytest.mark.parametrize(
    "spoken",
    [diagnosis_told, lint_told, parsed_told, segment_told, sent_told, stated_told],
    ids=lambda m: m.__name__,
)
def test_what_is_told_is_what_was_read(spoken: ModuleType) -> None:
    golden = spoken.FILE.read_text(encoding="utf-8").splitlines()

    # Line by line: whoever breaks a rule sees which.
    assert list(spoken.told()) == golden
