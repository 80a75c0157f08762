"""A message's life: the lattice of statuses, and the moves of the send outbox."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.status import (
    RANK,
    REPORTED,
    TRANSITIONS,
    Event,
    SendState,
    State,
    advance,
    before,
    merge,
    shown,
)

states = st.sampled_from(State)
ENDED = {SendState.REFUSED, SendState.CANCELLED, SendState.REJECTED, SendState.ACCEPTED}


@given(states, states, states)
def test_merging_is_idempotent_commutative_and_associative(one, two, three):
    assert merge(one, one) is one
    assert merge(one, two) is merge(two, one)
    assert merge(merge(one, two), three) is merge(one, merge(two, three))


@given(states, states)
def test_merging_never_lowers_a_state(current, incoming):
    assert RANK[merge(current, incoming)] >= RANK[current]


def test_every_order_of_the_reports_of_a_read_message_ends_as_read():
    for order in permutations([State.SENT, State.DELIVERED, State.READ, State.DELIVERED]):
        state = State.ACCEPTED
        for report in order:
            state = merge(state, report)
        assert state is State.READ


@pytest.mark.parametrize(
    ("current", "incoming", "after"),
    [
        (State.SENT, State.FAILED, State.FAILED),
        (State.FAILED, State.SENT, State.FAILED),
        (State.FAILED, State.ACCEPTED, State.FAILED),
        (State.FAILED, State.DELIVERED, State.DELIVERED),
        (State.DELIVERED, State.FAILED, State.DELIVERED),
        (State.READ, State.PLAYED, State.PLAYED),
        (State.READ, State.DELIVERED, State.READ),
        (State.QUEUED, State.SENT, State.SENT),
        (State.IN_DOUBT, State.FAILED, State.FAILED),
        (State.UNKNOWN, State.DELIVERED, State.DELIVERED),
        (State.CANCELLED, State.SENT, State.SENT),
    ],
)
def test_reports_and_states_merge_as_the_table_says(current, incoming, after):
    assert merge(current, incoming) is after


def test_whatever_meta_reports_outranks_whatever_we_supposed():
    supposed = set(State) - REPORTED
    assert max(RANK[state] for state in supposed) < min(RANK[state] for state in REPORTED)


def test_ranks_are_all_different():
    assert len(set(RANK.values())) == len(State)


@pytest.mark.parametrize("state", SendState)
def test_a_send_that_has_ended_moves_no_more(state):
    moves = [event for event in Event if advance(state, event) is not None]
    assert bool(moves) is (state not in ENDED)


def test_only_a_send_that_waits_can_be_claimed_held_cancelled_or_refused():
    for event in (Event.CLAIM, Event.HOLD, Event.CANCEL, Event.REFUSE):
        assert before(event) == {SendState.QUEUED}


def test_a_send_in_doubt_never_returns_to_the_queue_but_by_a_settlement():
    back = {event for (state, event), after in TRANSITIONS.items() if after is SendState.QUEUED}
    assert back == {Event.HOLD, Event.RETURN, Event.RESEND}
    assert before(Event.RETURN) == {SendState.SENDING}
    assert before(Event.RESEND) == {SendState.IN_DOUBT, SendState.UNKNOWN}


@given(st.lists(st.sampled_from(Event), max_size=40))
def test_nothing_is_sending_but_by_a_claim(events):
    state = SendState.QUEUED
    for event in events:
        after = advance(state, event)
        assert (after is SendState.SENDING) is (after is not None and event is Event.CLAIM)
        state = state if after is None else after


@pytest.mark.parametrize("state", SendState)
def test_a_bubble_shows_where_its_send_stands(state):
    # On the wire it stands as it stood.
    said = {SendState.REJECTED: State.FAILED, SendState.SENDING: State.QUEUED}
    assert shown(state) is (said.get(state) or State(state.value))
    for waiting in (SendState.QUEUED, SendState.SENDING):
        assert shown(waiting, is_held=True) is State.HELD
