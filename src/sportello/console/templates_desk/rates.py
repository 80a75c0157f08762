"""What a message of a category costs at home: by it a re-categorisation is judged."""

from datetime import date

from sportello.console.money.prices import tariff
from sportello.rules import pricing
from sportello.rules.pricing import Category
from sportello.schema.team import Workspace


def at_home(workspace: Workspace, currency: str, category: str, on: date) -> int | None:
    """Millionths of the currency's unit for a message to the company's own country; None where no
    card is loaded, or none covers it.
    """
    if category.lower() not in set(Category):
        return None
    prices = tariff()
    market = pricing.market_of(prices.by_country.get(workspace.country.upper()), on)
    return prices.listed(market, currency, Category(category.lower()), on)
