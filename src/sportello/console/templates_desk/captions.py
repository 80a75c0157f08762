"""The words for what Meta calls by codes: states, reasons, qualities, answers; what to do then."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, assert_never

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sportello.rules.template_codes import (
    Answer,
    Reason,
    Recategorised,
    Refused,
    Rejected,
    Severity,
)
from sportello.rules.template_life import Obstacle, Profile
from sportello.schema.channel import Quality
from sportello.schema.templates import Step, Wish


@dataclass(frozen=True, slots=True)
class Caption:
    """`tone`: of the style sheet's states: "", good, warn, bad. `advice`: what to do then."""

    words: Promise
    tone: str = ""
    icon: str = ""
    advice: Promise | str = ""


STATUSES: Final[Mapping[str, Caption]] = {
    "draft": Caption(
        _("draft"),
        icon="note",
        advice=_("Not sent to Meta yet. Complete it and submit it."),
    ),
    "submitting": Caption(
        _("being submitted"),
        "warn",
        icon="send-2",
        advice=_("Sportello is bringing it to Meta; nothing to do."),
    ),
    "failed": Caption(
        _("not submitted"),
        "bad",
        icon="alert-circle",
        advice=_("Meta did not take it. Read its answer below, change the template, submit again."),
    ),
    "PENDING": Caption(
        _("in review"),
        "warn",
        icon="hourglass",
        advice=_("Meta usually answers within minutes; allow a working day. Nothing to do."),
    ),
    "APPROVED": Caption(
        _("approved"),
        "good",
        icon="circle-check",
        advice=_("It can be sent."),
    ),
    "REJECTED": Caption(
        _("rejected"),
        "bad",
        icon="ban",
        advice=_("It cannot be sent. The guided way back helps to write it anew."),
    ),
    "PAUSED": Caption(
        _("paused"),
        "bad",
        icon="player-pause",
        advice=_(
            "Customers blocked or reported it. Meta pauses it for 3 hours, then for 6, then for "
            "good: send it to fewer people, or change its text."
        ),
    ),
    "DISABLED": Caption(
        _("disabled"),
        "bad",
        icon="circle-off",
        advice=_("Meta switched it off for good after repeated complaints. Write another one."),
    ),
    "IN_APPEAL": Caption(
        _("under appeal"),
        "warn",
        icon="hourglass",
        advice=_("Meta is looking at it again, which takes up to a day."),
    ),
    "PENDING_DELETION": Caption(
        _("being deleted"),
        icon="trash",
        advice=_("Meta deletes it once the last messages are delivered, within 30 days."),
    ),
    "DELETED": Caption(
        _("deleted"),
        icon="trash",
        advice=_("It is gone. Its name is free again after 30 days."),
    ),
    "LIMIT_EXCEEDED": Caption(
        _("over the limit"),
        "bad",
        icon="alert-circle",
        advice=_("The account has no room for more templates: delete some that are not in use."),
    ),
    "ARCHIVED": Caption(
        _("archived"),
        icon="archive",
        advice=_(
            "Unused for a year, so Meta put it aside and deletes it after 28 days. It can be taken "
            "out of the archive in WhatsApp Manager."
        ),
    ),
    "FLAGGED": Caption(
        _("flagged"),
        "warn",
        icon="alert-triangle",
        advice=_("Its quality is low: if that does not change, Meta pauses it."),
    ),
    "REINSTATED": Caption(
        _("approved again"),
        "good",
        icon="circle-check",
        advice=_("It can be sent."),
    ),
    "LOCKED": Caption(
        _("locked"),
        "bad",
        icon="lock",
        advice=_("Meta allows neither sending nor changes. See it in WhatsApp Manager."),
    ),
    "UNARCHIVED": Caption(
        _("out of the archive"),
        "good",
        icon="circle-check",
        advice=_("It can be sent."),
    ),
}
"""Ours in small letters, Meta's of the reference, templates 4.5."""


def status(word: str) -> Caption:
    """One that Meta added later shows by its own name."""
    return STATUSES.get(word) or Caption(_("unknown state"), "warn", icon="help-circle")


@dataclass(frozen=True, slots=True)
class Why:
    """Why Meta rejected: what it means, and what to change."""

    title: Promise
    advice: Promise


