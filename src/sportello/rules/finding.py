"""What somebody seeks among the contacts: words of a name, in whatever order, or digits."""

from typing import Final

LENGTH_MAX: Final = 100
WORDS_MAX: Final = 6
_OF_NUMBERS: Final = frozenset("0123456789+-./() ")


def words(text: str) -> list[str]:
    """Each must be found somewhere in a name. PostgreSQL keeps no NUL."""
    return text[:LENGTH_MAX].replace("\0", "").split()[:WORDS_MAX]


def digits(text: str) -> str:
    """Of a number, with whatever blanks and signs it is written; "" where the text is none."""
    if not all(sign in _OF_NUMBERS for sign in text):
        return ""
    return "".join(sign for sign in text[:LENGTH_MAX] if sign.isdecimal())
