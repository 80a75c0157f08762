"""A conversation as a row of the list."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sportello.console.inbox import captions
from sportello.console.inbox.listing import Entry
from sportello.console.inbox.names import name_of
from sportello.console.inbox.windows import Badge, badge
from sportello.console.templatetags.desk import phone
from sportello.rules.markup import plain
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
    # The address of conversation 0, and what the list is narrowed to.
    way: str
    query: str


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Held:
    """Who has it, as a sign and in words."""

    icon: str
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    address: str
    # Both are escaped: what was found in them is marked.
    name: SafeString
    # What was said last, or the piece of a message in which a search found it.
    words: SafeString
    at: datetime | None
    unread: int
    window: Badge | None
    holder: Held
    tags: tuple[Tag, ...]
    more_tags: str
    more_tags_count: int
    has_bell: bool
    is_current: bool
    # Where the list goes on after this row.
    cursor: str
    # Changes when anything shown does: the browser replaces only such rows.
    key: str


# More labels than fit a row are counted, and named where one points.
TAGS_MAX = 1
# Of a message: about what a row has room for, so that the found words are in sight.
_FOUND_LENGTH = 40


def rows(entries: Iterable[Entry], shown: Shown) -> list[Row]:
    found = list(entries)
    tags = _tags([one.conversation.pk for one in found])
    texts = _texts([one.message for one in found if one.message is not None])
    today = timezone.localtime(shown.now).date()
    return [
        _row(one, shown, tags.get(one.conversation.pk, []), texts.get(one.message or 0, ""), today)
        for one in found
    ]


def _row(entry: Entry, shown: Shown, tags: list[Tag], text: str, today: date) -> Row:
    conversation = entry.conversation
    name = name_of(conversation.contact)
    found = (
        excerpt(plain(text), shown.words, _FOUND_LENGTH) if text else _number(conversation, shown)
    )
    row = Row(
        id=conversation.pk,
        address=_address(conversation.pk, entry.message, shown),
        name=_marked(excerpt(name, shown.words, len(name))) if shown.words else escape(name),
        words=_marked(found) if found else escape(_preview(conversation)),
        at=conversation.last_message_at,
        unread=conversation.unread_count,
        window=badge(conversation.window_closes_at, shown.now),
        holder=_holder(conversation, shown.user),
        tags=tuple(tags[:TAGS_MAX]),
        more_tags=", ".join(tag.name for tag in tags[TAGS_MAX:]),
        more_tags_count=len(tags[TAGS_MAX:]),
        has_bell=conversation.pk in shown.bells,
        is_current=conversation.pk == shown.current,
        cursor=entry.cursor,
        key="",
    )
    return replace(row, key=f"{zlib.crc32(repr((row, today)).encode()):08x}")


def _address(conversation_id: int, message: int | None, shown: Shown) -> str:
    """Every row's way begins alike: the routes are asked once a page, not once a row."""
    address = shown.way.replace("/0/", f"/{conversation_id}/", 1) + shown.query
    if message is None:
        return address
    return f"{address}{'&' if shown.query else '?'}message={message}"


def _marked(parts: list[Part]) -> SafeString:
    """What was found, marked; a customer's words are escaped here."""
    drawn = (
        format_html("<mark>{}</mark>", one.text) if one.is_found else one.text for one in parts
    )
    return format_html_join("", "{}", ((one,) for one in drawn))


def _number(conversation: Conversation, shown: Shown) -> list[Part]:
    """Where the search found it by the number, the number."""
    digits = conversation.contact.wa_id or ""
    if any(word.isdigit() and word in digits for word in shown.names):
        return [Part(phone(digits), is_found=True)]
    return []


def _tags(ids: list[int]) -> dict[int, list[Tag]]:
    carried = (
        Labelling.objects.filter(conversation_id__in=ids, label__deleted_at=None)
        .order_by("label__name")
        .values_list("conversation_id", "label__name", "label__colour")
    )
    found: dict[int, list[Tag]] = {}
    for chat, name, colour in carried:
        found.setdefault(chat, []).append(Tag(name, colour))
    return found


def _texts(ids: list[int]) -> dict[int, str]:
    return dict(Message.objects.filter(pk__in=ids).values_list("pk", "text")) if ids else {}


def _preview(conversation: Conversation) -> str:
    text = plain(conversation.last_message_text) or _wordless(conversation)
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


def _holder(conversation: Conversation, user: User) -> Held:
    holder = Holder(conversation.holder)
    words = str(captions.HOLDERS[holder])
    if holder is Holder.OPERATOR and conversation.operator is not None:
        is_mine = conversation.operator_id == user.pk
        words = _("You") if is_mine else _called(conversation.operator)
    sign = captions.HOLDER_SIGNS[holder]
    return Held(sign.icon, sign.tone, words)


def _called(user: User) -> str:
    return user.name or user.email
