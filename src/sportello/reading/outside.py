"""Has a child process read a file, and waits for it no longer than a file deserves."""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sportello.reading.blocks import Code, Unreadable
from sportello.reading.passages import Piece

SECONDS_MAX: Final = 90.0
_ROOT: Final = Path(__file__).resolve().parents[2]
_ANSWER_BYTES_MAX: Final = 40 * 2**20
# A fault of the parser's own code (a crash, the kernel's kill) says no more than this.
_DIED: Final = Code.DAMAGED


@dataclass(frozen=True, slots=True)
class Told:
    """A file's text in pieces, in its order; a page's links as they are written."""

    title: str
    language: str
    pieces: tuple[Piece, ...]
    links: tuple[str, ...]


async def read(kind: str, raw: bytes, *, seconds_max: float = SECONDS_MAX) -> Told:
    """`kind`: the usual ending of such a file's name, or `sitemap`. Raises Unreadable."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sportello.reading.child",
        kind,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(),
        limit=_ANSWER_BYTES_MAX,
    )
    try:
        async with asyncio.timeout(seconds_max):
            answer, _ = await process.communicate(raw)
    except TimeoutError as error:
        raise Unreadable(Code.TOO_SLOW) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise Unreadable(_why(process.returncode))
    return _parsed(answer)


def _environment() -> dict[str, str]:
    """No secret of ours; only where our own code lies."""
    return {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _why(returncode: int) -> Code:
    """SIGXCPU and SIGKILL are how the kernel says that the time is up; others are crashes."""
    return Code.TOO_SLOW if returncode in {-24, -9} else _DIED


def _parsed(answer: bytes) -> Told:
    try:
        told: Any = json.loads(answer[:_ANSWER_BYTES_MAX])
    except ValueError as error:
        raise Unreadable(_DIED) from error
    if "error" in told:
        raise Unreadable(Code(told["error"]))
    return Told(
        title=_clean(told["title"]),
        language=told["language"],
        pieces=tuple(Piece(*map(_clean, piece)) for piece in told["pieces"]),
        links=tuple(told["links"]),
    )


def _clean(text: str) -> str:
    """Without what PostgreSQL does not keep and what turns a line's direction round."""
    kept = text.encode(errors="replace").decode().replace("\0", "")
    return kept.translate(_DIRECTIONS)


_DIRECTIONS: Final = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0xAD]
)
