"""Sums of money in templates, and months and days as headings name them."""

from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.translation import get_language

from sportello.console.money import amounts, markets

register = template.Library()


@register.simple_tag
def money(micros: int | None, currency: str, style: str = "") -> str:
    """`3,42 €`; with the style `exact` every digit that there is, with `sum` below `1 €` alone."""
    if style == "sum":
        return amounts.sum_of(micros, currency)
    return amounts.money(micros, currency, exact=style == "exact")


@register.filter
def market(name: str) -> str:
    """A market of Meta's in the reader's language."""
    return markets.named(name)


@register.filter
def named(day: date, form: str) -> str:
    """As Django's `date`, but with months and days as Italian writes them: `novembre 2026`."""
    said = date_format(day, form)
    return said if (get_language() or "").startswith("en") else said.lower()
