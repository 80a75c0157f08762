"""The messaging limit: users reached outside their windows in 24 hours, per portfolio; its growth.

Source: reference limits-and-pricing 6.3 and 6.4.
"""

from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from whatsapp_emulator.records import Reach
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Message, Number, Portfolio, Waba

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

DAY_S = 86_400.0
SAME_TIME_S = 60.0
"""Messages to somebody that follow each other so fast count as of the first one's time."""
TIERS = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
    "TIER_UNLIMITED": -1,
}
ORDER = tuple(TIERS)
GROWS_WITHIN_S = (3_600.0, 6 * 3_600.0)
CONSIDERED_AGAIN_S = 24 * 3_600.0
WELL_RECEIVED = 2_000
WELL_RECEIVED_S = 30 * DAY_S
HIGH_MPS = 1_000
HIGH_FROM = 100_000
UPGRADE_S = 60.0
NUMBERS_PER_WABA = 25

admit_approximation(
    "an exhausted messaging limit",
    "the template is accepted and then fails with 131048, as field reports say; Meta's pages do "
    "not. Users count when their message leaves Meta",
)
admit_approximation(
    "growth of the messaging limit",
    "considered 1 to 6 hours after half of it was used; every number GREEN or not yet rated",
)


def is_over(emulator: "Emulator", number: Number, message: Message) -> bool:
    """Whether this person is one too many for the portfolio's day."""
    portfolio = portfolio_of(emulator, number)
    limit = TIERS[portfolio.messaging_limit]
    users = portfolio.reach.users
    _forget_users(portfolio.reach, emulator.clock.now() - DAY_S)
    return limit >= 0 and message.wa_id not in users and len(users) >= limit


def count(emulator: "Emulator", number: Number, message: Message) -> None:
    """The person was reached outside their window."""
    portfolio = portfolio_of(emulator, number)
    reach, now = portfolio.reach, emulator.clock.now()
    last = reach.users.get(message.wa_id)
    if last is None or now - last >= SAME_TIME_S:
        reach.users[message.wa_id] = now
        reach.order.append((now, message.wa_id))
    limit = TIERS[portfolio.messaging_limit]
    if limit >= 0:
        if len(reach.users) * 2 >= limit:
            reach.half_used_at = now
            _consider(emulator, portfolio)
    elif len(reach.users) >= HIGH_FROM:
        _raise_throughput(emulator, portfolio, number)


def delivered(emulator: "Emulator", number: Number, message: Message) -> None:
    """A way from 250 to 2,000: that many users in 30 days got a template of good quality."""
    portfolio = portfolio_of(emulator, number)
    if portfolio.messaging_limit not in ("TIER_50", "TIER_250") or message.template_id is None:
        return
    template = emulator.world.templates.get(message.template_id)
    if template is None or template.quality not in ("GREEN", "UNKNOWN"):
        return
    known = portfolio.reach.well_received
    known.pop(message.wa_id, None)
    known[message.wa_id] = now = emulator.clock.now()
    _forget(known, now - WELL_RECEIVED_S)
    if len(known) >= WELL_RECEIVED:
        set_limit(emulator, portfolio, "TIER_2K")


def verified(emulator: "Emulator", portfolio: Portfolio) -> None:
    """A business that proves who it is begins at 2,000."""
    portfolio.verified = True
    if portfolio.messaging_limit in ("TIER_50", "TIER_250"):
        set_limit(emulator, portfolio, "TIER_2K")


def set_limit(emulator: "Emulator", portfolio: Portfolio, tier: str) -> None:
    """Tell a change on each of the portfolio's accounts (business_capability_update)."""
    if tier == portfolio.messaging_limit:
        return
    portfolio.messaging_limit = tier
    portfolio.reach.half_used_at = None
    if tier not in ("TIER_50", "TIER_250"):
        portfolio.reach.well_received.clear()
    value: Json = {
        "max_daily_conversations_per_business": TIERS[tier],
        "max_phone_numbers_per_waba": NUMBERS_PER_WABA,
    }
    if tier == "TIER_250":
        value["max_phone_numbers_per_business"] = 2
    for waba in wabas_of(emulator, portfolio):
        emulator.delivery.push(waba.id, "business_capability_update", value)
    emulator.watchers.changed()


def portfolio_of(emulator: "Emulator", number: Number) -> Portfolio:
    world = emulator.world
    return world.portfolios[world.wabas[number.waba_id].portfolio_id]


def wabas_of(emulator: "Emulator", portfolio: Portfolio) -> Iterator[Waba]:
    return (w for w in emulator.world.wabas.values() if w.portfolio_id == portfolio.id)


def _consider(emulator: "Emulator", portfolio: Portfolio) -> None:
    if portfolio.reach.growing or portfolio.messaging_limit in ("TIER_50", "TIER_250"):
        return
    portfolio.reach.growing = True
    emulator.clock.after(emulator.chance.uniform(*GROWS_WITHIN_S), _grow, emulator, portfolio)


def _grow(emulator: "Emulator", portfolio: Portfolio) -> None:
    """One step up, or put off for the quality of a number (account_alerts)."""
    reach, now = portfolio.reach, emulator.clock.now()
    if reach.half_used_at is None or reach.half_used_at < now - 7 * DAY_S:
        reach.growing = False
        return
    wabas = list(wabas_of(emulator, portfolio))
    ratings = {emulator.world.numbers[i].quality for waba in wabas for i in waba.number_ids}
    if ratings <= {"GREEN", "UNKNOWN"}:
        reach.growing = False
        place = ORDER.index(portfolio.messaging_limit) + 1
        set_limit(emulator, portfolio, ORDER[min(place, len(ORDER) - 1)])
        return
    emulator.clock.after(CONSIDERED_AGAIN_S, _grow, emulator, portfolio)
    value = {
        "entity_type": "BUSINESS",
        "entity_id": portfolio.id,
        "alert_info": {
            "alert_severity": "WARNING",
            "alert_status": "ACTIVE",
            "alert_type": "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
            "alert_description": "The messaging limit grows once the quality rating is high.",
        },
    }
    for waba in wabas:
        emulator.delivery.push(waba.id, "account_alerts", value)


def _raise_throughput(emulator: "Emulator", portfolio: Portfolio, number: Number) -> None:
    if number.throughput_mps >= HIGH_MPS or number.reputation.upgrading or number.quality == "RED":
        return
    number.reputation.upgrading = True
    emulator.clock.after(UPGRADE_S, upgraded, emulator, portfolio, number)


def upgraded(emulator: "Emulator", portfolio: Portfolio, number: Number) -> None:
    """1,000 messages per second from now on (phone_number_quality_update)."""
    number.reputation.upgrading = False
    number.throughput_mps, number.bucket = HIGH_MPS, None
    value = {
        "display_phone_number": number.digits,
        "event": "THROUGHPUT_UPGRADE",
        "current_limit": portfolio.messaging_limit,
        "old_limit": portfolio.messaging_limit,
        "max_daily_conversations_per_business": portfolio.messaging_limit,
    }
    emulator.delivery.push(number.waba_id, "phone_number_quality_update", value, number.id)
    emulator.watchers.changed()


def _forget_users(reach: Reach, before: float) -> None:
    order, users = reach.order, reach.users
    while order and order[0][0] <= before:
        at, user = order.popleft()
        if users.get(user) == at:
            del users[user]


def _forget(users: dict[str, float], before: float) -> None:
    """In the order of the last time: the walk ends at the first who is recent enough."""
    for old in list(takewhile(lambda user: users[user] <= before, users)):
        del users[old]
