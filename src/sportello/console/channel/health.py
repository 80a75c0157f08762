"""A number's state in words: what stands in its way, the gravest first, or that nothing does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.console.channel import deeds
from sportello.console.channel.access_token import token_of
from sportello.console.templatetags.desk import full_day, said_at
from sportello.schema.channel import Number, NumberStatus, Quality


@dataclass(frozen=True, slots=True)
class Health:
    """`tone` of the style sheet: "", is-bad or is-quiet. `place`: the number's page that cures it,
    an administrator's, if there is one; `link` names it. `since`: when it began, if that is known.
    """

    title: str
    detail: str
    tone: str = "is-bad"
    icon: str = "alert-triangle"
    place: str = ""
    link: str = ""
    since: datetime | None = None


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

PAUSES: Final = {
    "token": gettext_lazy("Access to WhatsApp has expired or was revoked."),
    "account": gettext_lazy("Meta does not let this account send."),
    "payment": gettext_lazy("A payment to Meta is missing."),
    "number": gettext_lazy("The number is not registered with WhatsApp."),
    "no_token": gettext_lazy("The number has no access token."),
    "disconnected": gettext_lazy("The number was disconnected here."),
}

_TOLD: Final = {
    NumberStatus.PENDING: gettext_lazy("Meta has not confirmed the number yet."),
    NumberStatus.RESTRICTED: gettext_lazy("Meta has restricted it: replies leave, templates wait."),
    NumberStatus.BANNED: gettext_lazy("Meta has blocked it: nothing leaves."),
    NumberStatus.DISCONNECTED: gettext_lazy("It is disconnected: nothing comes in or leaves."),
}


def healths(number: Number, now: datetime) -> tuple[Health, ...]:
    """At least one: where nothing stands in the way, that."""
    found = tuple(one for look in _LOOKS for one in look(number, now))
    return found or (_fine(number),)


def _fine(number: Number) -> Health:
    if number.last_event_at is None:
        nothing = _("It is connected, and no message has come in yet.")
        return Health(_("Waiting for the first message"), nothing, "is-quiet", icon="clock")
    return Health(_("All in order"), _("Messages come in and leave."), "", icon="circle-check")


def _blocked(number: Number, _now: datetime) -> Iterator[Health]:
    is_banned = number.status == NumberStatus.BANNED
    if not is_banned and number.paused_why != deeds.BLOCKED:
        return
    said = _("Meta no longer blocks the account. Read what was corrected, then let sending go on.")
    if is_banned:
        care = _("As a rule Meta lifts a block once: prepare the request with care.")
        said = f"{_TOLD[NumberStatus.BANNED]} {care}"
    yield Health(
        _("Stopped until an administrator says so"),
        said,
        icon="ban",
        place="channel:unblocking",
        link=_("The request to Meta"),
        since=number.paused_at,
    )


def _ending(number: Number, _now: datetime) -> Iterator[Health]:
    day = _told(number, "ending")
    if not day:
        return
    named = "" if day == "yes" else _("It named the day:") + f" {named_day(day)}. "
    yield Health(
        _("Meta is about to block the account"),
        named
        + _(
            "Until then it sends as before. Ask Meta for a review now, with what was corrected; "
            "pause what customers complain of."
        ),
        icon="ban",
        place="channel:unblocking",
        link=_("The request to Meta"),
    )


def named_day(said: str) -> str:
    """Meta's `November 25, 2026` as the reader writes days; as it came where it is none."""
    try:
        return full_day(datetime.strptime(said, "%B %d, %Y"))  # noqa: DTZ007  # a day alone
    except ValueError:
        return {"yes": _("yes"), "no": _("no")}.get(said, said)


def _paused(number: Number, _now: datetime) -> Iterator[Health]:
    status = NumberStatus(number.status)
    if status is NumberStatus.BANNED or number.paused_why == deeds.BLOCKED:
        return
    if number.paused_why:
        why = PAUSES.get(number.paused_why, gettext_lazy("Sending was stopped for safety."))
        title, since = _("Nothing leaves"), number.paused_at
        yield Health(title, str(why), icon="player-pause", since=since)
    elif status is not NumberStatus.CONNECTED:
        yield Health(_("Not in order"), str(_TOLD[status]))


def _token(number: Number, now: datetime) -> Iterator[Health]:
    """What was disconnected here needs no token."""
    token = token_of(number.told if isinstance(number.told, dict) else {}, now)
    if number.paused_why == deeds.DISCONNECTED or not (token.is_invalid or token.ends_soon):
        return
    title, when = _("The token no longer works"), ""
    if not token.is_invalid and token.expires_at is not None:
        local = timezone.localtime(token.expires_at)
        title = _("The token is about to expire")
        when = said_at(local, timezone.localtime(now)) + ". "
    yield Health(
        title,
        when + _("Give a new one: “Reconnect” asks for it."),
        icon="lock",
        place="channel:reconnection",
        link=_("Reconnect"),
    )


def _webhooks(number: Number, _now: datetime) -> Iterator[Health]:
    if number.paused_why == deeds.DISCONNECTED:
        return
    if _told(number, "subscribed") == "no":
        said = _("Neither customers' words nor confirmations come in: repair the webhooks.")
        yield Health(_("Our app does not have this account's webhooks"), said, icon="bell")
    elif number.silent_since is not None:
        said = _(
            "Messages have left or should have come, and Meta has reported nothing since. The "
            "subscription is looked at and repaired by itself; Meta repeats what it could not "
            "deliver for up to seven days."
        )
        since = number.last_event_at or number.created_at
        yield Health(_("Webhooks are missing"), said, icon="clock-exclamation", since=since)


def _payment(number: Number, _now: datetime) -> Iterator[Health]:
    if number.paused_why in {"payment", deeds.DISCONNECTED}:
        return
    if number.payment or _told(number, "funding") == "no":
        said = _(
            "Replies leave, templates and campaigns do not. WhatsApp accounts, Settings, "
            "Payment settings: add a card and make it the default."
        )
        yield Health(_("A payment to Meta is missing"), said, icon="coins")


def _told(number: Number, name: str) -> str:
    return str(number.told.get(name) or "") if isinstance(number.told, dict) else ""


_LOOKS: Final[tuple[Callable[[Number, datetime], Iterator[Health]], ...]] = (
    _blocked,
    _ending,
    _paused,
    _token,
    _webhooks,
    _payment,
)
