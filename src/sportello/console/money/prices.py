"""The price of a message before it is sent, for the composer: as the dispatcher will reckon it."""

from datetime import datetime
from typing import Final

from django.db.models import Max, Sum
from django.db.models.functions import Coalesce

from sportello.rules import account_days, expected
from sportello.rules.expected import Account, Chat, Quote
from sportello.rules.pricing import (
    FREE_SERVICE_MESSAGES_PER_MONTH,
    PAID_REPLIES_SINCE,
    Category,
    Kind,
    Prefix,
    Rate,
)
from sportello.rules.tariff import Tariff, tariff_of
from sportello.schema import inbox, money
from sportello.schema.channel import Number
from sportello.schema.team import Workspace

_CATEGORIES: Final = frozenset(Category)
_KEPT_MAX: Final = 4
# Prices are the same for every company: by what was last loaded.
_kept: dict[tuple[int | None, datetime | None, int | None], Tariff] = {}


def of_conversation(conversation: inbox.Conversation, category: Category, now: datetime) -> Quote:
    """Needs number and contact selected with it. `category`: the template's, or `service`."""
    chat = Chat(
        conversation.contact.wa_id,
        conversation.contact.user_id,
        conversation.window_closes_at,
        conversation.ad_entry_at,
        conversation.free_entry_until,
    )
    return of_chat(conversation.number, chat, category, now)


def of_chat(number: Number, chat: Chat, category: Category, now: datetime) -> Quote:
    """The same for somebody with whom there is no conversation yet: `Chat(wa_id, None, None)`."""
    used = service_used(number, now) if category is Category.SERVICE else 0
    account = Account(number.account_currency, number.account_time_zone, used)
    return expected.quote(tariff(), account, chat, category, now)


def budget_left(workspace: Workspace, currency: str, now: datetime) -> int | None:
    """What this month's ceiling leaves for what we write first; None without a ceiling."""
    ceiling = workspace.monthly_budget_micros
    if ceiling is None:
        return None
    zone = workspace.time_zone
    since = account_days.starts_at(account_days.month_of(now, zone), zone)
    spent = (
        money.Charge.objects.filter(sent_at__gte=since, currency=currency, fell_through=False)
        .exclude(expected_category=Category.SERVICE)
        .aggregate(micros=Sum(Coalesce("micros", "expected_micros")))
    )
    return int(ceiling - (spent["micros"] or 0))


def service_used(number: Number, now: datetime) -> int:
    """Answers of the account's month that use up the allowance; counted as far as it reaches."""
    zone = number.account_time_zone
    if account_days.day_of(now, zone) < PAID_REPLIES_SINCE:
        return 0
    since = account_days.starts_at(account_days.month_of(now, zone), zone)
    counted = money.Charge.objects.filter(
        number=number,
        sent_at__gte=since,
        expected_category=Category.SERVICE,
        fell_through=False,
    ).exclude(expected_kind=Kind.FREE_ENTRY_POINT)
    return counted[:FREE_SERVICE_MESSAGES_PER_MONTH].count()


def tariff() -> Tariff:
    """Every rate and market; read anew only after something was loaded."""
    cards = money.RateCard.objects.aggregate(last=Max("pk"), at=Max("loaded_at"))
    prefixes = money.Prefix.objects.aggregate(last=Max("pk"))
    key = (cards["last"], cards["at"], prefixes["last"])
    if key not in _kept:
        while len(_kept) >= _KEPT_MAX:
            _kept.pop(next(iter(_kept)))
        _kept[key] = tariff_of(_rates(), _prefixes())
    return _kept[key]


def _rates() -> list[Rate]:
    """Of two loadings of one price the newer: it comes first, and the first of a day counts."""
    rows = money.Rate.objects.order_by("-card_id").values_list(
        "card__effective_from", "market", "category", "card__currency", "micros"
    )
    return [
        Rate(day, market, Category(category), currency, micros)
        for day, market, category, currency, micros in rows
        if category in _CATEGORIES
    ]


def _prefixes() -> list[Prefix]:
    rows = money.Prefix.objects.order_by("pk")
    return [
        Prefix(row.calling_code, row.country, row.market_before, row.market_since) for row in rows
    ]
