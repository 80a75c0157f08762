"""A receipt word for word: pages, exports and scripts read these names and values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sportello.rules.campaign import State as CampaignState
from sportello.rules.consent import Standing
from sportello.rules.facts import (
    AccountState,
    Channel,
    Contact,
    Content,
    Conversation,
    Facts,
    Media,
    NumberState,
    Origin,
    Policy,
    Sender,
    Template,
    TemplateState,
)
from sportello.rules.guard import Allow, Code, Hold, Refuse
from sportello.rules.ids import OperatorId
from sportello.rules.ownership import Holder, Ownership
from sportello.rules.pricing import Category, Kind, Price
from sportello.rules.receipt import answered, opted_out, receipt

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
AT = [NOW + timedelta(hours=hour) for hour in range(5)]
WHOLE = Facts(
    Sender(Origin.OPERATOR, OperatorId(1), control_epoch=3),
    Content.TEMPLATE,
    Conversation(
        Ownership(Holder.OPERATOR, operator=OperatorId(2), control_epoch=4),
        window_closes_at=AT[1],
        awaiting_since=AT[2],
    ),
    Contact(marketing=Standing.GRANTED, marketing_capped_until=AT[3]),
    Channel(
        NumberState.PAUSED,
        AccountState.UNPAID,
        pair_wait=timedelta(seconds=6),
        new_people_left_today=7,
    ),
    Policy(quiet_until=AT[4], budget_left_micros=9),
    Template(TemplateState.PAUSED, Category.MARKETING),
    Media.WAITING,
    campaign=CampaignState.PAUSED,
)


def _facts(kept):
    return dict(kept["reasons"])


def test_every_fact_is_kept_under_its_name():
    kept = receipt(Allow(None), WHOLE, NOW)

    assert len(kept["reasons"]) == 25
    assert _facts(kept) == {
        "origin": "operator",
        "content": "template",
        "operator": 1,
        "control_epoch": 3,
        "holder": "operator",
        "holder_operator": 2,
        "control_epoch_now": 4,
        "window_open": True,
        "window_closes_at": "2026-11-21T11:00:00+00:00",
        "awaiting_customer_reply_since": "2026-11-21T12:00:00+00:00",
        "one_template_until_they_answer": True,
        "reachable": True,
        "marketing_consent": "granted",
        "marketing_capped_until": "2026-11-21T13:00:00+00:00",
        "template_state": "paused",
        "template_category": "marketing",
        "template_fits": True,
        "media": "waiting",
        "number": "paused",
        "account": "unpaid",
        "pair_wait_s": 6.0,
        "new_people_left_today": 7,
        "quiet_until": "2026-11-21T14:00:00+00:00",
        "campaign": "paused",
        "budget_left_micros": 9,
    }


def test_what_is_not_known_is_left_out():
    kept = receipt(Allow(None), Facts(Sender(Origin.ASSISTANT), Content.TEXT), NOW)

    assert set(_facts(kept)) == {
        "origin",
        "content",
        "control_epoch",
        "holder",
        "control_epoch_now",
        "window_open",
        "one_template_until_they_answer",
        "reachable",
        "marketing_consent",
        "number",
        "account",
        "pair_wait_s",
    }


def _outcome(verdict):
    kept = receipt(verdict, WHOLE, NOW)
    del kept["reasons"]
    return kept


def test_each_sort_of_verdict_is_kept_in_full():
    price = Price(24_800, "EUR", Category.UTILITY, Kind.REGULAR)
    bare = {"code": None, "until": None, "cost": None, "decided_at": "2026-11-21T10:00:00+00:00"}

    assert _outcome(Allow(price)) == bare | {
        "verdict": "allowed",
        "cost": {"micros": 24_800, "currency": "EUR", "category": "utility", "kind": "regular"},
    }
    assert _outcome(Hold(AT[1], Code.PAIR_LIMIT)) == bare | {
        "verdict": "held",
        "code": "pair_limit",
        "until": "2026-11-21T11:00:00+00:00",
    }
    assert _outcome(Refuse(Code.NO_CONSENT)) == bare | {"verdict": "refused", "code": "no_consent"}


def test_a_stop_is_the_receipt_of_what_it_cancels():
    assert opted_out(NOW) == {
        "verdict": "refused",
        "code": "opted_out",
        "until": None,
        "cost": None,
        "decided_at": "2026-11-21T10:00:00+00:00",
        "reasons": {"marketing_consent": "withdrawn"},
    }


def test_a_shut_window_is_said_to_be_shut():
    shut = replace(WHOLE, conversation=Conversation(window_closes_at=NOW))
    assert _facts(receipt(Allow(None), shut, NOW))["window_open"] is False


def test_who_answered_is_reminded_of_nothing_and_the_receipt_says_so() -> None:
    assert answered(NOW) == {
        "verdict": "refused",
        "code": "answered",
        "until": None,
        "cost": None,
        "decided_at": "2026-11-21T10:00:00+00:00",
        "reasons": {"answered": True},
    }


def test_a_reminder_that_was_answered_names_the_answer_among_its_facts() -> None:
    kept = receipt(Refuse(Code.ANSWERED), replace(WHOLE, answered=True), NOW)
    assert kept["reasons"]["answered"] is True
