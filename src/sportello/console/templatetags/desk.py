"""Icons, times as people say them, phone numbers with spaces, and WhatsApp's markup made safe."""

from datetime import datetime, timedelta
from functools import lru_cache

import phonenumbers
from django import template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sportello.console import hashed, marked

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """A drawing of the sprite. Without `label` it is an ornament beside words."""
    drawing = _drawing(name, size, settings.STORAGES["staticfiles"]["BACKEND"])
    if not label:
        return drawing
    return format_html('{}<span class="visually-hidden">{}</span>', drawing, label)


@lru_cache(maxsize=1024)
def _drawing(name: str, size: str, _storage: str) -> SafeString:
    """A page has hundreds of them; where the sprite lies is known once a process and storage."""
    classes = f"ico ico-{size}" if size else "ico"
    sprite = static("vendor/icons/sprite.svg")
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, sprite, name
    )


@register.simple_tag
def module(name: str) -> SafeString:
    """A script of ours with all that it imports: browsers fetch these at once, not one by one as
    they read them.
    """
    return _module(name, settings.STORAGES["staticfiles"]["BACKEND"])


@lru_cache(maxsize=64)
def _module(name: str, _storage: str) -> SafeString:
    ahead = format_html_join(
        "\n",
        '<link rel="modulepreload" href="{}">',
        ((static(one),) for one in hashed.imported(name)),
    )
    return format_html('{}<script src="{}" type="module"></script>', ahead, static(name))


@register.filter
def language_name(code: str) -> str:
    """In the reader's language; what has no name here stays a code."""
    names = {
        "it": _("Italian"),
        "en": _("English"),
        "de": _("German"),
        "fr": _("French"),
        "es": _("Spanish"),
    }
    return names.get(code[:2].lower(), code)


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
    return f"{full_day(local)}, {local:%H:%M:%S}"


def full_day(local: datetime) -> str:
    """`12 novembre 2026`, of Django's words without its parser of shapes: lists have many."""
    return f"{local.day} {_cased(str(MONTHS[local.month]))} {local.year}"


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
    return _calendar(local) if local.year == now.year else whole_day(local)


def whole_day(local: datetime) -> str:
    """`12 nov 2025`."""
    return f"{_calendar(local)} {local.year}"


def _calendar(local: datetime) -> str:
    return f"{local.day} {_cased(str(MONTHS_3[local.month]))}"


def _cased(month: str) -> str:
    """English writes its months with a capital, Italian does not; Django's tables as they come."""
    return month.title() if (get_language() or "").startswith("en") else month.lower()


def _in_list(local: datetime, now: datetime) -> str:
    return _clock(local, now) if local.date() == now.date() else day(local, now)


def _clock(local: datetime, _now: datetime) -> str:
    return f"{local.hour}:{local.minute:02}"


@register.filter
def percent(share: float | None) -> str:
    """0.83 as `83%`."""
    return "" if share is None else f"{round(share * 100)}%"


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
    if bound.field.widget.attrs.get("placeholder") == bound.label:
        # It would say the same twice, and be gone when it is needed.
        attributes["placeholder"] = False
    if described:
        attributes["aria-describedby"] = described
    if bound.errors:
        attributes |= {"class": f"{classes} is-invalid", "aria-invalid": "true"}
    return bound.as_widget(attrs=attributes)


_CLASSES = {"select": "form-select", "checkbox": "form-check-input"}
