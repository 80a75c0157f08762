"""What somebody seeks among the contacts: words of names, digits of numbers."""

import pytest

from sportello.rules import finding


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  Rossi  anna ", ["Rossi", "anna"]),
        ("", []),
        ("an\0na", ["anna"]),
        ("a b c d e f g h", list("abcdef")),
        ("x" * 101, ["x" * 100]),
        (f"{'x' * 99} yz", ["x" * 99]),
    ],
)
def test_words_are_few_and_short(text, words):
    assert finding.words(text) == words


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("333 12.34/567", "3331234567"),
        ("+39 (02) 55-66", "39025566"),
        ("3331234 Anna", ""),
        ("Anna", ""),
        ("", ""),
        ("- -", ""),
        ("٣٣٣", ""),
        ("1" * 101, "1" * 100),
    ],
)
def test_digits_are_those_of_a_number_alone(text, digits):
    assert finding.digits(text) == digits
