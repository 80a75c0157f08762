"""One customer's message: into its conversation, which it moves; once, however often it comes."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from psycopg.rows import DictRow

from sportello.rules import ownership, window
from sportello.rules.ids import OperatorId
from sportello.rules.ownership import CustomerWrote, HandOver, Holder, Ownership, Reason
from sportello.store import followups, inbox
from sportello.store.followups import Answer
from sportello.store.inbox import Customer, Heard, NewMessage, Number
from sportello.store.pool import Connection
from sportello.whatsapp.contents import (
    Edit,
    Media,
    Reaction,
    Revoke,
    System,
    Text,
)
from sportello.whatsapp.events import InboundMessage
from sportello.workers import fold_consent
from sportello.workers.fold_consent import Meant
from sportello.workers.fold_words import customer, list_line, message_text, one_line

_TYPE_MAX: Final = 32
_LINE_MAX: Final = 200
_KEPT_ELSEWHERE: Final = frozenset({"id", "from", "from_user_id", "timestamp", "type"})


@dataclass(frozen=True, slots=True)
class _Part:
    """What kind of event a message is. `speaks`: words to be read; `opens`: the window too."""

    speaks: bool
    opens: bool


async def fold_message(
    connection: Connection, number: Number, event: InboundMessage, now: datetime
) -> None:
    """Raises psycopg.Error; the caller's savepoint takes back what was begun."""
    is_system = isinstance(event.content, System)
    if is_system and await inbox.knows_message(connection, number.workspace_id, event.wamid):
        return  # told twice, it must not bring the old number back
    contact_id = await _contact(connection, number, event)
    meant = await fold_consent.meant(connection, number, contact_id, event, now)
    chat = await inbox.conversation(connection, number, contact_id)
    message = _message(event, meant)
    message_id = await inbox.add_message(connection, number.workspace_id, chat["id"], message)
    if message_id is None:
        return
    heard = _heard(chat, number, event, now)
    if meant is not None and meant.is_settled:
        heard = replace(heard, owes=False)
    await inbox.hear(connection, chat["id"], number, heard, now)
    if _part(event).opens:
        answer = Answer(number.id, contact_id, event.at, heard.answers)
        await followups.answer(connection, answer, now)
    await _keep_file(connection, number, message_id, event)
    await _mark(connection, number, chat, event)
    if meant is not None:
        said = fold_consent.Said(number, contact_id, chat["id"], meant, event)
        is_open = window.is_open(heard.window_closes_at, now)
        await fold_consent.keep(connection, said, now, may_answer=is_open)


async def _contact(connection: Connection, number: Number, event: InboundMessage) -> int:
    """Who wrote; under their new number or user id, if that is what the message tells."""
    contact_id = await inbox.contact(connection, number.workspace_id, customer(event.person))
    match event.content:
        case System(type="user_changed_number", wa_id=wa_id) if wa_id.isdecimal():
            changed = Customer(wa_id=wa_id[:20], user_id=None)
        case System(type="user_changed_user_id", user_id=user_id) if user_id:
            changed = Customer(wa_id=None, user_id=user_id[:160])
        case _:
            return contact_id
    return await inbox.rename(connection, number.workspace_id, contact_id, changed)


def _message(event: InboundMessage, meant: Meant | None) -> NewMessage:
    """A wish about our marketing is marked: it has its answer, and is no question."""
    mark = {fold_consent.MARK: meant.value} if meant is not None and meant.is_settled else {}
    return NewMessage(
        wamid=event.wamid,
        type=event.type[:_TYPE_MAX] or "unsupported",
        text=message_text(event.content),
        payload=_payload(event) | mark,
        reply_to="" if event.context is None else event.context.id[:256],
        at=event.at,
    )


def _payload(event: InboundMessage) -> dict[str, Any]:
    """Meta's object without what has columns of its own; a text's words are the text."""
    left_out = _KEPT_ELSEWHERE | ({"text"} if isinstance(event.content, Text) else frozenset())
    return {name: value for name, value in event.raw.items() if name not in left_out}


def _heard(chat: DictRow, number: Number, event: InboundMessage, now: datetime) -> Heard:
    part = _part(event)
    answerable = part.speaks and window.opens(event.at, now)
    held = _held(chat)
    if part.speaks:
        held = _after_word(held, assistant_on=number.assistant_on)
    last = chat["last_inbound_at"]
    if part.opens:
        last = window.heard(last, event.at, now)
    return Heard(
        ownership=held,
        last_inbound_at=last,
        window_closes_at=None if last is None else window.closes_at(last),
        speaks=part.speaks,
        answers=part.opens and window.opens(event.at, now),
        owes=answerable and held.holder is Holder.ASSISTANT,
        text=list_line(event.content)[:_LINE_MAX],
        at=event.at,
        by_ad=event.entry is window.Entry.AD,
    )


def _part(event: InboundMessage) -> _Part:
    """Reactions open the window, as all that users do; edits and notices of the system do not.

    Source: reference, limits-and-pricing 6.1. A word in a group is not one to us alone.
    """
    match event.content:
        case Reaction():
            return _Part(speaks=False, opens=not event.group_id)
        case Edit() | Revoke() | System():
            return _Part(speaks=False, opens=False)
        case _:
            return _Part(speaks=True, opens=not event.group_id)


def _held(chat: DictRow) -> Ownership:
    holder = Holder(chat["holder"])
    is_held = holder is Holder.OPERATOR
    known = chat["handover_reason"] in set(Reason)
    return Ownership(
        holder=holder,
        operator=OperatorId(chat["operator_id"] or 0) if is_held else None,
        reason=Reason(chat["handover_reason"]) if known else None,
        control_epoch=chat["control_epoch"],
    )


def _after_word(held: Ownership, *, assistant_on: bool) -> Ownership:
    """A closed chat opens; one that the assistant has and may not answer goes to the queue."""
    moved = ownership.advance(held, CustomerWrote(assistant_on))
    if moved.holder is Holder.ASSISTANT and not assistant_on:
        return ownership.advance(moved, HandOver(Reason.ASSISTANT_OFF))
    return moved


async def _keep_file(
    connection: Connection, number: Number, message_id: int, event: InboundMessage
) -> None:
    content = event.content
    if not isinstance(content, Media) or not content.id:
        return
    file = {
        "media_id": content.id[:64],
        "mime_type": one_line(content.mime_type)[:120],
        "filename": one_line(content.filename)[:240],
    }
    await inbox.add_media(connection, number.workspace_id, message_id, file)


async def _mark(
    connection: Connection, number: Number, chat: DictRow, event: InboundMessage
) -> None:
    """Marks the message that this one is about, or this one with marks that came before it."""
    match event.content:
        case Reaction(message_id=target) | Edit(original_message_id=target):
            pass
        case Revoke(original_message_id=target):
            pass
        case _:
            newest = chat["newest_at"]
            if newest is None or newest < event.at:
                return  # the newest so far: nothing can have been said about it
            target = event.wamid
    await inbox.apply_marks(connection, number.workspace_id, chat["id"], target)