REASONS: Final[Mapping[str, Why]] = {
    Reason.ABUSIVE_CONTENT.value: Why(
        _("Meta finds the text threatening or offensive"),
        _("Take out all that could hurt, threaten or put pressure on the reader."),
    ),
    Reason.INCORRECT_CATEGORY.value: Why(
        _("The category does not fit the text"),
        _("Choose the category that the text is of: utility only for what the customer asked for."),
    ),
    Reason.INVALID_FORMAT.value: Why(
        _("The form is not as Meta asks"),
        _("Look at variables, their examples, links and signs; the editor's checks find most."),
    ),
    Reason.PROMOTIONAL.value: Why(
        _("The text is promotion, and the category does not allow it"),
        _("Take the offer out, or submit it as marketing."),
    ),
    Reason.SCAM.value: Why(
        _("Meta takes the text for a fraud"),
        _("Never ask for passwords, cards or documents; say who writes and why."),
    ),
    Reason.TAG_CONTENT_MISMATCH.value: Why(
        _("Language or category are not those of the text"),
        _("Choose the language that the text is written in, and the category that it is of."),
    ),
    "CATEGORY_NOT_AVAILABLE": Why(
        _("The category is not available to this account"),
        _("Choose another category, or ask Meta's support why it is closed."),
    ),
    "NONE": Why(
        _("Meta gives no reason"),
        _("Change the text thoroughly, or ask for a new look in WhatsApp Manager."),
    ),
}


def reason(word: str) -> Why | None:
    """None where nothing was rejected."""
    return (REASONS.get(word) or REASONS["NONE"]) if word else None


QUALITIES: Final[Mapping[str, Caption]] = {
    Quality.GREEN.value: Caption(
        _("high"), "good", icon="circle-check", advice=_("Customers read it and do not complain.")
    ),
    Quality.YELLOW.value: Caption(
        _("medium"),
        "warn",
        icon="alert-triangle",
        advice=_("Some block or report it: send it only to those who expect it."),
    ),
    Quality.RED.value: Caption(
        _("low"),
        "bad",
        icon="alert-circle",
        advice=_("Many block or report it: stop sending it before Meta pauses it."),
    ),
    Quality.UNKNOWN.value: Caption(
        _("not known yet"),
        icon="clock",
        advice=_("Meta tells it after the first messages."),
    ),
}

CATEGORIES: Final[Mapping[str, Promise]] = {
    "UTILITY": _("Utility"),
    "MARKETING": _("Marketing"),
    "AUTHENTICATION": _("Authentication"),
}

CATEGORY_HINTS: Final[Mapping[str, Promise]] = {
    "UTILITY": _("About something that the customer asked for: an order, an appointment, a bill."),
    "MARKETING": _("News, offers, invitations. Needs the customer's consent, and costs more."),
}


def category(word: str) -> str:
    return str(CATEGORIES.get(word.upper(), word))


SEVERITIES: Final[Mapping[Severity, Caption]] = {
    Severity.ERROR: Caption(_("error"), "bad", icon="alert-circle"),
    Severity.WARNING: Caption(_("warning"), "warn", icon="alert-triangle"),
    Severity.HINT: Caption(_("hint"), icon="help-circle"),
}

TODO: Final = Caption(_("still missing"), icon="note")


def answer(given: Answer | None) -> str:
    """What Meta would answer, in words; "" where it would say nothing."""
    match given:
        case None:
            return ""
        case Refused(subcode=subcode, code=code):
            told = f"{code}/{subcode}" if subcode else f"{code}"
            return gettext("Meta refuses it at once (error %(code)s).") % {"code": told}
        case Rejected(reason=why):
            if why is None:
                return gettext("Meta may reject it in its review.")
            return gettext("Meta may reject it in its review (%(reason)s).") % {"reason": why.value}
        case Recategorised(category=other):
            words = category(other.value)
            return gettext("Meta would approve it as “%(category)s”.") % {"category": words}
        case _:
            assert_never(given)


HEADERS: Final[Mapping[str, Promise]] = {
    "": _("None"),
    "TEXT": _("Text"),
    "IMAGE": _("Picture"),
    "VIDEO": _("Video"),
    "DOCUMENT": _("Document"),
}

BUTTONS: Final[Mapping[str, Promise]] = {
    "QUICK_REPLY": _("Quick reply"),
    "URL": _("Web site"),
    "PHONE_NUMBER": _("Call"),
    "COPY_CODE": _("Copy a code"),
}

STEPS: Final[Mapping[str, Promise]] = {
    Step.WAITING.value: _("Waiting its turn"),
    Step.UPLOADING.value: _("Uploading the sample file"),
    Step.SUBMITTING.value: _("Handing it to Meta"),
}

CHANGES: Final[Mapping[str, Promise]] = {
    "status": _("State"),
    "category": _("Category"),
    "coming_category": _("Category announced"),
    "quality": _("Quality"),
    "content": _("Content"),
}


