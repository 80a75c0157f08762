"""In which language a customer is answered."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.assistant import tongues
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


_SPOKEN = ("it", "en", "de", "zh")
_SAID = (
    "quando arriva il mio ordine?",
    "wann kommt mein Paket",
    "我的订单在哪里",
    "",
    "\udcff\x00 ?",
)


def _told(folder: Path | None) -> list[list[tuple[str, float]]]:
    model = tongues.load(_SPOKEN, folder)
    return [model.rank(text) for text in _SAID]


def test_a_model_left_on_disk_says_what_the_one_in_memory_says(tmp_path: Path) -> None:
    whole = _told(None)

    assert _told(tmp_path) == whole
    assert _told(tmp_path) == whole, "the second start reads what the first one kept"
    assert len(list(tmp_path.iterdir())) == 1, "and nothing half-made is left"


@pytest.mark.parametrize("part", ["moves", "weights.npy"])
def test_a_model_that_was_cut_or_lost_is_made_anew(tmp_path: Path, part: str) -> None:
    whole = _told(tmp_path)
    [kept] = tmp_path.iterdir()
    (kept / part).write_bytes((kept / part).read_bytes()[:4])

    assert _told(tmp_path) == whole
    assert _told(tmp_path) == whole


def test_a_folder_that_cannot_be_written_costs_memory_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert _told(tmp_path / "file") == _told(None)
