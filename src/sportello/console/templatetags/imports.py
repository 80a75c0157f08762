"""Large counts and the time that is left, in words."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def grouped(count: int) -> str:
    """1000000 as `1.000.000`, or as the language has it."""
    return number_format(count, use_l10n=True, force_grouping=True)


@register.simple_tag
def left(seconds: int | None) -> str:
    """`4 minutes left`; a time that nobody knows is not made up."""
    if seconds is None:
        return ""
    if seconds < 60:
        return _("less than a minute left")
    minutes = round(seconds / 60)
    return ngettext("%(n)d minute left", "%(n)d minutes left", minutes) % {"n": minutes}
