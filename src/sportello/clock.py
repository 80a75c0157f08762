"""The one place that asks what time it is; everything else is told.

With `SPORTELLO_CLOCK_URL` set (the demo and the tests set it to the emulator's `/sim/clock`) the
company's time follows that clock, so that a window can be seen to shut without a day of waiting.
Leases and timers between machines use the database's clock instead and never come here.
"""

import http.client
import json
import os
import threading
from datetime import UTC, datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit

_ASK_TIMEOUT_S = 1.0


class _Followed:
    """A clock elsewhere: asked at most every `age_s_max` seconds, extrapolated in between."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._path = parts.netloc, parts.path
        self._lock = threading.Lock()
        self._offset = timedelta()
        self._asked = -1e9

    def now(self, age_s_max: float) -> datetime:
        with self._lock:
            if monotonic() - self._asked >= age_s_max:
                self._offset = self._ask()
                self._asked = monotonic()
            return _real() + self._offset

    def _ask(self) -> timedelta:
        """The other clock's lead over ours; the last one known when it does not answer."""
        connection = http.client.HTTPConnection(self._host, timeout=_ASK_TIMEOUT_S)
        try:
            connection.request("GET", self._path)
            told = json.loads(connection.getresponse().read(4096))["now"]
        except (OSError, ValueError, KeyError, http.client.HTTPException):
            return self._offset
        finally:
            connection.close()
        return datetime.fromisoformat(told) - _real()


def _real() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # this is the place


_followed = (
    _Followed(os.environ["SPORTELLO_CLOCK_URL"]) if os.environ.get("SPORTELLO_CLOCK_URL") else None
)


def now(age_s_max: float = 0.0) -> datetime:
    """The company's time, aware, UTC. `age_s_max`: how stale a followed clock's lead may be."""
    return _real() if _followed is None else _followed.now(age_s_max)
