"""Meta's markets, by which it charges, in the reader's language."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_MARKETS: Final[dict[str, Promise]] = {
    "Argentina": _("Argentina"),
    "Bangladesh": _("Bangladesh"),
    "Brazil": _("Brazil"),
    "Chile": _("Chile"),
    "Colombia": _("Colombia"),
    "Egypt": _("Egypt"),
    "France": _("France"),
    "Germany": _("Germany"),
    "Hong Kong": _("Hong Kong"),
    "Hungary": _("Hungary"),
    "India": _("India"),
    "Indonesia": _("Indonesia"),
    "Iraq": _("Iraq"),
    "Israel": _("Israel"),
    "Italy": _("Italy"),
    "Kazakhstan": _("Kazakhstan"),
    "Kuwait": _("Kuwait"),
    "Malaysia": _("Malaysia"),
    "Mexico": _("Mexico"),
    "Morocco": _("Morocco"),
    "Nepal": _("Nepal"),
    "Netherlands": _("Netherlands"),
    "Nigeria": _("Nigeria"),
    "North America": _("North America"),
    "Oman": _("Oman"),
    "Other": _("Other countries"),
    "Pakistan": _("Pakistan"),
    "Peru": _("Peru"),
    "Poland": _("Poland"),
    "Qatar": _("Qatar"),
    "Rest of Africa": _("Rest of Africa"),
    "Rest of Asia Pacific": _("Rest of Asia Pacific"),
    "Rest of Central & Eastern Europe": _("Rest of Central and Eastern Europe"),
    "Rest of Latin America": _("Rest of Latin America"),
    "Rest of Middle East": _("Rest of the Middle East"),
    "Rest of Western Europe": _("Rest of Western Europe"),
    "Romania": _("Romania"),
    "Russia": _("Russia"),
    "Saudi Arabia": _("Saudi Arabia"),
    "Singapore": _("Singapore"),
    "South Africa": _("South Africa"),
    "Spain": _("Spain"),
    "Sri Lanka": _("Sri Lanka"),
    "Turkey": _("Turkey"),
    "Ukraine": _("Ukraine"),
    "United Arab Emirates": _("United Arab Emirates"),
    "United Kingdom": _("United Kingdom"),
}


def named(market: str) -> str:
    """Meta's own word for one that is not known here."""
    return str(_MARKETS.get(market, market))
