"""The service window as the pages show it: a level, and a countdown in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from sportello.console.inbox.queries import CLOSING_SOON
from sportello.rules import window

CALM = timedelta(hours=12)
SOON = CLOSING_SOON
NOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Badge:
    """`level`: calm > 12 h, plain, soon < 4 h, now < 1 h, shut; static/js/timers.js counts on."""

    level: str
    text: str
    closes_at: datetime


def badge(closes_at: datetime | None, now: datetime) -> Badge | None:
    """None where the customer has never written: there is no window to show."""
    if closes_at is None:
        return None
    left = closes_at - now if window.is_open(closes_at, now) else timedelta(0)
    return Badge(_level(left), _left(left), closes_at)


def _level(left: timedelta) -> str:
    if left <= timedelta(0):
        return "shut"
    if left < NOW:
        return "now"
    if left < SOON:
        return "soon"
    return "plain" if left <= CALM else "calm"


def _left(left: timedelta) -> str:
    """Whole hours from one hour on, else minutes, begun ones counted."""
    if left <= timedelta(0):
        return _("closed")
    if left < NOW:
        return f"{-(-int(left.total_seconds()) // 60) or 1} {_('min')}"
    return f"{int(left.total_seconds() // 3600)} {_('h')}"
