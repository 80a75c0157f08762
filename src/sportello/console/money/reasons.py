"""Words of the ledger: categories, why something is free, why a price is not the expected one."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.rules.pricing import Category, Kind
from sportello.schema.money import Charge

_CATEGORIES: Final[dict[str, Promise]] = {
    Category.MARKETING: gettext_lazy("Marketing"),
    Category.UTILITY: gettext_lazy("Utility"),
    Category.AUTHENTICATION: gettext_lazy("Authentication"),
    Category.AUTHENTICATION_INTERNATIONAL: gettext_lazy("Authentication, from abroad"),
    Category.SERVICE: gettext_lazy("Replies"),
    "referral_conversion": gettext_lazy("Free entry by an advertisement"),
}

_KINDS: Final[dict[str, Promise]] = {
    Kind.REGULAR: gettext_lazy("charged"),
    Kind.FREE_CUSTOMER_SERVICE: gettext_lazy("free"),
    Kind.FREE_ENTRY_POINT: gettext_lazy("free, after an advertisement"),
    Kind.ALLOWANCE: gettext_lazy("free, within the month's 1,000"),
    Kind.UNKNOWN: gettext_lazy("price not known"),
}


def category(word: str) -> str:
    """Meta's own word for one that is not known here."""
    return str(_CATEGORIES.get(word, word))


def kind(word: str) -> str:
    return str(_KINDS.get(word, word))


def of_difference(charge: Charge) -> str:
    """Why a delivered message has another price than was expected."""
    if not charge.category:
        return _("Meta has not stated a price for it.")
    if charge.micros is None:
        return _("No price list that was loaded covers it.")
    if charge.kind == Kind.FREE_ENTRY_POINT:
        return _("It came within a free entry point: an advertisement had brought the customer.")
    if charge.category != charge.expected_category:
        return _("Meta bills it as %(billed)s, not as %(expected)s.") % {
            "billed": category(charge.category),
            "expected": category(charge.expected_category),
        }
    if charge.expected_micros is None:
        return _("When it left, no price list covered it.")
    return _of_kinds(charge)


def _of_kinds(charge: Charge) -> str:
    if charge.micros == 0:
        return _of_free(charge)
    if charge.expected_kind == Kind.ALLOWANCE:
        return _("The month's 1,000 free replies were used up.")
    if charge.expected_kind == Kind.FREE_ENTRY_POINT:
        return _("The free entry point was over.")
    return _("It was delivered on a day with another price.")


def _of_free(charge: Charge) -> str:
    if charge.category == Category.SERVICE:
        return _("It was still within the month's 1,000 free replies.")
    return _("Meta did not charge it: the customer's window was open.")
