"""The brake and the canary."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.brake import Alarm, Braked, Counts, Ramp, Thresholds, judge, released

GOOD = Counts(sent=1000, settled=990, failed=20, stopped=5, capped=100)
RAMP = Ramp(first=50, factor=4)
NO_TIME = timedelta(0)


def test_an_ordinary_campaign_goes_on():
    assert judge(GOOD, Thresholds()) is None


@pytest.mark.parametrize(
    ("change", "alarm"),
    [
        ({"failed": 101}, Alarm.FAILURES),
        ({"stopped": 21}, Alarm.STOPS),
        ({"capped": 301}, Alarm.MARKETING_CAP),
        ({"spam_limited": 1}, Alarm.SPAM_LIMIT),
        ({"quality_fell": True}, Alarm.QUALITY),
    ],
)
def test_each_share_has_its_own_alarm(change, alarm):
    braked = judge(replace(GOOD, **change), Thresholds())
    assert braked is not None
    assert braked.alarm is alarm


def test_a_share_at_its_threshold_is_still_allowed():
    assert judge(replace(GOOD, failed=100, stopped=20), Thresholds()) is None


def test_the_alarm_says_what_was_seen_and_what_is_allowed():
    assert judge(replace(GOOD, stopped=30), Thresholds()) == Braked(Alarm.STOPS, 0.03, 0.02)


def test_few_sends_prove_nothing_but_metas_own_warning_does():
    few = Counts(sent=10, failed=10)
    assert judge(few, Thresholds()) is None
    assert judge(replace(few, spam_limited=1), Thresholds()) == Braked(Alarm.SPAM_LIMIT)


def test_the_canary_goes_first_and_waits_for_news():
    assert released(RAMP, Counts(), 0, NO_TIME) == (50, 0)
    assert released(RAMP, Counts(sent=50, settled=29), 0, NO_TIME) == (50, 0)
    assert released(RAMP, Counts(sent=50, settled=30), 0, NO_TIME) == (200, 1)


def test_phones_that_are_off_do_not_hold_up_the_rest_for_ever():
    assert released(RAMP, Counts(sent=50), 0, timedelta(minutes=10)) == (200, 1)


def test_without_a_ramp_everything_may_leave():
    allowance, _ = released(None, Counts(), 0, NO_TIME)
    assert allowance >= 1_000_000


@given(st.integers(0, 20), st.integers(0, 10**7), st.floats(0, 1))
def test_an_allowance_never_shrinks_from_step_to_step(step, sent, share):
    counts = Counts(sent=sent, settled=int(sent * share))
    allowance, after = released(RAMP, counts, step, NO_TIME)
    assert after in {step, step + 1}
    assert allowance >= min(RAMP.first * RAMP.factor**step, 1_000_000_000)
