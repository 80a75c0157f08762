"""A conversation's messages as bubbles: who said it, what it shows, what became of it."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sportello.console import words
from sportello.console.inbox import captions, sending, undoing
from sportello.console.inbox.captions import Trouble
from sportello.console.inbox.hints import Hint, hints_of
from sportello.console.inbox.piece import Piece
from sportello.console.inbox.pieces import piece_of
from sportello.console.templatetags.desk import day as day_words
from sportello.schema.inbox import Message, MessageStatus, Origin

_LONG = 3000


@dataclass(frozen=True, slots=True)
class Ticks:
    """`icon` of the sprite, `tone` of the style sheet, `words` for those who do not see it."""

    icon: str
    tone: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    pair_id: int | None
    title: str
    score: float | None
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message that this one answers; `id` is None when it lies further back."""

    id: int | None
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Bubble:
    id: int
    origin: str
    who: str
    text: str
    piece: Piece
    quoted: Quoted | None
    hints: tuple[Hint, ...]
    reactions: tuple[str, ...]
    at: datetime
    ticks: Ticks | None
    trouble: Trouble | None
    sources: tuple[Source, ...]
    is_gone: bool
    is_edited: bool
    is_long: bool
    has_receipt: bool
    # A customer's message that can be quoted and reacted to; and our own sign under it.
    may_quote: bool = False
    our_sign: str = ""
    # Certainly not arrived, and not sent anew yet.
    may_repeat: bool = False
    # It should have left by now, and has not: the doctor says why.
    waits: bool = False
    # It waits in the outbox and can be taken back, for so many seconds more.
    is_leaving: bool = False
    seconds_left: float = field(default=0.0, repr=False)
    # The first of its day carries the day, and how one would call it.
    day: date | None = None
    day_words: str = ""
    # Changes when anything shown does: the browser replaces only such bubbles.
    key: str = ""

    @property
    def is_ours(self) -> bool:
        return self.origin not in {Origin.CUSTOMER, Origin.NOTE}

    @property
    def is_event(self) -> bool:
        return self.piece.kind == "event"

    @property
    def is_note(self) -> bool:
        return self.origin == Origin.NOTE


_NONE: Mapping[int, float] = MappingProxyType({})


def bubbles(
    messages: Sequence[Message], now: datetime, undoable: Mapping[int, float] = _NONE
) -> list[Bubble]:
    """In the order given, each with its files at hand (`media_set`). What its author took back is
    not among them; `undoable`: what still can be, by its id, for so many seconds.

    What only marks another message (a reaction, an edit, a deletion) is seen there; where that
    message is not among these, it is told as an event of its own.
    """
    by_wamid = {message.wamid: message for message in messages if message.wamid}
    shown = [
        _leaving(_bubble(message, by_wamid, now), undoable)
        for message in messages
        if not _is_seen_there(message, by_wamid) and not undoing.is_undone(message)
    ]
    return list(_keyed(_dated(shown, now), now))


def _leaving(bubble: Bubble, undoable: Mapping[int, float]) -> Bubble:
    if bubble.id not in undoable:
        return bubble
    return replace(bubble, is_leaving=True, seconds_left=undoable[bubble.id])


def _is_seen_there(message: Message, known: Mapping[str, Message]) -> bool:
    """Our own reaction that did not arrive is told beside, with its reason."""
    if message.status in _NEVER_LEFT:
        return False
    return message.type in captions.MARKS and _marked(message) in known


_USUAL = timedelta(seconds=30)
_ON_ITS_WAY = frozenset({MessageStatus.QUEUED, MessageStatus.ACCEPTED})
_NEVER_LEFT = frozenset({MessageStatus.FAILED, MessageStatus.REFUSED, MessageStatus.CANCELLED})


def _marked(message: Message) -> str:
    """The wamid of the message that this one marks."""
    part = message.payload.get(message.type)
    part = part if isinstance(part, Mapping) else {}
    return str(part.get("message_id") or part.get("original_message_id") or "")


def sources_of(kept: Any) -> tuple[Source, ...]:
    """Best first, as they were kept."""
    listed = kept if isinstance(kept, list) else []
    return tuple(_source(source) for source in listed if isinstance(source, dict))


def _bubble(message: Message, known: Mapping[str, Message], now: datetime) -> Bubble:
    is_gone = message.revoked_at is not None
    piece = piece_of(message, next(iter(message.media_set.all()), None))
    return Bubble(
        id=message.pk,
        origin=message.origin,
        who=_who(message),
        text="" if is_gone or piece.says_all else message.text,
        piece=piece,
        quoted=_quoted(message, known),
        hints=() if is_gone else hints_of(message),
        reactions=tuple(str(sign) for sign in message.reactions.values() if sign),
        at=message.at,
        ticks=_ticks(message),
        trouble=_trouble(message),
        sources=sources_of(message.sources),
        is_gone=is_gone,
        is_edited=message.edited_at is not None and not is_gone,
        is_long=len(message.text) > _LONG,
        has_receipt=message.receipt is not None,
        may_quote=bool(message.wamid) and not is_gone and message.type not in captions.MARKS,
        our_sign=str(message.reactions.get(sending.OURS, "")),
        may_repeat=_may_repeat(message),
        waits=_waits(message, now),
    )


