"""What a person types, and the piece of a text that shows it was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.searching import excerpt, fold, patterns, wanted


@pytest.mark.parametrize(
    ("q", "words", "names"),
    [
        ("Però", ("pero",), ("pero",)),
        ("  ORDINE a-12 ", ("ordine", "a", "12"), ("ordine", "a", "12")),
        ("+39 347 123", ("39", "347", "123"), ("39347123",)),
        ("0039 347", ("0039", "347"), ("39347",)),
        ("di di", ("di",), ("di",)),
        ("00", ("00",), ("00",)),
        ("(06) 12-34/5.6", ("06", "12", "34", "5", "6"), ("06123456",)),
        ("a b c d e f g h i", tuple("abcdefgh"), tuple("abcdefgh")),
        ("x" * 50, ("x" * 40,), ("x" * 40,)),
        ("a" + " " * 97 + "bcd", ("a", "bc"), ("a", "bc")),
    ],
)
def test_a_query_is_its_words_without_case_and_accents(
    q: str, words: tuple[str, ...], names: tuple[str, ...]
) -> None:
    asked = wanted(q)

    assert asked is not None
    assert (asked.words, asked.names) == (words, names)


@pytest.mark.parametrize("q", ["", "  ", "%_\\", "!?", "…"])
def test_a_query_of_signs_asks_for_nothing(q: str) -> None:
    assert wanted(q) is None


def _marked(text: str, *words: str) -> str:
    return "".join(f"[{p.text}]" if p.is_found else p.text for p in excerpt(text, words, 40))


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Perché no?", ("perch",), "[Perch]é no?"),
        ("Di dire", ("di",), "[Di] dire"),
        ("<b>ordine</b>", ("ordi",), "<b>[ordi]ne</b>"),
        ("niente", ("altro",), "niente"),
    ],
)
def test_beginnings_of_words_are_marked(text: str, words: tuple[str, ...], shown: str) -> None:
    assert _marked(text, *words) == shown


def test_a_long_text_is_shown_around_what_was_found() -> None:
    shown = _marked("una parola " * 30 + "ordine " + "dopo " * 30, "ordine")

    assert shown.startswith("… ")
    assert "[ordine]" in shown
    assert shown.endswith(" …")


@given(st.text(max_size=200), st.text(max_size=30))
def test_an_excerpt_is_a_piece_of_the_text(text: str, q: str) -> None:
    asked = wanted(q)
    parts = excerpt(text, asked.words if asked else (), 60)

    whole = "".join(part.text for part in parts).removeprefix("… ").removesuffix(" …")
    assert whole in " ".join(text.split())


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)
    assert fold(once) == once or len(text) != len(once)


def test_short_words_are_found_whole_and_longer_ones_by_their_beginning() -> None:
    assert patterns(("di", "ord")) == [
        "(^|[^[:alnum:]])di($|[^[:alnum:]])",
        "(^|[^[:alnum:]])ord",
    ]


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("a  b\nc", ("b",), "a [b] c"),
        ("ordini e ordine", ("ord",), "[ord]ini e [ord]ine"),
        ("ordine", ("or", "ord", "ordin"), "[ordin]e"),
        ("\ufb01ne", ("fine",), "[\ufb01ne]"),
        ("perche\u0301 no", ("perche",), "[perche\u0301] no"),
        ("x" * 40, ("xxx",), "[xxx]" + "x" * 37),
        ("x" * 41, ("xxx",), "[xxx]" + "x" * 37 + " …"),
        (
            "aaaa " * 4 + "ordine " + "bb " * 9,
            ("ordine",),
            "… aaaa aaaa [ordine] bb bb bb bb bb bb bb bb …",
        ),
        ("a" * 30 + " ordine " + "b" * 30, ("ordine",), "… [ordine] " + "b" * 30),
        (
            "aaa " * 5 + "dopo " * 9 + "aaa",
            ("aaa",),
            "[aaa] [aaa] [aaa] [aaa] [aaa] dopo dopo dopo dopo  …",
        ),
    ],
)
def test_the_piece_begins_with_a_word_not_far_before(text, words, shown) -> None:
    assert _marked(text, *words) == shown
