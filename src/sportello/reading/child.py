"""The process in which one hostile file is read: little memory, little time, no network.

Called as `python -m sportello.reading.child pdf` with the bytes on stdin; answers one JSON object
on stdout, which must be a pipe, and ends. Whatever a parser does
with a hostile file, it does it to this process alone.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from sportello.reading import limits
from sportello.reading.blocks import Code, Read, Unreadable
from sportello.reading.passages import pieces

BYTES_MAX: Final = 20 * 2**20
_MEMORY_BYTES_MAX: Final = 900 * 2**20
_CPU_S_MAX: Final = 60
_TOO_LARGE: Final = "too large"
_READERS: Final = {
    "pdf": "sportello.reading.pdf:read_pdf",
    "docx": "sportello.reading.word:read_word",
    "xlsx": "sportello.reading.sheets:read_xlsx",
    "csv": "sportello.reading.sheets:read_csv",
    "tsv": "sportello.reading.sheets:read_tsv",
    "txt": "sportello.reading.plain:read_text",
    "md": "sportello.reading.plain:read_markdown",
    "html": "sportello.reading.page:read_page",
    "sitemap": "sportello.reading.sitemap:read_sitemap",
}


def main() -> int:
    kind = sys.argv[1] if len(sys.argv) > 1 else ""
    raw = sys.stdin.buffer.read(BYTES_MAX + 1)
    answer = _answer(kind, raw)
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=True).encode())
    sys.stdout.flush()
    # What a parser left to be tidied away could still hang or crash.
    os._exit(0)


def _answer(kind: str, raw: bytes) -> Mapping[str, Any]:
    try:
        reader = _reader(kind if len(raw) <= BYTES_MAX else _TOO_LARGE)
        limits.bind(memory_bytes=_MEMORY_BYTES_MAX, cpu_s=_CPU_S_MAX)
        return _told(kind, reader(raw))
    except Unreadable as unreadable:
        return {"error": unreadable.code.value}
    except MemoryError:
        return {"error": Code.TOO_MUCH_MEMORY.value}
    except RecursionError:
        return {"error": Code.DAMAGED.value}


def _reader(kind: str) -> Callable[[bytes], Read]:
    """Imported before the limits hold, and only what this kind needs."""
    module, _, name = _READERS.get(kind, "").partition(":")
    if not module:
        raise Unreadable(Code.TOO_LARGE if kind == _TOO_LARGE else Code.UNKNOWN_KIND)
    reader: Callable[[bytes], Read] = getattr(importlib.import_module(module), name)
    return reader


def _told(kind: str, read: Read) -> Mapping[str, Any]:
    told = [] if kind == "sitemap" else _pieces_of(kind, read)
    return {
        "title": read.title,
        "language": read.language,
        "links": read.links,
        "pieces": told,
    }


def _pieces_of(kind: str, read: Read) -> list[list[str]]:
    """A page may be worth its links alone; a file without text is told as such."""
    try:
        return [[one.heading, one.text, one.asked] for one in pieces(read.blocks)]
    except Unreadable as unreadable:
        if kind == "html" and unreadable.code is Code.NO_TEXT:
            return []
        raise


if __name__ == "__main__":
    sys.exit(main())
