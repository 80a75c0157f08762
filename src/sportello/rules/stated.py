"""What a status webhook says of a message's price, and what that comes to by the price list.

Source: reference, webhooks (the `pricing` object) and limits-and-pricing 7.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sportello.rules.pricing import Category, Kind
from sportello.rules.tariff import Tariff

_CATEGORIES: Final = {category.value: category for category in Category}
_WORD_MAX: Final = 32
_MICRO: Final = 1_000_000
_COST_MAX: Final = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Stated:
    """`category` may be a word that no list of ours has. `kind` is `regular` exactly if it costs.

    `micros`, in `currency`: what Meta itself says that it costs, which it does for few categories.
    """

    category: str
    kind: str
    micros: int | None = None
    currency: str = ""

    @property
    def costs(self) -> bool:
        return self.kind == Kind.REGULAR


def stated(pricing: Mapping[str, Any] | None) -> Stated | None:
    """None where there is nothing to be read. Raises nothing, whatever stands in it."""
    if pricing is None:
        return None
    category = _word(pricing.get("category"))
    if not category:
        return None
    micros, currency = _cost(pricing.get("cost"))
    return Stated(category, _kind(pricing), micros, currency)


def amount(said: Stated, tariff: Tariff, market: str, currency: str, on: date) -> int | None:
    """In millionths, by the card of the day; None where no card covers it."""
    if not said.costs:
        return 0
    if said.micros is not None and said.currency == currency:
        return said.micros
    category = _CATEGORIES.get(said.category)
    return None if category is None else tariff.listed(market, currency, category, on)


def _kind(pricing: Mapping[str, Any]) -> str:
    """`billable` decides; the type says why it is free. Source: Meta bills by `billable`."""
    told = _word(pricing.get("type"))
    billable = pricing.get("billable")
    costs = billable if isinstance(billable, bool) else told in {"", Kind.REGULAR}
    if costs:
        return Kind.REGULAR
    return told if told not in {"", Kind.REGULAR} else Kind.FREE_CUSTOMER_SERVICE


def _word(value: Any) -> str:
    """Meta writes `authentication-international` where its lists have an underscore."""
    if not isinstance(value, str) or len(value) > _WORD_MAX or not value.isascii():
        return ""
    word = value.lower().replace("-", "_")
    return word if word.isidentifier() else ""


def _cost(cost: Any) -> tuple[int | None, str]:
    if not isinstance(cost, Mapping):
        return None, ""
    given, currency = cost.get("amount"), cost.get("currency")
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return None, ""
    try:
        value = Decimal(str(given)[:_WORD_MAX])
    except InvalidOperation:
        return None, ""
    if not value.is_finite() or not 0 <= value <= _COST_MAX or not isinstance(currency, str):
        return None, ""
    return int(value * _MICRO), currency[:3]
