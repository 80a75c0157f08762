"""What the guard looks at, read from the rows that the claiming transaction has locked."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sportello.rules import facts, hours
from sportello.rules.account_days import zone_of
from sportello.rules.campaign import State as CampaignState
from sportello.rules.consent import Standing
from sportello.rules.expected import Quote
from sportello.rules.facts import (
    AccountState,
    Channel,
    Content,
    Facts,
    NumberState,
    Origin,
    Policy,
    Sender,
)
from sportello.rules.guard import Code
from sportello.rules.ids import OperatorId
from sportello.rules.ownership import Holder, Ownership
from sportello.workers.dispatch_around import Around, media_of

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
_WITHDRAWN: Final = frozenset({Code.TAKEN_OVER, Code.CAMPAIGN_CANCELLED, Code.ANSWERED})


@dataclass(frozen=True, slots=True)
class Moment:
    """The company's time of a claim; this customer's pace and this message's price in it."""

    now: datetime
    pair_wait: timedelta = timedelta(0)
    quote: Quote | None = None


def alike(send: Row, chat: Row, moment: Moment, around: Around) -> tuple[Hashable, ...]:
    """What `facts_of` reads, as one number has it in one claim: of equal ones it makes equal facts.

    Quicker than the facts themselves, which are made once for all who are alike.
    """
    template_id = send["template_id"]
    known = around.templates.get(template_id)
    till = around.till
    return (
        send["origin"],
        send["author_id"],
        send["control_epoch"],
        send["body"].get("type"),
        template_id,
        known is None or known.fits(send["body"]),
        send["file_id"],
        send["campaign_state"],
        send["answered"],
        chat["holder"],
        chat["operator_id"],
        chat["control_epoch"],
        chat["window_closes_at"],
        chat["awaiting_customer_since"],
        chat["unreachable_since"] is None,
        chat["marketing_capped_until"],
        around.standings.get(chat["contact_id"]),
        None if around.people is None else around.people.total,
        chat["contact_id"] in around.reached,
        None if till is None else till.budget_left,
        moment.pair_wait,
        None if moment.quote is None else moment.quote.price,
    )


def facts_of(send: Row, chat: Row, number: Row, moment: Moment, around: Around) -> Facts:
    """`number` with `paused_why` empty for the one probe that a paused number is granted."""
    known = around.templates.get(send["template_id"])
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
        contact=facts.Contact(
            reachable=chat["unreachable_since"] is None,
            marketing=around.standings.get(chat["contact_id"], Standing.NONE),
            marketing_capped_until=chat["marketing_capped_until"],
        ),
        channel=Channel(
            number=_number_state(number),
            account=_account_state(number),
            pair_wait=moment.pair_wait,
            new_people_left_today=_people_left(chat, number, around),
        ),
        policy=_policy(send, number, moment.now, around),
        template=None if known is None else known.facts_of(send["body"]),
        media=media_of(send, around),
        price=None if moment.quote is None else moment.quote.price,
        campaign=None if send["campaign_state"] is None else CampaignState(send["campaign_state"]),
        answered=bool(send["answered"]),
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


def _account_state(number: Row) -> AccountState:
    found = _ACCOUNT.get(number["status"], AccountState.OK)
    return AccountState.UNPAID if found is AccountState.OK and number["payment"] else found


def _people_left(chat: Row, number: Row, around: Around) -> int | None:
    """None also for whom Meta counts already: another message to them takes nothing."""
    if around.people is None or chat["contact_id"] in around.reached:
        return None
    return max(0, int(number["messaging_limit"]) - around.people.total)


def _policy(send: Row, number: Row, now: datetime, around: Around) -> Policy:
    """The budget is for what we write first: an answer is never too dear."""
    is_first = send["template_id"] is not None
    left = around.till.budget_left if around.till is not None and is_first else None
    zone = zone_of(number["time_zone"])
    return Policy(
        one_template_until_they_answer=number["one_template_until_they_answer"],
        quiet_until=hours.quiet_until(number["quiet_from"], number["quiet_until"], zone, now),
        budget_left_micros=left,
    )


def _number_state(number: Row) -> NumberState:
    if number["status"] in _NUMBER:
        return _NUMBER[number["status"]]
    return NumberState.PAUSED if number["paused_why"] else NumberState.READY
