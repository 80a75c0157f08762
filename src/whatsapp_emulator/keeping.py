"""Which messages are at hand and which on disk: the newest in memory, older ones in the attic."""

from typing import TYPE_CHECKING

from whatsapp_emulator.attic import PORTION
from whatsapp_emulator.oldest import first_of
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Chat, Message, Person

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

UNSEEN = ("reaction", "edit", "revoke")
"""They change the message that they mean, and are no bubble of their own."""

admit_approximation(
    "old messages",
    "beyond 100,000 the oldest go to disk, where they are found by id and in their chats (the "
    "newest 500 of each); beyond 2,000,000 there the oldest are forgotten, with a notice",
)


def keep(emulator: "Emulator", message: Message) -> None:
    """Remember a message; carry the oldest to the attic if there are too many at hand."""
    if message.spilled:
        emulator.attic.put(message)
        return
    at_hand, most = emulator.world.messages, emulator.settings.bounds.messages
    at_hand[message.id] = message
    if len(at_hand) > most:
        for old in first_of(at_hand, min(PORTION, most // 10) + 1):
            _put_away(emulator, old)
        _trim(emulator)


def show(emulator: "Emulator", chat: Chat, message: Message) -> None:
    """The chat shows it as its newest; one whose place is the attic stays there."""
    chat.last_at = message.arrived_at or message.at
    if message.spilled:
        emulator.attic.put(message)
    else:
        chat.messages.append(message)


def changed(emulator: "Emulator", message: Message) -> None:
    """What is known of the message is not as it was: the attic is told."""
    if message.spilled:
        emulator.attic.put(message)


def find(emulator: "Emulator", message_id: str) -> Message | None:
    """The message of that id, wherever it lies."""
    return emulator.world.messages.get(message_id) or emulator.attic.get(message_id)


def current(emulator: "Emulator", message: Message) -> Message:
    """The message as it stands: one that lay in the attic may have changed there."""
    return (emulator.attic.get(message.id) or message) if message.spilled else message


def history(emulator: "Emulator", person: Person, chat: Chat) -> list[Message]:
    """The newest messages of a chat in order of arrival, those on disk included; bounded."""
    most = emulator.settings.bounds.chat_messages
    older = emulator.attic.of(person.wa_id, chat.number_id, most)
    shown = [m for m in older if m.arrived_at is not None and m.type not in UNSEEN]
    shown += chat.messages
    if older:
        shown.sort(key=lambda m: m.arrived_at or m.at)
    return shown[-most:]


def newest(emulator: "Emulator", person: Person, chat: Chat) -> Message | None:
    if chat.messages:
        return chat.messages[-1]
    if not chat.last_at:
        return None
    shown = history(emulator, person, chat)
    return shown[-1] if shown else None


def owner(emulator: "Emulator", message: Message) -> Person:
    """Whose message it is, by whatever number they are known now."""
    world = emulator.world
    found = world.people.get(message.wa_id)
    while found is None:
        message.wa_id = world.file.moved[message.wa_id]
        found = world.people.get(message.wa_id)
    return found


def _put_away(emulator: "Emulator", message: Message) -> None:
    message.spilled = True
    emulator.attic.put(message)
    person = emulator.world.people.get(message.wa_id)
    chat = person.chats.get(message.number_id) if person else None
    if chat is None:
        return
    for index, kept in enumerate(chat.messages):
        if kept is message:
            del chat.messages[index]
            return


def _trim(emulator: "Emulator") -> None:
    most = emulator.settings.bounds.messages_on_disk
    gone = emulator.attic.trim(most)
    if gone and emulator.world.messages_dropped == 0:
        emulator.notice(f"The emulator keeps {most} messages on disk: older ones are forgotten.")
    emulator.world.messages_dropped += gone
