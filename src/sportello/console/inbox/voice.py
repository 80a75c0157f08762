"""What a browser recorded, as a voice note that WhatsApp takes."""

from typing import Final

from sportello.rules import voice_note
from sportello.rules.voice_note import UnfitRecordingError

_OGG: Final = "audio/ogg"


def as_voice_note(content: bytes, mime_type: str) -> tuple[bytes, str]:
    """The bytes and their type. What cannot be wrapped anew stays as it is: the file's own check
    then says whether WhatsApp takes it at all.
    """
    if not voice_note.is_webm(content):
        return content, mime_type
    try:
        return voice_note.to_ogg(content), _OGG
    except UnfitRecordingError:
        return content, mime_type
