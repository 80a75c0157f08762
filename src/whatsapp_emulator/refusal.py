"""Why an accepted message does not leave Meta: the codes that come later as `failed` statuses.

Source: reference account-and-errors 9 (codes marked A and B) and limits-and-pricing 6.
"""

from typing import TYPE_CHECKING

from whatsapp_emulator import enforcement, marketing, payments, reach, recipients
from whatsapp_emulator.errors import GraphError
from whatsapp_emulator.world import Message, Number, Person

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

STOPPED = {"PAUSED": 132015, "DISABLED": 132016}
DETAILS = {
    368: "The account is temporarily restricted from sending messages.",
    130472: "This user is part of an experiment: the message was not delivered.",
    130497: "Business account is restricted from messaging users in this country.",
    131026: "Message Undeliverable.",
    131031: "Business Account has been locked.",
    131042: (
        "Message failed to send because there were one or more errors related to your payment "
        "method."
    ),
    131047: (
        "Message failed to send because more than 24 hours have passed since the customer "
        "last replied to this number."
    ),
    131048: "Message failed to send because the messaging limit has been reached.",
    131049: "This message was not delivered to maintain healthy ecosystem engagement.",
    131050: (
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing "
        "messages on WhatsApp from your business."
    ),
    131053: "Media could not be fetched from its link, or is not of the kind announced.",
    132015: "The template was paused for its low quality, or dropped by its quality assessment.",
    132016: (
        "Template has been paused too many times due to low quality and is now permanently "
        "disabled."
    ),
    137000: "The recipient's identity key hash does not match.",
}


def code_of(emulator: "Emulator", message: Message, person: Person, number: Number) -> int | None:
    """The first code that speaks against the message, or None if it goes on its way."""
    for check in (_account, _person, _marketing, _money):
        code = check(emulator, message, person, number)
        if code is not None:
            return code
    return None


def checks_identity(number: Number) -> bool:
    """Whether the business asked to be told when a person has another key."""
    wish = number.file.settings.get("user_identity_change") or {}
    return wish.get("enable_identity_key_check") is True


def _account(emulator: "Emulator", message: Message, _person: Person, number: Number) -> int | None:
    """What befell account or template since the message was accepted."""
    template = emulator.world.templates.get(message.template_id or "")
    if template is not None and template.status in STOPPED:
        return STOPPED[template.status]
    try:
        waba = emulator.world.wabas[number.waba_id]
        enforcement.check(waba, initiated=message.template_id is not None)
    except GraphError as error:
        return error.code
    return None


def _person(_emulator: "Emulator", message: Message, person: Person, number: Number) -> int | None:
    """Not there, too long silent, out of reach, or somebody else by now."""
    if not person.habits.reachable or message.wa_id in number.file.blocked:
        return 131026
    if message.template_id is None and not message.in_window:
        return 131047
    code = recipients.refusal(message)
    if code is not None:
        return code
    other = message.identity is not None and message.identity != person.identity_hash
    return 137000 if other and checks_identity(number) else None


def _marketing(
    emulator: "Emulator", message: Message, person: Person, _number: Number
) -> int | None:
    """What people take of marketing."""
    if message.category not in marketing.CATEGORIES:
        return None
    if person.chats[message.number_id].marketing_stopped:
        return 131050
    return marketing.refusal(emulator, person, message)


def _money(emulator: "Emulator", message: Message, _person: Person, number: Number) -> int | None:
    """The card and the day's limit."""
    if payments.refuses(emulator, emulator.world.wabas[number.waba_id], message):
        return 131042
    over = not message.in_window and reach.is_over(emulator, number, message)
    return 131048 if over else None
