"""The one place that asks what time it is; everything else is told.

With `SPORTELLO_CLOCK_URL` set (the demo and the tests set it to the emulator's `/sim/clock`) the
company's time follows that clock, so that a window can be seen to shut without a day of waiting.
Leases and timers between machines use the database's clock instead and never come here.
"""

import http.client
import json
import os
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

_ASK_TIMEOUT_S = 5.0


class _Followed:
    """A clock elsewhere, asked each time: one that is moved by days must not be seen late.

    A window counted from a stale hour would be shut too early by as much as the clock was moved.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._path = parts.netloc, parts.path
        self._lead = timedelta()

    def now(self) -> datetime:
        """By the last lead known while the other clock does not answer."""
        connection = http.client.HTTPConnection(self._host, timeout=_ASK_TIMEOUT_S)
        try:
            connection.request("GET", self._path)
            told = json.loads(connection.getresponse().read(4096))["now"]
            self._lead = datetime.fromisoformat(told) - _real()
        except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        return _real() + self._lead


def _real() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # this is the place


_followed = (
    _Followed(os.environ["SPORTELLO_CLOCK_URL"]) if os.environ.get("SPORTELLO_CLOCK_URL") else None
)


def now() -> datetime:
    """The company's time, aware, UTC."""
    return _real() if _followed is None else _followed.now()
