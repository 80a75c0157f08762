"""How fast: a token bucket as a value, the throughput of a number, the pace towards one person.

Source: reference, limits-and-pricing 6.4 (Meta's throughput page as of 2026-09-11).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

NOTHING: Final = timedelta(0)
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)

# 98.5 % of what Meta grants: with a burst of one, no second then holds more than the grant, even
# when Meta's clock and ours cut the second at different places.
SHARE_OF_GRANT: Final = 0.985
_MICROSECONDS: Final = 1_000_000

REST_MAX: Final = timedelta(seconds=1)

PAIR_INTERVAL: Final = timedelta(seconds=6)
PAIR_BURST: Final = 45


# Of the portfolio, in a rolling day. Source: reference, limits-and-pricing 6.3.
_TIERS: Final = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_1K": 1_000,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
    "TIER_UNLIMITED": 0,
}
_UNLIMITED: Final = -1
_PEOPLE_MAX: Final = 2**31 - 1


def people_a_day(told: object) -> int | None:
    """Meta's messaging limit, told as a tier or as a number (-1: none); 0: without limit.

    None where Meta says nothing that is known.
    """
    if isinstance(told, str):
        return _TIERS.get(told)
    if not isinstance(told, int) or isinstance(told, bool) or not -1 <= told <= _PEOPLE_MAX:
        return None
    return 0 if told == _UNLIMITED else told or None


@dataclass(frozen=True, slots=True)
class Bucket:
    """One token each `interval`, at most `burst` of them saved.

    Kept as the instant at which it would be full again, in whole microseconds: no drift, no
    rounding, and equal to its copy in a database row.
    """

    interval: timedelta
    burst: int
    full_at: datetime = _LONG_AGO


def throughput(granted_per_s: int) -> Bucket:
    """The bucket of a business number to which Meta grants so many messages a second."""
    microseconds = -int(-_MICROSECONDS // (granted_per_s * SHARE_OF_GRANT))
    return Bucket(interval=timedelta(microseconds=microseconds), burst=1)


def take(bucket: Bucket, n: int, now: datetime) -> tuple[Bucket, timedelta]:
    """Takes n tokens and waits nothing, or takes none and says how long to wait.

    Raises ValueError for an n that no wait could satisfy.
    """
    if not 0 < n <= bucket.burst:
        raise ValueError(f"cannot take {n} from a bucket of {bucket.burst}")
    full_at = max(bucket.full_at, now) + n * bucket.interval
    wait = full_at - bucket.burst * bucket.interval - now
    if wait > NOTHING:
        return bucket, wait
    return Bucket(bucket.interval, bucket.burst, full_at), NOTHING


def rest_after(throttles: int, granted_per_s: int) -> timedelta:
    """How long a number rests after so many refusals (>= 1) for pace, one after the other.

    A single one costs the time of two messages: it may be anybody's doing. If more follow with
    nothing accepted between them, we are too fast, and each doubles the rest.
    """
    return min(REST_MAX, timedelta(seconds=1 << min(throttles, 20)) / granted_per_s)


@dataclass(frozen=True, slots=True)
class Pair:
    """What one number sent to one person in the burst that began at `began_at`."""

    began_at: datetime = _LONG_AGO
    sent: int = 0


def take_pair(pair: Pair, now: datetime) -> tuple[Pair, timedelta]:
    """One message to this person now, or how long to wait.

    At most 45 within 6 s; then the time borrowed, 6 s for each message sent, must have passed.
    """
    free_at = pair.began_at + pair.sent * PAIR_INTERVAL
    if now >= free_at:
        return Pair(began_at=now, sent=1), NOTHING
    if now < pair.began_at + PAIR_INTERVAL and pair.sent < PAIR_BURST:
        return Pair(began_at=pair.began_at, sent=pair.sent + 1), NOTHING
    return pair, free_at - now
