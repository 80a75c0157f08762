"""The one decision over every outgoing message: allow, hold until, or refuse, with its receipt.

Runs twice over the same facts: as preview while somebody writes, and as law at the instant of
sending. The first refusal in the order of `CHECKS` wins; then the longest hold; else it may go.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from sportello.rules import window
from sportello.rules.campaign import State as CampaignState
from sportello.rules.consent import Standing
from sportello.rules.facts import (
    AccountState,
    Content,
    Facts,
    Media,
    NumberState,
    Origin,
    TemplateState,
)
from sportello.rules.ownership import Holder
from sportello.rules.pricing import Price

LOOK_AGAIN: Final = timedelta(minutes=1)
A_DAY: Final = timedelta(days=1)


class Code(StrEnum):
    """Why a message does not go, or not yet. Stable: scripts and pages rely on these words."""

    ACCOUNT_BLOCKED = "account_blocked"
    ACCOUNT_RESTRICTED = "account_restricted"
    PAYMENT_NEEDED = "payment_needed"
    NUMBER_NOT_READY = "number_not_ready"
    NUMBER_PAUSED = "number_paused"
    TAKEN_OVER = "taken_over"
    AWAITING_CUSTOMER_REPLY = "awaiting_customer_reply"
    NOT_IN_CONTROL = "not_in_control"
    CONVERSATION_CLOSED = "conversation_closed"
    WINDOW_CLOSED = "window_closed"
    TEMPLATE_REQUIRED = "template_required"
    TEMPLATE_NOT_APPROVED = "template_not_approved"
    TEMPLATE_PAUSED = "template_paused"
    TEMPLATE_CHANGED = "template_changed"
    MEDIA_REFUSED = "media_refused"
    MEDIA_NOT_READY = "media_not_ready"
    UNREACHABLE = "unreachable"
    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    MARKETING_CAP = "marketing_cap"
    BUDGET_SPENT = "budget_spent"
    QUIET_HOURS = "quiet_hours"
    CAMPAIGN_CANCELLED = "campaign_cancelled"
    CAMPAIGN_PAUSED = "campaign_paused"
    ANSWERED = "answered"
    MESSAGING_LIMIT = "messaging_limit"
    PAIR_LIMIT = "pair_limit"


@dataclass(frozen=True, slots=True)
class Allow:
    """It may go now. `cost` is None where no price was asked for."""

    cost: Price | None


@dataclass(frozen=True, slots=True)
class Hold:
    """Not yet: to be decided anew at `until`."""

    until: datetime
    code: Code


@dataclass(frozen=True, slots=True)
class Refuse:
    """Never, as things stand."""

    code: Code


Verdict = Allow | Hold | Refuse
Check = Callable[[Facts, datetime], Hold | Refuse | None]


# What has to do with account, number, template or money, and not with the person: a campaign is
# stopped by it (rules/campaign.py) and waits, so that nobody of its audience is lost to it.
STOPS_A_CAMPAIGN: Final = frozenset(
    {
        Code.ACCOUNT_BLOCKED,
        Code.ACCOUNT_RESTRICTED,
        Code.PAYMENT_NEEDED,
        Code.NUMBER_NOT_READY,
        Code.TEMPLATE_PAUSED,
        Code.TEMPLATE_NOT_APPROVED,
        Code.BUDGET_SPENT,
    }
)


def decide(facts: Facts, now: datetime) -> Verdict:
    """Exactly one verdict for any facts. Raises nothing."""
    found = [_eased(check(facts, now), facts, now) for check in CHECKS]
    objections = [objection for objection in found if objection is not None]
    for objection in objections:
        if isinstance(objection, Refuse):
            return objection
    holds = [objection for objection in objections if isinstance(objection, Hold)]
    return max(holds, key=lambda hold: hold.until, default=Allow(facts.price))


def _eased(found: Hold | Refuse | None, facts: Facts, now: datetime) -> Hold | Refuse | None:
    """What only holds up a campaign; a template that is not known at all is still refused."""
    of_campaign = facts.sender.origin is Origin.CAMPAIGN and facts.template is not None
    if isinstance(found, Refuse) and found.code in STOPS_A_CAMPAIGN and of_campaign:
        return Hold(now + LOOK_AGAIN, found.code)
    return found


def _account(facts: Facts, _now: datetime) -> Hold | Refuse | None:
    state = facts.channel.account
    match state:
        case AccountState.OK:
            return None
        case AccountState.BLOCKED | AccountState.DISABLED:
            return Refuse(Code.ACCOUNT_BLOCKED)
        case AccountState.RESTRICTED:
            return None if facts.is_free_form else Refuse(Code.ACCOUNT_RESTRICTED)
        case AccountState.UNPAID:
            costs = facts.price is None or facts.price.micros != 0
            return Refuse(Code.PAYMENT_NEEDED) if costs else None
        case _:
            assert_never(state)


def _number(facts: Facts, now: datetime) -> Hold | Refuse | None:
    state = facts.channel.number
    match state:
        case NumberState.READY:
            return None
        case NumberState.PAUSED:
            return Hold(now + LOOK_AGAIN, Code.NUMBER_PAUSED)
        case NumberState.NOT_REGISTERED | NumberState.DISCONNECTED:
            return Refuse(Code.NUMBER_NOT_READY)
        case _:
            assert_never(state)


def _control(facts: Facts, _now: datetime) -> Hold | Refuse | None:
    origin = facts.sender.origin
    match origin:
        case Origin.ASSISTANT:
            return _assistant_control(facts)
        case Origin.OPERATOR:
            return _operator_control(facts)
        case Origin.AUTOMATION:
            return _automation_control(facts)
        case Origin.CAMPAIGN:
            return Refuse(Code.TEMPLATE_REQUIRED) if facts.is_free_form else None
        case _:
            assert_never(origin)


def _assistant_control(facts: Facts) -> Refuse | None:
    """The epoch, and not only the holder: a chat taken and given back is another chat.

    In the queue it may still say that it has handed over: words written in that very epoch.
    """
    ownership = facts.conversation.ownership
    if ownership.holder is Holder.CLOSED:
        return Refuse(Code.CONVERSATION_CLOSED)
    same_epoch = facts.sender.control_epoch == ownership.control_epoch
    if ownership.holder is Holder.OPERATOR or not same_epoch:
        return Refuse(Code.TAKEN_OVER)
    return None


def _automation_control(facts: Facts) -> Refuse | None:
    """What began before a person took the chat is over; what was written knowing that they have
    it is not theirs to stop: the answer to a STOP.
    """
    ownership = facts.conversation.ownership
    knew = facts.sender.control_epoch == ownership.control_epoch
    held = ownership.holder is Holder.OPERATOR and not knew
    return Refuse(Code.TAKEN_OVER) if held and facts.is_free_form else None


def _operator_control(facts: Facts) -> Refuse | None:
    """Free text needs control; a template only that no colleague has it.

    Asked of the epoch in which it was written: an operator who answers and gives the chat back at
    once would otherwise see the answer refused.
    """
    ownership = facts.conversation.ownership
    if facts.sender.control_epoch < ownership.control_epoch:
        return None
    if ownership.holder is Holder.OPERATOR:
        ours = ownership.operator is not None and ownership.operator == facts.sender.operator
        return None if ours else Refuse(Code.NOT_IN_CONTROL)
    if not facts.is_free_form or facts.conversation.awaiting_since is not None:
        return None
    closed = ownership.holder is Holder.CLOSED
    return Refuse(Code.CONVERSATION_CLOSED if closed else Code.NOT_IN_CONTROL)


def _awaiting(facts: Facts, _now: datetime) -> Hold | Refuse | None:
    """Campaigns and automations plan what they say while a customer is silent: decision 14. For
    all others one template until they answer.
    """
    planned = facts.sender.origin is Origin.CAMPAIGN or facts.campaign is not None
    if facts.conversation.awaiting_since is None or (planned and not facts.is_free_form):
        return None
    if not facts.is_free_form and not facts.policy.one_template_until_they_answer:
        return None
    return Refuse(Code.AWAITING_CUSTOMER_REPLY)


def _window(facts: Facts, now: datetime) -> Hold | Refuse | None:
    is_open = window.is_open(facts.conversation.window_closes_at, now)
    return Refuse(Code.WINDOW_CLOSED) if facts.is_free_form and not is_open else None


def _template(facts: Facts, _now: datetime) -> Hold | Refuse | None:
    if facts.content is not Content.TEMPLATE:
        return None
    if facts.template is None:
        return Refuse(Code.TEMPLATE_NOT_APPROVED)
    state = facts.template.state
    match state:
        case TemplateState.APPROVED:
            return None if facts.template.fits else Refuse(Code.TEMPLATE_CHANGED)
        case TemplateState.PAUSED:
            return Refuse(Code.TEMPLATE_PAUSED)
        case TemplateState.NOT_APPROVED:
            return Refuse(Code.TEMPLATE_NOT_APPROVED)
        case _:
            assert_never(state)


def _media(facts: Facts, now: datetime) -> Hold | Refuse | None:
    """`tend` brings the file to Meta and calls what waits for it; the hold is for its absence."""
    match facts.media:
        case Media.NONE | Media.READY:
            return None
        case Media.WAITING:
            return Hold(now + LOOK_AGAIN, Code.MEDIA_NOT_READY)
        case Media.REFUSED:
            return Refuse(Code.MEDIA_REFUSED)
        case _:
            assert_never(facts.media)


def _contact(facts: Facts, _now: datetime) -> Hold | Refuse | None:
    """Somebody who has just written is reachable, whatever an old failure said."""
    if not facts.is_free_form and not facts.contact.reachable:
        return Refuse(Code.UNREACHABLE)
    return None


def _consent(facts: Facts, _now: datetime) -> Hold | Refuse | None:
    if not facts.is_marketing:
        return None
    standing = facts.contact.marketing
    match standing:
        case Standing.GRANTED:
            return None
        case Standing.WITHDRAWN:
            return Refuse(Code.OPTED_OUT)
        case Standing.NONE:
            return Refuse(Code.NO_CONSENT)
        case _:
            assert_never(standing)


def _marketing_cap(facts: Facts, now: datetime) -> Hold | Refuse | None:
    until = facts.contact.marketing_capped_until
    if facts.is_marketing and until is not None and now < until:
        return Hold(until, Code.MARKETING_CAP)
    return None


def _budget(facts: Facts, _now: datetime) -> Hold | Refuse | None:
    """A price that nobody knows does not fit into any budget."""
    left = facts.policy.budget_left_micros
    if left is None or facts.price is None:
        return None
    micros = facts.price.micros
    return Refuse(Code.BUDGET_SPENT) if micros is None or micros > left else None


def _quiet_hours(facts: Facts, now: datetime) -> Hold | Refuse | None:
    """They bind what starts by itself; a person may write at night."""
    until = facts.policy.quiet_until
    by_itself = facts.sender.origin in {Origin.CAMPAIGN, Origin.AUTOMATION}
    if until is not None and now < until and by_itself and not facts.is_free_form:
        return Hold(until, Code.QUIET_HOURS)
    return None


def _campaign(facts: Facts, now: datetime) -> Hold | Refuse | None:
    """What a campaign has put into the outbox waits with it, and ends with it."""
    match facts.campaign:
        case None | CampaignState.RUNNING | CampaignState.COMPLETED:
            return None
        case CampaignState.CANCELLED:
            return Refuse(Code.CAMPAIGN_CANCELLED)
        case (
            CampaignState.DRAFT
            | CampaignState.PLANNING
            | CampaignState.SCHEDULED
            | CampaignState.PAUSED
        ):
            return Hold(now + LOOK_AGAIN, Code.CAMPAIGN_PAUSED)
        case _:
            assert_never(facts.campaign)


def _answered(facts: Facts, _now: datetime) -> Hold | Refuse | None:
    """What was meant for their silence, and came back to the outbox while they wrote."""
    return Refuse(Code.ANSWERED) if facts.answered else None


def _messaging_limit(facts: Facts, now: datetime) -> Hold | Refuse | None:
    """Meta counts people reached outside their window in a rolling day; looked at every minute."""
    left = facts.channel.new_people_left_today
    outside = not window.is_open(facts.conversation.window_closes_at, now)
    if left is not None and left <= 0 and outside and not facts.is_free_form:
        return Hold(now + LOOK_AGAIN, Code.MESSAGING_LIMIT)
    return None


def _pair(facts: Facts, now: datetime) -> Hold | Refuse | None:
    """What a number sends in a second is no verdict: its lane keeps that pace (decision 36)."""
    wait = min(max(facts.channel.pair_wait, timedelta(0)), A_DAY)
    return Hold(now + wait, Code.PAIR_LIMIT) if wait else None


CHECKS: Final[tuple[Check, ...]] = (
    _account,
    _number,
    _control,
    _awaiting,
    _window,
    _template,
    _media,
    _contact,
    _consent,
    _marketing_cap,
    _budget,
    _quiet_hours,
    _campaign,
    _answered,
    _messaging_limit,
    _pair,
)
