"""Why marketing does not reach somebody: the cap on what a person takes, and experiments.

Source: reference limits-and-pricing 6.5.
"""

from typing import TYPE_CHECKING

from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Message, Person

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

DAY_S = 86_400.0
ENGAGED_S = 7 * DAY_S
BORED_AFTER = 3
CATEGORIES = ("marketing", "marketing_lite")

admit_approximation(
    "marketing cap per person",
    "a mood's number in 24 hours (2), twice that for who answered in 7 days, one for who left "
    "the last three unread; messages inside an open window do not count; other businesses' "
    "messages are not emulated",
)


def refusal(emulator: "Emulator", person: Person, message: Message) -> int | None:
    """130472 or 131049, or None; only marketing messages are asked about."""
    if person.in_experiment:
        return 130472
    cap = emulator.mood.marketing_cap
    if cap == 0 or message.in_window:
        return None
    now = emulator.clock.now()
    courted = person.courted
    courted.got_at = [at for at in courted.got_at if at > now - DAY_S]
    if courted.unread >= BORED_AFTER:
        cap = 1
    elif courted.answered_at is not None and courted.answered_at > now - ENGAGED_S:
        cap *= 2
    return 131049 if len(courted.got_at) >= cap else None


def took(emulator: "Emulator", person: Person, message: Message) -> None:
    """The message is on its way to the person."""
    courted = person.courted
    courted.unread += 1
    if not message.in_window:
        courted.got_at.append(emulator.clock.now())


def was_read(person: Person, message: Message) -> None:
    if message.category in CATEGORIES and person.courtship is not None:
        person.courted.unread = 0


def answered(emulator: "Emulator", person: Person) -> None:
    if person.courtship is not None:
        person.courted.answered_at = emulator.clock.now()
        person.courted.unread = 0
