"""A number's state in words: in order, or the first thing that stands in its way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.schema.channel import Number, NumberStatus, Quality


@dataclass(frozen=True, slots=True)
class Health:
    """`tone` of the style sheet: "", is-bad or is-quiet."""

    title: str
    detail: str
    tone: str = ""
    icon: str = ""


STATUSES = {
    NumberStatus.CONNECTED: (gettext_lazy("connected"), "good"),
    NumberStatus.PENDING: (gettext_lazy("waiting for Meta"), "warn"),
    NumberStatus.RESTRICTED: (gettext_lazy("restricted by Meta"), "bad"),
    NumberStatus.BANNED: (gettext_lazy("blocked by Meta"), "bad"),
    NumberStatus.DISCONNECTED: (gettext_lazy("disconnected"), "bad"),
}

QUALITIES = {
    Quality.GREEN: (gettext_lazy("high"), "good"),
    Quality.YELLOW: (gettext_lazy("medium"), "warn"),
    Quality.RED: (gettext_lazy("low"), "bad"),
    Quality.UNKNOWN: (gettext_lazy("not known yet"), ""),
}

_PAUSES = {
    "token": gettext_lazy("Access to WhatsApp has expired or was revoked."),
    "account": gettext_lazy("Meta does not let this account send."),
    "payment": gettext_lazy("A payment to Meta is missing."),
    "number": gettext_lazy("The number is not registered with WhatsApp."),
    "no_token": gettext_lazy("The number has no access token."),
}

_TOLD = {
    NumberStatus.PENDING: gettext_lazy("Meta has not confirmed the number yet."),
    NumberStatus.RESTRICTED: gettext_lazy("Meta has restricted it: replies leave, templates wait."),
    NumberStatus.BANNED: gettext_lazy("Meta has blocked it: nothing leaves."),
    NumberStatus.DISCONNECTED: gettext_lazy("It is disconnected: nothing comes in or leaves."),
}


def health(number: Number) -> Health:
    if number.paused_why:
        why = _PAUSES.get(number.paused_why, gettext_lazy("Sending was stopped for safety."))
        return Health(_("Nothing leaves"), str(why), "is-bad", icon="player-pause")
    status = NumberStatus(number.status)
    if status is not NumberStatus.CONNECTED:
        return Health(_("Not in order"), str(_TOLD[status]), "is-bad", icon="alert-triangle")
    if number.last_event_at is None:
        nothing = _("It is connected, and no message has come in yet.")
        return Health(_("Waiting for the first message"), nothing, "is-quiet", icon="clock")
    return Health(_("All in order"), _("Messages come in and leave."), icon="circle-check")


_FIELDS = {
    "account_alerts": gettext_lazy("Notice about the account"),
    "account_review_update": gettext_lazy("Review of the account"),
    "account_update": gettext_lazy("Change of the account"),
    "business_capability_update": gettext_lazy("Limits of the account"),
    "business_username_updates": gettext_lazy("User name of the company"),
    "message_template_components_update": gettext_lazy("Template changed"),
    "message_template_quality_update": gettext_lazy("Quality of a template"),
    "message_template_status_update": gettext_lazy("State of a template"),
    "payment_configuration_update": gettext_lazy("Payment settings"),
    "phone_number_name_update": gettext_lazy("Display name"),
    "phone_number_quality_update": gettext_lazy("Quality and limit of the number"),
    "security": gettext_lazy("Security of the number"),
    "template_category_update": gettext_lazy("Category of a template"),
    "user_preferences": gettext_lazy("Preferences of a customer"),
}

_TELLING = (
    "event",
    "decision",
    "message_template_name",
    "reason",
    "new_quality_score",
    "previous_category",
    "new_category",
    "current_limit",
    "requested_verified_name",
    "max_daily_conversations_per_business",
    "status",
    "username",
)
_LENGTH = 120


def event_title(field: str) -> str:
    """What a webhook field is about; an unknown one by its own name."""
    return str(_FIELDS.get(field, field))


def event_detail(value: Any) -> str:
    """The telling parts of Meta's value, in Meta's own words."""
    if not isinstance(value, Mapping):
        return ""
    parts = (value.get(name) for name in _TELLING)
    told = [str(part)[:_LENGTH] for part in parts if isinstance(part, str | int) and part != "NONE"]
    for inner in ("alert_info", "ban_info", "violation_info"):
        if isinstance(value.get(inner), Mapping):
            told += [str(part)[:_LENGTH] for part in value[inner].values()][:3]
    return " · ".join(told)
