"""What changed about a template, who must be told of it, and what a category means."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.template_change import (
    Change,
    Effect,
    Matter,
    State,
    changes,
    content_of,
    effect_of,
)

BEFORE = State("APPROVED", "UTILITY", quality="GREEN", content=("body", "Ciao"))
words = st.sampled_from(["", "APPROVED", "REJECTED", "PAUSED", "PENDING", "DELETED", "GREEN"])
states = st.builds(
    State, words, words, words, words, words, st.tuples(words) | st.just(()), st.booleans()
)


@given(states)
def test_what_is_as_it_was_has_not_changed(state: State) -> None:
    assert changes(state, state) == ()


@given(states, states)
def test_each_matter_is_told_once_and_only_if_it_changed(before: State, after: State) -> None:
    told = changes(before, after)

    assert len({change.matter for change in told}) == len(told)
    for change in told:
        assert change.matter is Matter.CONTENT or change.before != change.after


@pytest.mark.parametrize(
    ("status", "is_alarm"),
    [
        ("PENDING", False),
        ("APPROVED", False),
        ("PENDING_DELETION", False),
        ("REJECTED", True),
        ("PAUSED", True),
        ("DISABLED", True),
        ("ARCHIVED", True),
        ("DELETED", True),
        ("LIMIT_EXCEEDED", True),
    ],
)
def test_what_cannot_be_sent_any_more_is_an_alarm(status: str, is_alarm: bool) -> None:
    before = replace(BEFORE, status="before")

    (change,) = changes(before, replace(before, status=status, reason="SCAM"))

    assert change == Change(Matter.STATUS, "before", status, "SCAM", is_alarm)


def test_what_somebody_wanted_gone_is_no_alarm() -> None:
    wanted = replace(BEFORE, wanted_gone=True)

    (change,) = changes(wanted, replace(wanted, status="DELETED"))

    assert not change.is_alarm


def test_another_category_is_an_alarm_both_ways() -> None:
    marketing = replace(BEFORE, category="MARKETING")

    assert changes(BEFORE, marketing) == (
        Change(Matter.CATEGORY, "UTILITY", "MARKETING", is_alarm=True),
    )
    assert changes(marketing, BEFORE)[0].is_alarm


def test_an_announced_category_is_an_alarm_and_its_end_is_none() -> None:
    announced = replace(BEFORE, coming_category="MARKETING")

    assert changes(BEFORE, announced) == (
        Change(Matter.COMING_CATEGORY, "", "MARKETING", is_alarm=True),
    )
    assert not changes(announced, BEFORE)[0].is_alarm


@pytest.mark.parametrize(("quality", "is_alarm"), [("RED", True), ("YELLOW", False)])
def test_only_the_lowest_quality_is_an_alarm(quality: str, is_alarm: bool) -> None:
    assert changes(BEFORE, replace(BEFORE, quality=quality)) == (
        Change(Matter.QUALITY, "GREEN", quality, is_alarm=is_alarm),
    )


def test_content_changes_only_where_both_are_known() -> None:
    other = replace(BEFORE, content=("body", "Salve"))

    assert changes(BEFORE, other) == (Change(Matter.CONTENT, "", "", is_alarm=False),)
    assert changes(BEFORE, replace(BEFORE, content=())) == ()
    assert changes(replace(BEFORE, content=()), other) == ()


@pytest.mark.parametrize(
    ("category", "effect"),
    [
        ("MARKETING", Effect(consent=True, free_in_window=False)),
        ("marketing", Effect(consent=True, free_in_window=False)),
        ("UTILITY", Effect(consent=False, free_in_window=True)),
        ("AUTHENTICATION", Effect(consent=False, free_in_window=False)),
    ],
)
def test_what_a_category_means(category: str, effect: Effect) -> None:
    assert effect_of(category) == effect


def _body(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "body", "text": text, **more}


def test_the_same_words_are_the_same_whatever_their_examples() -> None:
    ours = [_body(" Ciao {{1}}. ", example={"body_text": [["Anna"]]})]
    theirs = [{"type": "BODY", "text": "Ciao {{1}}.", "example": {"body_text": [["Bruno"]]}}]

    assert content_of(ours) == content_of(theirs)


@pytest.mark.parametrize(
    "other",
    [
        [_body("Salve")],
        [_body("Ciao"), {"type": "FOOTER", "text": "f"}],
        [_body("Ciao"), {"type": "HEADER", "format": "TEXT", "text": "h"}],
        [_body("Ciao"), {"type": "HEADER", "format": "IMAGE"}],
        [_body("Ciao"), {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Sì"}]}],
        [
            _body("Ciao"),
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Sì", "url": "https://a.b"}]},
        ],
        [_body("Ciao"), {"type": "CAROUSEL", "cards": [{"components": [_body("c")]}]}],
        [_body("Ciao"), {"type": "limited_time_offer", "limited_time_offer": {"text": "o"}}],
    ],
)
def test_another_part_is_another_content(other: list[Any]) -> None:
    assert content_of(other) != content_of([_body("Ciao")])


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(json)
def test_any_json_has_a_content(value: Any) -> None:
    assert content_of(value) == content_of(value)
