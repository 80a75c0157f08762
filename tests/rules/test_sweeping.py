"""Deeds done to many, and the turns of a shared queue."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.ids import OperatorId
from sportello.rules.ownership import Holder, Ownership, Reason
from sportello.rules.sharing import Present, turns
from sportello.rules.sweeping import Chat, Deed, done, noted, read, undone

_HELD = Ownership(Holder.OPERATOR, OperatorId(7), None, 3)
_CHAT = Chat(_HELD, unread=2, folder_id=None, has_label=False, is_awaiting=False)


@pytest.mark.parametrize(
    ("deed", "target", "after"),
    [
        (Deed.CLOSE, None, replace(_CHAT, ownership=Ownership(Holder.CLOSED, control_epoch=4))),
        (
            Deed.ASSIGN,
            8,
            replace(_CHAT, ownership=Ownership(Holder.OPERATOR, OperatorId(8), None, 4)),
        ),
        (Deed.ASSIGN, 7, None),
        (Deed.LABEL, 1, replace(_CHAT, has_label=True)),
        (Deed.UNLABEL, 1, None),
        (Deed.FILE, 5, replace(_CHAT, folder_id=5)),
        (Deed.FILE, None, None),
        (Deed.READ, None, replace(_CHAT, unread=0)),
        (Deed.UNREAD, None, None),
    ],
)
def test_a_deed_changes_what_it_says_and_nothing_else(
    deed: Deed, target: int | None, after: Chat | None
) -> None:
    assert done(_CHAT, deed, target) == after


def test_nobody_is_given_a_chat_that_waits_for_the_customers_first_answer() -> None:
    assert done(replace(_CHAT, is_awaiting=True), Deed.ASSIGN, 8) is None


@given(st.sampled_from(Deed), st.sampled_from([None, 5, 8]))
def test_what_was_done_is_undone_as_if_it_had_not_been(deed: Deed, target: int | None) -> None:
    after = done(_CHAT, deed, target)
    if after is None:
        return
    note = (read(noted(_CHAT)), read(noted(after)))

    back = undone(after, *note)

    assert back is not None
    epoch = back.ownership.control_epoch
    assert replace(back, ownership=replace(back.ownership, control_epoch=3)) == _CHAT
    assert epoch >= after.ownership.control_epoch


def test_what_somebody_changed_since_stays() -> None:
    closed = done(_CHAT, Deed.CLOSE, None)
    assert closed is not None
    taken = replace(closed, ownership=Ownership(Holder.OPERATOR, OperatorId(9), None, 5))

    assert undone(taken, _CHAT, closed) is None


def test_the_queue_goes_round_from_who_was_given_nothing_yet() -> None:
    at = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    people = [
        Present(OperatorId(1), at),
        Present(OperatorId(2), None),
        Present(OperatorId(3), at.replace(hour=9)),
    ]

    assert turns(people, 4) == [2, 3, 1, 2]
    assert turns([], 4) == []


def test_what_was_noted_is_read_as_it_was() -> None:
    waiting = Ownership(Holder.QUEUE, None, Reason.ASKED, 4)
    chat = Chat(waiting, unread=3, folder_id=12, has_label=True, is_awaiting=False)

    assert read(noted(chat)) == chat
    assert read(noted(_CHAT)) == _CHAT
