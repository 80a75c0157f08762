"""What Meta charges: the category, kind and rate of each delivered message.

Source: reference limits-and-pricing 7.1.
"""

from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from whatsapp_emulator import keeping, rate_cards
from whatsapp_emulator.ledger import SLOT_S, Line
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Message, Number, Waba

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

FREE_SERVICE_MESSAGES = 1_000
SERVICE_PAID_FROM = datetime(2026, 10, 1, tzinfo=UTC)
FREE_ENTRY: Json = {
    "billable": False,
    "pricing_model": "PMP",
    "type": "free_entry_point",
    "category": "referral_conversion",
}
STEPPED = ("utility", "authentication")

admit_approximation(
    "pricing.type of the 1,000 free service messages",
    "free_customer_service; Meta documents neither which type marks the allowance nor whether free "
    "entry points use it up: here they do not",
)


def price(emulator: "Emulator", message: Message) -> Json:
    """The `pricing` object as things stand now."""
    number = emulator.world.numbers[message.number_id]
    person = keeping.owner(emulator, message)
    chat = person.chats[message.number_id]
    now = emulator.clock.now()
    if chat.free_entry_until is not None and now < chat.free_entry_until:
        return {**FREE_ENTRY}
    if message.type == "reaction" or _free_in_window(emulator, number, message, now):
        kind = "free_customer_service"
    else:
        kind = "regular"
    told: Json = {
        "billable": kind == "regular",
        "pricing_model": "PMP",
        "type": kind,
        "category": message.category,
    }
    if message.category == "marketing_lite":
        told["cost"] = _cost(emulator, number, message, now)
    return told


def charge(emulator: "Emulator", message: Message) -> Json:
    """The final `pricing` at delivery, entered in the ledger; uses up the month's allowance."""
    final = price(emulator, message)
    now = emulator.clock.now()
    number = emulator.world.numbers[message.number_id]
    waba = emulator.world.wabas[number.waba_id]
    counts = message.category == "service" and final["type"] != "free_entry_point"
    if counts and message.type != "reaction" and _service_paid(now, waba.timezone):
        month = _month(now, waba.timezone)
        number.service_used[month] = number.service_used.get(month, 0) + 1
    message.charged = _enter(emulator, waba, message, final)
    return final


def local(now: float, zone: str) -> datetime:
    """The account's wall clock."""
    return datetime.fromtimestamp(now, _zone(zone))


def _cost(emulator: "Emulator", number: Number, message: Message, now: float) -> Json:
    """What the message will cost, told of marketing_lite alone."""
    waba = emulator.world.wabas[number.waba_id]
    day = _calendar(int(now // SLOT_S), waba.timezone)[0]
    market = rate_cards.market_of(message.wa_id, day)
    micros = rate_cards.rate(waba.currency, market, message.category, day)
    return {"amount": micros / rate_cards.MICRO, "currency": waba.currency}


def _enter(emulator: "Emulator", waba: Waba, message: Message, final: Json) -> int:
    """Write the message into the ledger; answers its price in millionths."""
    now = emulator.clock.now()
    day = _calendar(int(now // SLOT_S), waba.timezone)[0]
    market = rate_cards.market_of(message.wa_id, day)
    tier, amount = "", 0
    if final["billable"]:
        tier, percent = _step(emulator, waba, message, market)
        listed = rate_cards.rate(waba.currency, market, message.category, day)
        amount = (listed * percent + 50) // 100
    slot = int(now // SLOT_S) * SLOT_S
    country = rate_cards.country_of(message.wa_id)
    emulator.world.ledger.add(
        Line(
            slot, message.number_id, country, market, final["category"], final["type"], tier, amount
        )
    )
    return amount


def _step(emulator: "Emulator", waba: Waba, message: Message, market: str) -> tuple[str, int]:
    """The step of volume that the message falls in; a new step is told by webhook."""
    if message.category not in STEPPED:
        return "0:MAX", 100
    now = emulator.clock.now()
    month = _month(now, waba.timezone)
    ledger = emulator.world.ledger
    nth = ledger.next_volume(waba.portfolio_id, month, market, message.category)
    tier, percent = rate_cards.step(market, message.category, nth)
    if percent < rate_cards.step(market, message.category, nth - 1)[1]:
        info = {
            "tier_update_time": int(now),
            "pricing_category": message.category.upper(),
            "tier": tier,
            "effective_month": month,
            "region": market,
        }
        value = {"event": "VOLUME_BASED_PRICING_TIER_UPDATE", "volume_tier_info": info}
        emulator.delivery.push(waba.id, "account_update", value)
    return tier, percent


def _free_in_window(emulator: "Emulator", number: Number, message: Message, now: float) -> bool:
    zone = emulator.world.wabas[number.waba_id].timezone
    if not _service_paid(now, zone):
        return message.category == "service" or (
            message.category == "utility" and message.in_window
        )
    if message.category != "service":
        return False
    return number.service_used.get(_month(now, zone), 0) < FREE_SERVICE_MESSAGES


def _service_paid(now: float, zone: str) -> bool:
    """Whether the rules of 1 October 2026 hold, at midnight of the account's time zone."""
    return _calendar(int(now // SLOT_S), zone)[2]


def _month(now: float, zone: str) -> str:
    return _calendar(int(now // SLOT_S), zone)[1]


@lru_cache(4_096)
def _calendar(slot: int, zone: str) -> tuple[date, str, bool]:
    """Day, month and rules of a quarter of an hour: midnights fall on its borders everywhere."""
    at = local(slot * SLOT_S, zone)
    return at.date(), at.strftime("%Y-%m"), at.replace(tzinfo=UTC) >= SERVICE_PAID_FROM


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
