"""A person changes their number: everything of theirs follows, and each business is told.

Source: reference webhooks 5.3, `system`.
"""

from typing import TYPE_CHECKING

from whatsapp_emulator import ids, rate_cards
from whatsapp_emulator.inbound import receive
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.world import Person

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

admit_approximation(
    "change of number",
    "told as user_changed_number and, since the user id is scoped to the number, then as "
    "user_changed_user_id; the old number belongs to nobody until somebody is created there",
)


def move(emulator: "Emulator", person: Person, wa_id: str) -> None:
    """The person is reached under `wa_id` from now on. Raises ValueError if it is taken."""
    world = emulator.world
    if wa_id in world.people:
        raise ValueError("somebody has that number already")
    old, old_user = person.wa_id, person.user_id
    body = f"User {person.name} changed from {old} to {wa_id}"
    _tell(emulator, person, {"body": body, "type": "user_changed_number", "wa_id": wa_id})
    del world.people[old], world.by_user_id[old_user]
    person.wa_id = wa_id
    person.user_id = ids.user_id(emulator.chance, rate_cards.country_of(wa_id))
    world.people[wa_id] = world.by_user_id[person.user_id] = person
    world.file.moved.pop(wa_id, None)
    world.file.moved[old] = wa_id
    emulator.attic.moved(old, wa_id)
    for message in world.messages.values():
        if message.wa_id == old:
            message.wa_id = wa_id
    _tell(
        emulator,
        person,
        {
            "body": "User changed user id",
            "type": "user_changed_user_id",
            "user_id": person.user_id,
            "previous_user_id": old_user,
        },
    )
    emulator.watchers.changed(old)
    emulator.watchers.changed(wa_id)


def _tell(emulator: "Emulator", person: Person, system: dict[str, str]) -> None:
    for number_id, chat in list(person.chats.items()):
        number = emulator.world.numbers.get(number_id)
        if number is not None and not chat.blocked:
            receive(emulator, person, number, {"type": "system", "system": system})
