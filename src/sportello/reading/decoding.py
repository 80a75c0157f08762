"""Bytes → text, whatever program on whatever desk saved them."""

import codecs
from typing import Final

import charset_normalizer

# What Italian desks save as: Excel's CSV is Windows-1252, Notepad's "Unicode" has a mark.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LIKELY: Final = ["cp1252", "mac_roman", "utf_16_le", "utf_16_be"]
_LOOKED_AT_MAX: Final = 200_000


def decoded(raw: bytes) -> str:
    """The text without NUL and lone surrogates, which PostgreSQL does not keep; never raises."""
    return _guessed(raw).replace("\0", "")


def _guessed(raw: bytes) -> str:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    found = charset_normalizer.from_bytes(raw[:_LOOKED_AT_MAX], cp_isolation=_LIKELY).best()
    encoding = found.encoding if found is not None else "cp1252"
    return raw.decode(encoding, errors="replace")
