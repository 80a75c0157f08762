"""A campaign's moves, and the counts that must add up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules import campaign, status
from sportello.rules.campaign import (
    FINAL,
    OUTCOMES,
    Campaign,
    Cancelled,
    Exhausted,
    Pause,
    Paused,
    Planned,
    Reopened,
    Resumed,
    Start,
    State,
    Tick,
    advance,
)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)

events = st.one_of(
    st.builds(Start, st.sampled_from([None, NOW, LATER])),
    st.just(Planned()),
    st.just(Tick()),
    st.builds(Paused, st.sampled_from(Pause)),
    st.just(Resumed()),
    st.just(Cancelled()),
    st.just(Exhausted()),
    st.just(Reopened()),
)


def after(*happened):
    current = Campaign()
    for event in happened:
        current = advance(current, event, NOW)
    return current


@pytest.mark.parametrize(
    ("happened", "state"),
    [
        ([Start()], State.PLANNING),
        ([Start(), Planned()], State.RUNNING),
        ([Start(LATER), Planned()], State.SCHEDULED),
        ([Start(LATER), Planned(), Tick()], State.SCHEDULED),
        ([Start(), Paused(Pause.PERSON), Planned()], State.PAUSED),
        ([Start(), Paused(Pause.PERSON), Resumed()], State.PLANNING),
        ([Start(), Paused(Pause.PERSON), Planned(), Resumed()], State.RUNNING),
        ([Start(LATER), Planned(), Paused(Pause.PERSON), Resumed()], State.SCHEDULED),
        ([Start(), Planned(), Exhausted()], State.COMPLETED),
        ([Start(), Exhausted()], State.PLANNING),
        ([Start(), Planned(), Paused(Pause.BRAKE), Exhausted()], State.PAUSED),
        ([Paused(Pause.PERSON)], State.DRAFT),
        ([Planned()], State.DRAFT),
    ],
)
def test_the_moves_lead_where_people_expect(happened, state):
    assert after(*happened).state is state


def test_a_scheduled_campaign_runs_from_its_hour_on():
    scheduled = after(Start(LATER), Planned())
    assert advance(scheduled, Tick(), LATER).state is State.RUNNING


def test_a_second_start_moves_nothing():
    running = after(Start(), Planned())
    assert advance(running, Start(LATER), NOW) is running


@given(st.lists(events, max_size=12))
def test_it_runs_only_when_planned_and_neither_paused_nor_over(happened):
    current = after(*happened)
    assert (current.paused is not None) == (current.state is State.PAUSED)
    if current.state is State.RUNNING:
        assert current.planned
        assert current.starts_at is None or current.starts_at <= NOW


@given(st.lists(events, max_size=8), st.lists(events, max_size=8))
def test_what_was_cancelled_stays_so(happened, more):
    over = advance(after(*happened), Cancelled(), NOW)
    if over.state is not State.CANCELLED:
        return
    for event in more:
        assert advance(over, event, LATER) is over


@given(st.lists(events, max_size=8))
def test_what_is_completed_goes_on_only_where_a_person_reopens_it(happened):
    over = after(Start(), Planned(), Exhausted())
    assert over.state in FINAL
    for event in happened:
        moved = advance(over, event, LATER)
        assert moved is over or (isinstance(event, Reopened) and moved.state is State.RUNNING)


def test_every_state_of_a_message_has_its_place_in_the_report():
    assert set(OUTCOMES) == set(status.State)
    assert campaign.outcome(None) is campaign.Outcome.SKIPPED
    assert campaign.outcome(status.State.IN_DOUBT) is campaign.Outcome.TO_VERIFY
