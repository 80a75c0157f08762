"""The first steps: what a new company does first, or what there is to see in the demo.

A step is done when the rows say so; nobody ticks it by hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy

from sportello.console.access import may_write
from sportello.schema.campaigns import Campaign
from sportello.schema.channel import Number, NumberStatus
from sportello.schema.connections import NumberChange
from sportello.schema.doctor import Examination
from sportello.schema.events import ConversationEvent, EventKind
from sportello.schema.inbox import Conversation, Message
from sportello.schema.library import Document, Pair, Site, Trial
from sportello.schema.team import Membership

# Meta's error for a payment that is missing or does not work. SOURCE: whatsapp/errors.csv.
_PAYMENT: Final = 131042
_PHONE: Final = "phone"


@dataclass(frozen=True, slots=True)
class Step:
    """`where` is a route, or `phone`: the emulator's page. `is_done` takes since when it counts."""

    name: str
    title: Any
    words: Any
    button: Any
    where: str
    is_done: Callable[[datetime], bool]


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it stands now."""

    step: Step
    url: str
    is_outside: bool
    is_done: bool


@dataclass(frozen=True, slots=True)
class Guide:
    steps: Sequence[Taken]
    is_dismissed: bool

    @property
    def done(self) -> int:
        return sum(one.is_done for one in self.steps)

    @property
    def is_open(self) -> bool:
        """There is still something to do, and nobody put it away."""
        return not self.is_dismissed and self.done < len(self.steps)

    @property
    def next(self) -> Taken | None:
        return next((one for one in self.steps if not one.is_done), None)


def of(membership: Membership) -> Guide:
    since = membership.guided_since
    shown = _DEMO if settings.SPORTELLO_PHONE_URL else _REAL
    steps = [
        Taken(step, url, step.where == _PHONE, step.is_done(since))
        for step in shown
        if (url := _address(step.where))
    ]
    return Guide(steps, membership.guide_dismissed_at is not None)


def is_open(membership: Membership) -> bool:
    """For the rail; asks the rows only of who has not put the steps away, and may do them, and no
    further than to the first step that is left.
    """
    if membership.guide_dismissed_at is not None or not may_write(membership):
        return False
    since = membership.guided_since
    shown = _DEMO if settings.SPORTELLO_PHONE_URL else _REAL
    return any(_address(step.where) and not step.is_done(since) for step in shown)


def dismiss(membership: Membership, now: datetime) -> None:
    Membership.objects.filter(pk=membership.pk).update(guide_dismissed_at=now)


def restart(membership: Membership, now: datetime) -> None:
    """In the demo all counts anew from now on; what a company has, it has."""
    Membership.objects.filter(pk=membership.pk).update(guided_since=now, guide_dismissed_at=None)


def _address(where: str) -> str:
    """Empty for a page that this console does not have."""
    if where == _PHONE:
        return str(settings.SPORTELLO_PHONE_URL)
    try:
        return reverse(where)
    except NoReverseMatch:
        return ""


def _knows(_since: datetime) -> bool:
    living = Q(deleted_at=None)
    return (
        Pair.objects.filter(living).exists()
        or Document.objects.filter(living).exists()
        or Site.objects.filter(living).exists()
    )


def _tried(_since: datetime) -> bool:
    return Trial.objects.exists()


def _connected(_since: datetime) -> bool:
    return Number.objects.filter(status=NumberStatus.CONNECTED).exists()


def _invited(_since: datetime) -> bool:
    return len(Membership.objects.values_list("pk")[:2]) > 1


def _asked(since: datetime) -> bool:
    return Conversation.objects.filter(last_inbound_at__gte=since).exists()


def _took(since: datetime) -> bool:
    taken = Q(kind=EventKind.TAKEN, by__isnull=False)
    return ConversationEvent.objects.filter(taken, at__gte=since).exists()


def _sent_campaign(since: datetime) -> bool:
    return Campaign.objects.filter(automatic=False, started_at__gte=since).exists()


def _broke_card(since: datetime) -> bool:
    """Meta said so: of the account, or of a message."""
    seen = NumberChange.objects.filter(kind="payment", at__gte=since).exclude(after="")
    told = Message.objects.filter(error__code=_PAYMENT, failed_at__gte=since)
    return seen.exists() or told.exists() or Number.objects.exclude(payment="").exists()


def _asked_doctor(since: datetime) -> bool:
    return Examination.objects.filter(asked_at__gte=since, by__isnull=False).exists()


_REAL: Final = (
    Step(
        "knowledge",
        gettext_lazy("Tell the assistant what it should know"),
        gettext_lazy("Questions with their answers, documents or pages of your site."),
        gettext_lazy("Open the knowledge"),
        "library:pairs",
        _knows,
    ),
    Step(
        "try",
        gettext_lazy("Try the assistant"),
        gettext_lazy("Ask as a customer would: nothing leaves, and the sources are shown."),
        gettext_lazy("Ask a question"),
        "assistant",
        _tried,
    ),
    Step(
        "number",
        gettext_lazy("Connect the number"),
        gettext_lazy("The page says first what happens to the app on the phone."),
        gettext_lazy("Connect a number"),
        "channel:numbers",
        _connected,
    ),
    Step(
        "invite",
        gettext_lazy("Invite a colleague"),
        gettext_lazy("Each signs in with their own name, and has what their role allows."),
        gettext_lazy("Invite"),
        "people:people",
        _invited,
    ),
)
_DEMO: Final = (
    Step(
        "ask",
        gettext_lazy("Ask as a customer"),
        gettext_lazy(
            "On the phone, choose somebody and write “Quando arriva il mio ordine?”: the assistant "
            "answers."
        ),
        gettext_lazy("Open the phone"),
        _PHONE,
        _asked,
    ),
    Step(
        "control",
        gettext_lazy("Take control"),
        gettext_lazy("Open that conversation and take it: from then on the assistant is silent."),
        gettext_lazy("To the conversations"),
        "inbox:desk",
        _took,
    ),
    Step(
        "campaign",
        gettext_lazy("Send a campaign to 50 invented people"),
        gettext_lazy("The list “Amici della bottega” is there. The checks say who is skipped."),
        gettext_lazy("Prepare a campaign"),
        "campaigns:list",
        _sent_campaign,
    ),
    Step(
        "card",
        gettext_lazy("Break the card"),
        gettext_lazy(
            "Beside the phone, under “Break something”, choose that the card is missing; then send "
            "a template or a campaign."
        ),
        gettext_lazy("Open the phone"),
        _PHONE,
        _broke_card,
    ),
    Step(
        "doctor",
        gettext_lazy("Ask the doctor"),
        gettext_lazy("It looks at Meta and here, and says what is wrong and what cures it."),
        gettext_lazy("To the doctor"),
        "doctor:doctor",
        _asked_doctor,
    ),
)
