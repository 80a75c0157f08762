"""What the rows say, as the values that `rules` decide on."""

from typing import Final

from sportello.rules import consent
from sportello.rules.facts import (
    AccountState,
    Channel,
    Contact,
    Content,
    Conversation,
    Facts,
    NumberState,
    Origin,
    Sender,
)
from sportello.rules.ids import THE_API, OperatorId
from sportello.rules.ownership import Holder, Ownership, Reason
from sportello.schema import channel, inbox, people

_LEDGER_MAX: Final = 50


def of_text(conversation: inbox.Conversation, author_id: int | None) -> Facts:
    """The facts of a text that a person, or the API (None), would write into it now."""
    return Facts(
        sender=Sender(
            Origin.OPERATOR, operator(author_id), control_epoch=conversation.control_epoch
        ),
        content=Content.TEXT,
        conversation=Conversation(
            ownership=ownership(conversation),
            window_closes_at=conversation.window_closes_at,
            awaiting_since=conversation.awaiting_customer_since,
        ),
        contact=Contact(marketing=standing(conversation.contact_id)),
        channel=Channel(number=_number(conversation.number), account=_account(conversation.number)),
    )


def operator(user_id: int | None) -> OperatorId:
    return THE_API if user_id is None else OperatorId(user_id)


def ownership(conversation: inbox.Conversation) -> Ownership:
    """Who holds it, as `rules.ownership` moves it. A reason that it does not know is none."""
    holder = Holder(conversation.holder)
    known = conversation.handover_reason in set(Reason)
    return Ownership(
        holder=holder,
        operator=operator(conversation.operator_id) if holder is Holder.OPERATOR else None,
        reason=Reason(conversation.handover_reason) if known else None,
        control_epoch=conversation.control_epoch,
    )


def standing(contact_id: int) -> consent.Standing:
    """Where the customer stands towards marketing, by the newest lines of the ledger."""
    events = people.ConsentEvent.objects.filter(
        contact_id=contact_id, category=consent.Topic.MARKETING
    ).order_by("-at")[:_LEDGER_MAX]
    entries = [
        consent.Entry(consent.Topic.MARKETING, consent.Change(event.action), event.at)
        for event in events
    ]
    return consent.standing(entries, consent.Topic.MARKETING)


def _number(number: channel.Number) -> NumberState:
    if number.status == channel.NumberStatus.DISCONNECTED:
        return NumberState.DISCONNECTED
    if number.status == channel.NumberStatus.PENDING:
        return NumberState.NOT_REGISTERED
    return NumberState.PAUSED if number.paused_why else NumberState.READY


def _account(number: channel.Number) -> AccountState:
    if number.status == channel.NumberStatus.BANNED:
        return AccountState.BLOCKED
    if number.status == channel.NumberStatus.RESTRICTED:
        return AccountState.RESTRICTED
    return AccountState.OK
