"""Messages that are no longer at hand: on disk, written in portions, found by id or by person."""

import json
import sqlite3
from contextlib import suppress
from dataclasses import fields
from hashlib import blake2b
from pathlib import Path

from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Direction, Message

PORTION = 1_000
CACHE_KIB = 32 * 1024
TRIMMED_AT_ONCE = 10_000
FILE = "messages.sqlite3"
_APART = ("wa_id", "number_id", "payload", "components")
"""Fields with a column of their own; the others travel as one list of JSON."""
_TOGETHER = tuple(f.name for f in fields(Message) if f.name not in _APART)
_SCHEMA = """
CREATE TABLE message (
  seq INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, person TEXT NOT NULL,
  number TEXT NOT NULL, payload BLOB NOT NULL, components INTEGER, rest TEXT NOT NULL
);
CREATE INDEX of_person ON message (person, seq);
"""
_KEEP = """
INSERT INTO message (key, person, number, payload, components, rest) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET person = excluded.person, payload = excluded.payload,
  rest = excluded.rest
"""
_COLUMNS = "person, number, payload, components, rest"


class Attic:
    """One file of an emulator's own; without a folder a nameless one that vanishes with it."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._base: sqlite3.Connection | None = None
        self._fresh: dict[str, Message] = {}
        self._shapes: list[list[Json]] = []
        """Components that messages share; a template's are one list for all that it sent."""
        self._shape_of: dict[int, int] = {}
        self._count = 0

    def __len__(self) -> int:
        if self._fresh:
            self._write()
        return self._count

    def put(self, message: Message) -> None:
        """Keep it, or its new state; the disk is touched once in a thousand."""
        self._fresh[message.id] = message
        if len(self._fresh) >= PORTION:
            self._write()

    def get(self, message_id: str) -> Message | None:
        """As it was last put."""
        if message_id in self._fresh:
            return self._fresh[message_id]
        if self._base is None:
            return None
        sql = f"SELECT {_COLUMNS} FROM message WHERE key = ?"  # noqa: S608 - constants
        row = self._base.execute(sql, (_key(message_id),)).fetchone()
        return None if row is None else self._read(row)

    def of(self, person: str, number: str, most: int) -> list[Message]:
        """The newest of the chat, at most so many, oldest first."""
        if self._fresh:
            self._write()
        if self._base is None:
            return []
        sql = (
            f"SELECT {_COLUMNS} FROM message WHERE person = ? AND number = ? "  # noqa: S608 - names of ours
            "ORDER BY seq DESC LIMIT ?"
        )
        rows = self._base.execute(sql, (person, number, most)).fetchall()
        return [self._read(row) for row in reversed(rows)]

    def trim(self, most: int) -> int:
        """Forget the oldest beyond `most`, and some more at once; answers how many."""
        if len(self) <= most or self._base is None:
            return 0
        gone = self._count - most + min(TRIMMED_AT_ONCE, most // 10)
        sql = "DELETE FROM message WHERE seq IN (SELECT seq FROM message ORDER BY seq LIMIT ?)"
        with self._base:
            self._base.execute(sql, (gone,))
        self._count -= gone
        return gone

    def moved(self, old: str, new: str) -> None:
        """A person is known by another number."""
        if self._fresh:
            self._write()
        if self._base is not None:
            with self._base:
                self._base.execute("UPDATE message SET person = ? WHERE person = ?", (new, old))

    def close(self) -> None:
        """Forget everything, the file included."""
        self._fresh.clear()
        self._shapes.clear()
        self._shape_of.clear()
        self._count = 0
        if self._base is not None:
            self._base.close()
            self._base = None
        self._remove()

    def _write(self) -> None:
        base = self._base or self._open()
        rows = [self._row(message) for message in self._fresh.values()]
        self._fresh.clear()
        newest = self._newest(base)
        with base:
            base.executemany(_KEEP, rows)
        self._count += self._newest(base) - newest

    def _newest(self, base: sqlite3.Connection) -> int:
        """The place of the last row; what is kept anew counts on from it."""
        return int(base.execute("SELECT coalesce(max(seq), 0) FROM message").fetchone()[0])

    def _open(self) -> sqlite3.Connection:
        """No journal and no waiting for the disk: this file need not survive its process."""
        self._remove()
        name = "" if self._folder is None else str(self._folder / FILE)
        self._base = sqlite3.connect(name, check_same_thread=False)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE_KIB}"):
            self._base.execute(f"PRAGMA {pragma}")
        self._base.executescript(_SCHEMA)
        return self._base

    def _remove(self) -> None:
        if self._folder is not None:
            with suppress(OSError):
                (self._folder / FILE).unlink()

    def _row(self, message: Message) -> tuple[object, ...]:
        rest = json.dumps([getattr(message, name) for name in _TOGETHER], separators=(",", ":"))
        return (
            _key(message.id), message.wa_id, message.number_id, message.payload,
            self._shape(message.components), rest,
        )  # fmt: skip

    def _shape(self, components: list[Json] | None) -> int | None:
        if components is None:
            return None
        found = self._shape_of.get(id(components))
        if found is None:
            found = self._shape_of[id(components)] = len(self._shapes)
            self._shapes.append(components)
        return found

    def _read(self, row: tuple[str, str, bytes, int | None, str]) -> Message:
        person, number, payload, shape, rest = row
        told = dict(zip(_TOGETHER, json.loads(rest), strict=True))
        told["direction"] = Direction(told["direction"])
        if told["links"] is not None:
            told["links"] = tuple(told["links"])
        components = None if shape is None else self._shapes[shape]
        return Message(
            wa_id=person, number_id=number, payload=payload, components=components, **told
        )


def _key(message_id: str) -> int:
    """63 bits of the id: short to index, and never twice among millions."""
    return int.from_bytes(blake2b(message_id.encode(), digest_size=8).digest()) >> 1
