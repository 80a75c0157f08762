"""A recording written down by a server that speaks OpenAI's protocol for transcriptions.

The address is a person's, so it is looked at as any other; no redirect is followed: the recording
and the key were meant for this server alone.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx2

from sportello.fetching.call import body_of
from sportello.fetching.client import FetchFailedError, Settings
from sportello.fetching.transport import TooLargeError, client

SECONDS_MAX: Final = 30.0
_ANSWER_BYTES_MAX: Final = 64 * 1024
_AGENT: Final = "Sportello/1 (voice)"


@dataclass(frozen=True, slots=True)
class Recording:
    """`name` tells the server its kind by the ending."""

    raw: bytes
    name: str
    mime_type: str


@dataclass(frozen=True, slots=True)
class Scribe:
    """Who writes recordings down: `url` is the base address of the protocol, as for words."""

    url: str
    model: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What was said; or `why` not, in a stable code (`assistant.models.Why`)."""

    text: str = ""
    why: str = ""


async def write_down(recording: Recording, scribe: Scribe, settings: Settings) -> Written:
    """Never raises for what the other side does. A call that is cancelled hangs up."""
    headers = {"User-Agent": _AGENT, "Accept": "application/json"}
    if scribe.key:
        headers["Authorization"] = f"Bearer {scribe.key}"
    file = (recording.name, recording.raw, recording.mime_type)
    try:
        async with (
            asyncio.timeout(SECONDS_MAX),
            client(settings) as http,
            http.stream(
                "POST",
                f"{scribe.url.rstrip('/')}/audio/transcriptions",
                data={"model": scribe.model, "response_format": "json"},
                files={"file": file},
                headers=headers,
                timeout=SECONDS_MAX,
            ) as answer,
        ):
            return _judged(answer.status_code, await body_of(answer, _ANSWER_BYTES_MAX))
    except FetchFailedError as error:
        return Written(why=_of_fetch(error))
    except TimeoutError:
        return Written(why="too_slow")
    except TooLargeError:
        return Written(why="not_an_answer")
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        return Written(why=_why(error))


def _judged(status: int, body: bytes) -> Written:
    if not 200 <= status < 300:
        other = "refused" if status < 500 else "unreachable"
        return Written(why=_BY_STATUS.get(status, other))
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return Written(why="not_an_answer")
    text = told.get("text") if isinstance(told, Mapping) else None
    if not isinstance(text, str):
        return Written(why="not_an_answer")
    return Written(text)


def _of_fetch(error: FetchFailedError) -> str:
    return "forbidden_address" if error.code.value == "forbidden_address" else "unreachable"


def _why(error: BaseException) -> str:
    """The library wraps what the guard raised; the causes tell."""
    step: BaseException | None = error
    for _ in range(5):
        if step is None:
            break
        if isinstance(step, FetchFailedError):
            return _of_fetch(step)
        step = step.__cause__ or step.__context__
    return "too_slow" if "Timeout" in type(error).__name__ else "unreachable"


_BY_STATUS: Final = {
    401: "refused_key",
    402: "too_many",
    403: "refused_key",
    404: "no_such_model",
    429: "too_many",
}
