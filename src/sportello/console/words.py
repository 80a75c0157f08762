"""The words for every code: what a refusal, hold or hand-over means, and what to do about it."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sportello.rules.guard import Code
from sportello.rules.ownership import Reason


@dataclass(frozen=True, slots=True)
class Words:
    """`title` says what happened, `advice` whose turn it is; both in the reader's language."""

    title: Promise
    advice: Promise


GUARD: Final[dict[Code, Words]] = {
    Code.ACCOUNT_BLOCKED: Words(
        _("Meta has blocked this WhatsApp account"),
        _("Nothing leaves until Meta lifts the block. See the account in WhatsApp Manager."),
    ),
    Code.ACCOUNT_RESTRICTED: Words(
        _("Meta has restricted this WhatsApp account"),
        _("Customers who write can be answered; nobody can be written to first for now."),
    ),
    Code.PAYMENT_NEEDED: Words(
        _("A payment to Meta is missing"),
        _("Check the card and the unpaid amounts under Payment settings in Business Manager."),
    ),
    Code.NUMBER_NOT_READY: Words(
        _("The business number is not connected"),
        _("Connect it again: Number, the number, Reconnect."),
    ),
    Code.NUMBER_PAUSED: Words(
        _("Sending from this number is paused"),
        _("The message waits and leaves by itself once the cause is gone."),
    ),
    Code.CAMPAIGN_PAUSED: Words(
        _("The campaign is paused"),
        _("The message waits with it and leaves when somebody lets it go on."),
    ),
    Code.CAMPAIGN_CANCELLED: Words(
        _("The campaign was cancelled"),
        _("Nothing to do: what had not left by then never will."),
    ),
    Code.ANSWERED: Words(
        _("The customer has answered"),
        _("Nothing to do: this reminder was for those who had not."),
    ),
    Code.TAKEN_OVER: Words(
        _("A person had taken control"),
        _("Nothing to do: the assistant stays silent until the conversation is released."),
    ),
    Code.AWAITING_CUSTOMER_REPLY: Words(
        _("The customer has not answered yet"),
        _("We wrote first: nobody can write again until the customer answers."),
    ),
    Code.NOT_IN_CONTROL: Words(
        _("This conversation is not in your hands"),
        _("Take control, then write."),
    ),
    Code.CONVERSATION_CLOSED: Words(
        _("The conversation is closed"),
        _("Take control to open it again, then write."),
    ),
    Code.WINDOW_CLOSED: Words(
        _("The 24-hour window is closed"),
        _("Only an approved template can be sent until the customer writes again."),
    ),
    Code.TEMPLATE_REQUIRED: Words(
        _("Only a template can be sent here"),
        _("Choose an approved template."),
    ),
    Code.TEMPLATE_NOT_APPROVED: Words(
        _("The template is not approved"),
        _("Wait for Meta's approval, or choose another template."),
    ),
    Code.TEMPLATE_PAUSED: Words(
        _("Meta has paused the template"),
        _("Choose another template; this one comes back when Meta ends the pause."),
    ),
    Code.TEMPLATE_CHANGED: Words(
        _("The template was changed after it was filled in"),
        _("Fill it in again as it is now, then send it."),
    ),
    Code.MEDIA_REFUSED: Words(
        _("WhatsApp did not take the file"),
        _("Send the template again with another file."),
    ),
    Code.MEDIA_NOT_READY: Words(
        _("The file is on its way to WhatsApp"),
        _("The message waits and leaves as soon as the file is there."),
    ),
    Code.UNREACHABLE: Words(
        _("The customer cannot be reached on WhatsApp"),
        _("Check the number, or reach the customer by another way."),
    ),
    Code.OPTED_OUT: Words(
        _("The customer does not want promotional messages"),
        _("Only what the customer asks for can be answered, while the window is open."),
    ),
    Code.NO_CONSENT: Words(
        _("The customer's consent to promotional messages is missing"),
        _("Record the consent with its source before sending."),
    ),
    Code.MARKETING_CAP: Words(
        _("Meta limits promotional messages to this customer"),
        _("The message waits and is tried again when the limit has passed."),
    ),
    Code.BUDGET_SPENT: Words(
        _("The budget is spent"),
        _("Raise the budget, or wait for the next period."),
    ),
    Code.QUIET_HOURS: Words(
        _("These are quiet hours"),
        _("The message waits and leaves when they end."),
    ),
    Code.MESSAGING_LIMIT: Words(
        _("Meta's daily limit for new people is reached"),
        _("The message waits and leaves as soon as the limit allows."),
    ),
    Code.PAIR_LIMIT: Words(
        _("Too many messages to this customer in a short time"),
        _("The message waits a few seconds and leaves by itself."),
    ),
}

HANDED_OVER: Final[dict[Reason, Words]] = {
    Reason.ASKED: Words(
        _("The customer asks for a person"), _("Take control and answer the customer.")
    ),
    Reason.NOT_KNOWN: Words(
        _("The assistant does not know the answer"),
        _("Take control and answer; then add the answer to the knowledge."),
    ),
    Reason.LOW_CONFIDENCE_TWICE: Words(
        _("The assistant was unsure twice in a row"),
        _("Take control and answer; then see what the knowledge lacks."),
    ),
    Reason.POLICY_TOPIC: Words(
        _("The topic is for a person"), _("Take control and answer the customer.")
    ),
    Reason.ANGER: Words(_("The customer is angry"), _("Take control: a person's word counts now.")),
    Reason.LOOP: Words(
        _("The chat goes in circles, perhaps with another machine"),
        _("Read the last messages; close the chat if nobody is there."),
    ),
    Reason.MEDIA_UNREADABLE: Words(
        _("The assistant cannot read what the customer sent"),
        _("Open the attachment and answer the customer."),
    ),
    Reason.ASSISTANT_OFF: Words(
        _("The assistant is switched off"),
        _("Take control, or switch the assistant on in the settings."),
    ),
    Reason.OUTSIDE_HOURS: Words(
        _("The customer wrote outside the assistant's hours"),
        _("Take control and answer, or leave it for the morning."),
    ),
    Reason.WINDOW_CLOSING: Words(
        _("The window is about to close and the answer is missing"),
        _("Answer before it closes; afterwards only a template can be sent."),
    ),
    Reason.TOOL_FAILED: Words(
        _("An action of the assistant's failed"),
        _("Take control and look it up yourself; the action's page says what went wrong."),
    ),
    Reason.ERROR: Words(
        _("The assistant could not answer because of a fault"),
        _("Take control and answer; the fault is in the log."),
    ),
}

UNFIT: Final[dict[str, Promise]] = {
    "empty": _("Write something first."),
    "too_long": _("The text is too long."),
    "not_text": _("The text holds signs that cannot be sent."),
    "reply_unknown": _("The message to reply to is not in this conversation."),
    "too_many": _("These are too many."),
    "unknown": _("This value is not known."),
}


def of_code(code: str) -> Words | None:
    """The words of a code as a receipt or a hold keeps it; None for one of another version."""
    return GUARD.get(Code(code)) if code in set(Code) else None


def of_reason(reason: str) -> Words | None:
    """The words of a conversation's `handover_reason`; None for "" or one of another version."""
    return HANDED_OVER.get(Reason(reason)) if reason in set(Reason) else None
