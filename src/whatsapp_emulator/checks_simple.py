"""Checks of text, location, contacts and reaction messages, and what a reader sees of them.

Source: reference sending 2.3 and 2.4. Each check answers the text shown to a reader.
"""

from whatsapp_emulator import keeping
from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import bad_param, invalid, missing, required
from whatsapp_emulator.shape import maybe_words, objects, part, words
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Direction

TEXT_MAX = 4096
CONTACTS_MAX = 257
REACTION_AGE_S = 30 * 86400


def text(call: Call) -> str:
    body = part(call.params, "text")
    preview = body.get("preview_url")
    if preview is not None and not isinstance(preview, bool):
        raise bad_param("text['preview_url']", "must be a boolean.")
    return words(body, "body", "text", longest=TEXT_MAX)


def location(call: Call) -> str:
    place = part(call.params, "location")
    _degrees(place, "latitude", 90)
    _degrees(place, "longitude", 180)
    name = maybe_words(place, "name", "location", longest=1000)
    address = maybe_words(place, "address", "location", longest=1000)
    return ", ".join(filter(None, (name, address))) or f"{place['latitude']}, {place['longitude']}"


def contacts(call: Call) -> str:
    cards = objects(call.params, "contacts")
    if not cards:
        raise required("contacts")
    if len(cards) > CONTACTS_MAX:
        raise invalid(f"Number of contacts exceeds the maximum of {CONTACTS_MAX}")
    return ", ".join(_card_name(card, index) for index, card in enumerate(cards))


def reaction(call: Call) -> str:
    """Raises 131009 for a target that cannot carry a reaction."""
    given = part(call.params, "reaction")
    target_id = words(given, "message_id", "reaction")
    emoji = given.get("emoji")
    if emoji is None:
        raise required("reaction['emoji']")
    if not isinstance(emoji, str) or len(emoji) > 16:
        raise invalid("Reaction emoji is not valid")
    target = keeping.find(call.emulator, target_id)
    too_old = target is not None and call.now - target.at > REACTION_AGE_S
    if target is None or too_old or target.type == "reaction":
        raise invalid("Message id in the reaction is not valid")
    if target.number_id != call.node_id:
        raise invalid("Message id in the reaction belongs to another number")
    if target.direction is Direction.TO_PERSON and target.status in ("failed", "accepted"):
        raise invalid("Message id in the reaction is not valid")
    return emoji


def _degrees(place: Json, key: str, bound: int) -> None:
    value = place.get(key)
    if value is None:
        raise missing(f"location.{key} is required")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise invalid(f"location.{key} is not a number") from None
    if not -bound <= number <= bound:
        raise invalid(f"location.{key} is out of range")


def _card_name(card: Json, index: int) -> str:
    path = f"contacts[{index}]"
    name = part(card, "name", path)
    formatted = words(name, "formatted_name", f"{path}['name']", longest=1000)
    parts = ("first_name", "last_name", "middle_name", "suffix", "prefix")
    if not any(name.get(key) for key in parts):
        raise missing(f"{path}.name needs at least one of {', '.join(parts)}")
    for key in ("phones", "emails", "urls", "addresses"):
        if card.get(key) is not None:
            objects(card, key, path)
    return formatted
