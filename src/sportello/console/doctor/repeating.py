"""A message once more: only one that certainly did not arrive, only once, and past the guard."""

from datetime import datetime
from typing import Final

from sportello.console.inbox import deeds, facts, outbox
from sportello.console.templates_desk import files
from sportello.rules import guard, ownership
from sportello.rules.guard import Refuse
from sportello.schema.doctor import Repetition
from sportello.schema.files import File
from sportello.schema.inbox import Conversation, Message, MessageStatus, Origin
from sportello.schema.sends import Attempt, Send
from sportello.schema.team import User

_NEVER_LEFT: Final = frozenset(
    {MessageStatus.FAILED, MessageStatus.REFUSED, MessageStatus.CANCELLED}
)


class CouldDouble(Exception):  # noqa: N818  # an expected end
    """It is not certain that the message did not arrive, or it was sent anew already, or its words
    are no longer kept.
    """


def repeat(message_id: int, author: User | None, now: datetime) -> Message:
    """A new message that says the same. Raises CouldDouble, and Refused with the guard's reason.

    The conversation is locked first: of two clicks one finds the other's repetition.
    """
    found = Message.objects.get(pk=message_id)
    conversation = deeds.locked(found.conversation_id)
    old = Message.objects.select_related("send").get(pk=message_id)
    send = getattr(old, "send", None)
    if send is None or not send.body or not _is_safe(old, send):
        raise CouldDouble
    conversation = _past_the_guard(conversation, send, author, now)
    message = Message.objects.create(
        workspace_id=old.workspace_id,
        conversation=conversation,
        origin=Origin.OPERATOR,
        author=author,
        type=old.type,
        text=old.text,
        payload=old.payload,
        reply_to=old.reply_to,
        status=MessageStatus.QUEUED,
        at=now,
    )
    outbox.enqueue(
        conversation, message, send.body, template_id=send.template_id, file_id=send.file_id
    )
    Repetition.objects.create(
        workspace_id=old.workspace_id, message=old, by_message=message, at=now
    )
    deeds.note_last(conversation, message)
    return message


def retry_upload(message_id: int, author: User | None, now: datetime) -> Message:
    """The file goes to Meta once more, and the message after it."""
    send = Send.objects.filter(message_id=message_id).first()
    if send is not None and send.file_id is not None:
        file = File.objects.defer("content").get(pk=send.file_id)
        files.want(file, send.number_id, now)
    return repeat(message_id, author, now)


def _is_safe(old: Message, send: Send) -> bool:
    """What Meta refused, or never got; none of its attempts is in doubt."""
    doubtful = Attempt.objects.filter(send=send, outcome="in_doubt").exists()
    repeated = Repetition.objects.filter(message=old).exists()
    return old.status in _NEVER_LEFT and not doubtful and not repeated


def _past_the_guard(
    conversation: Conversation, send: Send, author: User | None, now: datetime
) -> Conversation:
    author_id = None if author is None else author.pk
    template = send.template
    if template is None:
        looked_at = facts.of_text(conversation, author_id, now)
    else:
        draft = facts.Draft(template, send.file_id)
        looked_at = facts.of_template(conversation, author_id, draft, now)
    verdict = guard.decide(looked_at, now)
    if isinstance(verdict, Refuse):
        raise deeds.Refused(verdict.code, looked_at)
    if template is None:
        return conversation
    return deeds.move(conversation, ownership.WroteFirst(), now)
