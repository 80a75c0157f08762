"""The review of display names, told by phone_number_name_update. Source: account 8.3."""

import re
from typing import TYPE_CHECKING

from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Number

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

REVIEW_S = (60.0, 600.0)
FOREIGN = re.compile(r"whats ?app|facebook|\bmeta\b|instagram|https?:|www\.", re.IGNORECASE)

admit_approximation(
    "display names",
    "reviewed in 1 to 10 minutes; refused with less than 3 letters, an address, or a name of "
    "Meta's; an approved name shows at once, without a new registration",
)


def begin_review(emulator: "Emulator", number: Number, name: str) -> None:
    """Ask for a new name; the answer comes within ten minutes."""
    number.file.new_name, number.file.new_name_status = name, "PENDING_REVIEW"
    emulator.clock.after(emulator.chance.uniform(*REVIEW_S), _review, emulator, number, name)


def tell_name(emulator: "Emulator", number: Number, decision: str) -> None:
    """The end of a name's review: phone_number_name_update (reference webhooks 5.5)."""
    file = number.file
    asked = file.new_name or number.verified_name
    file.new_name_status = "APPROVED" if decision == "APPROVED" else "DECLINED"
    if decision == "APPROVED":
        number.verified_name, number.name_status = asked, "APPROVED"
    value: Json = {
        "display_phone_number": number.digits,
        "decision": decision,
        "requested_verified_name": asked,
        "rejection_reason": None if decision == "APPROVED" else "NAME_NOT_ALLOWED",
    }
    emulator.delivery.push(number.waba_id, "phone_number_name_update", value, number.id)
    emulator.watchers.changed()


def _review(emulator: "Emulator", number: Number, name: str) -> None:
    if number.file.new_name != name or number.file.new_name_status != "PENDING_REVIEW":
        return
    letters = sum(char.isalpha() for char in name)
    good = letters >= 3 and not FOREIGN.search(name)
    tell_name(emulator, number, "APPROVED" if good else "REJECTED")
