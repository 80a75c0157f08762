"""The words for what is wrong with a file, a row, a declaration or a consent."""

import re
from typing import Final

from django.utils.formats import get_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sportello.intake import table
from sportello.rules import columns, provenance
from sportello.rules.consent import Standing
from sportello.rules.contact_rows import Flaw
from sportello.rules.properties import Kind

FILE: Final[dict[table.Flaw, Promise]] = {
    table.Flaw.EMPTY: _("The file holds no rows."),
    table.Flaw.TOO_LARGE: _("The file is larger than 200 MB. Split it."),
    table.Flaw.OLD_SPREADSHEET: _(
        "This is a workbook of an older Excel (.xls): save it as .xlsx or CSV and try again."
    ),
    table.Flaw.NOT_A_TABLE: _(
        "This file cannot be read as a table. Save it as CSV (UTF-8) or as .xlsx and try again."
    ),
    table.Flaw.PROTECTED: _("The file is protected by a password: save it without one."),
    table.Flaw.TOO_MANY_ROWS: _("The file has more than 1,000,000 rows. Split it."),
    table.Flaw.TOO_MANY_COLUMNS: _("The file has more than 50 columns."),
    table.Flaw.TOO_SLOW: _("The file took too long to read. Save it as CSV and try again."),
}
# Of what the API takes in one request.
REQUEST: Final[dict[str, Promise]] = {
    "file_too_large": _("The file is larger than 5 MB. Import it on the page, or split it."),
    "too_many_rows": _("More than 10,000 rows. Import the file on the page, or split it."),
    "file_is_spreadsheet": _(
        "This is a spreadsheet file: send it as CSV, or import it on the page."
    ),
}
FAILED: Final[dict[str, Promise]] = {flaw.value: words for flaw, words in FILE.items()} | {
    "gave_up": _("The import stopped again and again. Write to support, with its number."),
}
ROW: Final[dict[Flaw, Promise]] = {
    Flaw.PHONE_MISSING: _("No phone number"),
    Flaw.NUMBER_MANGLED: _(
        "The spreadsheet has shortened the number (3.9E+11) and its digits are lost: format the "
        "column as text and export again"
    ),
    Flaw.WRONG_PHONE: _("Not a valid phone number"),
    Flaw.CONSENT_TEXT_MISSING: _("Consent without the words agreed to: kept without consent"),
    Flaw.CONSENT_DATE_MISSING: _("Consent without a date: kept without consent"),
    Flaw.CONSENT_DATE_WRONG: _("The date of the consent cannot be read: kept without consent"),
    Flaw.CONSENT_IN_FUTURE: _("The date of the consent is in the future: kept without consent"),
    Flaw.CONSENT_KIND_UNKNOWN: _("Unknown kind of consent: kept without consent"),
    Flaw.NOT_A_NUMBER: _("A property that should be a number is none: it was left out"),
    Flaw.NOT_A_DATE: _("A property that should be a date is none: it was left out"),
    Flaw.OPTED_OUT: _("They have asked for no more promotions: an import brings nobody back"),
}
PROVENANCE: Final[dict[provenance.Flaw, Promise]] = {
    provenance.Flaw.MISSING: _(
        "Say where these people come from and how they agreed, in a sentence. Without it nothing "
        "is imported: lists of unknown origin are the reason for which accounts are blocked."
    ),
    provenance.Flaw.BOUGHT: _(
        "Bought or collected lists cannot be imported: these people never agreed, they report the "
        "messages as spam, and Meta blocks the account."
    ),
}
CONSENT: Final[dict[str, Promise]] = {
    "empty": _("Fill this in: without it the consent proves nothing."),
    "too_long": _("The text is too long."),
    "not_text": _("The text holds signs that cannot be kept."),
    "in_future": _("This is in the future."),
    "proof_needed": _(
        "This person had asked for no more promotions: note what shows that they changed their "
        "mind."
    ),
}
# By whether it is about promotions, and whether it was given.
LINES: Final[dict[tuple[bool, bool], Promise]] = {
    (True, True): _("Agreed to promotions"),
    (True, False): _("Wants no more promotions"),
    (False, True): _("Agreed to messages about their orders"),
    (False, False): _("Wants no more messages about their orders"),
}
SOURCES: Final[dict[str, Promise]] = {
    "keyword": _("said in the chat"),
    "preference": _("set in WhatsApp"),
    "operator": _("recorded by an operator"),
    "import": _("imported"),
    "form": _("form"),
    "api": _("through the API"),
    "doubt": _("we asked: their words were not clear"),
}
PROOFS: Final[dict[str, Promise]] = {
    "given_by": _("How"),
    "note": _("Proof"),
    "provenance": _("Origin of the list"),
    "row": _("Row of the file"),
    "wamid": _("Message"),
    "code": _("Meta's code"),
}
STANDINGS: Final[dict[Standing, Promise]] = {
    Standing.GRANTED: _("agreed"),
    Standing.WITHDRAWN: _("wants none"),
    Standing.NONE: _("not asked"),
}
PARTS: Final[list[tuple[str, Promise]]] = [
    (columns.Part.NONE.value, _("leave out")),
    (columns.Part.PHONE.value, _("Phone number")),
    (columns.Part.NAME.value, _("Name")),
    (columns.Part.SURNAME.value, _("Surname")),
    (columns.Part.LANGUAGE.value, _("Language")),
    (columns.Part.CONSENT_TEXT.value, _("Consent: the words")),
    (columns.Part.CONSENT_AT.value, _("Consent: the day")),
    (columns.Part.CONSENT_SOURCE.value, _("Consent: how")),
    (columns.Part.CONSENT_KIND.value, _("Consent: to what")),
    (columns.Part.PROPERTY.value, _("keep as a property")),
]
KINDS: Final[list[tuple[str, Promise]]] = [
    (Kind.TEXT.value, _("text")),
    (Kind.NUMBER.value, _("number")),
    (Kind.DATE.value, _("date")),
    (Kind.CHOICE.value, _("choice")),
]
_FRACTION: Final = re.compile(r"-?\d+\.\d+", re.ASCII)


def value_told(kind: str, value: str) -> str:
    """A property's value as the reader's language writes it: a number is kept as -1234.5."""
    if kind != Kind.NUMBER or not _FRACTION.fullmatch(value):
        return value
    return value.replace(".", get_format("DECIMAL_SEPARATOR"))
