"""Bytes posted to an address that a person gave: what was answered, never an exception.

No redirect is followed: what is signed or encrypted was meant for this address alone.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx2

from sportello.fetching.client import FetchFailedError, Settings
from sportello.fetching.transport import client

SECONDS_MAX: Final = 15.0
# Of an answer so much is kept to be shown; the rest is not read.
ANSWER_BYTES: Final = 2_000
_AGENT: Final = "Sportello/1 (webhooks)"


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: nobody answered, and `why` says in a stable code what stood in the way.

    `retry_after_s`: the patience that it asks for, in seconds; 0 for none, or a date.
    """

    status: int = 0
    why: str = ""
    said: str = ""
    retry_after_s: float = 0.0

    @property
    def is_well(self) -> bool:
        return 200 <= self.status < 300


async def post(url: str, body: bytes, headers: Mapping[str, str], settings: Settings) -> Answer:
    try:
        async with asyncio.timeout(settings.seconds_max), client(settings) as http:
            sent = {"user-agent": _AGENT, **headers}
            async with http.stream("POST", url, content=body, headers=sent) as answer:
                return _told(answer, await _beginning(answer))
    except FetchFailedError as error:
        return Answer(why=error.code.value)
    except TimeoutError:
        return Answer(why="too_slow")
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        slow = "Timeout" in type(error).__name__
        return Answer(why=_cause(error) or ("too_slow" if slow else "unreachable"))


def _told(answer: httpx2.Response, beginning: bytes) -> Answer:
    status = answer.status_code
    said = beginning.decode(errors="replace").replace("\0", "")
    if 200 <= status < 300:
        return Answer(status, said=said)
    why = "redirects" if 300 <= status < 400 else "refused" if status < 500 else "failed_there"
    asked = answer.headers.get("retry-after", "")
    patience = float(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 8 else 0.0
    return Answer(status, why, said, patience)


async def _beginning(answer: httpx2.Response) -> bytes:
    parts, size = [], 0
    async for part in answer.aiter_bytes():
        parts.append(part)
        size += len(part)
        if size >= ANSWER_BYTES:
            break
    return b"".join(parts)[:ANSWER_BYTES]


def _cause(error: BaseException) -> str:
    """The library wraps what the guard raised; the causes tell."""
    step: BaseException | None = error
    for _ in range(5):
        if step is None:
            break
        if isinstance(step, FetchFailedError):
            return step.code.value
        step = step.__cause__ or step.__context__
    return ""
