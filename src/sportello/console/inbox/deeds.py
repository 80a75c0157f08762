"""What a person does to a conversation: take it, give it back, write, note, close, open again.

Each works inside the request's transaction and locks the conversation first, then its sends by
id, as the workers do: so a takeover and a dispatch cannot miss each other. Each raises
`Conversation.DoesNotExist` where the workspace has no such conversation.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db.models.functions import Now

from sportello.console.inbox import facts, outbox
from sportello.rules import guard, ownership, window
from sportello.rules.consent import Standing
from sportello.rules.facts import Facts
from sportello.rules.guard import Code, Refuse, Verdict
from sportello.rules.ids import THE_API
from sportello.schema.inbox import Conversation, Holder, Message, MessageStatus, Origin
from sportello.schema.sends import Send, SendState
from sportello.schema.team import User

# Meta's limit for the body of a text. Source: reference, sending 2 (text).
TEXT_LENGTH_MAX: Final = 4096
_PREVIEW_LENGTH: Final = 200


class Refused(Exception):  # noqa: N818  # an expected end, named as the guard names it
    """The guard said no. `code` is stable, `console.words` puts it into words."""

    def __init__(self, code: Code, looked_at: Facts) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = looked_at


class UnfitText(ValueError):  # noqa: N818  # the text is unfit, nothing broke
    """A text that nobody could send. `code`: empty, too_long, not_text or reply_unknown."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Overtaken(Exception):  # noqa: N818  # an expected end
    """A colleague took control after the page was drawn. `by`: their name, or "" for the API."""

    def __init__(self, by: str) -> None:
        super().__init__("overtaken")
        self.by = by


def take_control(
    conversation_id: int, user: User | None, now: datetime, *, seen_epoch: int | None = None
) -> Conversation:
    """From the commit on no assistant's word leaves this conversation. None: the API takes it.

    `seen_epoch`: of the control that its taker saw on the page. Raises Refused while a customer to
    whom we wrote first has not answered, Overtaken where a colleague has been quicker.
    """
    conversation = locked(conversation_id)
    is_held = conversation.holder == Holder.OPERATOR and conversation.operator_id != _id(user)
    if is_held and seen_epoch is not None and seen_epoch != conversation.control_epoch:
        holder = conversation.operator
        raise Overtaken("" if holder is None else holder.name or holder.email)
    taker = facts.operator(_id(user))
    waiting = facts.awaiting_since(conversation, now) is not None
    held = facts.ownership(conversation)
    if not ownership.may_take(held, taker, awaiting_customer_reply=waiting):
        raise Refused(Code.AWAITING_CUSTOMER_REPLY, facts.of_text(conversation, _id(user), now))
    return move(conversation, ownership.TakeControl(taker), now)


def release(conversation_id: int, now: datetime) -> Conversation:
    """Gives it back to the assistant, who then answers what stands unanswered, or to the queue."""
    conversation = locked(conversation_id)
    assistant_on = conversation.workspace.assistant_on and conversation.number.assistant_on
    return move(conversation, ownership.Release(assistant_on), now)


def close(conversation_id: int, now: datetime) -> Conversation:
    """The matter is settled; the customer's next word opens it again."""
    return move(locked(conversation_id), ownership.Close(), now)


def reopen(conversation_id: int, now: datetime) -> Conversation:
    """A closed one goes to the queue; any other stays as it is."""
    return move(locked(conversation_id), ownership.Reopen(), now)


def write_text(
    conversation_id: int,
    author: User | None,
    text: str,
    now: datetime,
    reply_to: int | None = None,
) -> Message:
    """Puts a text into the outbox; `reply_to` is the id of the message that it quotes.

    Raises UnfitText, or Refused with the guard's reason. A hold is not a refusal: the message
    waits in the outbox.
    """
    body = fit(text)
    conversation = locked(conversation_id)
    looked_at = facts.of_text(conversation, _id(author), now)
    verdict = guard.decide(looked_at, now)
    if isinstance(verdict, Refuse):
        raise Refused(verdict.code, looked_at)
    message = Message.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        origin=Origin.OPERATOR,
        author_id=_id(author),
        type="text",
        text=body,
        reply_to=wamid_of(conversation, reply_to),
        status=MessageStatus.QUEUED,
        at=now,
    )
    sent = {"type": "text", "text": {"body": message.text, "preview_url": False}}
    outbox.enqueue(conversation, message, sent, held=outbox.held_for(conversation, author))
    note_last(conversation, message)
    return message


