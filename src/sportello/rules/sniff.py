"""What a file is by its first bytes; its sender's word counts only where the bytes agree."""

from typing import Final

HEAD_BYTES: Final = 64
UNKNOWN: Final = "application/octet-stream"

_STARTS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
)
# Containers that say no more than that they are one: what is inside the sender may name.
_BOXES: Final[tuple[tuple[bytes, tuple[str, ...]], ...]] = (
    (b"PK\x03\x04", ("application/vnd.openxmlformats-officedocument.", "application/zip")),
    (
        b"\xd0\xcf\x11\xe0",
        ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
    ),
)
_TEXTS: Final = frozenset({"text/plain", "text/csv", "text/tab-separated-values"})


def sniffed(head: bytes, declared: str) -> str:
    """The MIME type to be kept; `UNKNOWN` for what is not on any list, as for HTML and SVG."""
    told = declared.partition(";")[0].strip().lower()
    for start, mime_type in _STARTS:
        if head.startswith(start):
            return mime_type
    for start, allowed in _BOXES:
        if head.startswith(start):
            return told if told.startswith(allowed) else UNKNOWN
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _film(head[8:11], told)
    return told if told in _TEXTS and b"\x00" not in head else UNKNOWN


def _film(brand: bytes, told: str) -> str:
    """The MPEG-4 family: the brand knows 3GPP and M4A; a voice note may come as plain MP4."""
    if brand == b"3gp":
        return "video/3gpp"
    is_sound = brand == b"M4A" or told == "audio/mp4"
    return "audio/mp4" if is_sound else "video/mp4"
