"""Every code has its words, in Italian and in English."""

import string

import pytest

from sportello.console.doctor import words  # after Django's set-up
from sportello.rules.diagnosis import Code, Deed, Turn, Weight  # as above
from sportello.rules.diagnosis_codes import Source, Undone  # as above
from sportello.rules.diagnosis_facts import Asked, Miss  # as above
from sportello.rules.graph_errors import BY_CODE, GRAPH_CODES  # as above

_LONGEST = 220


@pytest.mark.parametrize("spoken", words.LANGUAGES)
def test_every_error_of_metas_has_words_in_both_languages(spoken: str) -> None:
    missing = [code for code in BY_CODE if words.of_error(code, spoken) is None]
    told = words.errors(spoken)

    assert missing == []
    assert len(told) == len(GRAPH_CODES)
    assert all(one.title and one.advice and one.turn in set(Turn) for one in told)
    assert all(len(one.title) + len(one.advice) <= _LONGEST for one in told)


@pytest.mark.parametrize("code", list(Code))
@pytest.mark.parametrize("spoken", words.LANGUAGES)
def test_every_finding_has_words_in_both_languages(code: Code, spoken: str) -> None:
    told = words.finding(code.value, {}, spoken)

    assert told.title != code.value
    assert told.title
    assert told.meaning
    assert told.next_step


def test_both_languages_are_filled_with_the_same_values() -> None:
    for told in words.table("findings").values():
        used = [{name for part in told[of] for name in _names(part)} for of in words.LANGUAGES]
        assert used[0] == used[1], told


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("source", list(Source)),
        ("turn", list(Turn)),
        ("weight", list(Weight)),
        ("look", list(Asked)),
        ("miss", list(Miss)),
        ("verdict", ["well"]),
        ("deed", list(Deed)),
        ("undone", list(Undone)),
    ],
)
def test_every_short_word_is_told_in_both_languages(part: str, names: list[str]) -> None:
    assert set(words.table("evidence")[part]) == {str(name) for name in names}
    assert all(set(told) == {"it", "en"} for told in words.table("evidence")[part].values())


def test_the_steps_at_metas_are_as_many_in_both_languages() -> None:
    italian, english = words.steps("it"), words.steps("en")

    assert [(one.name, len(one.steps)) for one in italian] == [
        (one.name, len(one.steps)) for one in english
    ]
    assert {way.name for way in italian} >= {"card", "unpaid", "reconnect", "blocks", "approval"}
    known = [words.way_of(code.value, "it") for code in Code]
    assert {way.name for way in known if way is not None} <= {way.name for way in italian}


def _names(sentence: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(sentence) if name]
