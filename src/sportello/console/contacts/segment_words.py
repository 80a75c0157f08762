"""What a segment's tests are called, what each may ask, and why one cannot be as it was asked."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = list[tuple[str, Promise]]

TESTS: Final[Words] = [
    ("list", _("is on the list")),
    ("label", _("has a chat with the label")),
    ("wrote", _("wrote to us")),
    ("contacted", _("was written to by us")),
    ("consent", _("consent")),
    ("campaign", _("of the campaign they have")),
    ("country", _("country of the number")),
    ("language", _("language")),
    ("unreachable", _("cannot be reached on WhatsApp")),
]
_KNOWN: Final[Words] = [("known", _("is filled in")), ("unknown", _("is empty"))]
OF_KIND: Final[dict[str, Words]] = {
    "text": [
        ("is", _("is")), ("is_not", _("is not")), ("contains", _("contains")),
        ("starts", _("begins with")), *_KNOWN,
    ],
    "choice": [("is", _("is")), ("is_not", _("is not")), *_KNOWN],
    "number": [
        ("above", _("is more than")), ("below", _("is less than")), ("is", _("is")), *_KNOWN,
    ],
    "date": [("after", _("is after")), ("before", _("is before")), *_KNOWN],
}  # fmt: skip
_AGES: Final[Words] = [
    ("within", _("in the last days")),
    ("longer", _("but not in the last days")),
    ("never", _("never")),
]
OF_TEST: Final[dict[str, Words]] = {
    "wrote": _AGES,
    "contacted": _AGES,
    "consent": [
        ("granted:marketing", _("promotions: agreed")),
        ("withdrawn:marketing", _("promotions: said no")),
        ("none:marketing", _("promotions: never asked")),
        ("granted:utility", _("messages about their orders: agreed")),
        ("withdrawn:utility", _("messages about their orders: said no")),
        ("none:utility", _("messages about their orders: never asked")),
    ],
    "campaign": [("received", _("received")), ("read", _("read"))],
}
LANGUAGES: Final[Words] = [
    ("it", _("Italian")),
    ("en", _("English")),
    ("de", _("German")),
    ("fr", _("French")),
    ("es", _("Spanish")),
]
HOW: Final[Words] = [
    ("all", _("all of these hold")),
    ("any", _("at least one of these holds")),
    ("none", _("none of these holds")),
]
UNFIT: Final[dict[str, Promise]] = {
    "missing": _("Fill this in."),
    "too_long": _("The text is too long."),
    "not_text": _("The text holds signs that cannot be kept."),
    "not_a_number": _("This must be a number."),
    "not_a_date": _("This must be a day."),
    "not_days": _("Between 1 and 3,650 days."),
    "not_an_id": _("Choose one."),
    "unknown_word": _("Choose one."),
    "unknown_country": _("There is no such country."),
    "too_many_tests": _("These are too many conditions."),
}
OTHERWISE: Final = _("This condition cannot be read.")
