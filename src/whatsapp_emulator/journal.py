"""The log of everything on the wire: calls in, webhooks out; a bounded ring, newest last."""

from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Any

from whatsapp_emulator.wire import Json, iso, loads

SHOWN_BODY = 200_000


@dataclass(slots=True)
class Entry:
    """One call or one delivery attempt; bodies are kept as bytes and decoded when shown."""

    seq: int
    kind: str
    at: float
    wall: float
    method: str
    path: str
    request: bytes
    status: int | None = None
    response: bytes = b""
    request_id: str = ""
    fault: str | None = None
    attempt: int | None = None
    note: str | None = None

    @property
    def weight(self) -> int:
        return len(self.request) + len(self.response) + 400


class Journal:
    """Bounded by entries and by bytes; what falls out at the old end is counted."""

    def __init__(self, entries_max: int, bytes_max: int) -> None:
        self._entries: deque[Entry] = deque()
        self._entries_max = entries_max
        self._bytes_max = bytes_max
        self._weight = 0
        self._seq = 0
        self.dropped = 0

    def add(  # noqa: PLR0913 - an entry has these parts
        self,
        kind: str,
        *,
        at: float,
        wall: float,
        method: str,
        path: str,
        request: bytes,
        status: int | None = None,
        response: bytes = b"",
        request_id: str = "",
        fault: str | None = None,
        attempt: int | None = None,
    ) -> Entry:
        self._seq += 1
        entry = Entry(
            self._seq, kind, at, wall, method, path, request, status, response,
            request_id, fault, attempt,
        )  # fmt: skip
        self._entries.append(entry)
        self._weight += entry.weight
        while len(self._entries) > self._entries_max or self._weight > self._bytes_max:
            self._weight -= self._entries.popleft().weight
            self.dropped += 1
        return entry

    def settle(self, entry: Entry, status: int | None, response: bytes, note: str | None) -> None:
        """What became of a delivery whose entry was written when it was due."""
        if self._entries and entry.seq >= self._entries[0].seq:
            self._weight += len(response) - len(entry.response)
        entry.status, entry.response, entry.note = status, response, note

    def since(self, seq: int, limit: int) -> Json:
        """Entries after `seq`, oldest first, at most `limit`; says what was dropped."""
        first = self._entries[0].seq if self._entries else self._seq + 1
        start = max(0, seq + 1 - first)
        shown = list(islice(self._entries, start, start + limit))
        return {
            "entries": [_shown(entry) for entry in shown],
            "last": shown[-1].seq if shown else max(seq, 0),
            "newest": self._seq,
            "dropped": self.dropped,
        }


def _shown(entry: Entry) -> Json:
    shown: Json = {
        "seq": entry.seq,
        "kind": entry.kind,
        "at": iso(entry.at),
        "wall": iso(entry.wall),
        "method": entry.method,
        "path": entry.path,
        "status": entry.status,
        "request_id": entry.request_id,
        "request": _body(entry.request),
        "response": _body(entry.response),
        "fault": entry.fault,
    }
    if entry.attempt is not None:
        shown["attempt"] = entry.attempt
    if entry.note is not None:
        shown["note"] = entry.note
    return shown


def _body(raw: bytes) -> Any:
    """Decoded JSON, else the beginning of the text; bytes that are neither give their size."""
    if not raw:
        return None
    decoded = loads(raw)
    if decoded is not None:
        return decoded
    try:
        return raw[:SHOWN_BODY].decode("utf-8")
    except UnicodeDecodeError:
        return {"bytes": len(raw)}
