"""A number's state in words: in order, or the first thing that stands in its way."""

from dataclasses import dataclass

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
    "blocked": gettext_lazy("Stopped by a block of Meta's: it goes on by an administrator's word."),
    "disconnected": gettext_lazy("The number was disconnected here."),
}

_TOLD = {
    NumberStatus.PENDING: gettext_lazy("Meta has not confirmed the number yet."),
    NumberStatus.RESTRICTED: gettext_lazy("Meta has restricted it: replies leave, templates wait."),
    NumberStatus.BANNED: gettext_lazy("Meta has blocked it: nothing leaves."),
    NumberStatus.DISCONNECTED: gettext_lazy("It is disconnected: nothing comes in or leaves."),
}


def health(number: Number) -> Health:
    if number.paused_why and number.status != NumberStatus.BANNED:
        why = _PAUSES.get(number.paused_why, gettext_lazy("Sending was stopped for safety."))
        return Health(_("Nothing leaves"), str(why), "is-bad", icon="player-pause")
    status = NumberStatus(number.status)
    if status is not NumberStatus.CONNECTED:
        return Health(_("Not in order"), str(_TOLD[status]), "is-bad", icon="alert-triangle")
    if number.last_event_at is None:
        nothing = _("It is connected, and no message has come in yet.")
        return Health(_("Waiting for the first message"), nothing, "is-quiet", icon="clock")
    return Health(_("All in order"), _("Messages come in and leave."), icon="circle-check")
