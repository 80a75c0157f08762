"""A phone number as people and spreadsheets write it, and as WhatsApp names a person."""

import re
from enum import StrEnum
from typing import Final

import phonenumbers

_LENGTH_MAX: Final = 40


class Flaw(StrEnum):
    """Why it is no number. `mangled`: a spreadsheet wrote 3.9E+11 and the digits are lost."""

    MISSING = "phone_missing"
    MANGLED = "number_mangled"
    WRONG = "wrong_phone"


def wa_id(text: str, country: str) -> str | Flaw:
    """E.164 without its plus. Without its country's code it is read as one of `country` (ISO)."""
    plain = text.strip().strip("'\"=").strip()
    if not plain:
        return Flaw.MISSING
    if _MANGLED.fullmatch(plain):
        return Flaw.MANGLED
    if len(plain) > _LENGTH_MAX:
        return Flaw.WRONG
    plain = _DECIMALS.sub("", plain)
    try:
        number = phonenumbers.parse(plain, country)
    except phonenumbers.NumberParseException:
        return Flaw.WRONG
    if not phonenumbers.is_valid_number(number):
        return Flaw.WRONG
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164.removeprefix("+")


_MANGLED: Final = re.compile(r"\+?\d+([.,]\d+)?[eE]\+?\d+")
# 393471234567.0, as a spreadsheet writes what it takes for a quantity.
_DECIMALS: Final = re.compile(r"(?<=\d)[.,]0+$")
