"""What a send costs: market, category, day, window, allowance; by rate cards passed in as values.

Source: reference, limits-and-pricing 7.1 (Meta's pages on pricing, August to October 2026). A
day is a calendar day in the time zone of the WhatsApp Business account, as Meta counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, assert_never

PAID_REPLIES_SINCE: Final = date(2026, 10, 1)
FREE_SERVICE_MESSAGES_PER_MONTH: Final = 1000
OTHER_MARKET: Final = "Other"
EVERY_OTHER_CODE: Final = "*"


class Category(StrEnum):
    """What Meta charges by: the template's category, or `service` for everything else."""

    MARKETING = "marketing"
    UTILITY = "utility"
    AUTHENTICATION = "authentication"
    AUTHENTICATION_INTERNATIONAL = "authentication_international"
    SERVICE = "service"


class Kind(StrEnum):
    """Why a price is what it is; the first three are Meta's `pricing.type`."""

    REGULAR = "regular"
    FREE_CUSTOMER_SERVICE = "free_customer_service"
    FREE_ENTRY_POINT = "free_entry_point"
    ALLOWANCE = "allowance"
    UNKNOWN = "unknown"  # no rate card covers this market, category and day


@dataclass(frozen=True, slots=True)
class Rate:
    """One line of a rate card, in millionths of the currency's unit. No start: always so far."""

    effective_from: date | None
    market: str
    category: Category
    currency: str
    micros: int


@dataclass(frozen=True, slots=True)
class Prefix:
    """A calling code's market, before and since 2026-10-01. The code `*` is every other one."""

    calling_code: str
    country: str
    market_before: str
    market_since: str


@dataclass(frozen=True, slots=True)
class Send:
    """What of a send matters for its price. `service_used` counts this number's month so far."""

    category: Category
    market: str
    currency: str
    on: date
    window_open: bool
    free_entry_open: bool = False
    service_used: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """Expected price of one delivered message, without tax; `micros` is None when unknown."""

    micros: int | None
    currency: str
    category: Category
    kind: Kind


def price(send: Send, rates: Iterable[Rate]) -> Price:
    """What Meta will charge if the message is delivered."""
    free = _free(send)
    if free is not None:
        return Price(0, send.currency, send.category, free)
    rate = rate_of(rates, send)
    if rate is None:
        return Price(None, send.currency, send.category, Kind.UNKNOWN)
    return Price(rate.micros, send.currency, send.category, Kind.REGULAR)


def _free(send: Send) -> Kind | None:
    """Why this send costs nothing; None if it does cost."""
    if send.free_entry_open:
        return Kind.FREE_ENTRY_POINT
    match send.category:
        case Category.MARKETING | Category.AUTHENTICATION | Category.AUTHENTICATION_INTERNATIONAL:
            return None
        case Category.UTILITY:
            free = send.window_open and send.on < PAID_REPLIES_SINCE
            return Kind.FREE_CUSTOMER_SERVICE if free else None
        case Category.SERVICE:
            if send.on < PAID_REPLIES_SINCE:
                return Kind.FREE_CUSTOMER_SERVICE
            left = FREE_SERVICE_MESSAGES_PER_MONTH - send.service_used
            return Kind.ALLOWANCE if left > 0 else None
        case _:
            assert_never(send.category)


def rate_of(rates: Iterable[Rate], send: Send) -> Rate | None:
    """The newest rate in force on the day. Service has the utility rate where none is listed."""
    listed = [
        rate
        for rate in rates
        if (rate.market, rate.currency) == (send.market, send.currency)
        and (rate.effective_from is None or rate.effective_from <= send.on)
    ]
    found = _newest(listed, send.category)
    if found is None and send.category is Category.SERVICE:
        return _newest(listed, Category.UTILITY)
    return found


def _newest(rates: Iterable[Rate], category: Category) -> Rate | None:
    of_category = (rate for rate in rates if rate.category is category)
    return max(of_category, key=lambda rate: rate.effective_from or date.min, default=None)


def market_of(prefix: Prefix | None, on: date) -> str:
    """The market that a calling code belongs to on a day; `Other` for one that no map names."""
    if prefix is None:
        return OTHER_MARKET
    return prefix.market_since if on >= PAID_REPLIES_SINCE else prefix.market_before
