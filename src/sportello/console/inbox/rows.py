"""A conversation as a row of the list."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from sportello.console.inbox import captions
from sportello.console.inbox.names import name_of
from sportello.console.inbox.windows import Badge, badge
from sportello.schema.inbox import Conversation, Holder, Origin
from sportello.schema.team import User


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    name: str
    preview: str
    at: datetime | None
    unread: int
    window: Badge | None
    holder: str
    holder_words: str
    is_current: bool
    # Changes when anything shown does: the browser replaces only such rows.
    key: str


def rows(
    found: Iterable[Conversation], user: User, now: datetime, current: int | None
) -> list[Row]:
    return [_row(conversation, user, now, current) for conversation in found]


def _row(conversation: Conversation, user: User, now: datetime, current: int | None) -> Row:
    name, preview = name_of(conversation.contact), _preview(conversation)
    shown = badge(conversation.window_closes_at, now)
    holder_words = _holder(conversation, user)
    is_current = conversation.pk == current
    at = conversation.last_message_at
    parts = (name, preview, at, conversation.unread_count, shown, holder_words, is_current)
    return Row(
        id=conversation.pk,
        name=name,
        preview=preview,
        at=at,
        unread=conversation.unread_count,
        window=shown,
        holder=conversation.holder,
        holder_words=holder_words,
        is_current=is_current,
        key=f"{zlib.crc32(repr((parts, now.date())).encode()):08x}",
    )


def _preview(conversation: Conversation) -> str:
    text = " ".join(conversation.last_message_text.split()) or _wordless(conversation)
    if text in captions.SIGNS:
        text = f"{text} {captions.SIGNS[text]}"
    if conversation.last_message_origin in {Origin.CUSTOMER, ""}:
        return text
    who = captions.ORIGINS.get(Origin(conversation.last_message_origin))
    return f"{who}: {text}"


def _wordless(conversation: Conversation) -> str:
    if conversation.last_message_origin == Origin.CUSTOMER:
        return _("This kind of message cannot be shown")
    return _("No message yet")


def _holder(conversation: Conversation, user: User) -> str:
    holder = Holder(conversation.holder)
    if holder is Holder.OPERATOR and conversation.operator is not None:
        return _("You") if conversation.operator_id == user.pk else _called(conversation.operator)
    return str(captions.HOLDERS[holder])


def _called(user: User) -> str:
    return user.name or user.email