def change_value(kind: str, word: str) -> str:
    """A `TemplateChange`'s before or after, as a person calls it."""
    if not word:
        return "–"
    if kind == "status":
        return str(STATUSES[word].words) if word in STATUSES else word
    if kind in {"category", "coming_category"}:
        return category(word)
    if kind == "quality":
        return str(QUALITIES[word].words) if word in QUALITIES else word
    return word


PROFILE: Final[Mapping[Profile, Promise]] = {
    Profile.PHOTO: _("photo"),
    Profile.DESCRIPTION: _("description"),
    Profile.EMAIL: _("e-mail address"),
    Profile.WEBSITE: _("web site"),
}

OBSTACLES: Final[Mapping[Obstacle, Promise]] = {
    Obstacle.BUSY: _(
        "Sportello is still speaking with Meta about it; in a moment it is free again."
    ),
    Obstacle.NOT_SUBMITTED: _("It was never submitted: change the draft and submit it."),
    Obstacle.ALREADY_SUBMITTED: _("Meta has it already; it can be changed, not submitted again."),
    Obstacle.IN_REVIEW: _("Meta is reviewing it. It can be changed once the answer is here."),
    Obstacle.DISABLED: _("Meta switched it off for good: it can be neither changed nor deleted."),
    Obstacle.ARCHIVED: _("Meta archived it: take it out of the archive in WhatsApp Manager first."),
    Obstacle.BEING_DELETED: _("It is being deleted."),
    Obstacle.NOT_EDITABLE: _("Meta allows no change in this state."),
    Obstacle.CATEGORY_FIXED: _("The category of an approved template cannot be changed."),
    Obstacle.EDITED_TODAY: _("Meta allows one change in 24 hours of an approved template."),
    Obstacle.EDITED_OFTEN: _("Meta allows ten changes in 30 days of an approved template."),
}

UNFIT: Final[Mapping[tuple[str, str], Promise]] = {
    ("name", "missing"): _("Give it a name first: a draft is kept under it."),
    ("name", "too_long"): _("The name is too long."),
    ("name", "taken"): _("A template of this name and language exists already."),
    ("name", "fixed"): _("The name of a submitted template cannot be changed."),
    ("name", "same_name"): _(
        "The same name with other capitals or signs is the same name to Meta."
    ),
    ("language", "missing"): _("Choose the language."),
    ("language", "fixed"): _("The language of a submitted template cannot be changed."),
    ("category", "missing"): _("Choose the category."),
    ("category", "unknown"): _("Choose the category."),
    ("components", "missing"): _("There is nothing to change."),
    ("components", "too_alike"): _("The text is too much like the rejected one."),
    ("sample", "unknown"): _("The sample file is gone: choose it again."),
    ("sample", "wrong_file"): _("The sample is not of the kind that the header needs."),
    ("account", "unknown"): _("This WhatsApp account is not connected here."),
    ("account", "missing"): _("Connect a number first: templates belong to its WhatsApp account."),
    ("body", "not_text"): _("The text holds signs that cannot be kept."),
    ("body", "too_large"): _("The template is too large."),
}


def unfit(part: str, code: str) -> str:
    """Why a template cannot be kept."""
    return str(UNFIT.get((part, code)) or _("It cannot be kept as it is."))


WISHES: Final[Mapping[str, Promise]] = {
    Wish.CREATE.value: _("Meta reviews it"),
    Wish.EDIT.value: _("Meta reviews the change"),
    Wish.DELETE.value: _("Meta deletes it"),
}

# Why a wish could not be carried out, where it was not Meta who said no.
TROUBLES: Final[Mapping[str, Why]] = {
    "rejected": Why(
        _("What Meta answered"),
        _("Change what it names and submit again."),
    ),
    "no_token": Why(
        _("The number has no access token that works"),
        _("Whoever installs Sportello enters a new one; then submit again."),
    ),
    "no_file": Why(
        _("The sample file is gone"),
        _("Choose it again in the editor and submit again."),
    ),
    "no_app": Why(
        _("It is not known through which app of Meta's the sample goes up"),
        _("Whoever installs Sportello enters the app's id; then submit again."),
    ),
    "unreachable": Why(
        _("Meta could not be reached"),
        _("Nothing was changed there. Submit again once the connection is back."),
    ),
    "in_doubt": Why(
        _("Meta did not answer: perhaps it took it, perhaps not"),
        _("Fetch the templates from Meta and look; only then submit again."),
    ),
    "unasked": Why(
        _("It could not be asked of Meta"),
        _("The fault is in the log; submit again later."),
    ),
}


def trouble(kind: str) -> Why:
    """One of another version counts as not asked."""
    return TROUBLES.get(kind) or TROUBLES["unasked"]
