"""Why a deed of the doctor's was not done, in a stable word and in people's words."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from sportello.console import words
from sportello.console.campaigns.deeds import NotNow as CampaignNotNow
from sportello.console.channel.deeds import NotNow as ChannelNotNow
from sportello.console.channel.words import NOT_NOW
from sportello.console.doctor.deeds import NotAllowed, NotThis
from sportello.console.doctor.repeating import CouldDouble
from sportello.console.inbox.deeds import Refused

REFUSALS: Final = (NotThis, NotAllowed, CouldDouble, CampaignNotNow, ChannelNotNow, Refused)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`reason` is stable; scripts rely on it."""

    reason: str
    words: str


def told(error: Exception) -> Refusal:
    """Of one of `REFUSALS`."""
    match error:
        case NotAllowed():
            said = _("Meta had stopped this account: an administrator decides.")
            return Refusal("not_allowed", said)
        case CouldDouble():
            said = _("It is not certain that it did not arrive: it is not sent again.")
            return Refusal("could_double", said)
        case CampaignNotNow():
            return Refusal("campaign_moved_on", _("The campaign has moved on meanwhile."))
        case ChannelNotNow():
            return Refusal(error.why, str(NOT_NOW[error.why]))
        case Refused():
            verdict = words.GUARD[error.code]
            return Refusal(str(error.code), f"{verdict.title}. {verdict.advice}")
        case _:
            said = _("This report does not offer that any more. Look again.")
            return Refusal("not_offered", said)