def write_note(conversation_id: int, author: User | None, text: str, now: datetime) -> Message:
    """A word among colleagues; it has no send, so it cannot reach the customer."""
    body = fit(text)
    conversation = locked(conversation_id)
    return Message.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        origin=Origin.NOTE,
        author_id=_id(author),
        type="text",
        text=body,
        status=MessageStatus.NOTED,
        at=now,
    )


def mark_seen(conversation_id: int) -> None:
    """Writes only where something was unread: each write wakes the other browsers."""
    Conversation.objects.filter(pk=conversation_id, unread_count__gt=0).update(unread_count=0)


def preview(conversation: Conversation, user: User | None, now: datetime) -> Verdict:
    """What the guard would say to a text written now."""
    return guard.decide(facts.of_text(conversation, _id(user), now), now)


class Footer(StrEnum):
    """The five ends that a chat can have on screen."""

    DRIVEN = "driven"  # somebody else has it: the assistant, the queue, a colleague; or nobody
    WRITING = "writing"  # this person has it and may write
    AWAITING = "awaiting"  # we wrote first and wait for the customer
    SHUT = "shut"  # the window is shut: templates only
    STOPPED = "stopped"  # opted out, blocked, number or account stopped


@dataclass(frozen=True, slots=True)
class ComposerState:
    """Which footer, and what it says. `code`: why a text would be refused, or held, now."""

    footer: Footer
    holder: Holder
    operator: User | None  # the colleague who has it; None with holder operator: the API
    handover_reason: str  # of ownership.Reason, in the queue; else ""
    since: datetime | None  # of what the footer states: held, waiting, shut or stopped since
    code: Code | None
    window_open: bool
    window_closes_at: datetime | None
    may_take: bool
    may_release: bool


def composer_state(conversation: Conversation, user: User | None, now: datetime) -> ComposerState:
    """The whole truth about writing into this conversation. Asks for the ledger's lines once."""
    looked_at = facts.of_text(conversation, _id(user), now)
    held, me = looked_at.conversation.ownership, facts.operator(_id(user))
    code = _code(guard.decide(looked_at, now))
    footer, code = _footer(looked_at, code, now)
    mine = held.holder is ownership.Holder.OPERATOR and held.operator == me
    waiting = looked_at.conversation.awaiting_since
    return ComposerState(
        footer=footer,
        holder=Holder(conversation.holder),
        operator=conversation.operator,
        handover_reason=conversation.handover_reason,
        since=waiting if footer is Footer.AWAITING else _since(conversation, footer),
        code=code,
        window_open=window.is_open(conversation.window_closes_at, now),
        window_closes_at=conversation.window_closes_at,
        may_take=not mine
        and ownership.may_take(held, me, awaiting_customer_reply=waiting is not None),
        may_release=held.holder in {ownership.Holder.OPERATOR, ownership.Holder.QUEUE},
    )


def _footer(looked_at: Facts, code: Code | None, now: datetime) -> tuple[Footer, Code | None]:
    shut = not window.is_open(looked_at.conversation.window_closes_at, now)
    if code in _STOPS:
        return Footer.STOPPED, code
    if looked_at.conversation.awaiting_since is not None:
        return Footer.AWAITING, Code.AWAITING_CUSTOMER_REPLY
    if shut and looked_at.contact.marketing is Standing.WITHDRAWN:
        return Footer.STOPPED, Code.OPTED_OUT
    if shut:
        return Footer.SHUT, Code.WINDOW_CLOSED
    refused = code in {Code.NOT_IN_CONTROL, Code.CONVERSATION_CLOSED}
    return (Footer.DRIVEN if refused else Footer.WRITING), code


_STOPS: Final = frozenset(
    {
        Code.ACCOUNT_BLOCKED,
        Code.ACCOUNT_RESTRICTED,
        Code.PAYMENT_NEEDED,
        Code.NUMBER_NOT_READY,
        Code.UNREACHABLE,
    }
)


def _since(conversation: Conversation, footer: Footer) -> datetime | None:
    return {
        Footer.DRIVEN: conversation.held_since,
        Footer.WRITING: conversation.held_since,
        Footer.AWAITING: conversation.awaiting_customer_since,
        Footer.SHUT: conversation.window_closes_at,
        Footer.STOPPED: conversation.number.paused_at,
    }[footer]


