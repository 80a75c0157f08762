"""Which failure is final, throttled or passing, and when to try again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.graph_errors import BY_CODE, GRAPH_CODES, Effect, Kind
from sportello.rules.retry import (
    ATTEMPTS_MAX,
    GiveUp,
    RetryAt,
    after,
    delay,
    effect_of,
    kind_of,
    known,
    not_sent,
)

AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
codes = st.one_of(st.sampled_from(sorted(BY_CODE)), st.integers(-1, 10_000_000))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1, Kind.PASSING),
        (2, Kind.PASSING),
        (4, Kind.THROTTLED),
        (80007, Kind.THROTTLED),
        (130429, Kind.THROTTLED),
        (131056, Kind.THROTTLED),
        (131000, Kind.PASSING),
        (131016, Kind.PASSING),
        (133004, Kind.PASSING),
        (190, Kind.TOKEN),
        (10, Kind.TOKEN),
        (200, Kind.TOKEN),
        (250, Kind.TOKEN),
        (299, Kind.TOKEN),
        (368, Kind.ACCOUNT),
        (131031, Kind.ACCOUNT),
        (131042, Kind.ACCOUNT),
        (132000, Kind.TEMPLATE),
        (132001, Kind.TEMPLATE),
        (132012, Kind.TEMPLATE),
        (132015, Kind.TEMPLATE),
        (132016, Kind.TEMPLATE),
        (133010, Kind.NUMBER),
        (100, Kind.FINAL),
        (131026, Kind.FINAL),
        (131047, Kind.FINAL),
        (131048, Kind.FINAL),
        (131049, Kind.FINAL),
        (131050, Kind.FINAL),
        (130472, Kind.FINAL),
        (130497, Kind.FINAL),
        (-1, Kind.FINAL),
        (999_999_999, Kind.FINAL),
    ],
)
def test_a_code_is_of_the_kind_that_the_reference_says(code, kind):
    assert kind_of(code) is kind


def test_an_unknown_number_is_told_from_an_invalid_parameter_by_its_subcode():
    assert kind_of(100, subcode=33) is Kind.NUMBER
    assert kind_of(100, subcode=2388024) is Kind.FINAL


@pytest.mark.parametrize(
    ("code", "effect"),
    [
        (131050, Effect.OPT_OUT),
        (131026, Effect.UNREACHABLE),
        (131049, Effect.WAIT_A_DAY),
        (131048, Effect.SLOW_DOWN),
        (131047, Effect.WINDOW_SHUT),
        (131000, Effect.NONE),
        (12345, Effect.NONE),
    ],
)
def test_a_code_has_the_effect_that_the_reference_says(code, effect):
    assert effect_of(code) is effect


def test_no_code_stands_twice_in_the_table():
    assert len(BY_CODE) == sum(row.last - row.first + 1 for row in GRAPH_CODES)
    assert all(known(code).first <= code <= known(code).last for code in BY_CODE)


@given(codes, st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_every_failure_ends_and_every_wait_is_bounded(code, attempts, jitter):
    outcome = after(code, attempts, AT, jitter=jitter)
    if attempts >= ATTEMPTS_MAX:
        assert isinstance(outcome, GiveUp)
    if isinstance(outcome, RetryAt):
        assert AT < outcome.at <= AT + timedelta(hours=1)


@given(codes, st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_what_is_final_is_never_tried_again(code, attempts, jitter):
    if kind_of(code) in {Kind.FINAL, Kind.TEMPLATE}:
        assert after(code, attempts, AT, jitter=jitter) == GiveUp(kind_of(code))


def test_what_a_cure_must_end_is_probed_once_an_hour():
    for code in (190, 131042, 133010):
        assert after(code, 1, AT, jitter=0.5) == RetryAt(AT + timedelta(hours=1))


def test_the_eighth_attempt_is_the_last():
    for code in (131000, 130429, 190, 131042):
        assert isinstance(after(code, 7, AT, jitter=0), RetryAt)
        assert after(code, 8, AT, jitter=0) == GiveUp(kind_of(code))


def test_an_unknown_error_of_the_api_is_repeated_once():
    assert isinstance(after(1, 1, AT, jitter=0), RetryAt)
    assert after(1, 2, AT, jitter=0) == GiveUp(Kind.PASSING)


def test_the_delay_doubles_and_chance_adds_up_to_half():
    assert delay(130429, 1, jitter=0) == timedelta(seconds=1)
    assert delay(130429, 1, jitter=0.5) == timedelta(seconds=1.5)
    assert delay(130429, 3, jitter=0) == timedelta(seconds=4)
    assert delay(130429, 50, jitter=0.999) < timedelta(seconds=900)


def test_the_delay_towards_one_person_is_a_power_of_four():
    assert [delay(131056, n, jitter=0.3).total_seconds() for n in (1, 2, 3)] == [4, 16, 64]


def test_an_attempt_of_which_nothing_left_is_repeated_a_bounded_number_of_times():
    assert not_sent(1, AT, jitter=0) == RetryAt(AT + timedelta(seconds=1))
    assert not_sent(ATTEMPTS_MAX, AT, jitter=0) == GiveUp(Kind.PASSING)
