"""The account's card: what a missing, not preferred or unpaid one stops, and how it goes on.

Source: reference limits-and-pricing 7.1 and 7.4.
"""

from typing import TYPE_CHECKING

from whatsapp_emulator import billing
from whatsapp_emulator.records import HELD_MAX
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Message, Payment, Waba

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

TTL_S = 30 * 86_400.0

admit_approximation(
    "unpaid amounts",
    "templates stay accepted (the clock icon) without any status until it is paid, at most 30 "
    "days; charged answers fail with 131042, as everything charged does without a card",
)


def refuses(emulator: "Emulator", waba: Waba, message: Message) -> bool:
    """Whether the message fails with 131042: it would be charged, and nobody pays."""
    if waba.payment is Payment.OK or not billing.price(emulator, message)["billable"]:
        return False
    return waba.payment is not Payment.UNPAID or message.template_id is None


def holds(waba: Waba, message: Message) -> bool:
    """Keep a template back while amounts are unpaid; true if it was kept."""
    if waba.payment is not Payment.UNPAID or message.template_id is None:
        return False
    if len(waba.standing.held) >= HELD_MAX:
        return False
    waba.standing.held.append(message)
    return True


def change(emulator: "Emulator", waba: Waba, payment: Payment) -> None:
    """What was held leaves, or fails, by the new state; too old ones vanish."""
    from whatsapp_emulator.statuses import go_on

    waba.payment = payment
    if payment is Payment.UNPAID:
        return
    held, waba.standing.held = waba.standing.held, []
    oldest = emulator.clock.now() - TTL_S
    for index, message in enumerate(held):
        if message.at >= oldest:
            emulator.clock.after(index / 80, go_on, emulator, message)
