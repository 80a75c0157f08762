"""The service window: when it opens, is extended and closes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sportello.rules import window
from sportello.rules.window import Entry

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
instants = st.datetimes(
    min_value=datetime(2026, 11, 1),  # noqa: DTZ001  # Hypothesis adds the zone
    max_value=datetime(2026, 11, 30),  # noqa: DTZ001  # Hypothesis adds the zone
    timezones=st.just(UTC),
)


def test_is_open_for_24_hours_and_shut_at_the_instant_of_closing():
    closes_at = window.closes_at(NOW)
    assert closes_at == NOW + timedelta(hours=24)
    assert window.is_open(closes_at, closes_at - timedelta(microseconds=1))
    assert not window.is_open(closes_at, closes_at)


def test_is_shut_for_somebody_who_never_wrote():
    assert not window.is_open(None, NOW)


def test_a_message_that_comes_a_day_late_opens_nothing():
    assert window.opens(NOW - timedelta(hours=23, minutes=59), NOW)
    assert not window.opens(NOW - timedelta(hours=24), NOW)


def test_a_clock_ahead_of_ours_does_not_hold_the_window_open_longer():
    last = window.heard(None, NOW + timedelta(days=300), NOW)
    assert window.closes_at(last) == NOW + timedelta(hours=24)


@given(st.lists(instants, min_size=1, max_size=8), st.randoms(use_true_random=False), instants)
def test_the_last_word_is_the_same_in_any_order_and_with_duplicates(arrivals, shuffle, now):
    shuffled = [*arrivals, *arrivals[:3]]
    shuffle.shuffle(shuffled)
    assert _fold(arrivals, now) == _fold(shuffled, now)


@given(instants, instants, instants)
def test_the_last_word_never_moves_back(last, incoming, now):
    assert window.heard(last, incoming, now) >= last


def test_an_ad_makes_three_days_free_from_a_reply_within_a_day():
    reply = NOW + timedelta(hours=3)
    assert window.free_entry_until(Entry.AD, NOW, reply) == reply + timedelta(hours=72)
    assert window.free_entry_until(Entry.AD, NOW, NOW) == NOW + timedelta(hours=72)
    assert window.free_entry_until(Entry.AD, NOW, NOW + timedelta(hours=24)) is None
    assert window.free_entry_until(Entry.AD, NOW, NOW - timedelta(hours=1)) is None
    assert window.free_entry_until(Entry.AD, NOW, None) is None
    assert window.free_entry_until(Entry.DIRECT, NOW, reply) is None


def _fold(arrivals, now):
    last = None
    for arrival in arrivals:
        last = window.heard(last, arrival, now)
    return last
