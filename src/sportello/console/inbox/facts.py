"""What the rows say, as the values that `rules` decide on."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from sportello.console.contacts.standing import standing
from sportello.console.money import prices
from sportello.rules import account_days, hours, window
from sportello.rules.facts import (
    AccountState,
    Channel,
    Contact,
    Content,
    Conversation,
    Facts,
    Media,
    NumberState,
    Origin,
    Policy,
    Sender,
    Template,
    TemplateState,
)
from sportello.rules.ids import THE_API, OperatorId
from sportello.rules.ownership import Holder, Ownership, Reason
from sportello.rules.pricing import Category, Price
from sportello.schema import channel, files, inbox, people, sends, team, templates

_A_DAY: Final = timedelta(days=1)
_ON_THE_WAY: Final = [
    sends.SendState.QUEUED,
    sends.SendState.SENDING,
    sends.SendState.IN_DOUBT,
]
_STATES: Final = {"APPROVED": TemplateState.APPROVED, "PAUSED": TemplateState.PAUSED}
_CATEGORIES: Final = {
    "MARKETING": Category.MARKETING,
    "UTILITY": Category.UTILITY,
    "AUTHENTICATION": Category.AUTHENTICATION,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A template to be sent, and the file of ours that its header carries."""

    template: templates.Template
    file_id: int | None = None


def of_text(conversation: inbox.Conversation, author_id: int | None, now: datetime) -> Facts:
    """The facts of a text that a person, or the API (None), would write into it now.

    The price matters to a text only where a payment is missing; else nobody reckons it.
    """
    return Facts(
        sender=Sender(
            Origin.OPERATOR, operator(author_id), control_epoch=conversation.control_epoch
        ),
        content=Content.TEXT,
        conversation=Conversation(
            ownership=ownership(conversation),
            window_closes_at=conversation.window_closes_at,
            awaiting_since=awaiting_since(conversation, now),
        ),
        contact=_contact(conversation.contact),
        channel=Channel(number=_number(conversation.number), account=_account(conversation.number)),
        policy=_policy(conversation.workspace, now),
        price=_price_of_text(conversation, now),
    )


def of_template(
    conversation: inbox.Conversation, author_id: int | None, draft: Draft, now: datetime
) -> Facts:
    """The same of a template: what dispatch will look at when it claims the send."""
    looked_at = of_text(conversation, author_id, now)
    number, category = conversation.number, _CATEGORIES.get(draft.template.category)
    price = None
    if category is not None:
        price = prices.of_conversation(conversation, category, now).price
    return replace(
        looked_at,
        content=Content.TEMPLATE,
        channel=replace(looked_at.channel, new_people_left_today=_people_left(conversation, now)),
        policy=replace(
            looked_at.policy,
            budget_left_micros=prices.budget_left(
                conversation.workspace, number.account_currency, now
            ),
        ),
        template=None if category is None else Template(_state(draft.template), category),
        media=_media(draft.file_id, number.pk, now),
        price=price,
    )


def awaiting_since(conversation: inbox.Conversation, now: datetime) -> datetime | None:
    """Since when it is the customer's turn: from the template on that writes first, claimed or
    still on its way to the claim.
    """
    if conversation.awaiting_customer_since is not None:
        return conversation.awaiting_customer_since
    if conversation.pk is None or window.is_open(conversation.window_closes_at, now):
        return None
    return (
        sends.Send.objects.filter(
            conversation=conversation, template__isnull=False, state__in=_ON_THE_WAY
        )
        .order_by("pk")
        .values_list("message__at", flat=True)
        .first()
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
    return AccountState.UNPAID if number.payment else AccountState.OK


def _contact(contact: people.Contact) -> Contact:
    return Contact(
        reachable=contact.unreachable_since is None,
        marketing=standing(contact.pk),
        marketing_capped_until=contact.marketing_capped_until,
    )


def _policy(workspace: team.Workspace, now: datetime) -> Policy:
    zone = account_days.zone_of(workspace.time_zone)
    return Policy(
        one_template_until_they_answer=workspace.one_template_until_they_answer,
        quiet_until=hours.quiet_until(workspace.quiet_from, workspace.quiet_until, zone, now),
    )


def _price_of_text(conversation: inbox.Conversation, now: datetime) -> Price | None:
    if not conversation.number.payment:
        return None
    return prices.of_conversation(conversation, Category.SERVICE, now).price


def _state(template: templates.Template) -> TemplateState:
    gone = template.deleted_at is not None
    return (
        TemplateState.NOT_APPROVED
        if gone
        else _STATES.get(template.status, TemplateState.NOT_APPROVED)
    )


def _media(file_id: int | None, number_id: int, now: datetime) -> Media:
    if file_id is None:
        return Media.NONE
    upload = files.Upload.objects.filter(file_id=file_id, number_id=number_id).first()
    if upload is None or upload.kept_until is None:
        refused = upload is not None and upload.state == files.UploadState.REFUSED
        return Media.REFUSED if refused else Media.WAITING
    return Media.READY if upload.kept_until > now else Media.WAITING


def _people_left(conversation: inbox.Conversation, now: datetime) -> int | None:
    """Of Meta's limit as far as our numbers use it; None for whom Meta counts already."""
    number = conversation.number
    if not number.messaging_limit:
        return None
    numbers = Q(pk=number.pk)
    if number.portfolio_id:
        numbers |= Q(portfolio_id=number.portfolio_id)
    reached = sends.Send.objects.filter(
        number__in=channel.Number.objects.filter(numbers), reached_out_at__gt=now - _A_DAY
    )
    if reached.filter(conversation__contact_id=conversation.contact_id).exists():
        return None
    counted = reached.values("conversation__contact_id").distinct()
    return max(0, number.messaging_limit - counted[: number.messaging_limit].count())
