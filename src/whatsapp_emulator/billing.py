"""What Meta charges: the category, kind and rate of each delivered message.

Source: reference limits-and-pricing 7.1.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Message, Number

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

FREE_SERVICE_MESSAGES = 1_000
SERVICE_PAID_FROM = datetime(2026, 10, 1, tzinfo=UTC)

admit_approximation(
    "pricing.type of the 1,000 free service messages",
    "free_customer_service; Meta does not document which type marks the allowance",
)


def price(emulator: "Emulator", message: Message) -> Json:
    """The `pricing` object as things stand now."""
    number = emulator.world.numbers[message.number_id]
    person = emulator.world.people[message.wa_id]
    chat = person.chats[message.number_id]
    now = emulator.clock.now()
    if chat.free_entry_until is not None and now < chat.free_entry_until:
        kind = "free_entry_point"
    elif message.type == "reaction" or _free_in_window(emulator, number, message, now):
        kind = "free_customer_service"
    else:
        kind = "regular"
    return {
        "billable": kind == "regular",
        "pricing_model": "PMP",
        "type": kind,
        "category": message.category,
    }


def charge(emulator: "Emulator", message: Message) -> Json:
    """The final `pricing` at delivery; uses up the month's free service messages."""
    final = price(emulator, message)
    now = emulator.clock.now()
    number = emulator.world.numbers[message.number_id]
    zone = emulator.world.wabas[number.waba_id].timezone
    counts = message.category == "service" and final["type"] != "free_entry_point"
    if counts and message.type != "reaction" and _service_paid(now, zone):
        month = _month(now, zone)
        number.service_used[month] = number.service_used.get(month, 0) + 1
    return final


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
    local = datetime.fromtimestamp(now, ZoneInfo(zone))
    return local.replace(tzinfo=UTC) >= SERVICE_PAID_FROM


def _month(now: float, zone: str) -> str:
    return datetime.fromtimestamp(now, ZoneInfo(zone)).strftime("%Y-%m")
