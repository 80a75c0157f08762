"""Taking a message back while it still waits in the outbox."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from sportello.console.inbox import deeds
from sportello.console.inbox.sending import SIGNS
from sportello.schema.inbox import Conversation, Message, MessageStatus, Origin
from sportello.schema.sends import Send, SendState
from sportello.schema.team import User

# Says of a cancelled message that its author took it back: it is not shown, and was never said.
UNDONE = "undone"
_PREVIEW_LENGTH = 200


class TooLate(Exception):  # noqa: N818  # an expected end
    """It has left already, or is leaving, or was taken back before, or is somebody else's."""


def undo(message_id: int, author: User) -> Message:
    """The outbox never sends it. Raises TooLate, Message.DoesNotExist.

    The conversation is locked first, as the outbox does before it takes a send: so either finds
    what the other has done.
    """
    found = Message.objects.get(pk=message_id)
    conversation = deeds.locked(found.conversation_id)
    send = _waiting(author).select_for_update(of=("self",)).filter(message_id=message_id).first()
    if send is None:
        raise TooLate
    settled: Any = Now()
    send.state, send.hold_code, send.settled_at = SendState.CANCELLED, UNDONE, settled
    send.save(update_fields=["state", "hold_code", "settled_at"])
    found.refresh_from_db()
    found.status, found.payload = MessageStatus.CANCELLED, found.payload | {UNDONE: True}
    found.save(update_fields=["status", "payload"])
    _last_words(conversation)
    return found


def seconds_left(messages: Iterable[Message], reader: User) -> dict[int, float]:
    """Of the reader's own messages that still can be taken back, for how long: the database's."""
    mine = [
        message.pk
        for message in messages
        if message.status == MessageStatus.QUEUED and message.author_id == reader.pk
    ]
    if not mine:
        return {}
    left = ExpressionWrapper(F("due_at") - Now(), output_field=DurationField())
    rows = _waiting(reader).filter(message_id__in=mine).annotate(left=left)
    found: dict[int, timedelta] = dict(rows.values_list("message_id", "left"))
    return {key: value.total_seconds() for key, value in found.items()}


def is_undone(message: Message) -> bool:
    return message.status == MessageStatus.CANCELLED and UNDONE in message.payload


def _waiting(author: User) -> Any:
    """Held for being taken back, and for nothing else: never tried, and not due yet."""
    return Send.objects.filter(
        state=SendState.QUEUED,
        origin=Origin.OPERATOR,
        attempts=0,
        hold_code="",
        due_at__gt=Now(),
        message__author=author,
    )


def _last_words(conversation: Conversation) -> None:
    """The list shows again what was said before."""
    spoken = Message.objects.filter(conversation=conversation).exclude(
        status__in=[MessageStatus.CANCELLED, MessageStatus.REFUSED]
    )
    last = spoken.exclude(origin=Origin.NOTE).exclude(type="reaction").order_by("-at", "-pk")
    before = last.first()
    if before is None:
        return
    conversation.last_message_at = before.at
    conversation.last_message_text = before.text[:_PREVIEW_LENGTH] or SIGNS.get(before.type, "")
    conversation.last_message_origin = before.origin
    conversation.save(update_fields=["last_message_at", "last_message_text", "last_message_origin"])
