"""Ready answers: shortcuts that can be typed, variables that are filled once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules import canned

_VALUES = {"nome": "Anna", "operatore": "Giulia", "azienda": "Bottega {nome}"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ciao {nome}, sono {operatore}.", "Ciao Anna, sono Giulia."),
        ("Hello { Name }", "Hello Anna"),
        ("{azienda}", "Bottega {nome}"),
        ("{cognome} resta", "{cognome} resta"),
        ("{sconosciuta} {", "{sconosciuta} {"),
        ('{"json": 1}', '{"json": 1}'),
    ],
)
def test_variables_are_filled_once_and_nothing_else(text: str, wanted: str) -> None:
    assert canned.filled(text, _VALUES) == wanted


@given(st.text(max_size=200).filter(lambda text: "{" not in text))
def test_a_text_without_places_stays_as_it_is(text: str) -> None:
    assert canned.filled(text, _VALUES) == text


@pytest.mark.parametrize(
    ("word", "fits"),
    [
        ("orari", True),
        ("orari-2", True),
        ("è", True),
        ("due parole", False),
        ("/orari", False),
        ("{x}", False),
        ("", False),
        ("x" * 33, False),
    ],
)
def test_a_shortcut_is_one_word_that_can_be_typed(word: str, *, fits: bool) -> None:
    assert canned.is_shortcut(word) is fits
