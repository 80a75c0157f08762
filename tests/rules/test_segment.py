"""The language of segments: what can be read is said again in the same words."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from sportello.rules import audience, segment
from sportello.rules.segment import AllOf, AnyOf, Compare, Not, OnList, Property, UnfitSegment
from tests.rules.segments import conditions


@given(conditions())
@settings(max_examples=60)
def test_what_is_written_is_read_as_the_same_condition(condition: segment.Condition) -> None:
    assert segment.parse(segment.dump(condition)) == condition


def test_joints_hold_tests_of_every_kind() -> None:
    told = {
        "all": [
            {"property": "città", "op": "is", "value": "Bari"},
            {"any": [{"list": 3}, {"not": {"unreachable": True}}]},
        ]
    }

    assert segment.parse(told) == AllOf(
        (
            Property("città", Compare.IS, "Bari"),
            AnyOf((OnList(3), Not(segment.Unreachable()))),
        )
    )


def test_numbers_and_dates_are_read_as_such() -> None:
    points = segment.parse({"property": "punti", "op": "above", "value": "12,5"})
    born = segment.parse({"property": "nascita", "op": "before", "value": "1990-01-31"})

    assert points == Property("punti", Compare.ABOVE, Decimal("12.5"))
    assert born == Property("nascita", Compare.BEFORE, date(1990, 1, 31))


_DEEP: Any = {"unreachable": True}
for _ in range(segment.DEPTH_MAX):
    _DEEP = {"not": _DEEP}


@pytest.mark.parametrize(
    ("told", "code", "at"),
    [
        ("Bari", "not_a_condition", ""),
        ({}, "unknown_test", ""),
        ({"all": [], "any": []}, "unknown_test", ""),
        ({"all": {"list": 1}}, "not_a_list", "all"),
        ({"all": [{"list": 1}, 7]}, "not_a_condition", "all.1"),
        ({"list": True}, "not_an_id", "list"),
        ({"list": 1, "name": "x"}, "unexpected", "name"),
        ({"property": " ", "op": "is", "value": "x"}, "missing", "property"),
        ({"property": "a", "op": "like", "value": "x"}, "unknown_word", "op"),
        ({"property": "a", "op": "known", "value": "x"}, "unexpected", "value"),
        ({"property": "a", "op": "is"}, "missing", "value"),
        ({"property": "a", "op": "is", "value": "x" * 501}, "too_long", "value"),
        ({"property": "a", "op": "is", "value": "x\0"}, "not_text", "value"),
        ({"property": "a", "op": "above", "value": "many"}, "not_a_number", "value"),
        ({"property": "a", "op": "above", "value": "NaN"}, "not_a_number", "value"),
        ({"property": "a", "op": "after", "value": "31/12/2026"}, "not_a_date", "value"),
        ({"wrote": "within"}, "not_days", "days"),
        ({"wrote": "within", "days": 0}, "not_days", "days"),
        ({"wrote": "never", "days": 1}, "unexpected", "days"),
        ({"contacted": "often", "days": 1}, "unknown_word", "contacted"),
        ({"consent": "perhaps"}, "unknown_word", "consent"),
        ({"country": "XX"}, "unknown_country", "country"),
        ({"campaign": 1, "did": "nothing"}, "unknown_word", "did"),
        ({"unreachable": False}, "not_true", "unreachable"),
        ({"any": [{"unreachable": True}] * 60}, "too_many_tests", "any.59"),
        (_DEEP, "too_deep", "not.not.not.not.not.not"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(told: object, code: str, at: str) -> None:
    with pytest.raises(UnfitSegment) as refused:
        segment.parse(told)

    assert (refused.value.code, refused.value.at) == (code, at)


@pytest.mark.parametrize(
    "kept",
    [
        {"everybody": True},
        {"list": 3},
        {"segment": 4},
        {
            "segment": 4,
            "condition": {"wrote": "longer", "days": 90},
            "as_of": "2026-11-22T10:00:00+00:00",
        },
    ],
)
def test_an_audience_is_kept_and_read_again(kept: dict[str, Any]) -> None:
    assert audience.kept(audience.audience(kept)) == kept


def test_no_audience_is_guessed() -> None:
    with pytest.raises(ValueError, match="an audience is"):
        audience.audience({})
