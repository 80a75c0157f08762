"""Bytes → text, whatever program on whatever desk saved them."""

import codecs
import io
from typing import BinaryIO, Final

import charset_normalizer

# What Italian desks save as: Excel's CSV is Windows-1252, Notepad's "Unicode" has a mark.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LIKELY: Final = ["cp1252", "mac_roman", "utf_16_le", "utf_16_be"]
_LOOKED_AT_MAX: Final = 200_000
_AT_ONCE: Final = 2**20
_USUAL: Final = frozenset("€’‘“”–—…°«» ")
_SHARE: Final = 0.9


def decoded(raw: bytes) -> str:
    """The text without NUL and lone surrogates, which PostgreSQL does not keep; never raises."""
    return raw.decode(encoding_of(io.BytesIO(raw)), errors="replace").replace("\0", "")


def encoding_of(file: BinaryIO) -> str:
    """Of a whole file, read from its beginning in portions; the file ends at its beginning."""
    head = file.read(4)
    file.seek(0)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    place = _not_utf8(file)
    file.seek(0)
    return "utf-8" if place is None else _guessed(file, place)


def _not_utf8(file: BinaryIO) -> int | None:
    """About where the first byte lies that cannot be UTF-8; None if there is none."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    place = 0
    while chunk := file.read(_AT_ONCE):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return place
        place += len(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return max(place - _AT_ONCE, 0)
    return None


def _is_windows(part: bytes) -> bool:
    """Its foreign signs are letters there, or what people put between words; few words do."""
    foreign = bytes(byte for byte in part if byte > 0x7F).decode("cp1252", errors="replace")
    usual = sum(sign.isalpha() or sign in _USUAL for sign in foreign)
    return b"\0" not in part and usual >= _SHARE * len(foreign)


def _guessed(file: BinaryIO, place: int) -> str:
    """By the part of the file in which its foreign letters begin."""
    file.seek(place)
    part = file.read(_AT_ONCE)
    file.seek(0)
    first = next((at for at, byte in enumerate(part) if byte > 0x7F), 0)
    start = max(first - _LOOKED_AT_MAX // 2, 0)
    # UTF-16 without its mark is told by where its zeros stand: an even start.
    looked_at = part[start - start % 2 :][:_LOOKED_AT_MAX]
    if _is_windows(looked_at):
        return "cp1252"
    found = charset_normalizer.from_bytes(looked_at, cp_isolation=_LIKELY).best()
    return found.encoding if found is not None else "cp1252"
