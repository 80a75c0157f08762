"""Icons, times as people say them, phone numbers with spaces, and WhatsApp's markup made safe."""

from datetime import datetime, timedelta

import phonenumbers
from django import template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sportello.console import marked

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """A drawing of the sprite. Without `label` it is an ornament beside words."""
    classes = f"ico ico-{size}" if size else "ico"
    sprite = static("vendor/icons/sprite.svg")
    drawing = format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, sprite, name
    )
    if not label:
        return drawing
    return format_html('{}<span class="visually-hidden">{}</span>', drawing, label)


@register.filter
def words(text: str) -> SafeString:
    """A message's text with WhatsApp's own markup, safe whatever stands in it."""
    return marked.html(text)


@register.filter
def phone(digits: str | None) -> str:
    """A wa_id or a number as written, with the spaces that its country uses."""
    plain = (digits or "").strip()
    if not plain:
        return ""
    try:
        number = phonenumbers.parse("+" + plain.lstrip("+"))
    except phonenumbers.NumberParseException:
        return plain
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@register.simple_tag
def when(at: datetime | None, now: datetime, style: str = "long") -> SafeString | str:
    """`oggi 10:38`, exact on hover. Other styles: `list` (10:38, or ieri, 12 nov), `clock`
    (10:38), `day` (oggi).
    """
    if at is None:
        return ""
    local = timezone.localtime(at)
    said = {"list": _in_list, "clock": _clock, "day": day}.get(style, said_at)(
        local, timezone.localtime(now)
    )
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact(local), said
    )


@register.simple_tag
def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits: `3 h`, `2 giorni`."""
    return "" if at is None else span(now - at)


def span(length: timedelta) -> str:
    """A length of time in words; under a minute it counts as one."""
    minutes = max(1, int(length.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} {_('min')}"
    if minutes < 60 * 48:
        return f"{minutes // 60} {_('h')}"
    return f"{minutes // (60 * 24)} {_('days')}"


def exact(local: datetime) -> str:
    return formats.date_format(local, "j F Y, H:i:s")


def said_at(local: datetime, now: datetime) -> str:
    """A day and an hour, as one would say it now."""
    return f"{day(local, now)} {_clock(local, now)}"


def day(local: datetime, now: datetime) -> str:
    """`oggi`, `ieri`, `12 nov`, `12 nov 2025`."""
    distance = (now.date() - local.date()).days
    if distance == 0:
        return _("today")
    if distance == 1:
        return _("yesterday")
    return _calendar(local, "j M" if local.year == now.year else "j M Y")


def whole_day(local: datetime) -> str:
    """`12 nov 2025`."""
    return _calendar(local, "j M Y")


def _calendar(local: datetime, shape: str) -> str:
    """English writes its months with a capital, Italian does not; Django's tables always do."""
    said = formats.date_format(local, shape)
    return said if (get_language() or "").startswith("en") else said.lower()


def _in_list(local: datetime, now: datetime) -> str:
    return _clock(local, now) if local.date() == now.date() else day(local, now)


def _clock(local: datetime, _now: datetime) -> str:
    return formats.date_format(local, "H:i").removeprefix("0")


@register.filter
def percent(share: float | None) -> str:
    """0.83 as `83 %`."""
    return "" if share is None else f"{round(share * 100)} %"


@register.filter
def drawn(bound: BoundField) -> SafeString:
    """A form's field drawn with the house's classes, tied to its hint and its problem."""
    described = " ".join(
        f"{bound.id_for_label}-{part}"
        for part, there in (("hint", bound.help_text), ("problem", bound.errors))
        if there
    )
    classes = _CLASSES.get(bound.widget_type, "form-control")
    attributes: dict[str, str | bool] = {"class": classes}
    if described:
        attributes["aria-describedby"] = described
    if bound.errors:
        attributes |= {"class": f"{classes} is-invalid", "aria-invalid": "true"}
    return bound.as_widget(attrs=attributes)


_CLASSES = {"select": "form-select", "checkbox": "form-check-input"}
