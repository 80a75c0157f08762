"""What the guard looks at, read from the rows that the claiming transaction has locked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sportello.rules import facts
from sportello.rules.facts import (
    AccountState,
    Channel,
    Content,
    Facts,
    NumberState,
    Origin,
    Sender,
)
from sportello.rules.guard import Code
from sportello.rules.ids import OperatorId
from sportello.rules.ownership import Holder, Ownership

Row = Mapping[str, Any]

_ACCOUNT: Final = {"restricted": AccountState.RESTRICTED, "banned": AccountState.BLOCKED}
_NUMBER: Final = {
    "disconnected": NumberState.DISCONNECTED,
    "pending": NumberState.NOT_REGISTERED,
}
_CONTENT: Final = {
    "text": Content.TEXT,
    "interactive": Content.INTERACTIVE,
    "reaction": Content.REACTION,
    "template": Content.TEMPLATE,
}
# What the assistant wrote and nobody needs any more is withdrawn in silence, not refused.
_WITHDRAWN: Final = frozenset({Code.TAKEN_OVER})


def facts_of(send: Row, chat: Row, number: Row, pair_wait: timedelta) -> Facts:
    """`number` with `paused_why` empty for the one probe that a paused number is granted."""
    return Facts(
        sender=Sender(
            Origin(send["origin"]),
            operator=_operator(send["author_id"]) if send["origin"] == "operator" else None,
            control_epoch=send["control_epoch"],
        ),
        content=_CONTENT.get(send["body"].get("type"), Content.MEDIA),
        conversation=facts.Conversation(
            ownership=_ownership(chat),
            window_closes_at=chat["window_closes_at"],
            awaiting_since=chat["awaiting_customer_since"],
        ),
        channel=Channel(
            number=_number_state(number),
            account=_ACCOUNT.get(number["status"], AccountState.OK),
            pair_wait=pair_wait,
        ),
    )


def status_of(code: Code) -> str:
    """How a send ends that the guard will never let go."""
    return "cancelled" if code in _WITHDRAWN else "refused"


def wait_until(until: datetime, now: datetime, longest: timedelta) -> timedelta:
    """As a wait, for the database's clock: the company's may be another, and may jump."""
    return min(max(until - now, timedelta(0)), longest)


def _operator(author_id: int | None) -> OperatorId:
    """A script that writes by the API has no row among the people; nobody has the id 0."""
    return OperatorId(author_id or 0)


def _ownership(chat: Row) -> Ownership:
    holder = Holder(chat["holder"])
    return Ownership(
        holder=holder,
        operator=_operator(chat["operator_id"]) if holder is Holder.OPERATOR else None,
        control_epoch=chat["control_epoch"],
    )


def _number_state(number: Row) -> NumberState:
    if number["status"] in _NUMBER:
        return _NUMBER[number["status"]]
    return NumberState.PAUSED if number["paused_why"] else NumberState.READY
