"""What a person decides about messages of a campaign that did not, or perhaps did not, arrive.

Each works inside the request's transaction and locks the conversation first, then its send.
"""

from datetime import datetime
from typing import Any, Final, TypeVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest, Now

from sportello.console.campaigns import deeds
from sportello.console.campaigns.deeds import NotNow
from sportello.rules import retry, status
from sportello.rules.campaign import Reopened
from sportello.rules.followup import NOT_REACHED
from sportello.rules.graph_errors import GRAPH_CODES
from sportello.rules.status import Event
from sportello.schema.campaigns import Campaign, CampaignState, Recipient, Verdict
from sportello.schema.followups import Errand
from sportello.schema.inbox import Conversation, Message, MessageStatus
from sportello.schema.sends import Send, SendState
from sportello.schema.team import User

# Of a campaign's first message, or of what follows it and of what an automation wrote.
Doubtful = TypeVar("Doubtful", Recipient, Errand)
RETRIES_MAX: Final = 3
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


def retry_failed(kind: type[Doubtful], campaign_id: int, now: datetime) -> int:
    """Gives those back to the campaign whom Meta refused for a reason that passes; how many.

    They are written to anew, as new messages; nobody more than three times. What was to follow may
    follow again. Raises NotNow.
    """
    row = deeds.locked(campaign_id)
    if row.state in {CampaignState.DRAFT, CampaignState.CANCELLED}:
        raise NotNow(row.state)
    # Once more where the row itself is changed: somebody may answer between the look and the deed.
    failed = kind.objects.filter(_is_wanted(kind), pk__in=retryable(kind, row).values("pk"))
    found = failed.update(
        message=None, released_at=None, retries=F("retries") + 1, verdict="", verdict_at=None
    )
    _take_up(row)
    let_go = Greatest(F("let_go") - found, 0)
    Campaign.objects.filter(pk=row.pk).update(let_go=let_go)
    if found and row.state == CampaignState.COMPLETED:
        row.ended_at = None
        deeds.move(row, Reopened(), now)
    return found


def retryable(kind: type[Doubtful], row: Campaign) -> QuerySet[Doubtful]:
    """Whose message failed for a reason that says nothing against trying again."""
    safe = Q()
    for code in GRAPH_CODES:
        if retry.is_safe_to_repeat(code.first):
            safe |= Q(message__error__code__gte=code.first, message__error__code__lte=code.last)
    failed = kind.objects.filter(
        _is_wanted(kind),
        campaign=row,
        message__status=MessageStatus.FAILED,
        retries__lt=RETRIES_MAX,
    )
    return failed.filter(safe)


def _is_wanted(kind: type[Doubtful]) -> Q:
    """What was meant for somebody's silence is needless once they have answered."""
    if kind is Recipient:
        return Q()
    return Q(unless_answered=False) | Q(answered_at__isnull=True)


def _take_up(row: Campaign) -> None:
    """The follow-ups that were given up since what went before them had failed: each counts again
    from the message that is still to come.
    """
    again = Q(message__isnull=True, released_at__isnull=True, skipped_why="", retries__gt=0)
    before = Errand.objects.filter(
        again, recipient=OuterRef("recipient"), position__lt=OuterRef("position")
    )
    first = Recipient.objects.filter(again, pk=OuterRef("recipient"))
    given_up = Errand.objects.filter(campaign=row, position__gte=1, skipped_why=NOT_REACHED)
    given_up.filter(Exists(before) | Exists(first)).update(
        skipped_why="", due_at=None, after_message=None
    )


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
