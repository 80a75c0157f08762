"""Sums of money in words: `3,42 €` in Italian, `€3.42` in English."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import get_language

_MICRO: Final = Decimal(1_000_000)
_SIGNS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "INR": "₹", "BRL": "R$"}
_CENTS: Final = Decimal("0.01")


def sum_of(micros: int | None, currency: str) -> str:
    """In cents; what is less than one of the currency keeps what is finer."""
    return money(micros, currency, exact=micros is not None and abs(micros) < _MICRO)


def money(micros: int | None, currency: str, *, exact: bool = False) -> str:
    """In cents; `exact` keeps what is finer, as single prices are. Empty for what is not known."""
    if micros is None:
        return ""
    amount = micros / _MICRO
    places = max(2, -int(amount.normalize().as_tuple().exponent)) if exact else 2
    if not exact:
        amount = amount.quantize(_CENTS, ROUND_HALF_UP)
    return _signed(amount, places, currency)


def _signed(amount: Decimal, places: int, currency: str) -> str:
    figure = number_format(abs(amount), places, use_l10n=True, force_grouping=True)
    sign = _SIGNS.get(currency)
    minus = "−" if amount < 0 else ""
    if (get_language() or "").startswith("en"):
        return f"{minus}{sign}{figure}" if sign else f"{minus}{currency} {figure}"
    return f"{minus}{figure} {sign or currency}"
