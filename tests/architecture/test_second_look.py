"""What `./check` judges once more is little, and nothing that time cannot have spoilt."""

import pytest
from tools.second_look import second_look

LIVE = ["tests/browser/test_a.py::test_b", "tests/flow/test_c.py::test_d[e]"]


def test_a_few_live_tests_are_looked_at_again():
    assert second_look(LIVE) == LIVE


@pytest.mark.parametrize(
    "failed",
    [
        [],
        [*LIVE, "tests/rules/test_f.py::test_g"],
        ["tests/reading/test_f.py::test_g"],
        [f"tests/flow/test_c.py::test_{n}" for n in range(13)],
    ],
    ids=["none", "a rule among them", "a reader", "many"],
)
def test_nothing_else_is(failed):
    assert second_look(failed) == []
