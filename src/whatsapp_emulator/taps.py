"""Taps on what leads out of a chat: a template's URL button is opened, and counted as Meta does."""

from typing import TYPE_CHECKING

from whatsapp_emulator import keeping, tally
from whatsapp_emulator.chat import view
from whatsapp_emulator.wire import Json, loads
from whatsapp_emulator.world import Direction, Message, Person

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator


def tap(emulator: "Emulator", person: Person, message_id: str, text: str) -> Json:
    """Where the URL button with that text leads; not counted where the template opted out.

    Raises ValueError for a message or a button that is not there.
    """
    message = keeping.find(emulator, message_id)
    if message is None or message.arrived_at is None or message.wa_id != person.wa_id:
        raise ValueError("no such message on this phone")
    found = next((b for b in _buttons(message) if b.get("text") == text), None)
    if found is None:
        raise ValueError("no URL button of a template has that text")
    template = emulator.world.templates.get(message.template_id or "")
    counted = template is not None and not template.file.tracking_opted_out
    if counted:
        tally.click(emulator, message, "url_button", text)
    return {"url": found.get("url", ""), "counted": counted}


def _buttons(message: Message) -> list[Json]:
    """The URL buttons of a template message, those of its cards included."""
    if message.template_id is None or message.direction is not Direction.TO_PERSON:
        return []
    shown = view(message, loads(message.payload) or {})
    parts = [shown, *shown.get("cards", [])]
    return [b for part in parts for b in part.get("buttons", []) if b.get("type") == "url"]
