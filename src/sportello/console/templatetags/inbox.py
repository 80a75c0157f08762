"""Rows, bubbles and countdowns of the inbox.

What was drawn once is drawn again from memory: whoever looks at a chat asks for it anew whenever
something happens, and most of it is as it was.
"""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sportello.console.inbox.bubbles import Bubble
from sportello.console.inbox.rows import Row
from sportello.console.inbox.windows import Badge
from sportello.console.templatetags.desk import full_day, icon

register = template.Library()


@register.simple_tag
def line(row: Row, now: datetime) -> SafeString:
    """A row of the list. Whoever's list is drawn anew has changed in a row or two: the others are
    taken from memory as they were drawn, but for the time at which they are.
    """
    local = timezone.localtime(now)
    drawn = _line(row, local.date(), timezone.get_current_timezone_name(), get_language())
    return SafeString(drawn.replace(_NOW, local.isoformat()))


@lru_cache(maxsize=2048)
def _line(row: Row, today: date, _zone: str, _language: str | None) -> str:
    """All that it shows stands in the row, in the day and in the zone: equal ones look alike."""
    return render_to_string("inbox/row.html", {"row": row, "today": _noon(today)})


@register.simple_tag(takes_context=True)
def said(context: dict[str, Any], bubble: Bubble) -> SafeString:
    """A message as a bubble, with what the reader may do with it."""
    offers = (
        context["may_write"],
        context["may_write"] and context["foot"].kind == "writing",
        context["may_ask_model"],
    )
    today = timezone.localtime(context["now"]).date()
    drawn = _bubble(bubble, offers, today, timezone.get_current_timezone_name(), get_language())
    if _TOKEN in drawn:
        drawn = drawn.replace(_TOKEN, str(context["csrf_token"]))
    return SafeString(drawn)


@lru_cache(maxsize=1024)
def _bubble(
    bubble: Bubble, offers: tuple[bool, bool, bool], today: date, _zone: str, _language: str | None
) -> str:
    may_write, may_answer, may_ask_model = offers
    shown = {
        "bubble": bubble,
        "may_write": may_write,
        "may_answer": may_answer,
        "may_ask_model": may_ask_model,
        "now": _noon(today),
        "csrf_token": _TOKEN,
    }
    return render_to_string("inbox/bubble.html", shown)


def _noon(today: date) -> datetime:
    return timezone.make_aware(datetime.combine(today, time(12)))


# Escaped text holds no such signs, so that nobody's words can be taken for them.
_NOW = SafeString("<now>")
_TOKEN = SafeString("<token>")


@register.simple_tag
def window(
    badge: Badge | None, now: datetime | None, name: str = "", mirror: str = ""
) -> SafeString:
    """The service window's countdown, which static/js/timers.js carries on. `name` is its id;
    `mirror` the id of the one that it follows; without `now` it is put in later.
    """
    if badge is None:
        return SafeString("")
    local = timezone.localtime(badge.closes_at)
    shut = badge.level == "shut"
    return format_html(
        _WINDOW,
        id=format_html(' id="{}"', name) if name else "",
        mirror=format_html(' data-mirror="{}"', mirror) if mirror else "",
        level=badge.level,
        closes_at=local.isoformat(),
        now=_NOW if now is None else timezone.localtime(now).isoformat(),
        hours=_("h"),
        minutes=_("min"),
        shut=_("closed"),
        says=_("Service window closed") if shut else _("Service window closes"),
        at=f"{full_day(local)}, {local:%H:%M}",
        open=icon("clock-hour-4", "open"),
        lock=icon("lock", "shut"),
        label=_("Service window:"),
        left=badge.text,
    )


_WINDOW = (
    '<span class="window"{id} data-level="{level}" data-closes-at="{closes_at}" data-now="{now}"'
    ' data-hours="{hours}" data-minutes="{minutes}" data-shut="{shut}"{mirror}'
    ' title="{says}: {at}">{open}{lock}<span class="visually-hidden">{label} </span>'
    '<span class="left">{left}</span></span>'
)
