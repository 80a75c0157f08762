"""Conditions of segments, of every kind and shape, for the tests that say something of all."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from sportello.rules import segment
from sportello.rules.consent import Standing, Topic
from sportello.rules.segment import Age, Compare, Did

NAMES = ("città", "punti", "nascita")
VALUES = ("Bari", "BA", "7", "12,5", "31/01/1990", "1990-01-31", "31/02/1990", "100% sì")
_FIRST_DAY = date(1990, 1, 29)


def conditions(lists: int = 2, campaigns: int = 2) -> st.SearchStrategy[segment.Condition]:
    """Of lists and campaigns 1 to so many; three levels deep at most."""
    return st.recursive(
        _tests(lists, campaigns),
        lambda inner: st.one_of(
            st.builds(segment.AllOf, _few(inner)),
            st.builds(segment.AnyOf, _few(inner)),
            st.builds(segment.Not, inner),
        ),
        max_leaves=5,
    )


def _few(inner: Any) -> st.SearchStrategy[tuple[segment.Condition, ...]]:
    return st.lists(inner, max_size=3).map(tuple)


def _tests(lists: int, campaigns: int) -> st.SearchStrategy[segment.Condition]:
    ages = st.one_of(
        st.just((Age.NEVER, 0)),
        st.tuples(st.sampled_from([Age.WITHIN, Age.LONGER]), st.sampled_from([1, 30, 90])),
    )
    return st.one_of(
        _properties(),
        st.builds(segment.OnList, st.integers(1, lists)),
        st.builds(segment.Labelled, st.integers(1, 3)),
        ages.map(lambda age: segment.Wrote(*age)),
        ages.map(lambda age: segment.Contacted(*age)),
        st.builds(segment.Consents, st.sampled_from(Topic), st.sampled_from(Standing)),
        st.builds(segment.Country, st.sampled_from(["IT", "DE", "US"])),
        st.builds(segment.Language, st.sampled_from(["it", "en"])),
        st.builds(segment.Received, st.integers(1, campaigns), st.sampled_from(Did)),
        st.just(segment.Unreachable()),
    )


def _properties() -> st.SearchStrategy[segment.Condition]:
    names = st.sampled_from(NAMES)
    of_text = [Compare.IS, Compare.IS_NOT, Compare.CONTAINS, Compare.STARTS]
    texts = st.builds(
        segment.Property, names, st.sampled_from(of_text), st.sampled_from(["bari", "b", "%", "1"])
    )
    bare = st.builds(
        segment.Property, names, st.sampled_from([Compare.KNOWN, Compare.UNKNOWN]), st.just("")
    )
    numbers = st.builds(
        segment.Property,
        names,
        st.sampled_from([Compare.ABOVE, Compare.BELOW]),
        st.sampled_from([Decimal(7), Decimal("12.4"), Decimal(-1)]),
    )
    days = st.integers(0, 4).map(lambda n: _FIRST_DAY + timedelta(days=n))
    dates = st.builds(
        segment.Property, names, st.sampled_from([Compare.AFTER, Compare.BEFORE]), days
    )
    return st.one_of(texts, bare, numbers, dates)
