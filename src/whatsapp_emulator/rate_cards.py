"""Meta's price lists: the market of a number, the rate of a day, the steps of volume.

Source: `rates/PROVENANCE.md`; steps of volume: reference limits-and-pricing 7.2. Amounts are in
millionths of the currency.
"""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from whatsapp_emulator.routes import admit_approximation, admit_missing

MICRO = 1_000_000
NEW_MARKETS_FROM = date(2026, 10, 1)
OTHER = "Other"
LISTED = ("USD", "EUR")
EUR_PER_USD = Decimal("0.827")
PREFIX_LONGEST = 4
LIKE = {"marketing_lite": "marketing"}
"""Categories without a rate of their own on the cards."""
STEPS_PERCENT = (100, 95, 90, 85, 80, 75)
Grid = dict[str, tuple[int, ...]]
ITALIAN_GRID: Grid = {
    "utility": (100_000, 1_000_000, 4_500_000, 40_000_000, 80_000_000),
    "authentication": (300_000, 2_000_000, 10_000_000, 20_000_000, 40_000_000),
}
ASIAN_GRID: Grid = {
    "utility": (150_000, 1_000_000, 4_000_000, 25_000_000, 50_000_000),
    "authentication": (100_000, 300_000, 1_000_000, 10_000_000, 20_000_000),
}
LIKE_ITALY = ("Italy", "Netherlands", "Poland", "Nigeria", "Oman", "Kuwait", "Morocco")
GRIDS: dict[str, Grid] = {
    **dict.fromkeys(LIKE_ITALY, ITALIAN_GRID),
    "Mexico": {
        "utility": (1_000_000, 5_000_000, 10_000_000, 20_000_000, 40_000_000),
        "authentication": (250_000, 1_000_000, 3_000_000, 5_000_000, 10_000_000),
    },
    **dict.fromkeys(("Pakistan", "Malaysia"), ASIAN_GRID),
    "Peru": {
        "utility": (100_000, 1_000_000, 4_500_000, 15_000_000, 30_000_000),
        "authentication": (120_000, 400_000, 1_000_000, 5_000_000, 10_000_000),
    },
    "Kazakhstan": {
        "utility": (80_000, 750_000, 2_250_000, 3_000_000, 6_000_000),
        "authentication": (100_000, 500_000, 2_000_000, 5_000_000, 10_000_000),
    },
}

admit_approximation(
    "rate cards",
    "USD as Meta lists it; EUR as listed for Italy, elsewhere the USD rate times 0.827; other "
    "currencies as in USD; before the oldest known card of a market its oldest rate holds",
)
admit_approximation(
    "steps of volume", "known for 13 markets, marginal and per portfolio and month; others have one"
)
admit_missing("authentication-international", "who is eligible is agreed with Meta case by case")
admit_missing("prices before 2025-07-01", "conversations were charged then, not messages")


def country_of(wa_id: str) -> str:
    """The ISO code of a number's country; ZZ where the map does not name it."""
    return _place(wa_id)[0]


def market_of(wa_id: str, day: date) -> str:
    """The market that Meta charges by for a number on a day of the account's calendar."""
    _, before, since = _place(wa_id)
    return since if day >= NEW_MARKETS_FROM else before


def rate(currency: str, market: str, category: str, day: date) -> int:
    """Millionths for one message at list price; 0 where the day's card has no such rate."""
    category = LIKE.get(category, category)
    listed = _listed(currency, market, category, day)
    if listed is not None:
        return listed
    listed = _listed("USD", market, category, day)
    if listed is None:
        return 0
    return round(listed * EUR_PER_USD) if currency == "EUR" else listed


def step(market: str, category: str, nth: int) -> tuple[str, int]:
    """(name of the step, percent of the list price) for the `nth` message of the month.

    The name is as analytics show it: `0:100000`, then `100001:1000000`, at last `…:MAX`.
    """
    bounds = GRIDS.get(market, {}).get(category, ())
    floor = 0
    for index, bound in enumerate(bounds):
        if nth <= bound:
            return f"{floor}:{bound}", STEPS_PERCENT[index]
        floor = bound + 1
    return f"{floor}:MAX", STEPS_PERCENT[len(bounds)]


def _listed(currency: str, market: str, category: str, day: date) -> int | None:
    found = _cards().get((currency, market, category))
    if not found:
        return None
    in_force = [amount for start, amount in found if start <= day.isoformat()]
    if in_force:
        return in_force[-1]
    return None if category == "service" else found[0][1]


@cache
def _cards() -> dict[tuple[str, str, str], list[tuple[str, int]]]:
    """(currency, market, category) -> (first day, millionths), oldest first."""
    cards: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    for currency in LISTED:
        for row in _rows(f"rates-{currency.lower()}.csv"):
            key = (row["currency"], row["market"], row["category"])
            amount = int(Decimal(row["amount"]) * MICRO)
            cards.setdefault(key, []).append((row["effective_from"], amount))
    for found in cards.values():
        found.sort()
    return cards


@cache
def _map() -> dict[str, tuple[str, str, str]]:
    """Calling prefix -> (country, market until September 2026, market since)."""
    found: dict[str, tuple[str, str, str]] = {}
    for row in _rows("market-map.csv"):
        place = (
            row["iso2"] or "ZZ", row["market_until_2026-09-30"], row["market_from_2026-10-01"]
        )  # fmt: skip
        found[row["calling_prefix"]] = place
    return found


def _place(wa_id: str) -> tuple[str, str, str]:
    places = _map()
    for length in range(PREFIX_LONGEST, 0, -1):
        found = places.get(wa_id[:length])
        if found is not None:
            return found
    return ("ZZ", OTHER, OTHER)


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("whatsapp_emulator") / "rates" / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())
