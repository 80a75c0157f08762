"""Where a list of people comes from: declared before anything of it is kept.

Source: reference, limits-and-pricing 6.2 (an opt-in is needed before messaging) and 6.6; lists that
were bought are the first reason for which accounts are blocked.
"""

import re
from enum import StrEnum
from typing import Final

LENGTH_MIN: Final = 10
LENGTH_MAX: Final = 1000


class Flaw(StrEnum):
    """Why a declaration is not accepted."""

    MISSING = "provenance_missing"
    BOUGHT = "bought_list"


def flaw(declared: str) -> Flaw | None:
    """None for a declaration that says something, and does not say that the people never agreed."""
    plain = declared.strip()
    if _BOUGHT.search(plain) and not _DENIED.search(plain):
        return Flaw.BOUGHT
    letters = sum(sign.isalpha() for sign in plain)
    return Flaw.MISSING if letters < LENGTH_MIN else None


_BOUGHT: Final = re.compile(
    r"\b(?:(?:lista|liste|elenco|database|db|contatti|numeri|dati)\s+(?:\w+\s+){0,2}"
    r"(?:comprat\w|acquistat\w|noleggiat\w|vendut\w)"
    r"|(?:comprat\w|acquistat\w|noleggiat\w)\s+(?:da|dal|dalla|online|su|la|una)\s"
    r"|scrap\w*|raccolti (?:da|su) (?:internet|google)|pagine (?:gialle|bianche)"
    r"|(?:bought|purchased|rented|scraped)\s+(?:\w+\s+){0,2}(?:list|lists|data|leads|contacts|from)"
    r"|(?:list|leads|contacts|data)\s+(?:\w+\s+){0,2}(?:bought|purchased|rented))",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"\b(?:non|mai|nessun\w*|not|never|no)\s+(?:\w+\s+){0,3}"
    r"(?:lista|liste|elenc\w*|comprat\w|acquistat\w|noleggiat\w|bought|purchased|rented|list)",
    re.IGNORECASE,
)
