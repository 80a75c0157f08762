"""The automatic brake of a campaign, and its canary: how many may leave before anybody knows more.

Thresholds are the company's (settings); the defaults stop long before Meta would. Blocks and
reports are not told to a business: they show in the quality of its number and templates.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Alarm(StrEnum):
    """What made the brake act. Stable: pages put it into words."""

    FAILURES = "failures"
    STOPS = "stops"
    MARKETING_CAP = "marketing_cap"
    SPAM_LIMIT = "spam_limit"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares of what was sent, from 0 to 1. Below `sample_min` sends no share is believed."""

    failures: float = 0.10
    stops: float = 0.02
    marketing_cap: float = 0.30
    sample_min: int = 50


@dataclass(frozen=True, slots=True)
class Counts:
    """What is known of a campaign's sends by now.

    `failed` without what has a cause of its own beside it: Meta's cap for a person, and numbers
    that do not exist. `spam_limited`: Meta's error 131048.
    """

    sent: int = 0
    settled: int = 0  # delivered, read or failed: somebody knows how it ended
    failed: int = 0
    stopped: int = 0
    capped: int = 0
    spam_limited: int = 0
    quality_fell: bool = False


@dataclass(frozen=True, slots=True)
class Braked:
    """The alarm, with the share that was seen and the one that is allowed; 0 for events."""

    alarm: Alarm
    seen: float = 0.0
    allowed: float = 0.0


def judge(counts: Counts, thresholds: Thresholds) -> Braked | None:
    """The gravest reason to stop; None to go on. Meta's own warnings need no sample."""
    if counts.spam_limited:
        return Braked(Alarm.SPAM_LIMIT)
    if counts.quality_fell:
        return Braked(Alarm.QUALITY)
    if counts.sent < thresholds.sample_min:
        return None
    shares = (
        (Alarm.STOPS, counts.stopped, thresholds.stops),
        (Alarm.FAILURES, counts.failed, thresholds.failures),
        (Alarm.MARKETING_CAP, counts.capped, thresholds.marketing_cap),
    )
    for alarm, seen, allowed in shares:
        share = seen / counts.sent
        if share > allowed:
            return Braked(alarm, share, allowed)
    return None


@dataclass(frozen=True, slots=True)
class Ramp:
    """The canary: `first` sends, then steps that grow by `factor` while statuses come in well.

    A step is over once `settled_share` of all sends have an end, or after `patience`: offline
    phones do not hold up a campaign for ever.
    """

    first: int = 50
    factor: int = 4
    settled_share: float = 0.6
    patience: timedelta = timedelta(minutes=10)


def released(ramp: Ramp | None, counts: Counts, step: int, waited: timedelta) -> tuple[int, int]:
    """How many sends may have left by now, and the step it is in: (allowance, step).

    `step` is the one kept from the last look (0 is the canary), `waited` the time since its last
    send was released. Without a ramp everything may leave at once.
    """
    if ramp is None:
        return _EVERYTHING, step
    allowance = ramp.first * ramp.factor**step
    if allowance >= _EVERYTHING:
        return _EVERYTHING, step
    if counts.sent < allowance:
        return allowance, step
    known = counts.settled / counts.sent if counts.sent else 0.0
    if known >= ramp.settled_share or waited >= ramp.patience:
        return ramp.first * ramp.factor ** (step + 1), step + 1
    return allowance, step


_EVERYTHING = 1_000_000_000