def _code(verdict: Verdict) -> Code | None:
    return None if isinstance(verdict, guard.Allow) else verdict.code


def locked(conversation_id: int) -> Conversation:
    return (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("workspace", "number", "contact", "operator")
        .get(pk=conversation_id)
    )


def move(conversation: Conversation, event: ownership.Event, now: datetime) -> Conversation:
    """Moves it, and cancels what the assistant prepared before; nothing if nothing changes."""
    held = facts.ownership(conversation)
    moved = ownership.advance(held, event)
    if moved is held:
        return conversation
    _cancel_assistant(conversation, now)
    nobody = moved.operator is None or moved.operator == THE_API
    conversation.holder = Holder(moved.holder.value)
    conversation.operator_id = None if nobody else moved.operator
    conversation.control_epoch = moved.control_epoch
    conversation.held_since = now
    conversation.handover_reason = "" if moved.reason is None else moved.reason.value
    conversation.answering_until = None
    owes = moved.holder is ownership.Holder.ASSISTANT and _is_unanswered(conversation, now)
    # The database's clock, as the worker that reads it: leases and debounce know no other.
    due: Any = Now() if owes else None
    conversation.reply_due_at = conversation.burst_started_at = due
    conversation.save(update_fields=_OF_CONTROL)
    conversation.refresh_from_db(fields=["reply_due_at", "burst_started_at", "operator"])
    return conversation


_OF_CONTROL: Final = [
    "holder",
    "operator",
    "control_epoch",
    "held_since",
    "handover_reason",
    "answering_until",
    "reply_due_at",
    "burst_started_at",
]


def _is_unanswered(conversation: Conversation, now: datetime) -> bool:
    """An answer that was taken back before it left answered nothing."""
    last = (
        Message.objects.filter(
            conversation=conversation,
            origin__in=[Origin.CUSTOMER, Origin.ASSISTANT, Origin.OPERATOR],
        )
        .exclude(status__in=[MessageStatus.CANCELLED, MessageStatus.REFUSED])
        .exclude(origin=Origin.OPERATOR, type="reaction")
        .order_by("-pk")
        .values_list("origin", flat=True)
        .first()
    )
    return last == Origin.CUSTOMER and window.is_open(conversation.window_closes_at, now)


def _cancel_assistant(conversation: Conversation, now: datetime) -> None:
    """Only what is still queued: a send on the wire was claimed before this lock was granted."""
    sends = list(
        Send.objects.select_for_update()
        .filter(conversation=conversation, state=SendState.QUEUED, origin=Origin.ASSISTANT)
        .order_by("pk")
    )
    if not sends:
        return
    Send.objects.filter(pk__in=[send.pk for send in sends]).update(
        state=SendState.CANCELLED, settled_at=now
    )
    Message.objects.filter(
        pk__in=[send.message_id for send in sends if send.message_id],
        status__in=[MessageStatus.QUEUED, MessageStatus.HELD],
    ).update(status=MessageStatus.CANCELLED)


def fit(text: str) -> str:
    """The text without blanks around it. PostgreSQL keeps no NUL, UTF-8 no lone surrogate."""
    stripped = text.strip()
    if not stripped:
        raise UnfitText("empty")
    if len(stripped) > TEXT_LENGTH_MAX:
        raise UnfitText("too_long")
    if "\0" in stripped or any("\ud800" <= sign <= "\udfff" for sign in stripped):
        raise UnfitText("not_text")
    return stripped


def wamid_of(conversation: Conversation, message_id: int | None) -> str:
    if message_id is None:
        return ""
    quoted = Message.objects.filter(pk=message_id, conversation=conversation).first()
    if quoted is None or quoted.wamid is None:
        raise UnfitText("reply_unknown")
    return quoted.wamid


def note_last(conversation: Conversation, message: Message) -> None:
    """What the list shows. Whoever answers has read what came before."""
    last = conversation.last_message_at
    conversation.last_message_at = message.at if last is None else max(last, message.at)
    conversation.last_message_text = message.text[:_PREVIEW_LENGTH]
    conversation.last_message_origin = message.origin
    conversation.unread_count = 0
    conversation.save(
        update_fields=[
            "last_message_at",
            "last_message_text",
            "last_message_origin",
            "unread_count",
        ]
    )


def _id(user: User | None) -> int | None:
    return None if user is None else user.pk
