"""The consent ledger's standing, and STOP and START in customers' words."""

from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.consent import (
    Change,
    Entry,
    Intent,
    Standing,
    Topic,
    agrees,
    doubtful,
    intent,
    normalised,
    spoken,
    standing,
    subscribes,
)
from tests.bench import bench_consent
from tests.rules.stop_labels import PLAIN, TUNED, UNSEEN, heard, sentences

AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
entries = st.builds(
    Entry,
    topic=st.sampled_from(Topic),
    change=st.sampled_from(Change),
    at=st.integers(0, 5).map(lambda days: AT + timedelta(days=days)),
)


def test_the_sentences_are_enough_to_show_half_a_percent():
    found = heard(sentences())
    assert found.stops >= 300
    assert found.others >= 300


def test_hears_a_stop_nearly_always():
    found = heard(sentences(*PLAIN))
    assert found.recall >= 0.98, found.missed


def test_the_bench_prints_its_figures_of_every_set():
    """Of one of everyday talk, too, in which nobody wants to stop."""
    told = {what for what, *_ in bench_consent.run()}

    assert {f"{name}: false stops" for name in (*TUNED, *UNSEEN)} < told
    assert {"tuned on: heard at once", "never tuned on: heard at once"} < told


def test_hears_or_asks_about_a_hinted_stop_nearly_always():
    found = heard(sentences())
    assert found.recall_with_questions >= 0.98, found.missed


def test_hears_a_stop_where_there_is_none_almost_never():
    found = heard(sentences())
    assert found.false_share <= 0.005, found.false


def test_takes_no_sentence_for_a_stop_that_it_was_never_tuned_on():
    assert heard(sentences(*UNSEEN)).false == []


def test_hears_or_asks_about_most_of_what_it_was_never_tuned_on():
    assert heard(sentences(*UNSEEN)).recall_with_questions >= 0.85


def test_what_it_was_never_tuned_on_stands_in_no_set_that_it_was_tuned_on():
    tuned = {one.text.casefold() for one in sentences()}
    assert not [one.id for one in sentences(*UNSEEN) if one.text.casefold() in tuned]


def test_asks_almost_nobody_who_meant_something_else():
    assert heard(sentences()).false_question_share <= 0.01
    assert heard([*sentences(), *sentences(*UNSEEN)]).false_question_share <= 0.01


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sì", True),
        ("Si grazie!", True),
        ("yes", True),
        ("OK", True),
        ("no", False),
        ("No, grazie", False),
        ("nope", False),
        ("si ma quando arriva?", None),
        ("no, la taglia 42", None),
        ("", None),
    ],
)
def test_a_bare_yes_or_no_is_told_from_talk(text, says):
    assert agrees(text) is says


@pytest.mark.parametrize(
    ("text", "is_doubtful"),
    [
        ("siete peggio dei call center", True),
        ("fate sparire il mio numero. Grazie", True),
        ("STOP", False),  # heard at once
        ("riattiva", False),
        ("non mi avete mandato il codice, basta messaggi di attesa", False),
        ("mai autorizzato messaggi, e il mio ordine?", True),
        ("Non ricevo più le vostre offerte, come mai?", False),
        ("x" * 990 + " sparite", True),
        ("x" * 1000 + " sparite", False),
    ],
)
def test_words_that_may_be_a_stop_are_told_from_talk(text, is_doubtful):
    assert doubtful(text) is is_doubtful


def test_hears_the_wish_to_come_back():
    missed = [
        one.id
        for one in sentences()
        if (one.label == "resume") != (intent(one.text) is Intent.RESUME)
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("basta messaggi per favore", "it"),
        ("please stop messaging me", "en"),
        ("STOP", ""),
        ("", ""),
    ],
)
def test_knows_the_language_of_a_wish(text, language):
    assert spoken(text) == language


@pytest.mark.parametrize(
    ("text", "says"),
    [("Iscrivimi", True), ("subscribe", True), ("attiva", False), ("START", False)],
)
def test_only_some_words_say_by_themselves_what_they_start(text, says):
    assert subscribes(text) is says


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Non scrivetemi PIÙ!!!", "non scrivetemi piu"),
        ("l’iscrizione", "l iscrizione"),
        ("bastaaaa", "basta"),
        ("S.T.O.P.", "stop"),
        ("nn voglio +", "non voglio piu"),
        ("  \n ", ""),
    ],
)
def test_makes_text_plain(text, plain):
    assert normalised(text) == plain


@given(st.text(max_size=300))
def test_any_text_has_an_intent_or_none(text):
    assert intent(text) in {Intent.STOP, Intent.RESUME, None}


@pytest.mark.parametrize("unit", ["non mi ", "stop con ", "voglio ricevere ", "a ", "\u0301", "?"])
def test_long_hostile_text_takes_no_time(unit):
    began = process_time()
    intent(unit * 50_000)
    assert process_time() - began < 10


@given(st.lists(entries, max_size=8), st.randoms(use_true_random=False))
def test_the_standing_does_not_depend_on_the_order_of_the_ledger(ledger, shuffle):
    shuffled = list(ledger)
    shuffle.shuffle(shuffled)
    for topic in Topic:
        assert standing(ledger, topic) is standing(shuffled, topic)


@given(st.lists(entries, max_size=8))
def test_a_withdrawal_after_everything_else_always_holds(ledger):
    last = Entry(Topic.MARKETING, Change.WITHDRAW, AT + timedelta(days=5))
    assert standing([*ledger, last], Topic.MARKETING) is Standing.WITHDRAWN


def test_consent_to_one_topic_says_nothing_of_another():
    ledger = [Entry(Topic.UTILITY, Change.GRANT, AT)]
    assert standing(ledger, Topic.UTILITY) is Standing.GRANTED
    assert standing(ledger, Topic.MARKETING) is Standing.NONE


def test_a_later_consent_ends_a_withdrawal():
    ledger = [
        Entry(Topic.MARKETING, Change.WITHDRAW, AT),
        Entry(Topic.MARKETING, Change.GRANT, AT + timedelta(seconds=1)),
    ]
    assert standing(ledger, Topic.MARKETING) is Standing.GRANTED
