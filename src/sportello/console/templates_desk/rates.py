"""What one message of a category costs at home: the figure by which a re-categorisation is judged."""

from datetime import date
from decimal import Decimal
from typing import Final

from django.utils import formats

from sportello.rules import pricing
from sportello.rules.pricing import Category
from sportello.schema.money import Prefix, Rate
from sportello.schema.team import Workspace

_PREFIXES_MAX: Final = 20
_RATES_MAX: Final = 500


def at_home(workspace: Workspace, currency: str, category: str, on: date) -> int | None:
    """Millionths of the currency's unit for a message to the company's own country; None where no
    card is loaded, or none covers it.
    """
    if category.lower() not in set(Category):
        return None
    prefixes = [
        pricing.Prefix(one.calling_code, one.country, one.market_before, one.market_since)
        for one in Prefix.objects.filter(country=workspace.country)[:_PREFIXES_MAX]
    ]
    market = pricing.market_of_country(workspace.country, prefixes, on)
    found = Rate.objects.filter(market=market, card__currency=currency, category=category.lower())
    rates = [
        pricing.Rate(
            one.card.effective_from, one.market, Category(one.category), currency, one.micros
        )
        for one in found.select_related("card")[:_RATES_MAX]
    ]
    send = pricing.Send(Category(category.lower()), market, currency, on, window_open=False)
    best = pricing.rate_of(rates, send)
    return None if best is None else best.micros


def amount(micros: int | None, currency: str) -> str:
    """`0,0248 €`; "" where it is not known."""
    if micros is None:
        return ""
    figure = formats.number_format((Decimal(micros) / 1_000_000).normalize(), use_l10n=True)
    return f"{figure} {_SIGNS.get(currency, currency)}"


_SIGNS: Final = {"EUR": "€", "GBP": "£", "USD": "$"}
