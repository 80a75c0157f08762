"""How long a company keeps what was said: by kind, in days; what proves is no kind."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

# As the table demands (schema/retention.py).
DAYS_MIN: Final = 7
DAYS_MAX: Final = 3650
# On the company's wall: when nobody is at the desk.
_NIGHT: Final = time(3)


class Kind(StrEnum):
    """What can be kept for some days only.

    `MESSAGES` words, `MEDIA` files, `CLOSED` both of conversations that were closed so long ago,
    `ANSWERS` what other systems told the assistant, `FILLED` what campaigns wrote into their
    templates and enclosed for each person, `FLAWS` rows of imported files that did not come in.
    """

    MESSAGES = "messages"
    MEDIA = "media"
    CLOSED = "closed"
    ANSWERS = "answers"
    FILLED = "filled"
    FLAWS = "flaws"


def before(days: int, now: datetime) -> datetime:
    """What is older than this goes."""
    return now - timedelta(days=days)


def next_night(now: datetime, zone: tzinfo) -> datetime:
    """The next three o'clock of the company's, in UTC: never now."""
    local = now.astimezone(zone)
    night = datetime.combine(local.date(), _NIGHT, zone)
    if night <= local:
        night = datetime.combine(local.date() + timedelta(days=1), _NIGHT, zone)
    return night.astimezone(UTC)
