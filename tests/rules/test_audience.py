"""One person of an audience: the values that fill the template, and why they are left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sportello.rules.audience import Source, filling, skipped, values
from sportello.rules.consent import Standing
from sportello.rules.facts import Contact, Content, Facts, Origin, Sender, TemplateState
from sportello.rules.facts import Template as Sent
from sportello.rules.pricing import Category
from sportello.rules.template import parse
from sportello.rules.template_match import Filling
from sportello.rules.template_values import HeaderKind

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
ANNA = {"name": " Anna ", "city": "  ", "phone": "+39333"}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (Source(column="name"), "Anna"),
        (Source(column="name", otherwise="cliente"), "Anna"),
        (Source(column="city", otherwise="Milano"), "Milano"),
        (Source(column="city"), ""),
        (Source(column="gone", otherwise="cliente"), "cliente"),
        (Source(column="gone"), ""),
        (Source(value=" 20 % "), " 20 % "),
        (Source(column="name", value="20 %"), "Anna"),
        (Source(value="x", otherwise="y"), "x"),
        (Source(), ""),
    ],
)
def test_a_value_is_the_column_s_or_what_stands_in_for_it_or_the_same_for_all(source, value):
    assert values({"1": source}, ANNA) == {"1": value}


def test_placeholders_say_where_their_value_goes():
    given = {"nome": "Anna", "header.titolo": "Saldi", "button.0": "abc", "button.12": "def"}

    assert filling(given, HeaderKind.IMAGE) == Filling(
        header={"titolo": "Saldi"},
        body={"nome": "Anna"},
        buttons={0: "abc", 12: "def"},
        media=HeaderKind.IMAGE,
    )
    assert filling({}, None) == Filling(header={}, body={}, buttons={}, media=None)


def test_a_button_that_is_no_number_is_no_button():
    with pytest.raises(ValueError, match="first"):
        filling({"button.first": "abc"}, None)


PROMOTION = parse(
    {
        "name": "promo",
        "language": "it",
        "category": "MARKETING",
        "components": [{"type": "BODY", "text": "Ciao {{1}}, da domani ci sono i saldi."}],
    }
)


def _facts(standing):
    return Facts(
        Sender(Origin.CAMPAIGN),
        Content.TEMPLATE,
        contact=Contact(marketing=standing),
        template=Sent(TemplateState.APPROVED, Category.MARKETING),
    )


@pytest.mark.parametrize(
    ("standing", "name", "why"),
    [
        (Standing.GRANTED, "Anna", ""),
        (Standing.GRANTED, "", "value_missing"),
        (Standing.NONE, "Anna", "no_consent"),
        (Standing.WITHDRAWN, "", "opted_out"),
    ],
)
def test_who_is_left_out_and_why(standing, name, why):
    filled = filling({"1": name}, None)
    assert skipped(PROMOTION, filled, _facts(standing), NOW) == why


def test_a_hold_that_will_be_over_leaves_nobody_out():
    facts = _facts(Standing.GRANTED)
    contact = replace(facts.contact, marketing_capped_until=NOW + timedelta(hours=1))
    filled = filling({"1": "Anna"}, None)
    assert skipped(PROMOTION, filled, replace(facts, contact=contact), NOW) == ""
