"""What an action may be given and what of its answer may be said, as tables."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.tool import (
    NAMES_REFUSED,
    SAID_MAX,
    Kind,
    Parameter,
    fill,
    fits,
    found_in,
    is_mask,
    is_name,
    value_of,
    was_said,
)

_ORDER = Parameter("order", Kind.MASK, "Quale ordine?", mask="MV-####")
_COUNT = Parameter("count", Kind.NUMBER, "Quanti?")
_EMAIL = Parameter("email", Kind.EMAIL, "Quale indirizzo?")
_COLOUR = Parameter("colour", Kind.CHOICE, "Quale colore?", choices=("blu", "verde acqua"))
_NOTE = Parameter("note", Kind.WORDS, "Che cosa scriviamo?")


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        (_ORDER, "annullate mv-1042 per favore", "MV-1042"),
        (_ORDER, "MV-1042 e poi MV-1042", "MV-1042"),
        (_ORDER, "MV-1042 oppure MV-1043", None),
        (_ORDER, "MV-10421", None),
        (_ORDER, "XMV-1042", None),
        (_ORDER, "MV-1042; DROP TABLE", "MV-1042"),
        (_COUNT, "ne vorrei 3", "3"),
        (_COUNT, "3 o 4", None),
        (_COUNT, "alle 10.30", None),
        (_COUNT, "il mio numero è +393331234567", None),
        (_EMAIL, "scrivete a Anna@Esempio.it grazie", "anna@esempio.it"),
        (_EMAIL, "anna@", None),
        (_COLOUR, "quello Verde Acqua", "verde acqua"),
        (_COLOUR, "blu o verde acqua?", None),
        (_COLOUR, "bluette", None),
        (_NOTE, "qualsiasi cosa", None),
    ],
)
def test_a_value_is_found_where_it_stands_once(
    parameter: Parameter, text: str, value: str | None
) -> None:
    assert found_in(parameter, text) == value


def test_words_are_a_value_only_where_they_were_asked_for() -> None:
    assert value_of(_NOTE, " lasciare\u202e  al portiere\n") == "lasciare al portiere"
    assert value_of(_NOTE, "x" * 121) is None
    assert value_of(_NOTE, "  ") is None
    assert value_of(_ORDER, "è il mv-1042") == "MV-1042"


@pytest.mark.parametrize(
    ("parameter", "value", "fit"),
    [
        (_ORDER, "MV-1042", True),
        (_ORDER, "MV-1042&customer=39333", False),
        (_COUNT, "12", True),
        (_COUNT, "-12", False),
        (_COLOUR, "blu", True),
        (_COLOUR, "rosso", False),
        (_NOTE, "al portiere", True),
        (_NOTE, "al\nportiere", False),
    ],
)
def test_a_model_s_value_must_be_of_its_kind(parameter: Parameter, value: str, fit: bool) -> None:
    assert fits(parameter, value) is fit


def test_a_model_s_value_must_have_been_said() -> None:
    assert was_said("MV-1042", ["annulla mv-1042"])
    assert not was_said("MV-1042", ["annulla MV-10421", "annulla"])


def test_no_parameter_is_named_after_who_the_customer_is() -> None:
    assert not any(is_name(name) for name in NAMES_REFUSED)
    assert is_name("order_code")
    assert not any(is_name(name) for name in ("", "Order", "1st", "a" * 31, "a b"))


def test_a_mask_must_tell_a_value_from_a_word() -> None:
    assert is_mask("MV-####")
    assert not any(is_mask(mask) for mask in ("MV", "#", " ##", "#" * 41, ""))


@pytest.mark.parametrize(
    ("template", "told", "said"),
    [
        ("Ordine {code}: {state}.", {"code": 7, "state": "in viaggio"}, "Ordine 7: in viaggio."),
        ("{order.day}", {"order": {"day": "domani"}}, "domani"),
        ("{order.day}", {"order": {}}, None),
        ("{order}", {"order": {"day": "domani"}}, None),
        ("{a}", {"a": True}, None),
        ("{a}", {"a": ["x"]}, None),
        ("{a}", {"a": ""}, None),
        ("{a}", {"a": "uno\u202e\n\ndue"}, "uno due"),
        ("{a}", {"a": "{b}", "b": "no"}, "{b}"),
        ("{a}", [1], None),
        ("Tutto bene", None, "Tutto bene"),
    ],
)
def test_an_answer_is_said_with_the_values_it_gives_or_not_at_all(
    template: str, told: Any, said: str | None
) -> None:
    assert fill(template, told) == said


@given(st.text(), st.text())
def test_whatever_another_system_answers_is_bounded_and_has_no_hidden_signs(
    template: str, value: str
) -> None:
    said = fill(f"{{a}}{template}", {"a": value, "b": {"c": value * 9}})

    assert said is None or 0 < len(said) <= SAID_MAX


@given(st.text())
def test_whatever_a_customer_writes_a_value_found_fits(text: str) -> None:
    for parameter in (_ORDER, _COUNT, _EMAIL, _COLOUR, _NOTE):
        value = value_of(parameter, text)
        assert value is None or fits(parameter, value)
