"""The conversation or message that an address names, or the answer that there is none."""

from django.http import Http404

from sportello.console.inbox import queries
from sportello.schema.inbox import Conversation, Message


def found_conversation(conversation_id: int) -> Conversation:
    """Another company's conversation is not there: row-level security does not show it."""
    try:
        return queries.conversation(conversation_id)
    except Conversation.DoesNotExist as error:
        raise Http404 from error


def found_message(message_id: int) -> Message:
    """With its conversation and contact."""
    rows = Message.objects.select_related("conversation__contact", "conversation__number")
    found = rows.filter(pk=message_id).first()
    if found is None:
        raise Http404
    return found
