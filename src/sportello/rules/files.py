"""Which files Meta takes, as what, and how large. Source: reference, sending 3 (table of media)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

_MIB: Final = 1024 * 1024
# What we keep in a row and send from there; Meta takes documents of up to 100 MB.
OURS_MAX: Final = 16 * _MIB


class FileKind(StrEnum):
    """As what a message or a header carries a file."""

    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    AUDIO = "audio"
    STICKER = "sticker"


class Flaw(StrEnum):
    """Why a file cannot be sent, or cannot be a header's sample."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    KIND_UNKNOWN = "kind_unknown"
    NOT_FOR_THIS_HEADER = "not_for_this_header"


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_KINDS: Final[Mapping[str, FileKind]] = MappingProxyType(
    {
        "image/jpeg": FileKind.IMAGE,
        "image/png": FileKind.IMAGE,
        "image/webp": FileKind.STICKER,
        "video/mp4": FileKind.VIDEO,
        "video/3gpp": FileKind.VIDEO,
        "audio/aac": FileKind.AUDIO,
        "audio/amr": FileKind.AUDIO,
        "audio/mpeg": FileKind.AUDIO,
        "audio/mp4": FileKind.AUDIO,
        "audio/ogg": FileKind.AUDIO,
        "text/plain": FileKind.DOCUMENT,
        "application/pdf": FileKind.DOCUMENT,
        "application/msword": FileKind.DOCUMENT,
        "application/vnd.ms-excel": FileKind.DOCUMENT,
        "application/vnd.ms-powerpoint": FileKind.DOCUMENT,
        f"{_OFFICE}.wordprocessingml.document": FileKind.DOCUMENT,
        f"{_OFFICE}.spreadsheetml.sheet": FileKind.DOCUMENT,
        f"{_OFFICE}.presentationml.presentation": FileKind.DOCUMENT,
    }
)
BYTES_MAX: Final[Mapping[FileKind, int]] = MappingProxyType(
    {
        FileKind.IMAGE: 5 * _MIB,
        FileKind.VIDEO: 16 * _MIB,
        FileKind.DOCUMENT: OURS_MAX,
        FileKind.AUDIO: 16 * _MIB,
        FileKind.STICKER: 500 * 1024,
    }
)
# Of headers: what a resumable upload takes as a sample.
_SAMPLES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "IMAGE": frozenset({"image/jpeg", "image/png"}),
        "VIDEO": frozenset({"video/mp4"}),
        "GIF": frozenset({"video/mp4"}),
        "DOCUMENT": frozenset({"application/pdf"}),
    }
)


def kind_of(mime_type: str) -> FileKind | None:
    """As what Meta would carry it; None for a type that it does not take."""
    return _KINDS.get(mime_type)


def flaw_of(mime_type: str, size: int) -> Flaw | None:
    """Why Meta would not take so many bytes of this type; None where it would."""
    if size < 1:
        return Flaw.EMPTY
    kind = kind_of(mime_type)
    if kind is None:
        return Flaw.KIND_UNKNOWN
    return Flaw.TOO_LARGE if size > BYTES_MAX[kind] else None


def sample_flaw(header_format: str, mime_type: str) -> Flaw | None:
    """Whether a file may stand as the sample of a header; `header_format`: Meta's word."""
    allowed = _SAMPLES.get(header_format.upper(), frozenset())
    return None if mime_type in allowed else Flaw.NOT_FOR_THIS_HEADER
