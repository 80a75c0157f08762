"""The parts that every `messages` webhook shares: the number, and who the person is."""

from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Number, Person

admit_approximation(
    "usernames without phone number",
    "a person with `hides_number` never shows it; Meta shows it to who knew it within 30 days",
)


def metadata(number: Number) -> Json:
    return {"display_phone_number": number.digits, "phone_number_id": number.id}


def contact(person: Person) -> Json:
    """A member of `contacts`; `wa_id` is absent, not empty, when the number is hidden."""
    told: Json = {"profile": {"name": person.name}}
    if person.username:
        told["profile"]["username"] = person.username
    if not person.hides_number:
        told["wa_id"] = person.wa_id
    told["user_id"] = person.user_id
    if person.identity_hash is not None:
        told["identity_key_hash"] = person.identity_hash
    return told
