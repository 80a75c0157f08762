"""What a person decides about messages of a campaign that did not, or perhaps did not, arrive.

Each works inside the request's transaction and locks the conversation first, then its send.
"""

from datetime import datetime
from typing import Any, Final, TypeVar

from django.db.models.functions import Now

from sportello.console.campaigns.deeds import NotNow
from sportello.rules import status
from sportello.rules.status import Event
from sportello.schema.campaigns import CampaignState, Recipient, Verdict
from sportello.schema.followups import Errand
from sportello.schema.inbox import Conversation, Message, MessageStatus
from sportello.schema.sends import Send, SendState
from sportello.schema.team import User

# Of a campaign's first message, or of what follows it and of what an automation wrote.
Doubtful = TypeVar("Doubtful", Recipient, Errand)
_SETTLED: Final = frozenset({CampaignState.CANCELLED})


def send_again(kind: type[Doubtful], row_id: int, by: User | None, now: datetime) -> Doubtful:
    """Once more, at the risk that it arrives twice. Raises NotNow, `kind`.DoesNotExist."""
    row, send, message_id = _doubtful(kind, row_id, Event.RESEND)
    if row.campaign.state in _SETTLED:
        raise NotNow(row.campaign.state)
    due: Any = Now()
    Send.objects.filter(pk=send.pk).update(
        state=SendState.QUEUED, due_at=due, hold_code="resent", settled_at=None
    )
    Message.objects.filter(pk=message_id).update(status=MessageStatus.QUEUED)
    return _decided(row, Verdict.RESENT, by, now)


def take_as_sent(kind: type[Doubtful], row_id: int, by: User | None, now: datetime) -> Doubtful:
    """Nothing leaves any more; a status that Meta still sends is believed all the same.

    Raises NotNow, `kind`.DoesNotExist.
    """
    row, send, message_id = _doubtful(kind, row_id, Event.ACCEPT)
    settled: Any = Now()
    Send.objects.filter(pk=send.pk).update(state=SendState.ACCEPTED, settled_at=settled)
    Message.objects.filter(pk=message_id).update(status=MessageStatus.ACCEPTED)
    return _decided(row, Verdict.SENT, by, now)


def _doubtful(kind: type[Doubtful], row_id: int, event: Event) -> tuple[Doubtful, Send, int]:
    """Whose it is, send and message, locked in the order of all. Raises NotNow if it is settled."""
    row = kind.objects.select_related("campaign", "message").get(pk=row_id)
    message = row.message
    if message is None:
        raise NotNow(row.campaign.state)
    chats = Conversation.objects.select_for_update(of=("self",), no_key=True)
    list(chats.filter(pk=message.conversation_id).values_list("pk"))
    send = Send.objects.select_for_update().filter(message_id=message.pk).first()
    doubtful = {SendState.IN_DOUBT, SendState.UNKNOWN}
    moves = send is not None and send.state in doubtful and _may(send, event)
    if send is None or not moves:
        raise NotNow(row.campaign.state)
    return row, send, message.pk


def _may(send: Send, event: Event) -> bool:
    return status.advance(status.SendState(send.state), event) is not None


def _decided(row: Doubtful, verdict: Verdict, by: User | None, now: datetime) -> Doubtful:
    row.verdict, row.verdict_by, row.verdict_at = verdict, by, now
    row.save(update_fields=["verdict", "verdict_by", "verdict_at"])
    row.refresh_from_db()
    return row
