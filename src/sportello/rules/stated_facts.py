"""What a text states that can be wrong at a customer's cost: numbers, prices, dates, days, links,
addresses, telephone numbers; each in one spelling, so that two texts can be compared.

Source: reference, answering 5 ("with an LLM") and security 4.4.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    NUMBER = "number"
    PRICE = "price"
    DATE = "date"
    DAY = "day"
    LINK = "link"
    MAIL = "mail"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Stated:
    """`value` in one spelling; `said` as it stands in the text."""

    kind: Kind
    value: str
    said: str


def stated(text: str) -> tuple[Stated, ...]:
    """Every fact of a text, in no order that matters; what is part of a link is no number too."""
    rest = plain(text)
    found: list[Stated] = []
    for kind, pattern, spell in _WHOLE:
        found += [
            Stated(kind, value, match[0])
            for match in pattern.finditer(rest)
            for value in spell(match)
        ]
        rest = pattern.sub(" ; ", rest)
    found += _numbers(rest)
    found += _days(rest)
    return tuple(found)


def plain(text: str) -> str:
    """One form for each letter and digit, in lower case; dashes and blanks of one kind."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_sign(sign) for sign in folded)


def _sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    category = unicodedata.category(sign)
    if category == "Pd":
        return "-"
    return " " if category == "Zs" else sign


def _link(match: re.Match[str]) -> Iterator[str]:
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", match[0])
    yield bare.rstrip(".,;:!?)]}'\"»/")


def _mail(match: re.Match[str]) -> Iterator[str]:
    yield match[0].rstrip(".")


def _phone(match: re.Match[str]) -> Iterator[str]:
    """Italian numbers are the same with and without their country's code."""
    digits = re.sub(r"\D", "", match[0])
    national = re.sub(r"^(?:00)?39(?=\d{6,})", "", digits)
    yield national if match[0].startswith(("+39", "0039")) else digits


def _date(match: re.Match[str]) -> Iterator[str]:
    day, month, year = int(match[1]), int(match[2]), match[3]
    yield f"{day}/{month}"
    if year:
        yield f"{day}/{month}/{int(year) % 100}"


def _date_in_words(match: re.Match[str]) -> Iterator[str]:
    told = match.groupdict()
    day, month = int(told["day"] or told["day_2"]), _MONTH_OF[told["month"] or told["month_2"]]
    year = told["year"] or told["year_2"]
    yield f"{day}/{month}"
    if year:
        yield f"{day}/{month}/{int(year) % 100}"


def _numbers(text: str) -> Iterator[Stated]:
    for match in _NUMBER.finditer(text):
        value = _value(match["number"])
        yield Stated(Kind.NUMBER, value, match["number"])
        unit = (match["before"] or match["after"] or "").strip()
        if unit:
            yield Stated(Kind.PRICE, f"{value} {_UNIT_OF[unit]}", match[0].strip())
    for match in _COUNT.finditer(text):
        yield Stated(Kind.NUMBER, str(_COUNT_OF[match[0]]), match[0])


def _value(told: str) -> str:
    """1.200,50 and 1,200.50 are the same; 6,90 and 6.9 too; 9:00 and 9."""
    for thousand, point in ((".", ","), (",", ".")):
        grouped = rf"\d{{1,3}}(?:{re.escape(thousand)}\d{{3}})+(?:{re.escape(point)}\d+)?"
        if re.fullmatch(grouped, told):
            told = told.replace(thousand, "").replace(point, ".")
            break
    else:
        told = re.sub(r"[,:]", ".", told)
    whole, _, part = told.partition(".")
    part = part.rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{part}" if part else whole.lstrip("0") or "0"


def _days(text: str) -> Iterator[Stated]:
    """Days of the week, those between two of them included, months, and today or tomorrow."""
    for match in _SPAN.finditer(text):
        first, last = _DAY_OF[match["first"]], _DAY_OF[match["last"]]
        for day in range(first, first + (last - first) % 7 + 1):
            yield Stated(Kind.DAY, f"day {day % 7}", match[0])
    for match in _DAY.finditer(text):
        yield Stated(Kind.DAY, f"day {_DAY_OF[match[0]]}", match[0])
    for match in _MONTH.finditer(text):
        yield Stated(Kind.DAY, f"month {_MONTH_OF[match[0]]}", match[0])
    for match in _SOON.finditer(text):
        yield Stated(Kind.DAY, _SOON_OF[match[0]], match[0])


def _by_place(*lists: str) -> dict[str, int]:
    """Word → its place, counted from 0, in each of several lists of the same things."""
    return {
        word: place
        for told in lists
        for place, words in enumerate(told.split())
        for word in words.split("|")
    }


