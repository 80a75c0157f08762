"""POST /{number}/messages: sending of every type, read marks and the typing indicator."""

from collections.abc import Callable

from whatsapp_emulator import enforcement, ids, keeping, limits, pacing, recipients, statuses
from whatsapp_emulator.call import Call
from whatsapp_emulator.checks_interactive import interactive
from whatsapp_emulator.checks_media import KINDS, media_message
from whatsapp_emulator.checks_simple import contacts, location, reaction, text
from whatsapp_emulator.checks_template import template_message
from whatsapp_emulator.errors import GraphError, bad_param, invalid, required
from whatsapp_emulator.fresh import add_person, chat_of
from whatsapp_emulator.routes import Answer, admit_approximation, edge
from whatsapp_emulator.shape import maybe_part, maybe_words, words
from whatsapp_emulator.wire import Json, dumps
from whatsapp_emulator.world import MESSAGING, Chat, Direction, Message, Number, Person

_PUNCTUATION = str.maketrans("", "", "+-() ")
TYPING_S = 25.0
CALLBACK_DATA_MAX = 512
CHECKS = {
    "text": text,
    "location": location,
    "contacts": contacts,
    "reaction": reaction,
    "interactive": interactive,
    "template": template_message,
    **dict.fromkeys(KINDS, media_message),
}

admit_approximation(
    "recipients nobody has created",
    "any well-formed number is taken to be a WhatsApp user with ordinary habits",
)
admit_approximation(
    "numbers as WhatsApp knows them",
    "wa_id is the digits of the address: those of Brazil and Mexico are not rewritten",
)
admit_approximation(
    "numbers without +",
    "digits of a known person, or that begin with the business's own country code, stay as "
    "they are; others get that country code in front, as Meta documents",
)


@edge("POST", Number, "messages", needs=MESSAGING)
def post_message(call: Call) -> Answer:
    if words(call.params, "messaging_product") != "whatsapp":
        raise bad_param("messaging_product", "must be one of {WHATSAPP} - got another value.")
    limits.check_account(call, call.node)
    if call.params.get("status") is not None:
        return mark_read(call)
    return send(call)


def send(call: Call, way: Callable[[Call], str] | None = None) -> Json:
    """Meta's synchronous checks in order, then the acceptance; the rest is told by statuses.

    `way` answers the category that the message is charged by, of whatever endpoint it came.
    """
    number: Number = call.node
    person, addressed_by = recipient(call, number)
    recipients.check(number, person)
    kind = _type(call)
    _check_common(call)
    seen = CHECKS[kind](call)
    category = (way or _by_cloud)(call)
    waba = call.emulator.world.wabas[number.waba_id]
    enforcement.check(waba, initiated=kind == "template")
    chat = chat_of(person, number.id, call.emulator.settings.bounds.chat_messages)
    limits.check_pace(call, number, chat)
    message = _accept(call, person, chat, kind, seen, addressed_by, category)
    contact: Json = {"input": addressed_by}
    if call.params.get("to") is not None:
        contact["wa_id"] = person.wa_id
    else:
        contact["user_id"] = person.user_id
    told: Json = {"id": message.id}
    if kind == "template":
        told["message_status"] = pacing.shown(message)
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [told]}


def mark_read(call: Call) -> Answer:
    """Marks the message and all before it; with `typing_indicator`, shows typing for 25 s."""
    if call.params.get("status") != "read":
        raise bad_param("status", "must be one of {READ} - got another value.")
    message_id = words(call.params, "message_id")
    typing = maybe_part(call.params, "typing_indicator")
    if typing is not None and typing.get("type") != "text":
        raise bad_param("typing_indicator['type']", "must be one of {TEXT}.")
    message = keeping.find(call.emulator, message_id)
    if (
        message is None
        or message.direction is not Direction.TO_BUSINESS
        or message.number_id != call.node_id
    ):
        raise invalid("Message ID is invalid or expired")
    person = keeping.owner(call.emulator, message)
    chat = person.chats[message.number_id]
    for earlier in keeping.history(call.emulator, person, chat):
        if earlier.direction is Direction.TO_BUSINESS and earlier.status != "read":
            earlier.status = "read"
            keeping.changed(call.emulator, earlier)
        if earlier.id == message.id:
            break
    if typing is not None:
        chat.typing_until = call.now + TYPING_S
        call.emulator.clock.after(TYPING_S, call.emulator.watchers.changed, message.wa_id)
    call.emulator.watchers.changed(message.wa_id)
    return True


