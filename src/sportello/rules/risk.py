"""How near a number is to being blocked: each sign with its value, its threshold, and its level.

Meta tells no business who blocked or reported it: that shows in the quality of number and
templates, in its warnings and refusals, and in what is sent and never delivered. The thresholds are
ours, well before Meta's: a business is warned here while it can still change what it sends
(reference, limits-and-pricing 6.3 and 6.6).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sportello.rules.template_text import EMOJI


class Level(StrEnum):
    """`unknown`: too little was sent to say anything."""

    FINE = "fine"
    UNKNOWN = "unknown"
    WARN = "warn"
    BAD = "bad"


class Sign(StrEnum):
    """What is looked at. Stable: pages put it into words."""

    QUALITY = "quality"
    BLOCKS = "blocks"
    REPORTS = "reports"
    REFUSALS = "refusals"
    TEMPLATES = "templates"
    STOPS = "stops"
    READ = "read"
    FAILED = "failed"
    LENGTH = "length"
    REPETITION = "repetition"
    LOUDNESS = "loudness"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent in the last thirty days, as counts; `texts`: some of what was written first.

    `stuck`: sent over a day ago and never delivered: blocked, or a phone that is off. `warned`:
    Meta's warnings and measures, which follow reports. `refused`: by Meta for spam, or for the
    person's own cap. `fallen`: templates that Meta paused, disabled or marked low. `repeated`: the
    same template to the same person. `unproven`: people written to for marketing whose consent has
    neither text nor proof.
    """

    quality: str = "UNKNOWN"
    sent: int = 0
    delivered: int = 0
    stuck: int = 0
    warned: int = 0
    read: int = 0
    failed: int = 0
    refused: int = 0
    fallen: int = 0
    marketed: int = 0
    stopped: int = 0
    repeated: int = 0
    unproven: int = 0
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """`value` and the thresholds are shares from 0 to 1, but for lengths and counts.

    `is_low`: it is the small values that are bad.
    """

    sign: Sign
    level: Level
    value: float | None = None
    warn: float | None = None
    bad: float | None = None
    is_low: bool = False


SAMPLE_MIN: Final = 20
_QUALITIES: Final = {"GREEN": Level.FINE, "YELLOW": Level.WARN, "RED": Level.BAD}
_LEVELS: Final = {level: place for place, level in enumerate(Level)}
_SHOUTED: Final = re.compile(r"\b[A-ZÀ-Þ]{4,}\b")
_CALLS_MAX: Final = 1
_EMOJI_MAX: Final = 3
_SHOUTED_MAX: Final = 1


def measures(sent: Sent) -> tuple[Measure, ...]:
    """One for each sign, in the order in which they matter."""
    quality = Measure(Sign.QUALITY, _QUALITIES.get(sent.quality, Level.UNKNOWN))
    texts = [text for text in sent.texts if text.strip()]
    length = sum(map(len, texts)) / len(texts) if texts else None
    loud = [text for text in texts if is_loud(text)]
    return (
        quality,
        _count(Sign.REPORTS, sent.warned, warn=1, bad=2),
        _share(Sign.BLOCKS, sent.stuck, sent.sent, warn=0.05, bad=0.15),
        _count(Sign.TEMPLATES, sent.fallen, warn=1, bad=3),
        _share(Sign.REFUSALS, sent.refused, sent.sent, warn=0.02, bad=0.10),
        _share(Sign.STOPS, sent.stopped, sent.marketed, warn=0.01, bad=0.02),
        _share(Sign.READ, sent.read, sent.delivered, warn=0.50, bad=0.25, is_low=True),
        _share(Sign.FAILED, sent.failed, sent.sent, warn=0.05, bad=0.10),
        _share(Sign.CONSENT, sent.unproven, sent.marketed, warn=0.01, bad=0.10, sample_min=1),
        _share(Sign.REPETITION, sent.repeated, sent.sent, warn=0.10, bad=0.30),
        _share(Sign.LOUDNESS, len(loud), len(texts), warn=0.10, bad=0.30, sample_min=5),
        _level(Sign.LENGTH, length, warn=500, bad=800),
    )


def worst(found: Iterable[Measure]) -> Level:
    """The level of the whole number; unknown where nothing is known."""
    known = [one.level for one in found if one.level is not Level.UNKNOWN]
    return max(known, key=_LEVELS.__getitem__, default=Level.UNKNOWN)


def is_loud(text: str) -> bool:
    """Shouted, or hung with signs: what a person at a counter would not write."""
    shouts = len(_SHOUTED.findall(text)) > _SHOUTED_MAX
    return shouts or text.count("!") > _CALLS_MAX or len(EMOJI.findall(text)) > _EMOJI_MAX


def _share(  # a sign, its share, and its thresholds
    sign: Sign,
    part: int,
    whole: int,
    *,
    warn: float,
    bad: float,
    is_low: bool = False,
    sample_min: int = SAMPLE_MIN,
) -> Measure:
    share = part / whole if whole >= sample_min else None
    return _level(sign, share, warn=warn, bad=bad, is_low=is_low)


def _count(sign: Sign, count: int, *, warn: float, bad: float) -> Measure:
    return _level(sign, float(count), warn=warn, bad=bad)


def _level(
    sign: Sign, value: float | None, *, warn: float, bad: float, is_low: bool = False
) -> Measure:
    if value is None:
        return Measure(sign, Level.UNKNOWN, None, warn, bad, is_low)
    way = -1 if is_low else 1
    if value * way >= bad * way:
        level = Level.BAD
    elif value * way >= warn * way:
        level = Level.WARN
    else:
        level = Level.FINE
    return Measure(sign, level, value, warn, bad, is_low)
