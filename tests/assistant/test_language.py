"""In which language a customer is answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.assistant.language import Guess, guess


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("quando arriva il mio ordine?", "it"),
        ("vorrei sapere se fate consegne a domicilio", "it"),
        ("mi è arrivata una tazza rotta, cosa faccio", "it"),
        ("where is my parcel please", "en"),
        ("do you ship to Germany and how much is it", "en"),
        ("can i return the plates i bought last week", "en"),
    ],
)
@pytest.mark.parametrize("known", ["it", "en"])
def test_a_sentence_is_answered_in_its_language(text: str, language: str, known: str) -> None:
    assert guess([text], known) == Guess(language, certain=True)


@given(
    st.lists(st.sampled_from(["hello", "where?", "ok", "ciao", "thanks", "PayPal"]), max_size=2),
    st.sampled_from(["it", "en", "de"]),
)
def test_one_or_two_words_never_change_the_language(words: list[str], known: str) -> None:
    assert guess(words, known) == Guess(known, certain=False)


def test_only_the_last_three_messages_count() -> None:
    italian = ["vorrei sapere gli orari", "e anche dove siete", "e se c'è parcheggio"]

    assert guess([*italian, *["when will my order arrive"] * 3], "it").language == "en"


@given(st.lists(st.text(max_size=2000), max_size=5), st.sampled_from(["it", "en", ""]))
def test_any_text_has_a_language(texts: list[str], known: str) -> None:
    found = guess(texts, known)

    assert found.certain or found.language == known
