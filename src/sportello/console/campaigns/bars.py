"""A funnel as a page draws it, and the words by which its people are found."""

from typing import Any

from django.utils.translation import gettext as _

from sportello.console.campaigns import report, words
from sportello.console.campaigns.report import Funnel
from sportello.rules.campaign import Outcome


def bars(funnel: Funnel, first: str) -> list[dict[str, Any]]:
    """The way of the messages, each a share of the audience, which is called `first`."""
    most = max(1, funnel.audience)
    steps = (
        ("", first, funnel.audience),
        (report.REACHED, _("Sent to"), funnel.sent),
        (report.ARRIVED, _("Delivered to"), funnel.delivered),
        ("read", _("Read by"), funnel.read),
        (report.ANSWERED, _("Answered"), funnel.answered),
        *([(report.TAPPED, _("Tapped a button"), funnel.tapped)] if funnel.tapped else []),
        (report.STOPPED, _("Asked to stop"), funnel.stopped),
    )
    return [
        {"outcome": outcome, "words": said, "count": count, "share": round(100 * count / most)}
        for outcome, said, count in steps
    ]


def parts(funnel: Funnel) -> list[dict[str, Any]]:
    """In which the whole audience is found, each person once."""
    return [
        {"outcome": outcome.value, "words": words.OUTCOME[outcome], "count": count}
        for outcome, count in funnel.parts.items()
        if count or outcome in {Outcome.SENT, Outcome.DELIVERED, Outcome.READ, Outcome.SKIPPED}
    ]


def outcomes() -> list[tuple[str, str]]:
    named = [(outcome.value, str(said)) for outcome, said in words.OUTCOME.items()]
    return [*named, *beside()]


def beside() -> list[tuple[str, str]]:
    """What the funnel's bars count: nobody is in one of these alone."""
    return [
        (report.REACHED, _("Sent to")),
        (report.ARRIVED, _("Delivered to")),
        (report.ANSWERED, _("Answered")),
        (report.TAPPED, _("Tapped a button")),
        (report.STOPPED, _("Asked to stop")),
    ]
