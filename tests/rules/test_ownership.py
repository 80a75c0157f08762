"""Who holds a conversation, and the moves between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.ids import OperatorId
from sportello.rules.ownership import (
    Close,
    CustomerWrote,
    HandOver,
    Holder,
    OperatorLeft,
    Ownership,
    Reason,
    Release,
    Reopen,
    TakeControl,
    WroteFirst,
    advance,
    may_take,
)

ANNA, BRUNO = OperatorId(1), OperatorId(2)
ASSISTANT = Ownership(Holder.ASSISTANT, control_epoch=7)
QUEUE = Ownership(Holder.QUEUE, reason=Reason.ASKED, control_epoch=7)
OPERATOR = Ownership(Holder.OPERATOR, operator=ANNA, control_epoch=7)
CLOSED = Ownership(Holder.CLOSED, control_epoch=7)

events = st.one_of(
    st.builds(CustomerWrote, st.booleans()),
    st.builds(TakeControl, st.sampled_from([ANNA, BRUNO])),
    st.builds(Release, st.booleans()),
    st.builds(HandOver, st.sampled_from(Reason)),
    st.just(Close()),
    st.just(Reopen()),
    st.just(WroteFirst()),
    st.just(OperatorLeft()),
)


@pytest.mark.parametrize(
    ("current", "event", "holder"),
    [
        (ASSISTANT, TakeControl(ANNA), Holder.OPERATOR),
        (ASSISTANT, HandOver(Reason.ASKED), Holder.QUEUE),
        (ASSISTANT, Close(), Holder.CLOSED),
        (QUEUE, TakeControl(ANNA), Holder.OPERATOR),
        (QUEUE, Release(), Holder.ASSISTANT),
        (QUEUE, Close(), Holder.CLOSED),
        (OPERATOR, TakeControl(BRUNO), Holder.OPERATOR),
        (OPERATOR, Release(), Holder.ASSISTANT),
        (OPERATOR, Release(assistant_on=False), Holder.QUEUE),
        (OPERATOR, Close(), Holder.CLOSED),
        (OPERATOR, OperatorLeft(), Holder.QUEUE),
        (CLOSED, CustomerWrote(assistant_on=True), Holder.ASSISTANT),
        (CLOSED, CustomerWrote(assistant_on=False), Holder.QUEUE),
        (CLOSED, TakeControl(ANNA), Holder.OPERATOR),
        (CLOSED, Reopen(), Holder.QUEUE),
        (CLOSED, WroteFirst(), Holder.ASSISTANT),
    ],
)
def test_the_moves_change_hands_and_the_epoch(current, event, holder):
    after = advance(current, event)
    assert after.holder is holder
    assert after.control_epoch == current.control_epoch + 1


@pytest.mark.parametrize(
    ("current", "event"),
    [
        (ASSISTANT, CustomerWrote(assistant_on=True)),
        (ASSISTANT, CustomerWrote(assistant_on=False)),
        (ASSISTANT, Release()),
        (ASSISTANT, Reopen()),
        (ASSISTANT, WroteFirst()),
        (QUEUE, WroteFirst()),
        (QUEUE, CustomerWrote(assistant_on=True)),
        (QUEUE, HandOver(Reason.NOT_KNOWN)),
        (ASSISTANT, OperatorLeft()),
        (QUEUE, OperatorLeft()),
        (CLOSED, OperatorLeft()),
        (OPERATOR, CustomerWrote(assistant_on=True)),
        (OPERATOR, TakeControl(ANNA)),
        (OPERATOR, HandOver(Reason.ERROR)),
        (CLOSED, Close()),
        (CLOSED, Release()),
        (CLOSED, HandOver(Reason.ERROR)),
    ],
)
def test_what_changes_nothing_keeps_the_epoch(current, event):
    assert advance(current, event) is current


def test_the_reason_of_a_hand_over_is_kept_while_the_chat_waits():
    waiting = advance(ASSISTANT, HandOver(Reason.POLICY_TOPIC))
    assert waiting.reason is Reason.POLICY_TOPIC
    assert advance(waiting, TakeControl(ANNA)).reason is None


@given(st.lists(events, max_size=30))
def test_an_operator_is_named_exactly_while_one_holds_and_the_epoch_never_falls(steps):
    current = Ownership(Holder.ASSISTANT)
    for event in steps:
        after = advance(current, event)
        assert (after.operator is not None) is (after.holder is Holder.OPERATOR)
        assert (after.control_epoch > current.control_epoch) is (after != current)
        current = after


def test_nobody_takes_a_chat_that_awaits_the_customer_unless_it_is_theirs():
    assert may_take(ASSISTANT, ANNA, awaiting_customer_reply=False)
    assert not may_take(ASSISTANT, ANNA, awaiting_customer_reply=True)
    assert may_take(OPERATOR, ANNA, awaiting_customer_reply=True)
    assert not may_take(OPERATOR, BRUNO, awaiting_customer_reply=True)
