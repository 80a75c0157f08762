"""JSON made fit for PostgreSQL: no NUL, no half characters, no infinity, bounded depth.

Meta's JSON may hold all that JSON allows, and a hostile customer's name may hold more. What text
and jsonb columns cannot take is replaced by U+FFFD here, once, and never meets SQL.
"""

import json
import math
import re
from contextlib import suppress
from typing import Any, Final

import msgspec

DEPTH_MAX: Final = 64
_REPLACEMENT: Final = "\ufffd"
_HALVES: Final = range(0xD800, 0xE000)
_DIGITS_MAX: Final = 64
_PLAIN_BYTES_MAX: Final = 4096


class UnstorableError(ValueError):
    """No JSON, or JSON nested too deep."""


def decoded(raw: bytes) -> Any:
    """The value of JSON bytes, not yet `storable`. Raises `UnstorableError`.

    Strictly first, which is quick; then whatever a lenient reader can still make of it: text that
    is no UTF-8, half characters, numbers without end, nesting without end.
    """
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        lenient = _pruned(raw.decode("utf-8", "replace"))
        return json.loads(lenient, strict=False, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise UnstorableError("not JSON") from error


def read(raw: bytes) -> Any:
    """The `storable` value of JSON bytes. Raises `UnstorableError`.

    What is short, escapes nothing and opens few brackets holds nothing to be replaced: whatever
    else PostgreSQL refuses, a strict reader refuses too. Most answers of Meta's are so.
    """
    is_plain = len(raw) <= _PLAIN_BYTES_MAX and b"\\" not in raw
    if is_plain and raw.count(b"[") + raw.count(b"{") <= DEPTH_MAX:
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            return msgspec.json.decode(raw)
    return storable(decoded(raw))


def storable(value: Any, depth: int = 0) -> Any:
    """The same value with all that PostgreSQL refuses replaced. Raises `UnstorableError`."""
    if depth > DEPTH_MAX:
        raise UnstorableError(f"nested deeper than {DEPTH_MAX}")
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {text(str(key)): storable(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [storable(inner, depth + 1) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def text(words: str) -> str:
    """Text that a UTF-8 database takes."""
    clean = words.replace("\x00", _REPLACEMENT)
    if clean.isascii():
        return clean
    try:
        clean.encode()
    except UnicodeEncodeError:
        return "".join(_REPLACEMENT if ord(sign) in _HALVES else sign for sign in clean)
    return clean


def shown(value: Any) -> str:
    """JSON text of any decoded value, storable or not, for a person to look at."""
    try:
        return json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return "(cannot be shown)"


# Strings whole, one left open to the end, so that no bracket inside one counts; linear in time.
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.?)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)
_KEEP_DEPTH: Final = DEPTH_MAX + 16


def _pruned(raw: str) -> str:
    """The text without what is nested far too deep: `null` in its place.

    Readers of JSON recurse, and one bomb would take its neighbours with it. What is left is still
    deeper than `DEPTH_MAX`, so that the part which held the bomb is found out.
    """
    kept: list[str] = []
    depth, begin = 0, 0
    for token in _TOKEN.finditer(raw):
        if token[0] in "[{":
            depth += 1
            if depth == _KEEP_DEPTH + 1:
                kept += (raw[begin : token.start()], "null")
        elif token[0] in "]}":
            if depth == _KEEP_DEPTH + 1:
                begin = token.end()
            depth -= 1
    return "".join([*kept, raw[begin:]]) if depth <= _KEEP_DEPTH else "".join(kept)


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _DIGITS_MAX else digits
