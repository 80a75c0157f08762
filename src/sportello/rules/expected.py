"""The price of a send, expected from what we know of a number, a chat and a month."""

from dataclasses import dataclass
from datetime import date, datetime

from sportello.rules import pricing, window
from sportello.rules.account_days import day_of
from sportello.rules.pricing import Category, Price, Send
from sportello.rules.tariff import Tariff


@dataclass(frozen=True, slots=True)
class Account:
    """What bills a number. `service_used`: answers of the account's month so far."""

    currency: str
    time_zone: str
    service_used: int = 0


@dataclass(frozen=True, slots=True)
class Chat:
    """The other end. `ad_entry_at`: when they came by an advertisement, not yet answered."""

    wa_id: str | None
    user_id: str | None
    window_closes_at: datetime | None
    ad_entry_at: datetime | None = None
    free_entry_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A price with what it was reckoned by. `calling_code` finds the market of another day.

    `free_entry_until`: this very message opens a free entry point that lasts until then.
    """

    price: Price
    market: str
    calling_code: str
    on: date
    free_entry_until: datetime | None = None


def quote(tariff: Tariff, account: Account, chat: Chat, category: Category, now: datetime) -> Quote:
    """What Meta will charge if it is delivered on the day on which it is sent."""
    on = day_of(now, account.time_zone)
    prefix = tariff.prefix_of(chat.wa_id, chat.user_id)
    market = pricing.market_of(prefix, on)
    opened = _entry_opened(chat, now)
    send = Send(
        category=category,
        market=market,
        currency=account.currency,
        on=on,
        window_open=window.is_open(chat.window_closes_at, now),
        free_entry_open=window.is_open(opened or chat.free_entry_until, now),
        service_used=account.service_used,
    )
    code = "" if prefix is None else prefix.calling_code
    return Quote(tariff.price(send), market, code, on, opened)


def _entry_opened(chat: Chat, now: datetime) -> datetime | None:
    """The first answer to somebody from an advertisement is itself free already."""
    if chat.ad_entry_at is None:
        return None
    # Meta's seconds are whole, and its clock may be a little ahead of ours.
    replied_at = max(now, chat.ad_entry_at)
    return window.free_entry_until(window.Entry.AD, chat.ad_entry_at, replied_at)
