"""Words for what the inbox's rows hold: who speaks, what became of it, why it may leave."""

from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.console.doctor import words as doctor_words
from sportello.console.inbox.queries import View
from sportello.console.money import amounts
from sportello.schema.desk import Colour, SweepDeed
from sportello.schema.inbox import Holder, MessageStatus, Origin

# In the order in which they stand on the page.
VIEWS = {
    View.ALL: gettext_lazy("All"),
    View.MINE: gettext_lazy("Mine"),
    View.UNASSIGNED: gettext_lazy("Unassigned"),
    View.WAITING: gettext_lazy("Waiting"),
    View.CLOSING: gettext_lazy("Expiring"),
    View.UNREAD: gettext_lazy("Unread"),
    View.CLOSED: gettext_lazy("Closed"),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """`icon` of the sprite, in a size and tone of the style sheet."""

    icon: str
    tone: str = ""


VIEW_SIGNS = {
    View.ALL: Sign(icon="inbox"),
    View.MINE: Sign(icon="user"),
    View.UNASSIGNED: Sign(icon="user-question"),
    View.WAITING: Sign(icon="hourglass"),
    View.CLOSING: Sign(icon="clock-exclamation"),
    View.UNREAD: Sign(icon="message-circle"),
    View.CLOSED: Sign(icon="circle-check"),
}

COLOURS = {
    Colour.GREY: gettext_lazy("grey"),
    Colour.RED: gettext_lazy("red"),
    Colour.AMBER: gettext_lazy("amber"),
    Colour.GREEN: gettext_lazy("green"),
    Colour.PETROL: gettext_lazy("petrol"),
    Colour.BLUE: gettext_lazy("blue"),
    Colour.VIOLET: gettext_lazy("violet"),
    Colour.PINK: gettext_lazy("pink"),
}

DEEDS = {
    SweepDeed.CLOSE: gettext_lazy("Close"),
    SweepDeed.ASSIGN: gettext_lazy("Assign"),
    SweepDeed.LABEL: gettext_lazy("Label"),
    SweepDeed.UNLABEL: gettext_lazy("Take the label away"),
    SweepDeed.FILE: gettext_lazy("Put into a folder"),
    SweepDeed.READ: gettext_lazy("Mark as read"),
    SweepDeed.UNREAD: gettext_lazy("Mark as unread"),
}

HOLDERS = {
    Holder.ASSISTANT: gettext_lazy("Assistant"),
    Holder.QUEUE: gettext_lazy("Waiting for a person"),
    Holder.OPERATOR: gettext_lazy("Operator"),
    Holder.CLOSED: gettext_lazy("closed"),
}

HOLDER_SIGNS = {
    Holder.ASSISTANT: Sign(icon="sparkles", tone="s is-assistant"),
    Holder.QUEUE: Sign(icon="user-question", tone="s is-queue"),
    Holder.OPERATOR: Sign(icon="user", tone="s is-operator"),
    Holder.CLOSED: Sign(icon="circle-check", tone="s"),
}

ORIGINS = {
    Origin.CUSTOMER: gettext_lazy("customer"),
    Origin.ASSISTANT: gettext_lazy("assistant"),
    Origin.OPERATOR: gettext_lazy("operator"),
    Origin.CAMPAIGN: gettext_lazy("campaign"),
    Origin.AUTOMATION: gettext_lazy("automation"),
    Origin.NOTE: gettext_lazy("internal note"),
}

STATUSES = {
    MessageStatus.QUEUED: gettext_lazy("waiting to leave"),
    MessageStatus.HELD: gettext_lazy("held back for now"),
    MessageStatus.ACCEPTED: gettext_lazy("accepted by WhatsApp"),
    MessageStatus.SENT: gettext_lazy("sent"),
    MessageStatus.DELIVERED: gettext_lazy("delivered"),
    MessageStatus.READ: gettext_lazy("read"),
    MessageStatus.PLAYED: gettext_lazy("listened to"),
    MessageStatus.FAILED: gettext_lazy("not delivered"),
    MessageStatus.REFUSED: gettext_lazy("stopped before leaving"),
    MessageStatus.CANCELLED: gettext_lazy("withdrawn before leaving"),
    MessageStatus.IN_DOUBT: gettext_lazy("to be verified"),
    MessageStatus.UNKNOWN: gettext_lazy("to be verified"),
}

# Messages that only mark another one, for when that one is not in sight.
MARKS = {
    "reaction": gettext_lazy("Reaction to an earlier message"),
    "edit": gettext_lazy("The customer changed an earlier message"),
    "revoke": gettext_lazy("The customer deleted an earlier message"),
}

# A message that says something without words, in the list and in quotes.
KINDS = {
    "image": gettext_lazy("Photo"),
    "video": gettext_lazy("Video"),
    "audio": gettext_lazy("Voice message"),
    "sticker": gettext_lazy("Sticker"),
    "document": gettext_lazy("Document"),
    "location": gettext_lazy("Location"),
    "contacts": gettext_lazy("Contact card"),
    "order": gettext_lazy("Order"),
    "template": gettext_lazy("Template"),
}

# What the list keeps of a message without words is a sign alone; here it gets its word.
SIGNS = {
    "📷": KINDS["image"],
    "🎬": KINDS["video"],
    "🎤": KINDS["audio"],
    "🎵": gettext_lazy("Audio"),
    "🖼️": KINDS["sticker"],
    "📄": KINDS["document"],
    "📍": KINDS["location"],
    "👤": KINDS["contacts"],
    "📞 ✓": gettext_lazy("May be called"),
    "📞 ✗": gettext_lazy("Does not want to be called"),
}

# Kinds that Meta names without passing them on.
UNSHOWN = {
    "poll": gettext_lazy("Poll"),
    "edit": gettext_lazy("A changed message"),
    "unknown": "",
}

# By Meta's code: why a message came without its content.
NOT_PASSED_ON = {
    131052: gettext_lazy("A file that WhatsApp could not hand over"),
    131060: gettext_lazy("A message that can be read on WhatsApp's own app alone"),
}

FACTS = {
    "origin": gettext_lazy("Written by"),
    "content": gettext_lazy("Kind"),
    "holder": gettext_lazy("Conversation held by"),
    "window_open": gettext_lazy("Service window"),
    "window_closes_at": gettext_lazy("Window closes"),
    "awaiting_customer_reply_since": gettext_lazy("Waiting for the customer since"),
    "one_template_until_they_answer": gettext_lazy("One template until they answer"),
    "reachable": gettext_lazy("Customer can be reached"),
    "marketing_consent": gettext_lazy("Consent to marketing"),
    "template_state": gettext_lazy("Template"),
    "template_category": gettext_lazy("Category of the template"),
    "template_fits": gettext_lazy("Values fit the template"),
    "media": gettext_lazy("File at WhatsApp"),
    "marketing_capped_until": gettext_lazy("Meta's limit on marketing for the customer until"),
    "number": gettext_lazy("Number"),
    "account": gettext_lazy("WhatsApp account"),
    "pair_wait_s": gettext_lazy("Wait for this customer's pace"),
    "new_people_left_today": gettext_lazy("Left of today's limit"),
    "quiet_until": gettext_lazy("Quiet hours until"),
    "answered": gettext_lazy("Answered meanwhile"),
    "budget_left_micros": gettext_lazy("Left of the month's budget"),
}

_VALUES = {
    "assistant": gettext_lazy("assistant"),
    "operator": gettext_lazy("operator"),
    "queue": gettext_lazy("waiting for a person"),
    "closed": gettext_lazy("closed"),
    "automation": gettext_lazy("automation"),
    "campaign": gettext_lazy("campaign"),
    "text": gettext_lazy("text"),
    "media": gettext_lazy("file"),
    "template": gettext_lazy("template"),
    "ready": gettext_lazy("ready"),
    "paused": gettext_lazy("paused"),
    "not_registered": gettext_lazy("not registered"),
    "disconnected": gettext_lazy("disconnected"),
    "ok": gettext_lazy("in order"),
    "restricted": gettext_lazy("restricted by Meta"),
    "blocked": gettext_lazy("blocked by Meta"),
    "disabled": gettext_lazy("disabled by Meta"),
    "unpaid": gettext_lazy("amounts unpaid"),
    "none": gettext_lazy("none on record"),
    "granted": gettext_lazy("given"),
    "withdrawn": gettext_lazy("withdrawn"),
    "approved": gettext_lazy("approved"),
    "not_approved": gettext_lazy("not approved"),
    "marketing": gettext_lazy("marketing"),
    "utility": gettext_lazy("utility"),
    "authentication": gettext_lazy("authentication"),
    "service": gettext_lazy("answer"),
    "interactive": gettext_lazy("text with buttons"),
    "reaction": gettext_lazy("reaction"),
    "waiting": gettext_lazy("on its way"),
    "refused": gettext_lazy("not accepted"),
}


# Why a price is what it is (`rules.pricing.Kind`); a regular one needs no word.
PRICE_KINDS = {
    "free_customer_service": gettext_lazy("free within the window"),
    "free_entry_point": gettext_lazy("free after an advertisement"),
    "allowance": gettext_lazy("within Meta's monthly allowance"),
}


def fact(name: str) -> str | None:
    """None for a fact that says something to the machine alone, as an epoch does."""
    label = FACTS.get(name)
    return None if label is None else str(label)


def fact_value(name: str, value: Any, currency: str) -> str:
    """A value that is no instant, as a person says it. `currency`: of what is money."""
    if name == "window_open":
        return _("open") if value else _("closed")
    if name == "budget_left_micros" and isinstance(value, int):
        return amounts.money(value, currency).strip()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        if name.endswith("_s"):
            return f"{value:g} s"
        return formats.number_format(value, use_l10n=True, force_grouping=True)
    return str(_VALUES.get(str(value), value))


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong, whose turn it is, and Meta's code, "" where the reason is ours."""

    title: str
    advice: str
    code: str


def failure(code: int | None, said: str = "") -> Trouble:
    """A send that Meta refused or could not deliver; without a code it never came to Meta.

    `said`: the outbox's word for why.
    """
    if code is None:
        return _not_there(said)
    told = doctor_words.of_error(code)
    if told is not None:
        return Trouble(told.title, told.advice, str(code))
    return Trouble(
        _("WhatsApp did not accept this message"),
        _("It will not leave as it is. Change it and send it anew."),
        str(code),
    )


def _not_there(said: str) -> Trouble:
    titles = {
        "not_sent": _("Meta could not be reached"),
        "not_meta": _("Something between here and Meta turned it away"),
    }
    return Trouble(
        titles.get(said, _("This message did not leave")),
        _("Nobody got it. “Why does it not leave?” looks for the cause."),
        "",
    )


def doubt() -> Trouble:
    return Trouble(
        _("WhatsApp has not said whether it arrived"),
        _("It is not sent again by itself. It settles when WhatsApp reports."),
        "",
    )
