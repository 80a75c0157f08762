"""What a browser calls itself, as a person would: “Firefox, Windows”."""

from typing import Final

from django import template

register = template.Library()

# In this order: each calls itself by the names of those after it, too.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_SHOWN_MAX: Final = 60


@register.filter
def agent(told: str) -> str:
    """The beginning of what it says where no browser is known by it; a dash for nothing."""
    known = [_first(told, names) for names in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, known)) or told[:_SHOWN_MAX] or "—"


def _first(told: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in names if mark in told), "")