def _waits(message: Message, now: datetime) -> bool:
    """It came back from the wire, or lies for longer than any message should."""
    came_back = message.status == MessageStatus.QUEUED and message.receipt is not None
    is_late = message.status in _ON_ITS_WAY and now - message.at > _USUAL
    return message.origin not in {Origin.CUSTOMER, Origin.NOTE} and (came_back or is_late)


def _may_repeat(message: Message) -> bool:
    """What a person or a colleague wrote; `doctor.repeating` looks more closely."""
    is_ours = message.origin == Origin.OPERATOR and message.type not in captions.MARKS
    has_left = message.status not in _NEVER_LEFT
    is_kept = bool(message.text or message.payload)
    return is_ours and is_kept and not has_left and not hasattr(message, "repetition")


def _who(message: Message) -> str:
    if message.author is not None and message.origin in {Origin.OPERATOR, Origin.NOTE}:
        return message.author.name or message.author.email
    return str(captions.ORIGINS.get(Origin(message.origin), message.origin))


def _quoted(message: Message, known: Mapping[str, Message]) -> Quoted | None:
    if not message.reply_to:
        return None
    answered = known.get(message.reply_to)
    if answered is None:
        return Quoted(None, "", _("An earlier message"))
    kind = captions.KINDS.get(answered.type)
    return Quoted(answered.pk, _who(answered), answered.text or str(kind or answered.type))


def _source(source: Mapping[str, Any]) -> Source:
    score = source.get("score")
    pair_id, document_id = source.get("pair_id"), source.get("document_id")
    return Source(
        pair_id if isinstance(pair_id, int) else None,
        str(source.get("title", "")),
        float(score) if isinstance(score, int | float) else None,
        document_id if isinstance(document_id, int) else None,
    )


def _ticks(message: Message) -> Ticks | None:
    """As on a phone: clock, one, two, two coloured; and red where it went wrong."""
    status = MessageStatus(message.status)
    drawn = _TICKS.get(status)
    return None if drawn is None else replace(drawn, words=str(captions.STATUSES[status]))


_CLOCK = Ticks(icon="clock")
_READ = Ticks(icon="checks", tone="is-read")
_BAD = Ticks(icon="alert-circle", tone="is-bad")
_DOUBT = Ticks(icon="help-circle", tone="is-bad")
_TICKS = {
    MessageStatus.QUEUED: _CLOCK,
    MessageStatus.HELD: _CLOCK,
    MessageStatus.ACCEPTED: _CLOCK,
    MessageStatus.SENT: Ticks(icon="check"),
    MessageStatus.DELIVERED: Ticks(icon="checks"),
    MessageStatus.READ: _READ,
    MessageStatus.PLAYED: _READ,
    MessageStatus.FAILED: _BAD,
    MessageStatus.REFUSED: _BAD,
    MessageStatus.CANCELLED: Ticks(icon="ban"),
    MessageStatus.IN_DOUBT: _DOUBT,
    MessageStatus.UNKNOWN: _DOUBT,
}


def _trouble(message: Message) -> Trouble | None:
    """Why it did not leave or arrive, in words, with the code beside them."""
    receipt, error = message.receipt or {}, message.error or {}
    if message.status in {MessageStatus.REFUSED, MessageStatus.HELD, MessageStatus.CANCELLED}:
        said = words.of_code(str(receipt.get("code") or ""))
        return None if said is None else Trouble(str(said.title), str(said.advice), "")
    if message.status == MessageStatus.FAILED:
        code = error.get("code")
        told = str(error.get("message") or "")
        return captions.failure(code if isinstance(code, int) else None, told)
    if message.status in {MessageStatus.IN_DOUBT, MessageStatus.UNKNOWN}:
        return captions.doubt()
    return None


def _dated(shown: Iterable[Bubble], now: datetime) -> Iterable[Bubble]:
    last: date | None = None
    local_now = timezone.localtime(now)
    for bubble in shown:
        local = timezone.localtime(bubble.at)
        if local.date() != last:
            last = local.date()
            yield replace(bubble, day=last, day_words=day_words(local, local_now))
        else:
            yield bubble


def _keyed(shown: Iterable[Bubble], now: datetime) -> Iterable[Bubble]:
    """The day enters the key too: at midnight "today" becomes "yesterday"."""
    today = timezone.localtime(now).date()
    for bubble in shown:
        yield replace(bubble, key=f"{zlib.crc32(repr((bubble, today)).encode()):08x}")
