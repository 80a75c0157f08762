"""The words for what automations are, what sets them off, and why one cannot be as it was asked."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sportello.console.campaigns import words as campaign_words

TRIGGER: Final[dict[str, Promise]] = {
    "webhook": _("When another system calls"),
    "list": _("When a contact comes onto a list"),
    "silence": _("When a customer does not answer"),
}

STATE: Final[dict[str, Promise]] = {
    "draft": _("Draft: it does not listen yet"),
    "planning": _("Starting"),
    "scheduled": _("Starting"),
    "running": _("Active"),
    "paused": _("Paused: it takes in nothing"),
    "completed": _("Ended"),
    "cancelled": _("Ended"),
}

UNFIT: Final[dict[tuple[str, str], Promise]] = {
    ("trigger", "unknown"): _("It is set off by a webhook, a list or silence."),
    ("wait", "unit_unknown"): _("Count in minutes, hours, days, weeks or months."),
    ("wait", "out_of_range"): _("Wait a year at most; silence lasts at least one minute."),
    ("fields", "phone_missing"): _("Say where the telephone number stands in the event."),
    ("fields", "no_path"): _("A path is keys with dots between them: order.customer.phone."),
    ("fields", "too_many"): _("These are too many fields: 30 at most."),
    ("fields", "no_column"): _("A column has a name of 1 to 120 signs."),
    ("consent", "source_missing"): _("Say where people agreed to these words."),
    ("consent", "too_long"): _("The consent's words or their place are too long."),
}

EVENT: Final[dict[str, Promise]] = {
    "phone_missing": _("The event tells no telephone number where the automation looks for it."),
    "number_mangled": _("A spreadsheet has mangled this number: its digits are lost."),
    "wrong_phone": _("This is no phone number. Give it with its country code: +39 347 123 4567."),
    "unreadable": _("An event is a JSON object."),
    "key_too_long": _("The event's id is too long: 200 signs at most."),
}


def unfit(part: str, code: str) -> str:
    """Of a part that only automations have, or that they share with campaigns."""
    found = UNFIT.get((part, code))
    return str(campaign_words.UNFIT[(part, code)] if found is None else found)
