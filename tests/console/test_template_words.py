"""Every code that a template's page may have to say has words, in Italian and in English."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.functional import Promise

from sportello.console.templates_desk import captions, deeds, findings, fit, refusals
from sportello.rules.files import Flaw
from sportello.rules.pricing import Category
from sportello.rules.template_codes import (
    MESSAGES,
    RULES,
    Code,
    Reason,
    Recategorised,
    Refused,
    Rejected,
    Severity,
)
from sportello.rules.template_life import OURS, Obstacle, Profile
from sportello.rules.template_match import GAP_MESSAGES
from sportello.rules.template_values import Finding, Part, Where
from sportello.schema.channel import Quality
from sportello.schema.templates import Step, Wish
from sportello.workers import tend_wishes

# Source: reference templates 4.5, node and events.
_STATUSES = frozenset(
    {"PENDING", "APPROVED", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL", "PENDING_DELETION"}
    | {"DELETED", "LIMIT_EXCEEDED", "ARCHIVED", "FLAGGED", "REINSTATED", "LOCKED", "UNARCHIVED"}
)
# The same in both languages.
_ALIKE = {"Marketing", "Utility", "Video", "Id at Meta"}


def _said() -> Iterable[str | Promise]:
    for caption in (
        *captions.STATUSES.values(),
        *captions.QUALITIES.values(),
        *captions.SEVERITIES.values(),
        captions.TODO,
    ):
        yield caption.words
        if caption.advice:
            yield caption.advice
    for why in (*captions.REASONS.values(), *captions.TROUBLES.values()):
        yield from (why.title, why.advice)
    for table in (
        captions.CATEGORIES, captions.CATEGORY_HINTS, captions.HEADERS, captions.BUTTONS,
        captions.STEPS, captions.WISHES, captions.CHANGES, captions.PROFILE, captions.OBSTACLES,
        captions.UNFIT, refusals.FLAWS, refusals.REFUSALS,
    ):  # fmt: skip
        yield from table.values()
    yield from (*MESSAGES.values(), *GAP_MESSAGES.values())


def _in(language: str, words: str | Promise) -> str:
    with translation.override(language):
        return translation.gettext(words) if isinstance(words, str) else str(words)


@pytest.mark.parametrize("words", list(_said()), ids=lambda words: str(words)[:40])
def test_what_is_said_is_said_in_both_languages(words: str | Promise) -> None:
    english, italian = _in("en", words), _in("it", words)

    assert english
    assert italian
    assert english != italian or english in _ALIKE


def test_no_code_is_without_words() -> None:
    assert set(captions.STATUSES) == {*_STATUSES, *OURS}
    assert set(captions.REASONS) >= {reason.value for reason in Reason} | {"NONE"}
    assert set(captions.QUALITIES) == set(Quality.values)
    assert set(captions.SEVERITIES) == set(Severity)
    assert set(captions.STEPS) == set(Step.values) - {""}
    assert set(captions.WISHES) == set(Wish.values) - {""}
    assert set(captions.PROFILE) == set(Profile)
    assert set(captions.OBSTACLES) == set(Obstacle)
    assert set(refusals.FLAWS) == set(Flaw)
    assert set(MESSAGES) == set(Code)


def test_every_unfitness_that_the_deeds_name_has_words() -> None:
    sources = [Path(str(module.__file__)).read_text() for module in (deeds, fit)]
    named = {
        pair
        for source in sources
        for pair in re.findall(r'UnfitTemplate\("(\w+)", "(\w+)"\)', source)
    }
    assert len(named) > 8
    assert named <= set(captions.UNFIT)


def test_every_trouble_that_the_worker_tells_has_words() -> None:
    source = Path(str(tend_wishes.__file__)).read_text()
    told = set(re.findall(r'(?:kind = |"kind": |CannotAskError\()"(\w+)"', source))
    assert len(told) > 4
    assert told <= set(captions.TROUBLES)


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("code", list(Code))
def test_every_finding_makes_a_sentence(code: Code, language: str) -> None:
    values = {
        name: 3 if kind == "d" else "it"
        for name, kind in re.findall(r"%\((\w+)\)([sd])", MESSAGES[code])
    }
    with translation.override(language):
        words = findings.words(Finding(code, Where(Part.BODY), tuple(values.items())))

    assert words
    assert "%(" not in words
    assert "  " not in words


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_answer_of_metas_is_told(language: str) -> None:
    given = [rule.answer for rule in RULES.values() if rule.answer is not None]
    given += [Refused(2388299), Rejected(), Rejected(Reason.SCAM)]
    given += [Recategorised(Category.MARKETING)]
    with translation.override(language):
        told = [captions.answer(answer) for answer in given]

    assert all(told)
    assert not any("%" in words for words in told)


def test_a_hint_has_no_answer_and_an_unknown_state_still_has_words() -> None:
    assert captions.answer(None) == ""
    assert captions.status("SOMETHING_NEW").words
    assert captions.trouble("something_new").title
    assert captions.unfit("body", "something_new")
    assert captions.reason("SOMETHING_NEW") == captions.REASONS["NONE"]
    assert captions.reason("") is None
