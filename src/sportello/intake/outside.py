"""Has a child process read a file of contacts, line by line as the reader's caller keeps up."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from sportello.intake.table import Flaw, UnfitFile

# Between two lines: a workbook's words are read before its first row.
SECONDS_MAX: Final = 300.0
# Awaited with how many rows were counted or passed over, now and then.
Passed = Callable[[int], Awaitable[None]]
_ROOT: Final = Path(__file__).resolve().parents[2]
_LINE_BYTES_MAX: Final = 128 * 2**20


async def look(file: BinaryIO, passed: Passed) -> Mapping[str, Any]:
    """`headers`, the first `rows`, the `lines` they end on, the `total`. Raises UnfitFile."""
    async with _reading(file, {"plan": None}) as lines:
        async for told in _heard(lines, passed):
            return told
    raise UnfitFile(Flaw.NOT_A_TABLE)


@asynccontextmanager
async def portions(
    file: BinaryIO, plan: Mapping[str, Any], passed: Passed, *, after: int
) -> AsyncIterator[AsyncIterator[Mapping[str, Any]]]:
    """Portions as `intake.portions` tells them, from the row `after` on; ends with the file.

    Each may raise UnfitFile.
    """
    async with _reading(file, {"plan": plan, "after": after}) as lines:
        yield _until_end(_heard(lines, passed))


async def _until_end(
    said: AsyncIterator[Mapping[str, Any]],
) -> AsyncIterator[Mapping[str, Any]]:
    async for told in said:
        if "end" in told:
            return
        yield told
    raise UnfitFile(Flaw.NOT_A_TABLE)


async def _heard(lines: AsyncIterator[bytes], passed: Passed) -> AsyncIterator[Mapping[str, Any]]:
    async for line in lines:
        told = _said(line)
        if "passed" in told:
            await passed(told["passed"])
        else:
            yield told


def _said(line: bytes) -> Mapping[str, Any]:
    try:
        told: Any = json.loads(line)
    except ValueError as error:
        raise UnfitFile(Flaw.NOT_A_TABLE) from error
    if "error" in told:
        raise UnfitFile(Flaw(told["error"]))
    found: Mapping[str, Any] = told
    return found


@asynccontextmanager
async def _reading(
    file: BinaryIO, wanted: Mapping[str, Any]
) -> AsyncIterator[AsyncIterator[bytes]]:
    """The child lives as long as the block; what it writes waits for whoever reads it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sportello.intake.child",
        str(file.fileno()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=(file.fileno(),),
        env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        limit=_LINE_BYTES_MAX,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(wanted).encode() + b"\n")
        process.stdin.close()
        yield _lines(process.stdout)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _lines(stdout: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Raises UnfitFile when the child is silent too long, or dies."""
    while True:
        try:
            async with asyncio.timeout(SECONDS_MAX):
                line = await stdout.readline()
        except (TimeoutError, ValueError) as error:
            raise UnfitFile(Flaw.TOO_SLOW) from error
        if not line:
            return
        yield line
