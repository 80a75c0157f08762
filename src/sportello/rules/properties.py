"""What a company notes of its contacts: text always, of a kind that says how it compares."""

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

CHOICES_MAX: Final = 20
# Of a choice: more are no columns to look over any more.
OPTIONS_MAX: Final = 40
PROPERTIES_MAX: Final = 60
OPTION_LENGTH_MAX: Final = 60
# So many rows say that what repeats is a choice.
_ROWS_MIN: Final = 8


class Kind(StrEnum):
    """How values of a property are kept and compared."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


@lru_cache(maxsize=8192)
def fit(kind: Kind, text: str) -> str | None:
    """As it is kept: a number as -1234.5, a date as 31/12/2026; None for what is none."""
    plain = text.strip()
    match kind:
        case Kind.NUMBER:
            return _number(plain)
        case Kind.DATE:
            day = day_of(plain)
            return None if day is None else day.strftime("%d/%m/%Y")
        case _:
            return plain


def entered(kind: Kind, options: Sequence[str], text: str, before: str) -> str | None:
    """What a person wrote into the field, as it is kept; None where it does not fit.

    What stood there before may stay, whatever the kind has become since; "" empties the field.
    """
    plain = text.strip()
    if not plain or plain == before:
        return plain
    if kind is Kind.CHOICE:
        return plain if plain in options else None
    return fit(kind, plain)


def options(lines: str) -> list[str]:
    """Of a choice, one a line as somebody wrote them: without blanks and repetitions."""
    told = [line.strip()[:OPTION_LENGTH_MAX].strip() for line in lines.splitlines()]
    once = {line.lower(): line for line in reversed(told) if line}
    return sorted(once.values(), key=told.index)[:OPTIONS_MAX]


def day_of(text: str) -> date | None:
    """Of 2026-12-31 or 31/12/2026, with an hour behind it or without."""
    found = _ISO.match(text) or _ITALIAN.match(text)
    if found is None:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def guess(cells: Sequence[str]) -> Kind:
    """By a sample of a column: what all of its values are; text where it says nothing."""
    told = [cell for cell in cells if cell.strip()]
    if not told:
        return Kind.TEXT
    if all(day_of(cell.strip()) for cell in told):
        return Kind.DATE
    # A postal code and a telephone's digits are no quantities.
    if all(_number(cell.strip()) is not None and not _CODE.match(cell.strip()) for cell in told):
        return Kind.NUMBER
    return Kind.CHOICE if len(told) >= _ROWS_MIN and len(set(told)) <= len(told) / 4 else Kind.TEXT


def choices(cells: Sequence[str]) -> list[str]:
    """The values that a sample shows, most frequent first."""
    told = [cell.strip() for cell in cells if cell.strip()]
    return sorted(set(told), key=lambda cell: (-told.count(cell), cell))[:CHOICES_MAX]


def _number(text: str) -> str | None:
    """Italian or English: 1.234,50 and 1234.5; with blanks or a currency's sign around it."""
    plain = _AROUND.sub("", text)
    if _THOUSANDS_ITALIAN.fullmatch(plain):
        plain = plain.replace(".", "").replace(",", ".")
    elif _THOUSANDS_ENGLISH.fullmatch(plain):
        plain = plain.replace(",", "")
    found = _PLAIN.fullmatch(plain)
    return None if found is None else plain.replace(",", ".")


_ISO: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)", re.ASCII)
_ITALIAN: Final = re.compile(
    r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})(?!\d)", re.ASCII
)
_AROUND: Final = re.compile(r"^[\s€$£]+|[\s€$£]+$")
_THOUSANDS_ITALIAN: Final = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?", re.ASCII)
_THOUSANDS_ENGLISH: Final = re.compile(r"-?\d{1,3}(,\d{3})+\.\d+", re.ASCII)
_PLAIN: Final = re.compile(r"-?\d{1,15}([.,]\d{1,6})?", re.ASCII)
_CODE: Final = re.compile(r"0\d|\d{9,}", re.ASCII)
