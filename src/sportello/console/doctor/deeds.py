"""What a person does with the doctor: ask, and let it do what is ours to do.

Each works inside the request's transaction, and raises ObjectDoesNotExist for what the workspace
does not have. What needs Meta is a wish that `tend` performs before it looks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist

from sportello.console.campaigns import deeds as campaigns
from sportello.console.channel import deeds as channel
from sportello.console.doctor.repeating import repeat, retry_upload
from sportello.rules.diagnosis import Deed
from sportello.schema.campaigns import Campaign
from sportello.schema.channel import Number
from sportello.schema.doctor import Examination, ExaminationDeed, SubjectKind
from sportello.schema.inbox import Conversation, Message
from sportello.schema.team import User
from sportello.schema.templates import Template

Missing = ObjectDoesNotExist


class NotAllowed(Exception):  # noqa: N818  # an expected end
    """Only an administrator lets an account send again that Meta had stopped."""


class NotThis(Exception):  # noqa: N818  # an expected end
    """The report does not offer this deed."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, when, in which company. `user` None: a script, or the command line."""

    workspace_id: int
    now: datetime
    user: User | None = None
    administers: bool = False


def ask(
    asker: Asker, subject: str, subject_id: int, deed: ExaminationDeed = ExaminationDeed.NONE
) -> Examination:
    """Puts the question; `tend` looks into it at once."""
    number = _NUMBER_OF[SubjectKind(subject)](subject_id)
    return Examination.objects.create(
        workspace_id=asker.workspace_id,
        number=number,
        subject=subject,
        subject_id=subject_id,
        deed=deed,
        by=asker.user,
        asked_at=asker.now,
    )


def _of_template(template_id: int) -> Number:
    template = Template.objects.get(pk=template_id)
    number = Number.objects.filter(waba_id=template.waba_id).order_by("pk").first()
    if number is None:
        raise Number.DoesNotExist
    return number


_NUMBER_OF: Final[Mapping[SubjectKind, Callable[[int], Number]]] = {
    SubjectKind.NUMBER: lambda pk: Number.objects.get(pk=pk),
    SubjectKind.MESSAGE: lambda pk: (
        Message.objects.select_related("conversation__number")
        .exclude(origin__in=["customer", "note"])
        .get(pk=pk)
        .conversation.number
    ),
    SubjectKind.CONVERSATION: lambda pk: (
        Conversation.objects.select_related("number").get(pk=pk).number
    ),
    SubjectKind.CAMPAIGN: lambda pk: Campaign.objects.select_related("number").get(pk=pk).number,
    SubjectKind.TEMPLATE: _of_template,
}


def do(asker: Asker, examination: Examination, deed: str) -> Examination:
    """Does what the report offers, and asks again. Raises NotThis, NotAllowed, and what each does:
    campaigns' and channel's NotNow, CouldDouble, the guard's Refused, Missing.

    A report offers what it found; a page that is old by now offers it no more.
    """
    offered = {finding.get("deed") for finding in examination.findings}
    if deed == Deed.LOOK_AGAIN:
        return _again(asker, examination)
    if deed not in offered or deed not in _DEEDS:
        raise NotThis(deed)
    return _DEEDS[Deed(deed)](asker, examination)


def _again(asker: Asker, of: Examination, wish: Any = ExaminationDeed.NONE) -> Examination:
    return ask(asker, of.subject, of.subject_id, wish)


def _resume(asker: Asker, of: Examination) -> Examination:
    number = Number.objects.select_for_update().get(pk=of.number_id)
    if number.paused_why in {"account", channel.BLOCKED} and not asker.administers:
        raise NotAllowed
    if number.paused_why:
        channel.let_send(number)
    return _again(asker, of)


def _repeat(asker: Asker, of: Examination) -> Examination:
    message = repeat(_message_id(of), asker.user, asker.now)
    return ask(asker, SubjectKind.MESSAGE, message.pk)


def _retry_upload(asker: Asker, of: Examination) -> Examination:
    message = retry_upload(_message_id(of), asker.user, asker.now)
    return ask(asker, SubjectKind.MESSAGE, message.pk)


def _message_id(of: Examination) -> int:
    if of.subject != SubjectKind.MESSAGE:
        raise NotThis(of.subject)
    return of.subject_id


def _resume_campaign(asker: Asker, of: Examination) -> Examination:
    if of.subject != SubjectKind.CAMPAIGN:
        raise NotThis(of.subject)
    campaigns.resume(of.subject_id, asker.now)
    return _again(asker, of)


_DEEDS: Final[Mapping[Deed, Callable[[Asker, Examination], Examination]]] = {
    Deed.RESUME: _resume,
    Deed.REPEAT: _repeat,
    Deed.RETRY_UPLOAD: _retry_upload,
    Deed.RESUME_CAMPAIGN: _resume_campaign,
    Deed.RESUBSCRIBE: lambda asker, of: _again(asker, of, ExaminationDeed.RESUBSCRIBE),
    Deed.REFRESH: lambda asker, of: _again(asker, of, ExaminationDeed.REFRESH),
}
