"""The words for what campaigns are, why one cannot be as it was asked, and what stopped it."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sportello.rules.brake import Alarm
from sportello.rules.campaign import Outcome, Pause

UNFIT: Final[dict[tuple[str, str], Promise]] = {
    ("name", "empty"): _("Give the campaign a name."),
    ("name", "too_long"): _("The name is too long: 120 characters at most."),
    ("name", "not_text"): _("The name holds signs that cannot be kept."),
    ("number", "unknown"): _("This number is not one of yours."),
    ("template", "unknown"): _("There is no such template in this language."),
    ("template", "not_approved"): _("Meta has not approved this template. Choose an approved one."),
    ("list", "unknown"): _("There is no such list."),
    ("list", "missing"): _("Say whom the campaign is for: a list, a segment or everybody."),
    ("list", "unreadable"): _("A campaign is for one of: a list, a segment, everybody."),
    ("segment", "unknown"): _("There is no such segment."),
    ("header_media", "missing"): _("The template's header needs its own file."),
    ("header_media", "unexpected"): _("This template's header takes no file."),
    ("header_media", "unknown"): _("There is no such file."),
    ("variables", "missing"): _("Say where each variable of the template takes its value from."),
    ("variables", "unknown"): _("The template has no such variable."),
    ("variables", "unreadable"): _("A variable takes a column's name or a value."),
    ("schedule", "unreadable"): _("Hours read 09:00, days 2026-12-25; Monday is 0."),
    ("schedule", "too_many"): _("These are too many hours or holidays."),
    ("schedule", "never_open"): _("With these hours nothing would ever leave."),
    ("rate", "out_of_range"): _("Between 1 and 60,000 messages a minute."),
    ("canary", "out_of_range"): _("Between 1 and 60,000 messages go first."),
}

STATE: Final[dict[str, Promise]] = {
    "draft": _("The campaign has not been started."),
    "planning": _("The audience is being frozen."),
    "scheduled": _("The campaign waits for its start."),
    "running": _("The campaign is running."),
    "paused": _("The campaign is paused."),
    "completed": _("The campaign is over."),
    "cancelled": _("The campaign was cancelled."),
}

PAUSED: Final[dict[Pause, Promise]] = {
    Pause.PERSON: _("Paused by a person."),
    Pause.BRAKE: _("Stopped by the automatic brake."),
    Pause.TEMPLATE: _("Stopped: Meta has paused or disabled the template."),
    Pause.ACCOUNT: _("Stopped: the account or the number cannot send."),
    Pause.BUDGET: _("Stopped: the month's budget is spent."),
}

BRAKED: Final[dict[Alarm, Promise]] = {
    Alarm.FAILURES: _("Too many messages did not arrive: check where the numbers come from."),
    Alarm.STOPS: _("Too many people asked to stop: check what was written, and to whom."),
    Alarm.MARKETING_CAP: _("Meta withholds many of these messages: people get too much marketing."),
    Alarm.SPAM_LIMIT: _("Meta warns of spam: nothing should leave for some hours."),
    Alarm.QUALITY: _("Meta has lowered the quality: people block or report these messages."),
}

OUTCOME: Final[dict[Outcome, Promise]] = {
    Outcome.WAITING: _("Waiting"),
    Outcome.ON_THE_WIRE: _("Leaving"),
    Outcome.SENT: _("Sent"),
    Outcome.DELIVERED: _("Delivered"),
    Outcome.READ: _("Read"),
    Outcome.FAILED: _("Failed"),
    Outcome.SKIPPED: _("Skipped"),
    Outcome.CANCELLED: _("Cancelled"),
    Outcome.TO_VERIFY: _("To be verified"),
}
