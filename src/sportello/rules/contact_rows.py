"""Rows of an import: which become contacts, with which consent, and what is wrong with the rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from sportello.rules import phone
from sportello.rules.consent import Topic

# Of a request; a file that a worker takes in may have more.
ROWS_MAX: Final = 10_000
FILE_ROWS_MAX: Final = 1_000_000
PROPERTIES_MAX: Final = 30
KEY_MAX: Final = 60
VALUE_MAX: Final = 500
NAME_MAX: Final = 200
TEXT_MAX: Final = 1000


class Flaw(StrEnum):
    """What is wrong with a row. Only those of the phone number keep it out: the contact comes in
    without the consent, or without the property, that could not be read.
    """

    PHONE_MISSING = "phone_missing"
    NUMBER_MANGLED = "number_mangled"
    WRONG_PHONE = "wrong_phone"
    CONSENT_TEXT_MISSING = "consent_text_missing"
    CONSENT_DATE_MISSING = "consent_date_missing"
    CONSENT_DATE_WRONG = "consent_date_wrong"
    CONSENT_IN_FUTURE = "consent_in_future"
    CONSENT_KIND_UNKNOWN = "consent_kind_unknown"
    OPTED_OUT = "opted_out"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"


REFUSES: Final = frozenset({Flaw.PHONE_MISSING, Flaw.NUMBER_MANGLED, Flaw.WRONG_PHONE})


@dataclass(frozen=True, slots=True)
class Claim:
    """A consent as a row states it. `at` None: no date; WRONG_DATE: one that cannot be read."""

    category: str = ""
    source: str = ""
    text: str = ""
    at: "datetime | WrongDate | None" = None

    @property
    def says_something(self) -> bool:
        return bool(self.text or self.source or self.at)


@dataclass(frozen=True, slots=True)
class WrongDate:
    """Words where a date was expected."""


WRONG_DATE: Final = WrongDate()


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was given; `line` is what its owner calls it, from 1.

    `flaws`: of its properties, which are left out.
    """

    line: int
    phone: str
    name: str = ""
    language: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    consent: Claim = field(default_factory=Claim)
    flaws: Sequence[Flaw] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent that can be written down: to what, in which words, where and when."""

    topic: Topic
    source: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fit:
    """A row that becomes a contact."""

    line: int
    wa_id: str
    name: str
    language: str
    properties: Mapping[str, str]
    consent: Consent | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with the row of that line."""

    line: int
    flaw: Flaw


@dataclass(frozen=True, slots=True)
class Checked:
    """`merged`: how many rows repeated a number of an earlier one, and went into it."""

    fits: Sequence[Fit]
    wrongs: Sequence[Wrong]
    merged: int


def check(rows: Iterable[Row], country: str, now: datetime) -> Checked:
    """Each row once. Of rows with one number the first stands, and the later ones complete it."""
    fits: dict[str, Fit] = {}
    wrongs: list[Wrong] = []
    merged = 0
    for row in rows:
        found = phone.wa_id(row.phone, country)
        if isinstance(found, phone.Flaw):
            wrongs.append(Wrong(row.line, Flaw(found.value)))
            continue
        consent, flaw = _consent(row.consent, now)
        flaws = row.flaws if flaw is None else (*row.flaws, flaw)
        wrongs.extend(Wrong(row.line, one) for one in flaws)
        fit = _fit(row, found, consent)
        merged += found in fits
        fits[found] = _completed(fits[found], fit) if found in fits else fit
    return Checked(list(fits.values()), wrongs, merged)


def _consent(claim: Claim, now: datetime) -> tuple[Consent | None, Flaw | None]:
    """Nothing stated is no flaw: such a contact may be sent what concerns their own orders."""
    if not claim.says_something:
        return None, None
    flaw = _flaw(claim, now)
    if flaw is not None or not isinstance(claim.at, datetime):
        return None, flaw
    topic = Topic(claim.category or Topic.MARKETING.value)
    return Consent(topic, claim.source[:VALUE_MAX], claim.text[:TEXT_MAX], claim.at), None


def _flaw(claim: Claim, now: datetime) -> Flaw | None:
    if claim.category and claim.category not in set(Topic):
        return Flaw.CONSENT_KIND_UNKNOWN
    if not claim.text.strip():
        return Flaw.CONSENT_TEXT_MISSING
    match claim.at:
        case None:
            return Flaw.CONSENT_DATE_MISSING
        case WrongDate():
            return Flaw.CONSENT_DATE_WRONG
        case at:
            return Flaw.CONSENT_IN_FUTURE if at > now else None


def _fit(row: Row, wa_id: str, consent: Consent | None) -> Fit:
    kept = list(row.properties.items())[:PROPERTIES_MAX]
    return Fit(
        line=row.line,
        wa_id=wa_id,
        name=row.name.strip()[:NAME_MAX],
        language=row.language,
        properties={key.strip()[:KEY_MAX]: value[:VALUE_MAX] for key, value in kept if value},
        consent=consent,
    )


def _completed(first: Fit, later: Fit) -> Fit:
    """The newest of two consents; of the rest what the first row left open."""
    consents = [one for one in (first.consent, later.consent) if one is not None]
    return replace(
        first,
        name=first.name or later.name,
        language=first.language or later.language,
        properties={**later.properties, **first.properties},
        consent=max(consents, key=lambda one: one.at, default=None),
    )
