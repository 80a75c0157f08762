"""A phone number as people and spreadsheets write it, and as WhatsApp names a person."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
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
    plain = _DECIMALS.sub(r"\1", plain)
    return _mobile(plain, country) or _parsed(plain, country)


def _parsed(plain: str, country: str) -> str | Flaw:
    try:
        number = phonenumbers.parse(plain, country)
    except phonenumbers.NumberParseException:
        return Flaw.WRONG
    if not phonenumbers.is_valid_number(number):
        return Flaw.WRONG
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164.removeprefix("+")


@dataclass(frozen=True, slots=True)
class _Mobiles:
    """A country's mobile numbers: what nine of ten are, and `phonenumbers` takes long to say."""

    code: str
    own: re.Pattern[str]
    all_kinds: re.Pattern[str]
    abroad: str


def _mobile(plain: str, country: str) -> str:
    """E.164 of a mobile number of `country`; "" for any other, which may well be a number."""
    mobiles = _mobiles(country)
    if mobiles is None or not _DIGITS.fullmatch(plain):
        return ""
    digits = _BETWEEN.sub("", plain)
    for prefix in (f"+{mobiles.code}", mobiles.abroad):
        if digits.startswith(prefix):
            national = digits.removeprefix(prefix)
            return mobiles.code + national if mobiles.own.fullmatch(national) else ""
    if mobiles.own.fullmatch(digits):
        return mobiles.code + digits
    national = digits.removeprefix(mobiles.code)
    whole = digits.startswith(mobiles.code) and not mobiles.all_kinds.fullmatch(digits)
    return digits if whole and mobiles.own.fullmatch(national) else ""


@cache
def _mobiles(country: str) -> _Mobiles | None:
    """None where several countries share a code, or abroad is dialled otherwise than by 00."""
    told = phonenumbers.PhoneMetadata.metadata_for_region(country, None)
    code = phonenumbers.country_code_for_region(country)
    if told is None or told.international_prefix != "00" or told.id != country:
        return None
    if phonenumbers.region_code_for_country_code(code) != country or told.leading_digits:
        return None
    own = told.mobile and told.mobile.national_number_pattern
    general = told.general_desc and told.general_desc.national_number_pattern
    if not own or not general:
        return None
    return _Mobiles(str(code), re.compile(own), re.compile(general), f"00{code}")


_DIGITS: Final = re.compile(r"\+?\d[\d .-]*\d", re.ASCII)
_BETWEEN: Final = re.compile(r"[ .-]+")
_MANGLED: Final = re.compile(r"\+?\d+([.,]\d+)?[eE]\+?\d+")
# 393471234567.0, as a spreadsheet writes what it takes for a quantity; 347.123.000 is no such.
_DECIMALS: Final = re.compile(r"^(\+?\d{8,})[.,]00?$", re.ASCII)
