"""A question to another system of the company: JSON back, from one guarded address.

No redirect is followed: the secret in it was given for this address alone.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx2

from sportello.fetching.client import FetchFailedError, Settings
from sportello.fetching.transport import TooLargeError, client

SECONDS_MAX: Final = 8.0
BYTES_MAX: Final = 64 * 1024
_AGENT: Final = "Sportello/1 (question)"
_NOTHING: Final = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Answered:
    """`status` 0: nobody answered. `told`: the object; None where there is none. `why`: a stable
    code where the call failed, "" where `told` can be used or nothing is known there.
    """

    status: int = 0
    told: Mapping[str, Any] | None = None
    why: str = ""

    @property
    def knows_nothing(self) -> bool:
        return self.status in _NOTHING


async def call(
    url: str, body: Mapping[str, Any], headers: Mapping[str, str], settings: Settings
) -> Answered:
    """POSTs `body`. Never raises for what the other side does."""
    return await _asked("POST", url, headers, settings, json=dict(body))


async def look(url: str, settings: Settings, headers: Mapping[str, str] | None = None) -> Answered:
    """GETs an object. Raises no more than `call`."""
    return await _asked("GET", url, headers or {}, settings)


async def submit(
    url: str, form: Mapping[str, str], headers: Mapping[str, str], settings: Settings
) -> Answered:
    """POSTs a form. Raises no more than `call`."""
    return await _asked("POST", url, headers, settings, data=dict(form))


async def _asked(
    method: str, url: str, headers: Mapping[str, str], settings: Settings, **content: Any
) -> Answered:
    try:
        async with asyncio.timeout(settings.seconds_max), client(settings) as http:
            sent = {"Accept": "application/json", "User-Agent": _AGENT, **headers}
            async with http.stream(method, url, headers=sent, **content) as answer:
                return _judged(answer.status_code, await body_of(answer))
    except FetchFailedError as error:
        return Answered(why=error.code.value)
    except TimeoutError:
        return Answered(why="too_slow")
    except TooLargeError:
        return Answered(why="too_large")
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        slow = "Timeout" in type(error).__name__
        return Answered(why=_cause(error) or ("too_slow" if slow else "unreachable"))


async def body_of(answer: httpx2.Response, bytes_max: int = BYTES_MAX) -> bytes:
    """What was answered, read as it comes. Raises TooLargeError."""
    parts, size = [], 0
    async for part in answer.aiter_bytes():
        size += len(part)
        if size > bytes_max:
            raise TooLargeError("the answer is too large")
        parts.append(part)
    return b"".join(parts)


def _judged(status: int, body: bytes) -> Answered:
    if status in _NOTHING:
        return Answered(status)
    if 300 <= status < 400:
        return Answered(status, why="redirects")
    if not 200 <= status < 300:
        return Answered(status, why="refused" if status < 500 else "failed_there")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return Answered(status, why="not_json")
    if not isinstance(told, Mapping):
        return Answered(status, why="not_json")
    return Answered(status, told)


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
