"""How long after, from when, and what the guard says of a follow-up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules import followup, guard
from sportello.rules.after import COUNT_MAX, After, Unit, earlier, later
from sportello.rules.campaign import Outcome
from sportello.rules.campaign import State as CampaignState
from sportello.rules.consent import Standing
from sportello.rules.facts import Contact, Content, Conversation, Facts, Origin, Sender, Template
from sportello.rules.facts import TemplateState as Known
from sportello.rules.followup import Before, before, days_apart, due
from sportello.rules.guard import Allow, Code, Refuse
from sportello.rules.pricing import Category
from sportello.rules.status import State

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
AUTOMATED = Facts(
    Sender(Origin.AUTOMATION),
    Content.TEMPLATE,
    Conversation(awaiting_since=NOW),
    Contact(marketing=Standing.GRANTED),
    template=Template(Known.APPROVED, Category.MARKETING),
    campaign=CampaignState.RUNNING,
)
FOLLOWUP = replace(AUTOMATED, sender=Sender(Origin.CAMPAIGN))


def rome(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ROME).astimezone(UTC)  # type: ignore[arg-type,misc]  # year to minute


@pytest.mark.parametrize(
    ("at", "after", "expected"),
    [
        (rome(2026, 1, 31, 10, 0), After(1, Unit.MONTHS), rome(2026, 2, 28, 10, 0)),
        (rome(2028, 1, 31, 10, 0), After(1, Unit.MONTHS), rome(2028, 2, 29, 10, 0)),
        (rome(2026, 11, 30, 10, 0), After(3, Unit.MONTHS), rome(2027, 2, 28, 10, 0)),
        (rome(2026, 12, 15, 10, 0), After(12, Unit.MONTHS), rome(2027, 12, 15, 10, 0)),
        # The clocks go forward on 29 March 2026, and back on 25 October.
        (rome(2026, 3, 28, 10, 0), After(1, Unit.DAYS), rome(2026, 3, 29, 10, 0)),
        (rome(2026, 10, 24, 10, 0), After(1, Unit.WEEKS), rome(2026, 10, 31, 10, 0)),
        (rome(2026, 3, 28, 2, 30), After(1, Unit.DAYS), rome(2026, 3, 29, 3, 30)),
        (rome(2026, 3, 29, 1, 0), After(24, Unit.HOURS), rome(2026, 3, 30, 2, 0)),
        (rome(2026, 5, 1, 23, 50), After(20, Unit.MINUTES), rome(2026, 5, 2, 0, 10)),
        (rome(2026, 5, 1, 9, 0), After(0, Unit.DAYS), rome(2026, 5, 1, 9, 0)),
    ],
)
def test_later_goes_by_the_calendar_on_the_wall(
    at: datetime, after: After, expected: datetime
) -> None:
    assert later(at, after, ROME) == expected


@given(
    since=st.timedeltas(timedelta(0), timedelta(days=3_000)),
    other=st.timedeltas(timedelta(0), timedelta(days=60)),
    unit=st.sampled_from(Unit),
    data=st.data(),
)
def test_later_never_goes_back_and_keeps_the_order(
    since: timedelta, other: timedelta, unit: Unit, data: st.DataObject
) -> None:
    at = NOW + since
    after = After(data.draw(st.integers(1, COUNT_MAX[unit])), unit)

    assert earlier(at, after, ROME) < at < later(at, after, ROME)
    # But for the hour of the night in which the clocks change.
    assert later(at, after, ROME) <= later(at + other, after, ROME) + timedelta(hours=1)


@pytest.mark.parametrize("unit", list(Unit))
def test_beyond_a_year_nothing_is_planned(unit: Unit) -> None:
    with pytest.raises(ValueError, match="year"):
        After(COUNT_MAX[unit] + 1, unit)


def test_waits_add_up_one_after_the_other() -> None:
    waits = [After(1, Unit.MONTHS), After(1, Unit.DAYS)]

    assert due(rome(2026, 1, 31, 10, 0), waits, ROME) == rome(2026, 3, 1, 10, 0)


@pytest.mark.parametrize("state", list(State))
def test_a_step_counts_from_what_left_and_from_nothing_else(state: State) -> None:
    known = before(state, None)

    open_still = {State.QUEUED, State.HELD, State.IN_DOUBT, State.UNKNOWN}
    never = {State.REFUSED, State.FAILED, State.CANCELLED}
    assert (known is Before.OPEN) == (state in open_still)
    assert (known is Before.NEVER) == (state in never)


def test_what_an_answer_withdrew_was_needless_and_not_lost() -> None:
    assert before(State.CANCELLED, "answered") is Before.NEEDLESS


@pytest.mark.parametrize("facts", [FOLLOWUP, AUTOMATED])
def test_what_is_planned_may_speak_to_the_silent(facts: Facts) -> None:
    assert isinstance(guard.decide(facts, NOW), Allow)


def test_an_automation_without_its_campaign_is_bound_like_a_person() -> None:
    alone = replace(AUTOMATED, campaign=None)

    assert guard.decide(alone, NOW) == Refuse(Code.AWAITING_CUSTOMER_REPLY)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(FOLLOWUP, answered=True), Code.ANSWERED),
        (replace(FOLLOWUP, contact=Contact(marketing=Standing.WITHDRAWN)), Code.OPTED_OUT),
        (replace(AUTOMATED, contact=Contact()), Code.NO_CONSENT),
        (replace(AUTOMATED, campaign=CampaignState.CANCELLED), Code.CAMPAIGN_CANCELLED),
    ],
)
def test_what_binds_the_first_message_binds_each_step(facts: Facts, code: Code) -> None:
    assert guard.decide(facts, NOW) == Refuse(code)


@pytest.mark.parametrize(
    ("waits", "days"),
    [
        ([], 0),
        ([(23, Unit.HOURS)], 0),
        ([(1, Unit.DAYS)], 1),
        ([(20, Unit.HOURS), (4, Unit.HOURS)], 1),
        ([(1, Unit.MONTHS), (30, Unit.MINUTES), (2, Unit.WEEKS)], 2),
    ],
)
def test_a_person_counts_once_more_for_each_step_beyond_meta_s_rolling_day(
    waits: list[tuple[int, Unit]], days: int
) -> None:
    assert days_apart(After(count, unit) for count, unit in waits) == days


@pytest.mark.parametrize(
    ("skipped_why", "state", "campaign", "outcome"),
    [
        ("opted_out", State.READ, CampaignState.RUNNING, Outcome.SKIPPED),
        ("", State.READ, CampaignState.CANCELLED, Outcome.READ),
        ("", State.IN_DOUBT, CampaignState.RUNNING, Outcome.TO_VERIFY),
        ("", None, CampaignState.RUNNING, Outcome.WAITING),
        ("", None, CampaignState.PAUSED, Outcome.WAITING),
        ("", None, CampaignState.CANCELLED, Outcome.CANCELLED),
        ("", None, CampaignState.COMPLETED, Outcome.CANCELLED),
    ],
)
def test_an_errand_stands_as_its_message_does_or_as_its_campaign(
    skipped_why: str, state: State | None, campaign: CampaignState, outcome: Outcome
) -> None:
    assert followup.outcome(skipped_why, state, campaign) is outcome
