"""A conversation as a row of the list."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from sportello.console.inbox import captions
from sportello.console.inbox.listing import Entry
from sportello.console.inbox.names import name_of
from sportello.console.inbox.windows import Badge, badge
from sportello.console.templatetags.desk import phone
from sportello.rules.searching import Part, excerpt
from sportello.schema.desk import Labelling
from sportello.schema.inbox import Conversation, Holder, Message, Origin
from sportello.schema.team import User


@dataclass(frozen=True, slots=True)
class Shown:
    """For whom rows are drawn, and what the search asked for."""

    user: User
    now: datetime
    current: int | None
    words: tuple[str, ...]
    names: tuple[str, ...]
    bells: frozenset[int]


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    name: list[Part]
    preview: str
    # The piece of a message in which a search found it, and that message.
    excerpt: list[Part]
    message: int | None
    at: datetime | None
    unread: int
    window: Badge | None
    holder: str
    holder_words: str
    tags: list[Tag]
    more_tags: str
    has_bell: bool
    is_current: bool
    # Where the list goes on after this row.
    cursor: str
    # Changes when anything shown does: the browser replaces only such rows.
    key: str


# More labels than fit a row are named where one points.
TAGS_MAX = 2


def rows(entries: Iterable[Entry], shown: Shown) -> list[Row]:
    found = list(entries)
    tags = _tags([one.conversation.pk for one in found])
    texts = _texts([one.message for one in found if one.message is not None])
    return [
        _row(one, shown, tags.get(one.conversation.pk, []), texts.get(one.message or 0, ""))
        for one in found
    ]


def _row(entry: Entry, shown: Shown, tags: list[Tag], text: str) -> Row:
    conversation = entry.conversation
    name, preview = name_of(conversation.contact), _preview(conversation)
    window = badge(conversation.window_closes_at, shown.now)
    holder_words = _holder(conversation, shown.user)
    is_current = conversation.pk == shown.current
    at = conversation.last_message_at
    found = excerpt(text, shown.words) if text else _number(conversation, shown)
    has_bell = conversation.pk in shown.bells
    shown_parts = (
        name,
        preview,
        at,
        conversation.unread_count,
        window,
        holder_words,
        is_current,
        tags,
    )
    parts = (shown_parts, found, has_bell, shown.words)
    return Row(
        id=conversation.pk,
        name=excerpt(name, shown.words, len(name)) if shown.words else [Part(name, is_found=False)],
        preview=preview,
        excerpt=found,
        message=entry.message,
        at=at,
        unread=conversation.unread_count,
        window=window,
        holder=conversation.holder,
        holder_words=holder_words,
        tags=tags[:TAGS_MAX],
        more_tags=", ".join(tag.name for tag in tags[TAGS_MAX:]),
        has_bell=has_bell,
        is_current=is_current,
        cursor=entry.cursor,
        key=f"{zlib.crc32(repr((parts, shown.now.date())).encode()):08x}",
    )


def _number(conversation: Conversation, shown: Shown) -> list[Part]:
    """Where the search found it by the number, the number."""
    digits = conversation.contact.wa_id or ""
    if any(word.isdigit() and word in digits for word in shown.names):
        return [Part(phone(digits), is_found=True)]
    return []


def _tags(ids: list[int]) -> dict[int, list[Tag]]:
    carried = (
        Labelling.objects.filter(conversation_id__in=ids, label__deleted_at=None)
        .select_related("label")
        .order_by("label__name")
    )
    found: dict[int, list[Tag]] = {}
    for one in carried:
        tag = Tag(one.label.name, one.label.colour)
        found.setdefault(one.conversation_id, []).append(tag)
    return found


def _texts(ids: list[int]) -> dict[int, str]:
    return dict(Message.objects.filter(pk__in=ids).values_list("pk", "text")) if ids else {}


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
