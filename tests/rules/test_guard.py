"""The one decision over every outgoing message, and its receipt."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules import window
from sportello.rules.campaign import PAUSED_BY
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
from sportello.rules.guard import (
    LOOK_AGAIN,
    STOPS_A_CAMPAIGN,
    Allow,
    Code,
    Hold,
    Refuse,
    decide,
)
from sportello.rules.ids import OperatorId
from sportello.rules.ownership import Holder, Ownership, Reason
from sportello.rules.pricing import Category, Kind, Price
from sportello.rules.receipt import receipt

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
EARLIER = NOW - timedelta(hours=3)
ANNA, BRUNO = OperatorId(1), OperatorId(2)
PRICE = Price(24_800, "EUR", Category.SERVICE, Kind.REGULAR)

ASSISTANT = Ownership(Holder.ASSISTANT, control_epoch=4)
WITH_ANNA = Ownership(Holder.OPERATOR, operator=ANNA, control_epoch=4)
QUEUE = Ownership(Holder.QUEUE, reason=Reason.ASKED, control_epoch=4)
CLOSED = Ownership(Holder.CLOSED, control_epoch=4)

OPEN = Conversation(ASSISTANT, window_closes_at=LATER)
MARKETING = Template(TemplateState.APPROVED, Category.MARKETING)
UTILITY = Template(TemplateState.APPROVED, Category.UTILITY)
AGREED = Contact(marketing=Standing.GRANTED)

ANSWER = Facts(Sender(Origin.ASSISTANT, control_epoch=4), Content.TEXT, OPEN)
BY_ANNA = Facts(
    Sender(Origin.OPERATOR, operator=ANNA, control_epoch=4),
    Content.TEXT,
    replace(OPEN, ownership=WITH_ANNA),
)
SINGLE = Facts(
    Sender(Origin.OPERATOR, operator=ANNA, control_epoch=4),
    Content.TEMPLATE,
    Conversation(ASSISTANT),
    template=UTILITY,
)
CAMPAIGN = Facts(
    Sender(Origin.CAMPAIGN), Content.TEMPLATE, Conversation(ASSISTANT), AGREED, template=MARKETING
)
NOTICE = Facts(Sender(Origin.AUTOMATION), Content.TEXT, OPEN)


def in_chat(facts, **changes):
    return replace(facts, conversation=replace(facts.conversation, **changes))


def by(facts, **changes):
    return replace(facts, sender=replace(facts.sender, **changes))


# The answer to a STOP, written while Anna has the chat.
HEARD = Facts(
    Sender(Origin.AUTOMATION, control_epoch=4), Content.TEXT, replace(OPEN, ownership=WITH_ANNA)
)


@pytest.mark.parametrize("facts", [ANSWER, BY_ANNA, SINGLE, CAMPAIGN, NOTICE, HEARD])
def test_lets_go_what_nothing_speaks_against(facts):
    assert decide(replace(facts, price=PRICE), NOW) == Allow(PRICE)


REFUSED = [
    (replace(ANSWER, channel=Channel(account=AccountState.BLOCKED)), Code.ACCOUNT_BLOCKED),
    (replace(BY_ANNA, channel=Channel(account=AccountState.DISABLED)), Code.ACCOUNT_BLOCKED),
    (replace(SINGLE, channel=Channel(account=AccountState.RESTRICTED)), Code.ACCOUNT_RESTRICTED),
    (replace(SINGLE, channel=Channel(account=AccountState.UNPAID)), Code.PAYMENT_NEEDED),
    (
        replace(SINGLE, channel=Channel(account=AccountState.UNPAID), price=PRICE),
        Code.PAYMENT_NEEDED,
    ),
    (replace(ANSWER, channel=Channel(number=NumberState.NOT_REGISTERED)), Code.NUMBER_NOT_READY),
    (replace(ANSWER, channel=Channel(number=NumberState.DISCONNECTED)), Code.NUMBER_NOT_READY),
    (in_chat(ANSWER, ownership=WITH_ANNA), Code.TAKEN_OVER),
    (in_chat(by(ANSWER, control_epoch=3), ownership=QUEUE), Code.TAKEN_OVER),
    (by(ANSWER, control_epoch=3), Code.TAKEN_OVER),
    (in_chat(ANSWER, ownership=CLOSED), Code.CONVERSATION_CLOSED),
    (in_chat(NOTICE, ownership=WITH_ANNA), Code.TAKEN_OVER),
    (by(BY_ANNA, operator=BRUNO), Code.NOT_IN_CONTROL),
    (by(BY_ANNA, operator=None), Code.NOT_IN_CONTROL),
    (in_chat(BY_ANNA, ownership=ASSISTANT), Code.NOT_IN_CONTROL),
    (in_chat(BY_ANNA, ownership=QUEUE), Code.NOT_IN_CONTROL),
    (in_chat(BY_ANNA, ownership=CLOSED), Code.CONVERSATION_CLOSED),
    (in_chat(by(SINGLE, operator=BRUNO), ownership=WITH_ANNA), Code.NOT_IN_CONTROL),
    (in_chat(ANSWER, window_closes_at=NOW), Code.WINDOW_CLOSED),
    (in_chat(ANSWER, window_closes_at=None), Code.WINDOW_CLOSED),
    (in_chat(BY_ANNA, window_closes_at=EARLIER), Code.WINDOW_CLOSED),
    (in_chat(NOTICE, window_closes_at=EARLIER), Code.WINDOW_CLOSED),
    (
        replace(in_chat(BY_ANNA, window_closes_at=None), content=Content.REACTION),
        Code.WINDOW_CLOSED,
    ),
    (in_chat(SINGLE, awaiting_since=EARLIER), Code.AWAITING_CUSTOMER_REPLY),
    (
        in_chat(BY_ANNA, ownership=ASSISTANT, awaiting_since=EARLIER, window_closes_at=None),
        Code.AWAITING_CUSTOMER_REPLY,
    ),
    (
        replace(
            in_chat(BY_ANNA, awaiting_since=EARLIER),
            policy=Policy(one_template_until_they_answer=False),
        ),
        Code.AWAITING_CUSTOMER_REPLY,
    ),
    (replace(CAMPAIGN, content=Content.TEXT, template=None), Code.TEMPLATE_REQUIRED),
    (replace(SINGLE, template=None), Code.TEMPLATE_NOT_APPROVED),
    (
        replace(SINGLE, template=Template(TemplateState.NOT_APPROVED, Category.UTILITY)),
        Code.TEMPLATE_NOT_APPROVED,
    ),
    (
        replace(SINGLE, template=replace(UTILITY, fits=False)),
        Code.TEMPLATE_CHANGED,
    ),
    (replace(SINGLE, media=Media.REFUSED), Code.MEDIA_REFUSED),
    (replace(SINGLE, campaign=CampaignState.CANCELLED), Code.CAMPAIGN_CANCELLED),
    (replace(CAMPAIGN, answered=True), Code.ANSWERED),
    (
        replace(SINGLE, template=Template(TemplateState.PAUSED, Category.UTILITY)),
        Code.TEMPLATE_PAUSED,
    ),
    (replace(SINGLE, contact=Contact(reachable=False)), Code.UNREACHABLE),
    (replace(CAMPAIGN, contact=Contact(marketing=Standing.WITHDRAWN)), Code.OPTED_OUT),
    (replace(CAMPAIGN, contact=Contact()), Code.NO_CONSENT),
    (replace(SINGLE, template=MARKETING), Code.NO_CONSENT),
    (replace(SINGLE, price=PRICE, policy=Policy(budget_left_micros=24_799)), Code.BUDGET_SPENT),
    (
        replace(
            SINGLE,
            price=Price(None, "EUR", Category.MARKETING, Kind.UNKNOWN),
            policy=Policy(budget_left_micros=10**9),
        ),
        Code.BUDGET_SPENT,
    ),
]


@pytest.mark.parametrize(("facts", "code"), REFUSED)
def test_refuses_with_the_code_of_the_reason(facts, code):
    assert decide(facts, NOW) == Refuse(code)


HELD = [
    (replace(SINGLE, media=Media.WAITING), Code.MEDIA_NOT_READY, 60),
    (replace(SINGLE, campaign=CampaignState.PAUSED), Code.CAMPAIGN_PAUSED, 60),
    (replace(SINGLE, campaign=CampaignState.SCHEDULED), Code.CAMPAIGN_PAUSED, 60),
    (replace(ANSWER, channel=Channel(number=NumberState.PAUSED)), Code.NUMBER_PAUSED, 60),
    (replace(ANSWER, channel=Channel(pair_wait=timedelta(seconds=6))), Code.PAIR_LIMIT, 6),
    (replace(ANSWER, channel=Channel(pair_wait=timedelta(days=9))), Code.PAIR_LIMIT, 86_400),
    (replace(CAMPAIGN, policy=Policy(quiet_until=LATER)), Code.QUIET_HOURS, 3 * 3600),
    (
        replace(
            CAMPAIGN,
            contact=Contact(marketing=Standing.GRANTED, marketing_capped_until=LATER),
        ),
        Code.MARKETING_CAP,
        3 * 3600,
    ),
    (replace(CAMPAIGN, channel=Channel(new_people_left_today=0)), Code.MESSAGING_LIMIT, 60),
]


@pytest.mark.parametrize(("facts", "code", "seconds"), HELD)
def test_holds_until_the_reason_may_be_over(facts, code, seconds):
    assert decide(facts, NOW) == Hold(NOW + timedelta(seconds=seconds), code)


@pytest.mark.parametrize(
    "facts",
    [
        replace(ANSWER, channel=Channel(account=AccountState.RESTRICTED)),
        replace(
            ANSWER,
            channel=Channel(account=AccountState.UNPAID),
            price=Price(0, "EUR", Category.SERVICE, Kind.ALLOWANCE),
        ),
        replace(ANSWER, contact=Contact(reachable=False, marketing=Standing.WITHDRAWN)),
        replace(SINGLE, contact=Contact(marketing=Standing.WITHDRAWN)),
        replace(
            in_chat(SINGLE, awaiting_since=EARLIER),
            policy=Policy(one_template_until_they_answer=False),
        ),
        in_chat(CAMPAIGN, awaiting_since=EARLIER),
        in_chat(CAMPAIGN, ownership=WITH_ANNA),
        in_chat(SINGLE, ownership=CLOSED),
        in_chat(SINGLE, ownership=WITH_ANNA),
        replace(SINGLE, policy=Policy(quiet_until=LATER)),
        replace(CAMPAIGN, policy=Policy(quiet_until=NOW)),
        replace(CAMPAIGN, contact=Contact(marketing=Standing.GRANTED, marketing_capped_until=NOW)),
        replace(CAMPAIGN, channel=Channel(new_people_left_today=1)),
        in_chat(
            replace(CAMPAIGN, channel=Channel(new_people_left_today=0)), window_closes_at=LATER
        ),
        replace(CAMPAIGN, price=PRICE, policy=Policy(budget_left_micros=24_800)),
        in_chat(NOTICE, ownership=QUEUE),
        in_chat(ANSWER, ownership=QUEUE),
    ],
)
def test_lets_go_what_only_looks_forbidden(facts):
    assert isinstance(decide(facts, NOW), Allow)


def test_every_code_is_said_of_some_facts():
    assert {code for _, code, *_ in REFUSED + HELD} == set(Code)


def test_a_refusal_comes_before_a_hold_and_the_longest_hold_before_the_others():
    slow = Channel(NumberState.PAUSED, pair_wait=LOOK_AGAIN * 2)
    assert decide(replace(ANSWER, channel=slow), NOW) == Hold(NOW + LOOK_AGAIN * 2, Code.PAIR_LIMIT)
    assert decide(in_chat(replace(ANSWER, channel=slow), ownership=WITH_ANNA), NOW) == Refuse(
        Code.TAKEN_OVER
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"channel": Channel(account=AccountState.BLOCKED)}, Code.ACCOUNT_BLOCKED),
        ({"channel": Channel(account=AccountState.UNPAID)}, Code.PAYMENT_NEEDED),
        ({"channel": Channel(number=NumberState.DISCONNECTED)}, Code.NUMBER_NOT_READY),
        ({"template": Template(TemplateState.PAUSED, Category.MARKETING)}, Code.TEMPLATE_PAUSED),
        ({"price": PRICE, "policy": Policy(budget_left_micros=0)}, Code.BUDGET_SPENT),
    ],
)
def test_what_stops_a_campaign_holds_its_sends_and_refuses_a_single_one(change, code):
    assert decide(replace(CAMPAIGN, **change), NOW) == Hold(NOW + LOOK_AGAIN, code)
    assert isinstance(decide(replace(SINGLE, **change), NOW), Refuse)
    assert code in STOPS_A_CAMPAIGN


def test_each_code_that_stops_a_campaign_pauses_it():
    assert {code.value for code in STOPS_A_CAMPAIGN} == PAUSED_BY.keys()


def test_every_code_is_reached_by_a_case_of_these_tables():
    assert {code for _, code in REFUSED} | {code for _, code, _ in HELD} == set(Code)


instants = st.integers(-100, 100).map(lambda hours: NOW + timedelta(hours=hours))
waits = st.integers(-5, 10_000_000).map(lambda seconds: timedelta(seconds=seconds))
epochs = st.integers(0, 3)
operators = st.sampled_from([ANNA, BRUNO])
ownerships = st.one_of(
    st.builds(
        Ownership,
        st.sampled_from([Holder.ASSISTANT, Holder.QUEUE, Holder.CLOSED]),
        control_epoch=epochs,
    ),
    st.builds(Ownership, st.just(Holder.OPERATOR), operators, control_epoch=epochs),
)
prices = st.builds(
    Price,
    st.none() | st.integers(0, 200_000),
    st.just("EUR"),
    st.sampled_from(Category),
    st.sampled_from(Kind),
)
any_facts = st.builds(
    Facts,
    st.builds(Sender, st.sampled_from(Origin), st.none() | operators, epochs),
    st.sampled_from(Content),
    st.builds(Conversation, ownerships, st.none() | instants, st.none() | instants),
    st.builds(Contact, st.booleans(), st.sampled_from(Standing), st.none() | instants),
    st.builds(
        Channel,
        st.sampled_from(NumberState),
        st.sampled_from(AccountState),
        waits,
        st.none() | st.integers(-5, 5),
    ),
    st.builds(Policy, st.booleans(), st.none() | instants, st.none() | st.integers(0, 200_000)),
    st.none()
    | st.builds(Template, st.sampled_from(TemplateState), st.sampled_from(Category), st.booleans()),
    st.sampled_from(Media),
    st.none() | prices,
)
# Half of all generated facts would be refused for the account alone; this one has no such luck.
calm_facts = st.builds(replace, any_facts, channel=st.just(Channel()), policy=st.just(Policy()))


@given(any_facts)
def test_any_facts_have_exactly_one_verdict_and_the_same_one_again(facts):
    verdict = decide(facts, NOW)
    assert isinstance(verdict, Allow | Hold | Refuse)
    assert decide(facts, NOW) == verdict
    if isinstance(verdict, Hold):
        assert verdict.until > NOW


@given(calm_facts)
def test_the_assistant_is_never_allowed_in_a_chat_that_a_person_holds_or_took_since(facts):
    if facts.sender.origin is Origin.ASSISTANT and isinstance(decide(facts, NOW), Allow):
        assert facts.conversation.ownership.holder in {Holder.ASSISTANT, Holder.QUEUE}
        assert facts.conversation.ownership.control_epoch == facts.sender.control_epoch


@given(calm_facts)
def test_free_form_is_never_allowed_when_the_window_is_shut(facts):
    if facts.is_free_form and isinstance(decide(facts, NOW), Allow):
        assert window.is_open(facts.conversation.window_closes_at, NOW)


@given(calm_facts)
def test_a_file_that_meta_does_not_have_never_leaves(facts):
    if isinstance(decide(facts, NOW), Allow):
        assert facts.media in {Media.NONE, Media.READY}


@given(calm_facts)
def test_a_template_leaves_only_while_approved_and_as_it_was_filled(facts):
    if facts.content is Content.TEMPLATE and isinstance(decide(facts, NOW), Allow):
        assert facts.template is not None
        assert facts.template.state is TemplateState.APPROVED
        assert facts.template.fits


@given(calm_facts)
def test_marketing_is_never_allowed_without_a_standing_consent(facts):
    if facts.is_marketing and isinstance(decide(facts, NOW), Allow):
        assert facts.contact.marketing is Standing.GRANTED


@given(calm_facts)
def test_a_person_never_writes_free_text_into_a_chat_that_is_not_theirs(facts):
    free_by_person = facts.is_free_form and facts.sender.origin is Origin.OPERATOR
    ownership = facts.conversation.ownership
    as_it_is = facts.sender.control_epoch >= ownership.control_epoch
    if free_by_person and as_it_is and isinstance(decide(facts, NOW), Allow):
        assert ownership.operator == facts.sender.operator is not None


@pytest.mark.parametrize("since", [ASSISTANT, QUEUE, CLOSED])
def test_what_a_person_wrote_in_control_still_goes_once_they_have_given_it_back(since):
    written = by(BY_ANNA, control_epoch=3)

    assert isinstance(decide(in_chat(written, ownership=since), NOW), Allow)
    assert decide(in_chat(written, ownership=since, window_closes_at=NOW), NOW) == Refuse(
        Code.WINDOW_CLOSED
    )


@given(any_facts)
def test_a_receipt_is_json_and_gives_the_verdict_back(facts):
    verdict = decide(facts, NOW)
    kept = json.loads(json.dumps(receipt(verdict, facts, NOW)))
    assert _verdict_of(kept) == verdict
    assert kept["decided_at"] == NOW.isoformat()


GOING = [replace(facts, price=price) for facts in (ANSWER, CAMPAIGN) for price in (PRICE, None)]


@pytest.mark.parametrize(
    "facts", GOING + [facts for facts, _ in REFUSED] + [facts for facts, _, _ in HELD]
)
def test_every_sort_of_verdict_comes_back_from_its_receipt(facts):
    verdict = decide(facts, NOW)
    kept = json.loads(json.dumps(receipt(verdict, facts, NOW)))
    assert _verdict_of(kept) == verdict
    assert kept["code"] == (None if isinstance(verdict, Allow) else verdict.code.value)


def _verdict_of(kept):
    """Nothing of a verdict is lost in its receipt: this is the way back."""
    match kept["verdict"]:
        case "allowed":
            cost = kept["cost"]
            return Allow(cost and Price(cost["micros"], cost["currency"], *_sort(cost)))
        case "held":
            return Hold(datetime.fromisoformat(kept["until"]), Code(kept["code"]))
        case "refused":
            return Refuse(Code(kept["code"]))


def _sort(cost):
    return Category(cost["category"]), Kind(cost["kind"])


def test_a_receipt_names_the_facts_with_their_values():
    kept = receipt(Refuse(Code.WINDOW_CLOSED), in_chat(BY_ANNA, window_closes_at=EARLIER), NOW)
    facts = kept["reasons"]
    assert (kept["verdict"], kept["code"]) == ("refused", "window_closed")
    assert facts["window_open"] is False
    assert facts["window_closes_at"] == EARLIER.isoformat()
    assert facts["holder"] == "operator"
    assert "template_state" not in facts


@pytest.mark.parametrize("state", [CampaignState.RUNNING, CampaignState.COMPLETED])
def test_a_campaigns_message_goes_while_the_campaign_goes(state):
    assert isinstance(decide(replace(SINGLE, campaign=state), NOW), Allow)
