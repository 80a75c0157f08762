"""What a person sends beside text: files with a caption, voice notes, reactions.

Each passes the guard and the outbox as a text does (`deeds.write_text`), locks the conversation
first, and raises the same: `UnfitText`, `Refused`, `Conversation.DoesNotExist`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sportello.console.inbox import captions, deeds, facts, outbox
from sportello.console.templates_desk import files
from sportello.rules import guard
from sportello.rules.facts import Content, Media
from sportello.rules.files import FileKind, kind_of
from sportello.rules.guard import Refuse
from sportello.schema.files import File, Upload, UploadState
from sportello.schema.inbox import Conversation, Message, MessageStatus, Origin
from sportello.schema.team import User

# Meta's limit for the words under a file. Source: reference, sending 2 (media).
CAPTION_LENGTH_MAX: Final = 1024
FILES_MAX: Final = 10
_CAPTIONED: Final = frozenset({FileKind.IMAGE, FileKind.VIDEO, FileKind.DOCUMENT})
_EMOJI_LENGTH_MAX: Final = 16
# What the list shows of a message without words, by its type (`captions.SIGNS`).
SIGNS: Final = {
    "image": "📷",
    "video": "🎬",
    "audio": "🎤",
    "sticker": "🖼️",
    "document": "📄",
    "location": "📍",
    "contacts": "👤",
}


@dataclass(frozen=True, slots=True)
class Parcel:
    """Files with what is said of them. `voice`: the sounds among them are voice notes."""

    file_ids: Sequence[int]
    text: str = ""
    reply_to: int | None = None
    voice: bool = False


def write_files(conversation_id: int, author: User, parcel: Parcel, now: datetime) -> list[Message]:
    """One message for each file, in order; the words stand under the first that can carry them,
    or go before them as a text of their own.
    """
    conversation = deeds.locked(conversation_id)
    found = _files(parcel.file_ids)
    text, caption = _split(parcel.text, found)
    written = []
    if text:
        first = deeds.write_text(conversation_id, author, text, now, parcel.reply_to)
        written.append(first)
        conversation.refresh_from_db()
    for file in found:
        said = caption if kind_of(file.mime_type) in _CAPTIONED else ""
        quoted = None if written else parcel.reply_to
        letter = _Letter(file, said, quoted, parcel.voice)
        written.append(_write_file(conversation, author, letter, now))
        caption = "" if said else caption
    return written


def react(conversation_id: int, author: User, message_id: int, emoji: str, now: datetime) -> None:
    """Puts an emoji under a customer's message, or with an empty one takes ours away."""
    if len(emoji) > _EMOJI_LENGTH_MAX or any(sign.isalnum() and sign.isascii() for sign in emoji):
        raise deeds.UnfitText("unknown")
    conversation = deeds.locked(conversation_id)
    marked = Message.objects.select_for_update().filter(
        pk=message_id, conversation=conversation, origin=Origin.CUSTOMER, wamid__isnull=False
    )
    target = marked.first()
    if target is None:
        raise deeds.UnfitText("reply_unknown")
    _allow(conversation, author, now, Content.REACTION, Media.NONE)
    part = {"message_id": target.wamid, "emoji": emoji}
    message = _bubble(conversation, author, now, "reaction", text=emoji, payload={"reaction": part})
    outbox.enqueue(conversation, message, {"type": "reaction", "reaction": part})
    kept = {who: sign for who, sign in target.reactions.items() if who != OURS}
    target.reactions = kept | ({OURS: emoji} if emoji else {})
    target.save(update_fields=["reactions"])


# Under what name our own reaction stands beside the customer's.
OURS: Final = "us"


@dataclass(frozen=True, slots=True)
class _Letter:
    file: File
    caption: str
    reply_to: int | None
    voice: bool


def _files(ids: Sequence[int]) -> list[File]:
    if len(ids) > FILES_MAX:
        raise deeds.UnfitText("too_many")
    found = File.objects.defer("content").in_bulk(list(ids))
    if len(found) != len(set(ids)):
        raise deeds.UnfitText("unknown")
    return [found[one] for one in dict.fromkeys(ids)]


def _split(text: str, found: Sequence[File]) -> tuple[str, str]:
    """What is said before the files, and what under one of them."""
    said = deeds.fit(text) if text.strip() else ""
    carries = any(kind_of(file.mime_type) in _CAPTIONED for file in found)
    return ("", said) if carries and len(said) <= CAPTION_LENGTH_MAX else (said, "")


def _write_file(
    conversation: Conversation, author: User, letter: _Letter, now: datetime
) -> Message:
    file, kind = letter.file, kind_of(letter.file.mime_type)
    if kind is None:
        raise deeds.UnfitText("unknown")
    upload = files.want(file, conversation.number_id, now)
    _allow(conversation, author, now, Content.MEDIA, _state(upload, now))
    shown: dict[str, Any] = {"file": file.pk, "mime_type": file.mime_type, "size": file.size}
    shown |= {"filename": file.filename} if file.filename else {}
    shown |= {"voice": True} if letter.voice and kind is FileKind.AUDIO else {}
    message = _bubble(
        conversation, author, now, kind.value, text=letter.caption, payload={kind.value: shown}
    )
    if letter.reply_to is not None:
        message.reply_to = deeds.wamid_of(conversation, letter.reply_to)
        message.save(update_fields=["reply_to"])
    held = outbox.held_for(conversation, author)
    outbox.enqueue(conversation, message, _body(kind, letter), file_id=file.pk, held=held)
    deeds.note_last(conversation, message)
    if not message.text:
        conversation.last_message_text = SIGNS[kind.value]
        conversation.save(update_fields=["last_message_text"])
    return message


def _body(kind: FileKind, letter: _Letter) -> dict[str, Any]:
    """Meta's request; our file's id becomes Meta's own when it leaves (`schema.sends.Send`)."""
    part: dict[str, Any] = {"id": f"file:{letter.file.pk}"}
    if letter.caption:
        part["caption"] = letter.caption
    if kind is FileKind.DOCUMENT:
        part["filename"] = letter.file.filename or str(captions.KINDS["document"])
    if kind is FileKind.AUDIO and letter.voice:
        part["voice"] = True
    return {"type": kind.value, kind.value: part}


def _state(upload: Upload, now: datetime) -> Media:
    if upload.kept_until is not None and upload.kept_until > now:
        return Media.READY
    return Media.REFUSED if upload.state == UploadState.REFUSED else Media.WAITING


def _allow(
    conversation: Conversation, author: User, now: datetime, content: Content, media: Media
) -> None:
    """A hold is no refusal: what waits for its file waits in the outbox."""
    looked_at = replace(facts.of_text(conversation, author.pk, now), content=content, media=media)
    verdict = guard.decide(looked_at, now)
    if isinstance(verdict, Refuse):
        raise deeds.Refused(verdict.code, looked_at)


def _bubble(
    conversation: Conversation, author: User, now: datetime, kind: str, **columns: Any
) -> Message:
    return Message.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        origin=Origin.OPERATOR,
        author_id=author.pk,
        type=kind,
        status=MessageStatus.QUEUED,
        at=now,
        **columns,
    )
