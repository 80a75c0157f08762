"""A person's message as a row of the outbox, held back for as long as it can be taken back."""

from datetime import timedelta
from typing import Any, Final

from django.db.models.functions import Now

from sportello.schema.inbox import Conversation, Message, Origin
from sportello.schema.sends import Send
from sportello.schema.team import User

_PERSON_FIRST: Final = 0


def enqueue(
    conversation: Conversation,
    message: Message,
    body: dict[str, Any],
    *,
    template_id: int | None = None,
    file_id: int | None = None,
    held: timedelta = timedelta(0),
) -> Send:
    """`held`: for so long, by the database's clock, nobody takes it out of the outbox."""
    if message.reply_to and message.type != "reaction":
        body = body | {"context": {"message_id": message.reply_to}}
    due: Any = Now() + held if held else Now()
    return Send.objects.create(
        workspace_id=conversation.workspace_id,
        number_id=conversation.number_id,
        conversation=conversation,
        message=message,
        origin=Origin.OPERATOR,
        priority=_PERSON_FIRST,
        body=body,
        template_id=template_id,
        file_id=file_id,
        control_epoch=conversation.control_epoch,
        generation=conversation.generation,
        due_at=due,
    )


def held_for(conversation: Conversation, author: User | None) -> timedelta:
    """A program means what it sends; a person may have hit Enter too early."""
    seconds = 0 if author is None else conversation.workspace.undo_seconds
    return timedelta(seconds=seconds)
