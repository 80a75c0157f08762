"""The doctor's report: the cause first, nothing twice, and no button that could send twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.rules import guard
from sportello.rules.diagnosis import Deed, Weight, deed_of, diagnose, turn_of
from sportello.rules.diagnosis_causes import of_error, of_guard
from sportello.rules.diagnosis_codes import ORDER, TURNS, Code
from sportello.rules.diagnosis_facts import (
    Asked,
    Campaign,
    Chat,
    Facts,
    House,
    Look,
    Message,
    Meta,
    Miss,
    Number,
    Problem,
    Subject,
    Token,
)
from sportello.rules.graph_errors import BY_CODE

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SEEN = {asked: Look(NOW) for asked in (Asked.TOKEN, Asked.NUMBER, Asked.ACCOUNT, Asked.APPS)}
RIGHTS = frozenset({"whatsapp_business_messaging", "whatsapp_business_management"})
WELL = Facts(
    Subject.NUMBER,
    SEEN,
    Number(waba_id="1", app_id="5"),
    Meta(funding=True, token=Token(is_valid=True, scopes=RIGHTS), apps=frozenset({"5"})),
)
LOCKED = Problem("WABA", "BLOCKED", 131031)
UNPAID = Problem("WABA", "LIMITED", 141006)


def _message(**parts: object) -> Message:
    whole = {"status": "failed", "type": "text", "origin": "operator", "at": NOW} | parts
    return Message(**whole)  # type: ignore[arg-type]  # parts of a message


def _of_message(**parts: object) -> Facts:
    return replace(WELL, subject=Subject.MESSAGE, message=_message(**parts))


def _codes(facts: Facts) -> list[Code]:
    return [one.code for one in diagnose(facts, NOW)]


def test_all_is_well_where_nothing_is_found() -> None:
    assert diagnose(WELL, NOW) == ()


def test_every_code_has_its_turn_and_its_place() -> None:
    assert set(TURNS) == set(Code) == set(ORDER)


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_every_error_of_metas_leads_to_a_finding(code: int) -> None:
    found = diagnose(_of_message(error=code), NOW)

    assert of_error(code) in Code
    assert found[0].weight is Weight.STOPS


@pytest.mark.parametrize("code", list(guard.Code))
def test_every_word_of_the_guards_leads_to_a_finding(code: guard.Code) -> None:
    assert of_guard(code.value) in set(Code)
    assert diagnose(_of_message(status="refused", receipt=code.value), NOW)


def test_the_order_is_that_of_the_product() -> None:
    order = [
        Code.PAYMENT_MISSING,
        Code.PAYMENT_UNPAID,
        Code.NUMBER_DISCONNECTED,
        Code.ACCOUNT_BLOCKED,
        Code.TEMPLATE_PAUSED,
        Code.TOKEN_EXPIRED,
        Code.APP_UNSUBSCRIBED,
        Code.WEBHOOK_SILENT,
        Code.LIMIT_REACHED,
        Code.WINDOW_SHUT,
        Code.OPTED_OUT,
        Code.UNREACHABLE,
        Code.MEDIA_REFUSED,
    ]
    assert sorted(order, key=ORDER.__getitem__) == order


@pytest.mark.parametrize(
    ("funding", "silent", "code"),
    [
        (False, 0, Code.PAYMENT_MISSING),
        (True, 0, Code.PAYMENT_NOT_DEFAULT),
        (None, 0, Code.PAYMENT_NOT_DEFAULT),
        (True, 3, Code.PAYMENT_UNPAID),
    ],
)
def test_the_report_says_which_payment_is_out_of_order(
    funding: bool | None, silent: int, code: Code
) -> None:
    meta = replace(WELL.meta, problems=(UNPAID,), funding=funding)
    facts = replace(WELL, meta=meta, number=replace(WELL.number, silent=silent))

    assert _codes(facts) == [code]


def test_a_missing_card_does_not_explain_an_answer() -> None:
    facts = _of_message(error=131026)
    facts = replace(facts, meta=replace(WELL.meta, problems=(UNPAID,)), chat=Chat())
    facts = replace(facts, chat=Chat(unreachable_since=NOW))

    assert _codes(facts) == [Code.UNREACHABLE, Code.PAYMENT_NOT_DEFAULT]


def test_a_cause_that_is_over_is_an_advice_to_send_again() -> None:
    facts = _of_message(error=131042, type="template")

    (found,) = diagnose(facts, NOW)

    assert (found.code, found.values) == (Code.CAUSE_OVER, {"cause": "payment_not_default"})
    assert deed_of(found, facts) is Deed.REPEAT


@pytest.mark.parametrize(
    ("number", "meta", "deed"),
    [
        (Number(paused_why="payment"), Meta(), Deed.RESUME),
        (Number(paused_why="blocked"), Meta(), Deed.RESUME),
        (Number(paused_why="blocked", status="banned"), Meta(), None),
        (Number(paused_why="blocked"), Meta(problems=(LOCKED,)), None),
        (Number(paused_why="disconnected", status="disconnected"), Meta(), Deed.RECONNECT),
    ],
)
def test_a_block_is_meta_s_to_lift_before_it_is_ours(
    number: Number, meta: Meta, deed: Deed | None
) -> None:
    facts = replace(WELL, number=number, meta=meta)

    (paused,) = [one for one in diagnose(facts, NOW) if one.code is Code.NUMBER_PAUSED]

    assert deed_of(paused, facts) is deed


@pytest.mark.parametrize(
    ("number", "problems", "deed"),
    [
        (Number(app_id="5"), (), Deed.RESUBSCRIBE),
        (Number(app_id="5", status="banned"), (), None),
        (Number(app_id="5", paused_why="blocked"), (), None),
        (Number(app_id="5"), (LOCKED,), None),
    ],
)
def test_nothing_is_repaired_against_a_block(
    number: Number, problems: tuple[Problem, ...], deed: Deed | None
) -> None:
    facts = replace(WELL, number=number, meta=Meta(apps=frozenset(), problems=problems))

    (silent,) = [one for one in diagnose(facts, NOW) if one.code is Code.APP_UNSUBSCRIBED]

    assert deed_of(silent, facts) is deed


def test_what_is_not_known_is_said_with_what_was_seen() -> None:
    told = {"said": "Something odd"}
    strange = (
        (_of_message(**told), "no_code", told),
        (_of_message(status="held", hold="of_tomorrow"), "hold", {"code": "of_tomorrow"}),
        (_of_message(status="refused", receipt="of_tomorrow"), "receipt", {"code": "of_tomorrow"}),
    )
    for facts, what, values in strange:
        (found,) = diagnose(facts, NOW)

        assert found.code is Code.NOT_UNDERSTOOD
        assert [(one.what, one.values) for one in found.evidence] == [(what, values)]
        assert deed_of(found, facts) is None


def test_a_failure_without_a_code_is_not_meta_s_code_0() -> None:
    campaign = Campaign("running", failed=((None, 3), (0, 1)))

    found = diagnose(replace(WELL, subject=Subject.CAMPAIGN, campaign=campaign), NOW)

    assert [(one.code, one.meta) for one in found] == [
        (Code.TOKEN_REVOKED, 0),
        (Code.NOT_UNDERSTOOD, None),
    ]


@pytest.mark.parametrize("hold", ["", "halted", "token", "number_paused"])
def test_what_waits_is_never_in_order_without_a_word(hold: str) -> None:
    assert _codes(_of_message(status="held", hold=hold)) == [Code.ON_ITS_WAY]


def test_an_answer_that_is_not_metas_is_no_refusal_of_metas() -> None:
    facts = _of_message(error=None, said="not_meta")
    (found,) = diagnose(facts, NOW)
    assert (found.code, found.meta, deed_of(found, facts)) == (Code.TURNED_AWAY, None, Deed.REPEAT)

    foreign = dict.fromkeys(SEEN, Look(NOW, Miss.FOREIGN, said="HTTP 407"))
    assert _codes(replace(WELL, looks=foreign)) == [Code.TURNED_AWAY]
    unreachable = dict.fromkeys(SEEN, Look(NOW, Miss.UNREACHABLE))
    assert _codes(replace(WELL, looks=unreachable)) == [Code.META_UNREACHABLE]


@pytest.mark.parametrize(
    ("ours", "calls", "codes"),
    [
        ("https://a.example/w", "https://b.example/w", [Code.WEBHOOK_ELSEWHERE]),
        ("https://a.example/w", "https://a.example/w", []),
        ("https://a.example/w", "", []),
        ("", "https://b.example/w", []),
        # Meta cannot call ours: whoever set it up made another way.
        ("http://127.0.0.1:8000/w", "https://b.example/w", []),
    ],
)
def test_where_meta_calls_is_compared_with_our_address(
    ours: str, calls: str, codes: list[Code]
) -> None:
    facts = replace(WELL, meta=replace(WELL.meta, calls=calls), house=House(callback=ours))

    assert _codes(facts) == codes


def test_a_look_that_brought_nothing_is_told() -> None:
    looks = {**SEEN, Asked.ACCOUNT: Look(NOW, Miss.REJECTED, 131000, 0, "said")}

    (found,) = diagnose(replace(WELL, looks=looks), NOW)

    assert (found.code, found.weight) == (Code.NOT_ALL_SEEN, Weight.WARNS)
    assert found.evidence[0].values == {"asked": "account", "code": 131000, "said": "said"}


@pytest.mark.parametrize("part", ["was_repeated", "may_have_left"])
def test_nothing_is_repeated_that_may_have_arrived_or_was_repeated(part: str) -> None:
    facts = _of_message(error=131042, **{part: True})

    assert [deed_of(one, facts) for one in diagnose(facts, NOW)] == [None]


@pytest.mark.parametrize("status", ["in_doubt", "unknown"])
def test_what_is_in_doubt_is_never_offered_again(status: str) -> None:
    facts = _of_message(status=status)

    assert _codes(facts) == [Code.IN_DOUBT]
    assert deed_of(diagnose(facts, NOW)[0], facts) is None


def test_a_look_that_failed_does_not_prove_that_all_is_well() -> None:
    mute = {asked: Look(NOW, Miss.SLOW) for asked in SEEN}
    facts = replace(_of_message(error=131042, type="template"), looks=mute, meta=Meta())

    assert Code.CAUSE_OVER not in _codes(facts)
    assert Code.META_UNREACHABLE in _codes(facts)


def test_the_same_cause_from_two_sides_is_one_finding_with_both_pieces_of_evidence() -> None:
    facts = replace(_of_message(error=131031), meta=replace(WELL.meta, problems=(LOCKED,)))

    (found,) = diagnose(facts, NOW)

    assert [one.what for one in found.evidence] == ["health", "error"]
    assert found.meta == 131031


@pytest.mark.parametrize(
    ("campaign", "code"),
    [
        (Campaign("draft"), Code.CAMPAIGN_DRAFT),
        (Campaign("paused", "person"), Code.CAMPAIGN_PAUSED),
        (Campaign("paused", "brake", alarm="stops"), Code.CAMPAIGN_BRAKED),
        (Campaign("scheduled", starts_at=NOW), Code.CAMPAIGN_SCHEDULED),
        (Campaign("running", opens_at=NOW + timedelta(hours=3)), Code.CAMPAIGN_HOURS),
        (Campaign("running", audience=9, skipped=(("no_consent", 9),)), Code.CAMPAIGN_NOBODY),
        (Campaign("running", audience=9, holds=(("messaging_limit", 4),)), Code.LIMIT_REACHED),
        (Campaign("completed", failed=((131049, 7),)), Code.CAMPAIGN_OVER),
    ],
)
def test_a_campaign_says_why_it_stands_still(campaign: Campaign, code: Code) -> None:
    assert _codes(replace(WELL, subject=Subject.CAMPAIGN, campaign=campaign))[0] is code


@pytest.mark.parametrize(
    ("house", "code"),
    [
        (House(outbox_late=3, outbox_late_s=90), Code.OUTBOX_STUCK),
        (House(inbox_waiting=3, inbox_late_s=90), Code.INBOX_STUCK),
        (House(disk_free_bytes=1, disk_needed_bytes=2), Code.DISK_FULL),
        (House(behind_s=300), Code.CLOCK_WRONG),
        (House(set_aside=1), Code.SET_ASIDE),
    ],
)
def test_the_house_is_looked_at_too(house: House, code: Code) -> None:
    assert _codes(replace(WELL, house=house)) == [code]


_SOME = st.builds(
    Facts,
    subject=st.sampled_from(Subject),
    looks=st.dictionaries(
        st.sampled_from(Asked),
        st.builds(
            Look,
            st.just(NOW),
            st.none() | st.sampled_from(Miss),
            st.none() | st.sampled_from([10, 33, 100, 190, 131000]),
            st.sampled_from([0, 33, 463]),
        ),
    ),
    number=st.builds(
        Number,
        status=st.sampled_from(["connected", "pending", "restricted", "banned", "disconnected"]),
        paused_why=st.sampled_from(["", "token", "account"]),
        silent=st.integers(0, 3),
        silent_since=st.none() | st.just(NOW - timedelta(hours=1)),
        has_token=st.booleans(),
    ),
    message=st.none()
    | st.builds(
        _message,
        status=st.sampled_from(
            ["queued", "held", "accepted", "sent", "failed", "refused", "unknown"]
        ),
        type=st.sampled_from(["text", "template"]),
        error=st.none() | st.sampled_from(sorted(BY_CODE)) | st.integers(-5, 5),
        receipt=st.sampled_from(["", "of_tomorrow", *guard.Code]),
        hold=st.sampled_from(["", "meta_2", "not_sent", "token", *guard.Code]),
        may_have_left=st.booleans(),
    ),
    chat=st.none() | st.builds(Chat),
)


@settings(max_examples=150)
@given(_SOME)
def test_any_facts_make_a_report_in_order_without_a_double(facts: Facts) -> None:
    found = diagnose(facts, NOW)

    places = [(list(Weight).index(one.weight), ORDER[one.code]) for one in found]
    assert places == sorted(set(places))
    assert all(turn_of(one) for one in found)
    risky = facts.message is not None and facts.message.may_have_left
    assert not (risky and Deed.REPEAT in [deed_of(one, facts) for one in found])
