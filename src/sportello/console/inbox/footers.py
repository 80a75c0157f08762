"""The footer of a chat: one sentence that tells the whole truth, and what can be done."""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from django.utils import timezone
from django.utils.translation import gettext as _

from sportello.console import words
from sportello.console.inbox.deeds import ComposerState, Footer, composer_state
from sportello.console.inbox.names import first_name_of
from sportello.console.inbox.windows import Badge, badge
from sportello.console.templatetags.desk import said_at, span
from sportello.rules.guard import Code
from sportello.schema.inbox import Conversation, Holder
from sportello.schema.team import User


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence and its explanation, with `tone` of the style sheet and `icon` of the sprite."""

    title: str
    detail: str = ""
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Foot:
    """`kind` is a value of `deeds.Footer`."""

    kind: str
    said: Said
    window: Badge | None
    may_take: bool
    may_release: bool
    may_write: bool
    # A template can be chosen here: the window is shut, and nobody awaits an answer.
    may_template: bool
    # Changes with what is shown: while it stays, what somebody is writing is left alone.
    key: str


def foot(conversation: Conversation, user: User, now: datetime, *, may_write: bool) -> Foot:
    """`may_write`: the person's role lets them; a reader sees who drives, and no buttons."""
    state = composer_state(conversation, user, now)
    said = _says(state, conversation, user, now)
    stopped = state.footer is Footer.STOPPED
    shown = (conversation.pk, state.footer, said, state.may_take, state.may_release, may_write)
    return Foot(
        kind=state.footer.value,
        said=said,
        window=badge(state.window_closes_at, now),
        may_take=state.may_take and may_write and not stopped,
        may_release=state.may_release and may_write,
        may_write=may_write,
        may_template=may_write and _takes_template(state, conversation),
        key=f"{zlib.crc32(repr(shown).encode()):08x}",
    )


def _takes_template(state: ComposerState, conversation: Conversation) -> bool:
    """Who wants no marketing may still be told of an order."""
    match state.footer:
        case Footer.SHUT:
            return True
        case Footer.STOPPED:
            return state.code is Code.OPTED_OUT
        case Footer.AWAITING:
            return not conversation.workspace.one_template_until_they_answer
        case Footer.DRIVEN | Footer.WRITING:
            return False
        case _:
            assert_never(state.footer)


def _says(state: ComposerState, conversation: Conversation, user: User, now: datetime) -> Said:
    match state.footer:
        case Footer.DRIVEN:
            return _driven(state, user)
        case Footer.WRITING:
            return _writing(state)
        case Footer.AWAITING:
            return _awaiting(state, conversation, now)
        case Footer.SHUT:
            return _shut(state, conversation, now)
        case Footer.STOPPED:
            return _stopped(state, now)
        case _:
            assert_never(state.footer)


def _driven(state: ComposerState, user: User) -> Said:
    match state.holder:
        case Holder.ASSISTANT:
            return Said(
                title=_("The assistant is handling this conversation"),
                detail=_("It answers from the knowledge. Taking control silences it at once."),
                tone="is-assistant",
                icon="sparkles",
            )
        case Holder.QUEUE:
            reason = words.of_reason(state.handover_reason)
            return Said(
                title=_("Waiting for a person"),
                detail="" if reason is None else str(reason.title),
                tone="is-waiting",
                icon="user-question",
            )
        case Holder.OPERATOR:
            return Said(title=_held_by(state, user), tone="is-operator", icon="user")
        case Holder.CLOSED:
            return Said(
                title=_("This conversation is closed"),
                detail=_("It opens again by itself when the customer writes."),
                icon="circle-check",
            )
        case _:
            assert_never(state.holder)


def _held_by(state: ComposerState, user: User) -> str:
    if state.operator is None:
        return _("A program is handling this conversation through the API")
    if state.operator.pk == user.pk:
        return _("You are handling this conversation")
    name = state.operator.name or state.operator.email
    return _("%(name)s is handling this conversation") % {"name": name}


def _writing(state: ComposerState) -> Said:
    """Nothing to say, unless what is written would wait."""
    held = None if state.code is None else words.of_code(state.code.value)
    if held is None:
        return Said(title="")
    return Said(title=str(held.title), detail=str(held.advice), tone="is-waiting", icon="clock")


def _awaiting(state: ComposerState, conversation: Conversation, now: datetime) -> Said:
    name = first_name_of(conversation.contact)
    since = "" if state.since is None else _local(state.since, now)
    return Said(
        title=_("Waiting for %(name)s to answer") % {"name": name},
        detail=_("We wrote first: %(since)s. Until they answer, nobody can write.")
        % {"since": since},
        tone="is-waiting",
        icon="hourglass",
    )


def _shut(state: ComposerState, conversation: Conversation, now: datetime) -> Said:
    """Shut, or never opened: a customer who has not written yet has no window."""
    name = first_name_of(conversation.contact)
    title = _("%(name)s has not written yet") % {"name": name}
    if state.since is not None:
        title = _("Window closed for %(length)s") % {"length": span(now - state.since)}
    return Said(
        title=title,
        detail=_(
            "WhatsApp lets a company write freely for 24 hours after the customer's last message. "
            "Now only an approved template reaches %(name)s; when they write, the window opens."
        )
        % {"name": name},
        tone="is-shut",
        icon="lock",
    )


def _stopped(state: ComposerState, now: datetime) -> Said:
    reason = None if state.code is None else words.of_code(state.code.value)
    title = _("Nothing can be sent here") if reason is None else str(reason.title)
    advice = "" if reason is None else str(reason.advice)
    if state.since is not None:
        advice = f"{advice} ({_local(state.since, now)})"
    return Said(title=title, detail=advice, tone="is-stopped", icon="ban")


def _local(at: datetime, now: datetime) -> str:
    return said_at(timezone.localtime(at), timezone.localtime(now))
