"""The ticket of the live stream."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.ids import UserId, WorkspaceId
from sportello.rules.ticket import Ticket, issue, read

KEY = b"a key of the tests, and of nothing else"
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(minutes=10)
TEXT = issue(KEY, UserId(7), WorkspaceId(3), UNTIL)


def test_a_ticket_says_who_and_where_until_it_expires():
    assert read(KEY, TEXT, NOW) == Ticket(UserId(7), WorkspaceId(3), UNTIL)
    assert read(KEY, TEXT, UNTIL - timedelta(seconds=1)) is not None
    assert read(KEY, TEXT, UNTIL) is None


def test_another_key_opens_nothing():
    assert read(b"another", TEXT, NOW) is None


@pytest.mark.parametrize("index", range(len(TEXT)))
def test_no_letter_can_be_changed(index):
    other = "A" if TEXT[index] != "A" else "B"
    assert read(KEY, TEXT[:index] + other + TEXT[index + 1 :], NOW) is None


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a.b", TEXT + "=", TEXT + ".", TEXT[:-1], " " + TEXT, "ü." * 9, "a" * 9999],
)
def test_what_was_not_issued_is_nothing(text):
    assert read(KEY, text, NOW) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_exception(text):
    assert read(KEY, text, NOW) is None


def test_no_ticket_is_written_or_read_without_a_key():
    with pytest.raises(ValueError, match="needs a key"):
        issue(b"", UserId(7), WorkspaceId(3), UNTIL)
    with pytest.raises(ValueError, match="needs a key"):
        read(b"", TEXT, NOW)


def test_the_text_fits_into_a_url():
    assert TEXT.replace(".", "").replace("-", "").replace("_", "").isalnum()
