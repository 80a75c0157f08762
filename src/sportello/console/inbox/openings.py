"""Writing first: a template into a conversation, or into one that begins with it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sportello.console.inbox import deeds, facts, outbox
from sportello.console.inbox.fillings import Filled, UnfitFilling
from sportello.console.templates_desk import files
from sportello.rules import guard, ownership
from sportello.rules.guard import Refuse
from sportello.schema.channel import Number
from sportello.schema.files import File
from sportello.schema.inbox import Conversation, Message, MessageStatus, Origin
from sportello.schema.people import Contact
from sportello.schema.team import User


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom to write to, from which number. `name` is kept where the company knows none yet."""

    number: Number
    wa_id: str
    name: str = ""


def write_first(
    recipient: Recipient, author: User | None, filled: Filled, now: datetime
) -> Message:
    """Finds or makes contact and conversation, and writes the template into it.

    Raises UnfitFilling, deeds.Refused; then neither of them was made.
    """
    with transaction.atomic():
        conversation = _conversation(recipient)
        return write_template(conversation.pk, author, filled, now)


def write_template(
    conversation_id: int, author: User | None, filled: Filled, now: datetime
) -> Message:
    """Puts a filled template into the outbox, and wishes for its file at Meta.

    Raises UnfitFilling, deeds.Refused, Conversation.DoesNotExist. A hold is no refusal: the
    message waits in the outbox.
    """
    if filled.gaps:
        raise UnfitFilling(filled.gaps)
    with transaction.atomic():
        conversation = deeds.locked(conversation_id)
        looked_at = facts.of_template(conversation, _id(author), filled.draft, now)
        verdict = guard.decide(looked_at, now)
        if isinstance(verdict, Refuse):
            raise deeds.Refused(verdict.code, looked_at)
        # A closed chat opens: who answers a template finds the assistant, or whom it hands over to.
        conversation = deeds.move(conversation, ownership.WroteFirst(), now)
        message = _message(conversation, author, filled, now)
        _enqueue(conversation, message, filled)
        deeds.note_last(conversation, message)
    return message


def _conversation(recipient: Recipient) -> Conversation:
    number = recipient.number
    contact, _ = Contact.objects.get_or_create(
        workspace_id=number.workspace_id,
        wa_id=recipient.wa_id,
        defaults={"name": recipient.name},
    )
    if recipient.name and not contact.name:
        contact.name = recipient.name
        contact.save(update_fields=["name"])
    conversation, _ = Conversation.objects.get_or_create(
        workspace_id=number.workspace_id, number=number, contact=contact
    )
    return conversation


def _message(
    conversation: Conversation, author: User | None, filled: Filled, now: datetime
) -> Message:
    shown = filled.shown
    return Message.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        origin=Origin.OPERATOR,
        author_id=_id(author),
        type="template",
        text=shown["body"],
        payload={"template": shown},
        status=MessageStatus.QUEUED,
        at=now,
    )


def _enqueue(conversation: Conversation, message: Message, filled: Filled) -> None:
    file_id = filled.draft.file_id
    if file_id is not None:
        files.want(File.objects.get(pk=file_id), conversation.number_id, message.at)
    outbox.enqueue(conversation, message, filled.body, template_id=filled.row.pk, file_id=file_id)


def _id(user: User | None) -> int | None:
    return None if user is None else user.pk
