"""What each figure is called, and how it is counted, in words."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.console import words as house
from sportello.console.money.amounts import money

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Caption:
    title: Any
    meaning: Any


FIGURES: Final = {
    "opened": Caption(
        gettext_lazy("New conversations"),
        gettext_lazy(
            "A customer and one of your numbers exchange their first message, whoever writes it."
        ),
    ),
    "asked": Caption(
        gettext_lazy("Requests"),
        gettext_lazy(
            "A customer's word that opens the 24-hour window. All that follows while it stays "
            "open belongs to the same request."
        ),
    ),
    "closed": Caption(gettext_lazy("Closed"), gettext_lazy("Somebody closed the conversation.")),
    "reopened": Caption(
        gettext_lazy("Reopened"),
        gettext_lazy("A closed conversation came back: the customer wrote, or somebody opened it."),
    ),
    "handed_over": Caption(
        gettext_lazy("Handed over"),
        gettext_lazy(
            "The assistant passed the conversation to people. The reasons have their own table."
        ),
    ),
    "missed": Caption(
        gettext_lazy("Windows missed"),
        gettext_lazy(
            "The window shut on the customer's word: nobody had answered it nor closed the "
            "conversation."
        ),
    ),
    "corrected": Caption(
        gettext_lazy("Answers corrected"),
        gettext_lazy(
            "Answers of which people said with “Review” that they were wrong, or that another was "
            "right, or for which they proposed a change; each answer once."
        ),
    ),
    "answered_median": Caption(
        gettext_lazy("First answer, median"),
        gettext_lazy(
            "From the customer's word that began the request to our first message after it, as "
            "written: half waited at most so long. The words of a hand-over count as an answer."
        ),
    ),
    "answered_p90": Caption(
        gettext_lazy("First answer, 9 of 10"),
        gettext_lazy("The same wait: nine of ten requests waited at most so long."),
    ),
    "helped_median": Caption(
        gettext_lazy("A person's answer, median"),
        gettext_lazy("From the hand-over to a person's first message, as written."),
    ),
    "helped_p90": Caption(
        gettext_lazy("A person's answer, 9 of 10"),
        gettext_lazy("The same wait: nine of ten waited at most so long."),
    ),
    "closed_median": Caption(
        gettext_lazy("Resolution, median"),
        gettext_lazy(
            "From the question that led to people, or the first since the last closing, to the "
            "closing. Conversations that nobody closes are not in it."
        ),
    ),
    "closed_p90": Caption(
        gettext_lazy("Resolution, 9 of 10"),
        gettext_lazy("The same time: nine of ten took at most so long."),
    ),
    "alone": Caption(
        gettext_lazy("By the assistant alone"),
        gettext_lazy(
            "Of the requests that got an answer, those in which no person took part and nothing "
            "was handed over. Whether the customer was content only they know."
        ),
    ),
    "cost": Caption(
        gettext_lazy("Cost per solved request"),
        gettext_lazy(
            "What Meta charges for replies, as billed or else expected, and what the models cost, "
            "shared among the requests that were closed or answered by the assistant alone. "
            "Templates and campaigns are not in it."
        ),
    ),
}
TABLES: Final = {
    "days": gettext_lazy("Day by day"),
    "people": gettext_lazy("By person"),
    "numbers": gettext_lazy("By number"),
    "reasons": gettext_lazy("Why it was handed over"),
    "topics": gettext_lazy("What customers ask about"),
    "unanswered": gettext_lazy("What nobody could answer"),
    "campaigns": gettext_lazy("Campaigns"),
}
WRONG: Final = {
    "not_a_day": gettext_lazy("Write both days: the first and the last."),
    "ends_before_start": gettext_lazy("The last day comes before the first: exchange them."),
    "too_long": gettext_lazy("At most 366 days fit: choose a shorter range."),
    "not_yet": gettext_lazy("The range must lie between the year 2000 and today."),
}


def reason(code: str) -> str:
    """Of a hand-over; one of another version stands for itself."""
    known = house.of_reason(code)
    return code if known is None else str(known.title)


def nobody(user_id: int | None) -> str:
    return _("API") if user_id is None else _("somebody who left")


def gone(source: str) -> str:
    """A source that is no longer in the knowledge."""
    kind = _("page or document") if source.startswith("document:") else _("answer")
    return f"{kind} {source.partition(':')[2]} ({_('removed from the knowledge')})"


def unsaid() -> str:
    """For a question whose words are no longer kept."""
    return _("(words no longer kept)")


def shown(value: float | None, unit: str) -> str:
    """A figure as one would say it; a dash where there is none."""
    if value is None:
        return "—"
    if unit == "seconds":
        return _length(value)
    if unit == "share":
        return f"{round(100 * value)}%"
    if unit == "count":
        return number_format(int(value), use_l10n=True, force_grouping=True)
    return money(round(value), unit, exact=False)


def changed(change: float | None) -> str:
    """`+12%`; "" where there is nothing to compare with."""
    if change is None:
        return ""
    sign = "−" if change < 0 else "+"
    return f"{sign}{abs(round(100 * change))}%"


def _length(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{round(seconds)} s"
    if seconds < _HOUR:
        return f"{round(seconds / _MINUTE)} {_('min')}"
    if seconds < 2 * _DAY:
        hours, minutes = divmod(round(seconds / _MINUTE), 60)
        return f"{hours} h {minutes:02} {_('min')}" if hours < 10 else f"{hours} h"
    return f"{number_format(seconds / _DAY, 1, use_l10n=True)} {_('days')}"