_DAY_OF: Final = _by_place(
    "lunedì|lunedi martedì|martedi mercoledì|mercoledi giovedì|giovedi venerdì|venerdi sabato"
    " domenica",
    "monday|mondays tuesday|tuesdays wednesday|wednesdays thursday|thursdays friday|fridays"
    " saturday|saturdays sunday|sundays",
    "lun mar mer gio ven sab dom",
    "mon tue wed thu fri sat sun",
)
_MONTH_OF: Final = {
    word: place + 1
    for word, place in _by_place(
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
        " dicembre",
        "january february march april may june july august september october november december",
    ).items()
}
_SOON_OF: Final = {
    word: value
    for value, words in {
        "today": "oggi|stasera|stamattina|stanotte|today|tonight",
        "tomorrow": "domani|tomorrow",
        "after tomorrow": "dopodomani",
    }.items()
    for word in words.split("|")
}
_COUNT_OF: Final = {
    word: number
    for number, words in {
        2: "due|two|twice",
        3: "tre|three",
        4: "quattro|four",
        5: "cinque|five",
        6: "six",
        7: "sette|seven",
        8: "otto|eight",
        9: "nove|nine",
        10: "dieci|ten",
        11: "undici|eleven",
        12: "dodici|twelve|dozen|dozzina",
        13: "tredici|thirteen",
        14: "quattordici|fourteen",
        15: "quindici|fifteen",
        16: "sedici|sixteen",
        17: "diciassette|seventeen",
        18: "diciotto|eighteen",
        19: "diciannove|nineteen",
        20: "venti|twenty",
        24: "ventiquattro",
        30: "trenta|thirty",
        40: "quaranta|forty",
        48: "quarantotto",
        50: "cinquanta|fifty",
        60: "sessanta|sixty",
        70: "settanta|seventy",
        80: "ottanta|eighty",
        90: "novanta|ninety",
        100: "cento|hundred",
        200: "duecento",
        300: "trecento",
        500: "cinquecento",
        1000: "mille|thousand",
    }.items()
    for word in words.split("|")
}
_UNIT_OF: Final = {
    word: unit
    for unit, words in {
        "eur": "€|euro|eur|euros",
        "usd": "$|usd|dollari|dollaro|dollars|dollar",
        "gbp": "£|gbp|sterline|pounds",
        "%": "%|percento|percent|per cento",
    }.items()
    for word in words.split("|")
}


def _any_of(words: Iterable[str]) -> str:
    listed = sorted(words, key=len, reverse=True)
    return "|".join(map(re.escape, listed))


_MONTHS: Final = _any_of(_MONTH_OF)
_DATE: Final = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)")
_SHORT_DATE: Final = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})()(?![\d/])")
_WORDED_DATE: Final = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|°|º)?(?: of| di)? (?P<month>{_MONTHS})\b"
    rf"(?:,? (?P<year>\d{{4}}))?"
    rf"|\b(?P<month_2>{_MONTHS}) (?P<day_2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year_2>\d{{4}}))?"
)
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# "Word.Word" is taken for a link, because WhatsApp does so too.
_LINK: Final = re.compile(
    r"https?://\S+|www\.\S+|(?<![\w@.])(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24}(?:[/?#:]\S*)?"
)
_PHONE: Final = re.compile(r"(?<![\w,.])\+?(?:\(?\d[\d()]*[ ./-]?){6,}\d(?!\w)")
_NUMBER: Final = re.compile(
    rf"(?P<before>[€$£])? ?(?P<number>\d+(?:[.,:]\d+)*)(?P<after> ?(?:{_any_of(_UNIT_OF)})(?!\w))?"
)
_COUNT: Final = re.compile(rf"\b(?:{_any_of(_COUNT_OF)})\b")
_DAYS: Final = _any_of(_DAY_OF)
_FULL_DAYS: Final = _any_of(word for word in _DAY_OF if len(word) > 3)
_SPAN: Final = re.compile(
    rf"\b(?P<first>{_DAYS})\.? ?(?:-|a|al|alla|to|through|until) ?(?P<last>{_DAYS})\b"
)
_DAY: Final = re.compile(rf"\b(?:{_FULL_DAYS})\b")
# "may" and "march" are verbs too: they count in a date alone.
_MONTH: Final = re.compile(
    rf"\b(?:{_any_of(word for word in _MONTH_OF if word not in {'may', 'march'})})\b"
)
_SOON: Final = re.compile(rf"\b(?:{_any_of(_SOON_OF)})\b")
_WHOLE: Final = (
    (Kind.MAIL, _MAIL, _mail),
    (Kind.LINK, _LINK, _link),
    (Kind.DATE, _WORDED_DATE, _date_in_words),
    (Kind.DATE, _DATE, _date),
    (Kind.DATE, _SHORT_DATE, _date),
    (Kind.PHONE, _PHONE, _phone),
)
