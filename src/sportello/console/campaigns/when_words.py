"""When a campaign writes and how fast, in the few words of a summary."""

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sportello.console.weeks import WEEKDAYS
from sportello.schema.campaigns import Campaign, Zone


def start_words(row: Campaign) -> str:
    if row.starts_at is None:
        return _("as soon as you confirm")
    return formats.date_format(timezone.localtime(row.starts_at), "j F Y, H:i")


def hours_words(row: Campaign) -> str:
    """`Monday 09:00–13:00, 15:00–19:00; … · on the customer's clock`."""
    if row.calendar is None:
        return _("at any hour")
    days = [
        f"{WEEKDAYS[int(day)]} {', '.join(f'{start}–{end}' for start, end in spans)}"
        for day, spans in sorted(row.calendar["days"].items())
    ]
    parts = ["; ".join(days)]
    count = len(row.calendar.get("holidays", ()))
    if count:
        said = ngettext("%(count)d holiday left out", "%(count)d holidays left out", count)
        parts.append(said % {"count": count})
    if row.zone == Zone.CUSTOMER:
        parts.append(_("on the customer's clock"))
    return " · ".join(parts)


def pace_words(row: Campaign) -> str:
    if row.finish_by is not None:
        by = formats.date_format(timezone.localtime(row.finish_by), "j F Y, H:i")
        pace = _("over by %(time)s") % {"time": by}
    elif row.rate is not None:
        said = ngettext("%(count)d message a minute", "%(count)d messages a minute", row.rate)
        pace = said % {"count": row.rate}
    else:
        pace = _("as fast as Meta allows")
    if row.canary is None:
        return _("%(pace)s, all at once") % {"pace": pace}
    said = ngettext(
        "%(pace)s; %(count)d person first",
        "%(pace)s; the first %(count)d, then the rest",
        row.canary,
    )
    return said % {"pace": pace, "count": row.canary}
