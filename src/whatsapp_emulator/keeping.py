"""Which messages are remembered: the newest, bounded; what is dropped leaves its chat as well."""

from typing import TYPE_CHECKING

from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Message

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

admit_approximation(
    "old messages",
    "beyond the emulator's own bound (200,000) the oldest messages are forgotten, with a notice: "
    "a later status or quotation of them is not told",
)


def keep(emulator: "Emulator", message: Message) -> None:
    """Remember a message; forget the oldest if there are too many."""
    world = emulator.world
    world.messages[message.id] = message
    if len(world.messages) <= emulator.settings.bounds.messages:
        return
    oldest = world.messages.pop(next(iter(world.messages)))
    if world.messages_dropped == 0:
        emulator.notice(
            f"The emulator keeps {emulator.settings.bounds.messages} messages: older ones go."
        )
    world.messages_dropped += 1
    person = world.people.get(oldest.wa_id)
    chat = person.chats.get(oldest.number_id) if person else None
    if chat is None:
        return
    for index, kept in enumerate(chat.messages):
        if kept is oldest:
            del chat.messages[index]
            return