def recipient(call: Call, number: Number) -> tuple[Person, str]:
    """Whom the message is for, and the address as given; `to` wins over `recipient`.

    Raises 100 without either, 131009 for what is no number, 131021 for the number itself.
    """
    world = call.emulator.world
    if call.params.get("recipient_type", "individual") != "individual":
        raise bad_param("recipient_type", "must be one of {INDIVIDUAL}.")
    given = call.params.get("to")
    if given is None:
        scoped = maybe_words(call.params, "recipient")
        if scoped is None:
            raise required("to")
        known = world.by_user_id.get(scoped)
        if known is None:
            raise invalid("Recipient is not a valid business-scoped user id")
        return known, scoped
    digits = normalise(str(given), number, world.people)
    if digits == number.digits:
        raise GraphError(131021, "Sender and recipient are the same")
    return world.people.get(digits) or _stranger(call, digits), str(given)


def _stranger(call: Call, digits: str) -> Person:
    """Somebody nobody created: perhaps part of an experiment."""
    person = add_person(call.emulator.world, call.emulator.chance, digits)
    share = call.emulator.mood.experiment
    person.in_experiment = share > 0 and call.emulator.whim.random() < share
    return person


def normalise(given: str, number: Number, people: dict[str, Person]) -> str:
    """The wa_id for an address as written. Raises 131009 for what is no phone number."""
    digits = given.translate(_PUNCTUATION)
    if not (digits.isascii() and digits.isdigit()):
        raise invalid("Invalid phone number in the parameter to")
    own = number.country_code
    international = given.strip().startswith("+") or digits in people
    if not international and not (digits.startswith(own) and len(digits) > len(own) + 8):
        digits = own + digits
    if not 7 <= len(digits) <= 15:
        raise invalid("Invalid phone number in the parameter to")
    return digits


def _type(call: Call) -> str:
    kind = str(call.params.setdefault("type", "text")).lower()
    call.params["type"] = kind
    if kind not in CHECKS:
        shown = ", ".join(sorted(CHECKS)).upper()
        raise bad_param("type", f'must be one of {{{shown}}} - got "{kind}".')
    return kind


def _check_common(call: Call) -> None:
    maybe_words(call.params, "biz_opaque_callback_data", longest=CALLBACK_DATA_MAX)
    maybe_words(call.params, "recipient_identity_key_hash")
    context = maybe_part(call.params, "context")
    if context is not None:
        words(context, "message_id", "context")


def _by_cloud(call: Call) -> str:
    """The template's category, or service. Raises 131063 where marketing has another way."""
    template = call.template
    if template is None:
        return "service"
    waba = call.emulator.world.wabas[template.waba_id]
    if template.category == "MARKETING" and not waba.file.cloud_marketing:
        raise GraphError(131063, "Send marketing templates by /marketing_messages")
    return template.category.lower()


def _accept(  # noqa: PLR0917 - what a message consists of
    call: Call, person: Person, chat: Chat, kind: str, seen: str, addressed_by: str, category: str
) -> Message:
    template = call.template
    context = call.params.get("context") or {}
    last = chat.last_inbound_at
    message = Message(
        id=ids.wamid(call.emulator.chance, person.wa_id, from_user=False),
        number_id=call.node_id,
        wa_id=person.wa_id,
        direction=Direction.TO_PERSON,
        type=kind,
        text=seen,
        payload=call.raw or dumps(call.params),
        at=call.now,
        addressed_by=addressed_by,
        callback_data=call.params.get("biz_opaque_callback_data"),
        category=category,
        identity=call.params.get("recipient_identity_key_hash"),
        in_window=last is not None and call.now - last < statuses.WINDOW_S,
        template_id=template.id if template else None,
        components=template.components if template else None,
        context_id=context.get("message_id"),
    )
    if call.links:
        message.links = tuple(url for url, _ in call.links)
        for url, media_kind in call.links:
            call.emulator.links.begin(url, media_kind)
    if template is None:
        statuses.launch(call.emulator, message)
    else:
        pacing.launch(call.emulator, message, template)
    return message
