"""Meta's price lists gathered for quick use: the market of a person, the price of a send."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sportello.rules import pricing
from sportello.rules.pricing import EVERY_OTHER_CODE, Category, Prefix, Price, Rate, Send

_CODE_MAX: Final = 12
_LISTED_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Tariff:
    """`rates` by market and currency; `by_code` by calling code, `by_country` by two letters."""

    rates: Mapping[tuple[str, str], tuple[Rate, ...]] = field(default_factory=dict)
    by_code: Mapping[str, Prefix] = field(default_factory=dict)
    by_country: Mapping[str, Prefix] = field(default_factory=dict)
    _listed: dict[tuple[str, str, Category, date], int | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    def prefix_of(self, wa_id: str | None, user_id: str | None) -> Prefix | None:
        """By the longest calling code of the number; without one, by the country of the user id.

        A business-scoped user id begins with its country and a dot.
        """
        if not wa_id:
            country = (user_id or "").partition(".")[0].upper()
            return self.by_country.get(country) or self.by_code.get(EVERY_OTHER_CODE)
        for length in range(min(len(wa_id), _CODE_MAX), 0, -1):
            found = self.by_code.get(wa_id[:length])
            if found is not None:
                return found
        return self.by_code.get(EVERY_OTHER_CODE)

    def market_of(self, calling_code: str, on: date) -> str:
        """The market of a calling code that `prefix_of` named."""
        return pricing.market_of(self.by_code.get(calling_code), on)

    def price(self, send: Send) -> Price:
        return pricing.price(send, self.rates.get((send.market, send.currency), ()))

    def listed(self, market: str, currency: str, category: Category, on: date) -> int | None:
        """The list price of one message in millionths; None where no card covers it."""
        key = market, currency, category, on
        if key not in self._listed:
            if len(self._listed) >= _LISTED_MAX:
                self._listed.clear()
            asked = Send(category, market, currency, on, window_open=False)
            rate = pricing.rate_of(self.rates.get((market, currency), ()), asked)
            self._listed[key] = None if rate is None else rate.micros
        return self._listed[key]


def tariff_of(rates: Iterable[Rate], prefixes: Iterable[Prefix]) -> Tariff:
    """Of two prefixes for the same code or country the first counts."""
    listed: dict[tuple[str, str], list[Rate]] = {}
    for rate in rates:
        listed.setdefault((rate.market, rate.currency), []).append(rate)
    by_code: dict[str, Prefix] = {}
    by_country: dict[str, Prefix] = {}
    for prefix in prefixes:
        by_code.setdefault(prefix.calling_code, prefix)
        by_country.setdefault(prefix.country, prefix)
    return Tariff({key: tuple(found) for key, found in listed.items()}, by_code, by_country)
