"""How many messages were sent, delivered, read and tapped: counted as they happen, by half hour.

Counts outlive the messages, which are dropped when there are too many.
"""

from typing import TYPE_CHECKING

from whatsapp_emulator import template_age
from whatsapp_emulator.oldest import drop_oldest
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Message

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

SLOT_S = 1_800
CONVERSATION_S = 86_400.0
SLOTS_MAX = 200_000
COUNTRIES = {
    "1": "US", "20": "EG", "27": "ZA", "30": "GR", "31": "NL", "32": "BE", "33": "FR", "34": "ES",
    "351": "PT", "353": "IE", "36": "HU", "378": "SM", "39": "IT", "40": "RO", "41": "CH",
    "43": "AT", "44": "GB", "45": "DK", "46": "SE", "47": "NO", "48": "PL", "49": "DE",
    "52": "MX", "54": "AR", "55": "BR", "56": "CL", "57": "CO", "60": "MY", "62": "ID",
    "65": "SG", "7": "RU", "81": "JP", "86": "CN", "90": "TR", "91": "IN", "92": "PK",
    "966": "SA", "971": "AE", "972": "IL",
}  # fmt: skip
"""Calling code -> country, for the filters of analytics; others count as ZZ."""

admit_approximation(
    "analytics",
    "each event counts in the half hour in which it happens; the 200,000 newest counters are kept",
)


def note(emulator: "Emulator", message: Message, status: str) -> None:
    """Count a status once, and what it says about the template that the message is of."""
    if status == "failed":
        _land(emulator, message, arrived=False)
        return
    if status in ("delivered", "read") and not message.landed:
        _land(emulator, message, arrived=True)
        _add(emulator, message, "delivered")
        _converse(emulator, message)
    if status in ("sent", "read"):
        _add(emulator, message, status)


def click(emulator: "Emulator", message: Message, kind: str, button: str) -> None:
    """A tap on a template's button, by its kind as analytics name it and its text."""
    _add(emulator, message, f"clicked:{kind}:{button}")


def spend(emulator: "Emulator", message: Message) -> None:
    """What a delivered message of a template costs, in millionths."""
    if message.template_id is not None and message.charged:
        _add(emulator, message, "spent", message.charged)


def _converse(emulator: "Emulator", message: Message) -> None:
    """A delivery outside a running conversation of its category opens one of 24 hours."""
    now = emulator.clock.now()
    open_until = emulator.world.file.conversations
    key = (message.wa_id, message.number_id, message.category)
    if open_until.get(key, 0.0) > now:
        return
    open_until.pop(key, None)
    open_until[key] = now + CONVERSATION_S
    drop_oldest(open_until, SLOTS_MAX)
    direction = "USER_INITIATED" if message.category == "service" else "BUSINESS_INITIATED"
    _add(emulator, message, f"conversation:{direction}/{message.category}")


def _land(emulator: "Emulator", message: Message, *, arrived: bool) -> None:
    if message.landed or message.template_id is None:
        message.landed = True
        return
    message.landed = True
    template = emulator.world.templates.get(message.template_id)
    if template is None:
        return
    template.file.in_flight -= 1
    if template.status == "PENDING_DELETION" and template.file.in_flight <= 0:
        template_age.remove(emulator, template)
    if arrived:
        template.file.delivered.append(emulator.clock.now())


def _add(emulator: "Emulator", message: Message, kind: str, amount: int = 1) -> None:
    slot = int(emulator.clock.now() // SLOT_S) * SLOT_S
    key = (slot, message.number_id, country(message.wa_id), message.template_id, kind)
    counts = emulator.world.file.counts
    counts[key] = counts.get(key, 0) + amount
    drop_oldest(counts, SLOTS_MAX)


def country(wa_id: str) -> str:
    """The country of a number, by its longest known calling code."""
    for digits in (3, 2, 1):
        found = COUNTRIES.get(wa_id[:digits])
        if found is not None:
            return found
    return "ZZ"
