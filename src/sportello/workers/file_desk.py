"""Puts into words what customers' files say: pictures described, voice notes written down,
documents read.

What comes of it stands beside the message for colleagues and is answered like the customer's own
words: hostile text like any other. Where it fails, or nobody is set to do it, a person is called.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from sportello.assistant import gist, seeing
from sportello.assistant.models import Picture, Why, fits
from sportello.fetching import voice
from sportello.fetching.client import Settings as Guard
from sportello.fetching.voice import Recording, Scribe
from sportello.reading import outside
from sportello.reading.blocks import Unreadable
from sportello.rules import sounds
from sportello.store import files_read, models, vault
from sportello.store.files_read import Ears, Wanted
from sportello.store.models import Call
from sportello.workers.context import Context
from sportello.workers.media_files import place_of
from sportello.workers.model_desk import For, ModelDesk

# Longer than the slowest of the three ways; a conversation waits less (files_read.PATIENCE_S).
LEASE_S: Final = 50.0
ATTEMPTS_MAX: Final = 3
_AT_ONCE: Final = 2
PICTURE_BYTES_MAX: Final = 5 * 2**20
VOICE_BYTES_MAX: Final = 4 * 2**20
VOICE_S_MAX: Final = 300.0
DOCUMENT_BYTES_MAX: Final = 10 * 2**20
_DOCUMENT_S_MAX: Final = 20.0
# Of a document so much is what the customer sent; of a note so much is kept.
WORDS_MAX: Final = 2_000
_SEEN: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
_HEARD: Final = {
    "audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/aac": "aac",
    "audio/amr": "amr",
}  # fmt: skip
_READ: Final = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "text/plain": "txt",
}
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Told:
    """The words, or why there are none in a stable code; and what it cost."""

    words: str = ""
    why: str = ""
    cost_micros: int = 0


class FileDesk:
    """Within the company's budgets; a few files at a time, so that who writes does not wait for who
    sends files.
    """

    def __init__(self, context: Context, desk: ModelDesk) -> None:
        self._context = context
        self._models = desk
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def read_next(self) -> bool:
        """False if no file waits, or enough are being read: whoever reads goes on."""
        if self._room.locked():
            return False
        async with self._room:
            return await self._read_next()

    async def _read_next(self) -> bool:
        async with self._context.pool.connection() as connection:
            wanted = await files_read.claim(connection, lease_s=LEASE_S)
        if wanted is None:
            return False
        told = await self._told(wanted)
        words = gist.shown({"text": told.words})[:WORDS_MAX]
        why = told.why or ("" if words else "nothing_said")
        async with self._context.pool.connection() as connection, connection.transaction():
            await files_read.settle(connection, wanted, words, why, told.cost_micros)
        _log.info("file_read", media=wanted.id, kind=wanted.kind, why=why)
        return True

    async def _told(self, wanted: Wanted) -> _Told:
        if wanted.state != "kept":
            return _Told(why="no_file")
        if wanted.attempts > ATTEMPTS_MAX:
            return _Told(why="trouble")
        bound = {"picture": PICTURE_BYTES_MAX, "voice": VOICE_BYTES_MAX}
        try:
            raw = await asyncio.to_thread(
                _bytes, self._path(wanted), bound.get(wanted.kind, DOCUMENT_BYTES_MAX)
            )
        except OSError:
            return _Told(why="no_file")
        if raw is None:
            return _Told(why="too_large")
        match wanted.kind:
            case "picture":
                return await self._described(wanted, raw)
            case "voice":
                return await self._written_down(wanted, raw)
            case _:
                return await _read(wanted, raw)

    def _path(self, wanted: Wanted) -> Path:
        return place_of(self._context.data, wanted.workspace_id, wanted.id)

    async def _described(self, wanted: Wanted, raw: bytes) -> _Told:
        if wanted.mime_type not in _SEEN:
            return _Told(why="unknown_kind")
        whom = await self._whom(wanted)
        async with self._context.pool.connection() as connection:
            asking = await self._models.asking(connection, whom, configured=True, sees=True)
        if asking is None:
            return _Told(why="no_room")
        picture = Picture(raw, wanted.mime_type)
        told = await asking.ask(seeing.describe(wanted.company, wanted.language, picture))
        words = gist.shown(told) if told is not None and fits(gist.TELLING, told) else ""
        why = "" if words else (asking.why or Why.NOT_AN_ANSWER).value
        return _Told(words, why, asking.cost_micros)

    async def _written_down(self, wanted: Wanted, raw: bytes) -> _Told:
        ending = _HEARD.get(wanted.mime_type.partition(";")[0])
        lasts_s = sounds.seconds(raw)
        if ending is None:
            return _Told(why="unknown_kind")
        if lasts_s > VOICE_S_MAX:
            return _Told(why="too_long")
        whom = await self._whom(wanted)
        async with self._context.pool.connection() as connection:
            ears = await files_read.ears(connection, wanted.workspace_id)
            has_room = ears is not None and await models.has_room(
                connection, whom.workspace_id, whom.conversation_id, whom.zone, whom.now
            )
        if ears is None or not has_room:
            return _Told(why="no_room")
        try:
            key = ears.key(self._context.key)
        except vault.UnsealError:
            return _Told(why=Why.REFUSED_KEY.value)
        begun = asyncio.get_running_loop().time()
        written = await voice.write_down(
            Recording(raw, f"voice.{ending}", wanted.mime_type),
            Scribe(ears.url, ears.model, key),
            Guard(private_hosts=self._context.limits.private_hosts),
        )
        took_ms = int(1000 * (asyncio.get_running_loop().time() - begun))
        cost = await self._note(whom, ears, lasts_s, written.why, took_ms)
        return _Told(written.text, written.why, cost)

    async def _note(self, whom: For, ears: Ears, lasts_s: float, why: str, took_ms: int) -> int:
        """What it cost; written down at once, as every call is."""
        outcome = "timeout" if why == Why.TOO_SLOW else "failed" if why else "written"
        cost = 0 if why else ears.cost_micros(lasts_s)
        call = Call(ears.model, "voice", outcome, cost_micros=cost, took_ms=took_ms)
        async with self._context.pool.connection() as connection:
            await models.note(connection, whom.workspace_id, whom.conversation_id, call, whom.now)
        return cost

    async def _whom(self, wanted: Wanted) -> For:
        now = await asyncio.to_thread(self._context.now)
        return For(wanted.workspace_id, wanted.conversation_id, wanted.zone, now)


async def _read(wanted: Wanted, raw: bytes) -> _Told:
    """The first of its words, by a parser in a process of its own."""
    kind = _READ.get(wanted.mime_type.partition(";")[0])
    if kind is None:
        return _Told(why="unknown_kind")
    try:
        told = await outside.read(kind, raw, seconds_max=_DOCUMENT_S_MAX)
    except Unreadable as unreadable:
        return _Told(why=unreadable.code.value)
    lines: list[str] = []
    size = 0
    for piece in told.pieces:
        line = "\n".join(part for part in (piece.asked, piece.text) if part)
        lines.append(line)
        size += len(line)
        if size >= WORDS_MAX:
            break
    return _Told("\n".join(lines)[:WORDS_MAX])


def _bytes(path: Path, bound: int) -> bytes | None:
    """None where it is larger. Raises OSError."""
    with path.open("rb") as file:
        raw = file.read(bound + 1)
    return raw if len(raw) <= bound else None
