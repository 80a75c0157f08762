"""Sums of money in templates."""

from django import template

from sportello.console.money import amounts

register = template.Library()


@register.simple_tag
def money(micros: int | None, currency: str, style: str = "") -> str:
    """`3,42 €`; with the style `exact` every digit that there is."""
    return amounts.money(micros, currency, exact=style == "exact")
