"""Ready answers: what a shortcut may be, and how the variables of a text are filled."""

import re
from collections.abc import Mapping
from typing import Final

SHORTCUT_LENGTH_MAX: Final = 32
# What a company may write; the order is that in which a page explains them.
VARIABLES: Final = ("nome", "cognome", "numero", "operatore", "azienda")
# People write the other language's word as well.
_ALSO: Final = {
    "name": "nome",
    "first_name": "nome",
    "surname": "cognome",
    "last_name": "cognome",
    "number": "numero",
    "phone": "numero",
    "operator": "operatore",
    "company": "azienda",
}
_PLACE: Final = re.compile(r"\{ {0,4}([A-Za-z_]{1,32}) {0,4}\}")
_SHORTCUT: Final = re.compile(r"[^\s/{}]{1,32}")


def is_shortcut(word: str) -> bool:
    """One word that can be typed after a slash: no blanks, no slash, no braces."""
    return _SHORTCUT.fullmatch(word) is not None


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables replaced, once: a value that looks like a variable stays.

    What has no value, or is no variable of ours, stays as it stands, for a person to see.
    """

    def value(place: re.Match[str]) -> str:
        word = place[1].lower()
        return values.get(_ALSO.get(word, word)) or place[0]

    return _PLACE.sub(value, text)
