"""Which column of a table is which part of a contact: guessed, corrected by a person, applied."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Final

from sportello.rules import properties
from sportello.rules.contact_rows import WRONG_DATE, Claim, Flaw, Row, WrongDate
from sportello.rules.properties import Kind


class Part(StrEnum):
    """What a column holds; `property` keeps it under its own name, `none` leaves it out."""

    NONE = ""
    PHONE = "phone"
    NAME = "name"
    SURNAME = "surname"
    LANGUAGE = "language"
    CONSENT_KIND = "consent_kind"
    CONSENT_TEXT = "consent_text"
    CONSENT_SOURCE = "consent_source"
    CONSENT_AT = "consent_at"
    PROPERTY = "property"


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is; `name` and `kind` are a property's."""

    part: Part
    name: str = ""
    kind: Kind = Kind.TEXT


def guess(headers: Sequence[str]) -> list[Part]:
    """By the headers' words, each part once; a column with another name is a property."""
    taken: set[Part] = set()
    found = []
    for header in headers:
        part = _guess(header)
        if part in taken:
            part = Part.PROPERTY if header.strip() else Part.NONE
        if part not in {Part.NONE, Part.PROPERTY}:
            taken.add(part)
        found.append(part)
    return found


def row(
    line: int, cells: Sequence[str], columns: Sequence[Column], shared: Claim, zone: tzinfo
) -> Row:
    """A row of a table; where it states no consent of its own, the one that all share."""
    told: dict[Part, str] = {}
    kept: dict[str, str] = {}
    flaws = []
    for column, cell in zip(columns, cells, strict=True):
        if column.part is not Part.PROPERTY:
            told[column.part] = cell
        elif cell:
            value = properties.fit(column.kind, cell)
            if value is None:
                flaws.append(_UNFIT[column.kind])
            else:
                kept[column.name] = value
    names = (told.get(Part.NAME, ""), told.get(Part.SURNAME, ""))
    return Row(
        line=line,
        phone=told.get(Part.PHONE, ""),
        name=" ".join(name for name in names if name),
        language=language(told.get(Part.LANGUAGE, "")),
        properties=kept,
        consent=_claim(told, shared, zone),
        flaws=tuple(dict.fromkeys(flaws)),
    )


@lru_cache(maxsize=4096)
def instant(text: str, zone: tzinfo) -> datetime | WrongDate | None:
    """ISO, or day, month, year with `/`, `-` or `.` as Italians write it; perhaps with an hour."""
    plain = text.strip()
    if not plain:
        return None
    found = _DATE.fullmatch(plain)
    try:
        if found is None:
            read = datetime.fromisoformat(plain)
        else:
            day, month, year, hour, minute, second = found.groups()
            read = datetime(  # noqa: DTZ001  # its zone follows
                int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
            )
    except (ValueError, OverflowError):
        return WRONG_DATE
    return read if read.tzinfo is not None else read.replace(tzinfo=zone)


def language(text: str) -> str:
    """`it`, `en`, … ; "" for what is no language that we know."""
    plain = _plain(text)
    if re.fullmatch(r"[a-z]{2}([-_ ][a-z]{2})?", plain):
        return plain[:2]
    return _LANGUAGES.get(plain, "")


def _claim(told: Mapping[Part, str], shared: Claim, zone: tzinfo) -> Claim:
    """What the row says of consent; each part that it leaves open is the shared one's."""
    return Claim(
        category=_kind(told.get(Part.CONSENT_KIND, "")) or shared.category,
        source=told.get(Part.CONSENT_SOURCE, "") or shared.source,
        text=told.get(Part.CONSENT_TEXT, "") or shared.text,
        at=instant(told.get(Part.CONSENT_AT, ""), zone) or shared.at,
    )


def _kind(text: str) -> str:
    plain = _plain(text)
    return _KINDS.get(plain, plain)


def _guess(header: str) -> Part:
    plain = _plain(header)
    if not plain:
        return Part.NONE
    for part, pattern in _HEADERS:
        if pattern.search(plain):
            return part
    return Part.PROPERTY


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()


_UNFIT: Final = {Kind.NUMBER: Flaw.NOT_A_NUMBER, Kind.DATE: Flaw.NOT_A_DATE}
_DATE: Final = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?"
)
_CONSENT: Final = r"(?:consen\w*|opt ?in|iscri\w*)"


def _about_consent(words: str) -> re.Pattern[str]:
    """Those words before or after the word of the consent."""
    return re.compile(rf"\b(?:{words})\b.*{_CONSENT}|{_CONSENT}.*\b(?:{words})\b")


_HEADERS: Final = (
    (Part.CONSENT_AT, _about_consent("data|date|quando|when|at|il")),
    (Part.CONSENT_TEXT, _about_consent("testo|text|frase|parole|wording")),
    (Part.CONSENT_SOURCE, _about_consent("fonte|origine|source|canale|modo|where|dove")),
    (Part.CONSENT_KIND, _about_consent("tipo|categoria|kind|category")),
    (
        Part.PHONE,
        re.compile(
            r"\b(?:telefono|tel|cell|cellulare|mobile|phone|whatsapp|numero|number|wa id)\b"
        ),
    ),
    (Part.SURNAME, re.compile(r"\b(?:cognome|surname|last ?name|family name)\b")),
    (
        Part.NAME,
        re.compile(r"\b(?:nome|name|nominativo|ragione sociale|first ?name|cliente|customer)\b"),
    ),
    (Part.LANGUAGE, re.compile(r"\b(?:lingua|language|lang)\b")),
)
_KINDS: Final = {
    "promozioni": "marketing",
    "promo": "marketing",
    "pubblicita": "marketing",
    "servizio": "utility",
    "servizi": "utility",
    "service": "utility",
}
_LANGUAGES: Final = {
    "italiano": "it",
    "italian": "it",
    "inglese": "en",
    "english": "en",
    "tedesco": "de",
    "german": "de",
    "deutsch": "de",
    "francese": "fr",
    "french": "fr",
    "spagnolo": "es",
    "spanish": "es",
}
