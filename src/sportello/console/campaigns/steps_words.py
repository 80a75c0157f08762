"""The words for follow-ups and for what falls due by itself."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sportello.console.campaigns import words as campaign_words
from sportello.rules.campaign import Outcome

UNIT: Final[dict[str, Promise]] = {
    "minutes": gettext_lazy("minutes"),
    "hours": gettext_lazy("hours"),
    "days": gettext_lazy("days"),
    "weeks": gettext_lazy("weeks"),
    "months": gettext_lazy("months"),
}

OUTCOME_TONE: Final[dict[Outcome, str]] = {
    Outcome.WAITING: "",
    Outcome.SENT: "good",
    Outcome.DELIVERED: "good",
    Outcome.READ: "good",
    Outcome.FAILED: "bad",
    Outcome.SKIPPED: "",
    Outcome.CANCELLED: "",
    Outcome.TO_VERIFY: "warn",
}


def wait_words(count: int, unit: str) -> str:
    """`3 days`, `1 month`; "at once" for none."""
    if not count:
        return _("at once")
    counted = {
        "minutes": ngettext("%(n)d minute", "%(n)d minutes", count),
        "hours": ngettext("%(n)d hour", "%(n)d hours", count),
        "days": ngettext("%(n)d day", "%(n)d days", count),
        "weeks": ngettext("%(n)d week", "%(n)d weeks", count),
        "months": ngettext("%(n)d month", "%(n)d months", count),
    }
    return counted[unit] % {"n": count}


def unfit(part: str, code: str) -> str:
    """Why a part cannot be as it was asked."""
    return str(campaign_words.UNFIT[(part, code)])


def reason(code: str) -> str:
    """Why it did not leave, or did not arrive; "" where there is nothing to say."""
    return campaign_words.reason(code).title if code else ""
