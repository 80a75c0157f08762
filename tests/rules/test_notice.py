"""When a person's browsers keep quiet."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.notice import is_quiet


@pytest.mark.parametrize(
    ("at", "quiet"),
    [(time(21, 59), False), (time(22), True), (time(3), True), (time(7), False), (time(12), False)],
)
def test_quiet_hours_go_over_midnight(at: time, quiet: bool) -> None:
    assert is_quiet(at, time(22), time(7)) is quiet


@pytest.mark.parametrize(
    ("at", "quiet"),
    [(time(12, 59), False), (time(13), True), (time(14, 29), True), (time(14, 30), False)],
)
def test_quiet_hours_lie_within_a_day(at: time, quiet: bool) -> None:
    assert is_quiet(at, time(13), time(14, 30)) is quiet


@given(st.times(), st.times())
def test_hours_without_a_beginning_or_an_end_are_never(at: time, one: time) -> None:
    assert not is_quiet(at, one, None)
    assert not is_quiet(at, None, one)
    assert not is_quiet(at, one, one)


@given(st.times(), st.times(), st.times())
def test_hours_and_their_complement_share_the_day(at: time, one: time, other: time) -> None:
    assert not is_quiet(at, None, None)
    if one != other:
        assert is_quiet(at, one, other) is not is_quiet(at, other, one)
