"""The words for what campaigns are, why one cannot be as it was asked, and what stopped it."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sportello.console import words
from sportello.console.inbox import captions, first_words
from sportello.console.library import words as library
from sportello.rules.audience import FREQUENCY_CAP
from sportello.rules.brake import Alarm
from sportello.rules.campaign import Outcome, Pause
from sportello.rules.campaign_risk import Risk
from sportello.rules.enclosure import Lack
from sportello.rules.files import Flaw
from sportello.rules.followup import ANSWERED, NOT_REACHED
from sportello.rules.template_match import GapCode

UNFIT: Final[dict[tuple[str, str], Promise]] = {
    ("name", "empty"): _("Give the campaign a name."),
    ("name", "too_long"): _("The name is too long: 120 characters at most."),
    ("name", "not_text"): _("The name holds signs that cannot be kept."),
    ("number", "unknown"): _("This number is not one of yours."),
    ("template", "unknown"): _("There is no such template in this language."),
    ("template", "missing"): _("Choose a template."),
    ("template", "not_approved"): _("Meta has not approved this template. Choose an approved one."),
    ("list", "unknown"): _("There is no such list."),
    ("list", "missing"): _("Say whom the campaign is for: a list, a segment or everybody."),
    ("list", "unreadable"): _("A campaign is for one of: a list, a segment, everybody."),
    ("segment", "unknown"): _("There is no such segment."),
    ("header_media", "missing"): _("The template's header needs its own file."),
    ("header_media", "unexpected"): _("This template's header takes no file."),
    ("header_media", "unknown"): _("There is no such file."),
    ("header_media", "unfit"): _("WhatsApp does not take this file."),
    ("header_media", "not_seen"): _(
        "Nobody has looked at the first person's own file yet: look at it in the preview of “What”."
    ),
    ("variables", "missing"): _("Say where each variable of the template takes its value from."),
    ("variables", "unknown"): _("The template has no such variable."),
    ("variables", "unreadable"): _("A variable takes a column's name or a value."),
    ("schedule", "unreadable"): _("Hours read 09:00, days 2026-12-25; Monday is 0."),
    ("schedule", "too_many"): _("These are too many hours or holidays."),
    ("schedule", "never_open"): _("With these hours nothing would ever leave."),
    ("rate", "out_of_range"): _("Between 1 and 60,000 messages a minute."),
    ("number", "not_ready"): _("The number cannot send now: see its page."),
    ("number", "payment"): _("Meta misses a payment for this number: nothing would leave."),
    ("finish_by", "too_soon"): _("Until then there is not enough time within these hours."),
    ("phone", "wrong"): _("This is no telephone number."),
    ("followups", "too_many"): _("A campaign has five follow-ups at most."),
    ("followups", "not_approved"): _(
        "Meta has not approved the template of a follow-up. Choose an approved one."
    ),
    ("followups", "changed"): _(
        "The template of a follow-up has changed since. Look at the follow-ups and save them again."
    ),
    ("followups", "unit_unknown"): _("Count in minutes, hours, days, weeks or months."),
    ("followups", "out_of_range"): _("A follow-up comes later, within a year at most."),
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
    Outcome.SENT: _("Sent"),
    Outcome.DELIVERED: _("Was delivered"),
    Outcome.READ: _("Read"),
    Outcome.FAILED: _("Failed"),
    Outcome.SKIPPED: _("Skipped"),
    Outcome.CANCELLED: _("Cancelled"),
    Outcome.TO_VERIFY: _("To be verified"),
}

STATE_SHORT: Final[dict[str, Promise]] = {
    "draft": _("draft"),
    "planning": _("being prepared"),
    "scheduled": _("scheduled"),
    "running": _("running"),
    "paused": _("paused"),
    "completed": _("over"),
    "cancelled": _("cancelled"),
}

TONES: Final = {
    "draft": ("", "note"),
    "planning": ("warn", "hourglass"),
    "scheduled": ("warn", "clock"),
    "running": ("good", "send-2"),
    "paused": ("bad", "player-pause"),
    "completed": ("", "circle-check"),
    "cancelled": ("", "ban"),
}

# Meta said that it failed, and gave no code.
UNTOLD: Final = "unknown"

# What keeps a person out at planning, or later what falls due by itself, beside the guard's codes.
_SKIPPED: Final[dict[str, tuple[Promise, Promise]]] = {
    ANSWERED: (
        _("The customer had answered"),
        _("It was meant for those who do not answer."),
    ),
    NOT_REACHED: (
        _("What went before did not arrive"),
        _("Who was not reached is not followed up."),
    ),
    FREQUENCY_CAP: (
        _("Has had enough promotions lately"),
        _("The company's own rule, over all campaigns: see the campaign rules."),
    ),
    GapCode.VALUE_MISSING: (
        _("A value of the message is missing"),
        _("Complete the contact, or give words for those who lack it."),
    ),
    Lack.MISSING: (
        _("There is no file for them"),
        _("The column is empty: give a link or a name, or a file for whoever has none."),
    ),
    Lack.UNKNOWN: (
        _("The file that their column names was not given"),
        _("Give it with the campaign, under the very name that stands in the column."),
    ),
    Lack.UNREACHABLE: (
        _("The link of their file leads to nothing"),
        _("Open the link in a browser without signing in: that is how it is fetched."),
    ),
    Lack.UNFIT: (
        _("WhatsApp does not take the file behind their link"),
        _("Pictures are JPEG or PNG up to 5 MB, videos MP4, documents PDF or Office, up to 16 MB."),
    ),
    Lack.TOO_MANY: (
        _("More than 20,000 different files"),
        _("Send to the rest by another campaign."),
    ),
    GapCode.VALUE_SPACES: (
        _("A value has line breaks or runs of spaces"),
        _("WhatsApp does not take it: correct the contact."),
    ),
    GapCode.TEXT_TOO_LONG: (
        _("Filled in, the text is too long"),
        _("A value of this contact is too long for the template."),
    ),
    GapCode.BUTTON_VALUE_MISSING: (
        _("The value of a button is missing"),
        _("Complete the contact, or give words for those who lack it."),
    ),
    GapCode.BUTTON_VALUE_WRONG: (
        _("The value of a button cannot be sent"),
        _("It becomes a part of a link: letters and figures alone."),
    ),
}

RISKS: Final[dict[Risk, Promise]] = {
    Risk.NUMBER_RED: _(
        "Meta marks the number's quality as low: one more bad campaign can have it blocked."
    ),
    Risk.TEMPLATE_RED: _(
        "Meta marks the template's quality as low: it will be paused while it is being sent."
    ),
    Risk.NUMBER_YELLOW: _(
        "The number's quality is medium: people have been blocking or reporting it."
    ),
    Risk.TEMPLATE_YELLOW: _("The template's quality is medium: people have complained of it."),
    Risk.NO_CANARY: _(
        "Nobody goes first: a mistake reaches everybody before anyone can notice it."
    ),
    Risk.MANY_STRANGERS: _(
        "Most of these people have never exchanged a message with you: they block more often."
    ),
    Risk.OFTEN_WRITTEN_TO: _(
        "Many of these people have had several promotions lately: they tire, block and report."
    ),
    Risk.LIMIT_EXCEEDED: _(
        "More people than Meta lets you write to today: the rest waits and leaves by itself."
    ),
    Risk.FEW_LEFT: _(
        "Less than half of the audience will receive it: look at the reasons before starting."
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody did not get it. `code` finds them; `meta`: the code is Meta's own."""

    code: str
    title: str
    advice: str
    is_meta: bool = False


def reason(code: str) -> Reason:
    """Of the guard, of a value that does not fit, or of Meta."""
    if code.isdecimal():
        trouble = captions.failure(int(code))
        return Reason(code, trouble.title, trouble.advice, is_meta=True)
    if code in _SKIPPED:
        title, advice = _SKIPPED[code]
        return Reason(code, str(title), str(advice))
    if code == UNTOLD:
        trouble = captions.failure(None)
        return Reason(code, trouble.title, trouble.advice)
    known = words.of_code(code)
    if known is not None:
        return Reason(code, str(known.title), str(known.advice))
    return Reason(code, gettext("The message does not fit the template"), "")


def detail(code: str) -> str:
    """Why a file cannot be had: of the file, or of the way to it."""
    if code in set(Flaw):
        return str(first_words.FLAWS[Flaw(code)])
    return str(_BEHIND_LINKS.get(code) or library.reason(code))


_BEHIND_LINKS: Final[dict[str, Promise]] = {
    "not_found": _("There is nothing at this link."),
    "refused": _("The site does not let programs fetch this file."),
}
