"""Which failure is final, throttled or passing, whose matter it is, and when to try again.

Source: wire/errors and reference, account-and-errors 9 (Meta's table of error codes); the codes
themselves stand in `graph_errors`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from sportello.rules.graph_errors import BY_CODE, Effect, GraphCode, Kind

ATTEMPTS_MAX = 8
DELAY_S_FIRST = 2.0
DELAY_S_MAX = 900.0
PAIR_DELAY_BASE_S = 4.0
PROBE_EVERY = timedelta(hours=1)
_PAIR_LIMIT = 131056
_INVALID_PARAMETER = 100
_UNKNOWN_OBJECT = 33


@dataclass(frozen=True, slots=True)
class RetryAt:
    """The send goes back to the queue until then."""

    at: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The send is over; `kind` tells whose matter it is now."""

    kind: Kind


After = RetryAt | GiveUp


def known(code: int) -> GraphCode | None:
    """What Meta's table says of a code; None for one that it does not list."""
    return BY_CODE.get(code)


def kind_of(code: int, subcode: int = 0) -> Kind:
    """An unlisted code is final: to repeat what nobody understands is how numbers get blocked.

    Code 100 with subcode 33 says that the number itself is unknown, or out of the token's reach.
    """
    if (code, subcode) == (_INVALID_PARAMETER, _UNKNOWN_OBJECT):
        return Kind.NUMBER
    found = known(code)
    return Kind.FINAL if found is None else found.kind


def effect_of(code: int) -> Effect:
    """What else follows from the code, beyond the fate of this one message."""
    found = known(code)
    return Effect.NONE if found is None else found.effect


def after(code: int, attempts: int, now: datetime, *, jitter: float, subcode: int = 0) -> After:
    """What to do once `attempts` (≥ 1) attempts have failed, the last one with this code.

    `jitter` is a chance number in [0, 1), passed in. For errors of the account, the token or the
    number the send waits for the cure, and one probe an hour finds out.
    """
    kind = kind_of(code, subcode)
    match kind:
        case Kind.FINAL | Kind.TEMPLATE:
            return GiveUp(kind)
        case Kind.ACCOUNT | Kind.TOKEN | Kind.NUMBER:
            return RetryAt(now + PROBE_EVERY) if attempts < ATTEMPTS_MAX else GiveUp(kind)
        case Kind.THROTTLED | Kind.PASSING:
            if attempts >= ATTEMPTS_MAX or _once_is_enough(code, attempts):
                return GiveUp(kind)
            return RetryAt(now + delay(code, attempts, jitter=jitter))
        case _:
            assert_never(kind)


def delay(code: int, attempts: int, *, jitter: float) -> timedelta:
    """Doubling from 2 s, up to 15 min, half of it by chance; 4^attempts s towards one person."""
    if code == _PAIR_LIMIT:
        seconds = PAIR_DELAY_BASE_S ** min(attempts, ATTEMPTS_MAX)
    else:
        seconds = DELAY_S_FIRST * 2.0 ** min(attempts - 1, ATTEMPTS_MAX)
    bounded = min(seconds, DELAY_S_MAX)
    return timedelta(seconds=bounded / 2 * (1 + jitter) if code != _PAIR_LIMIT else bounded)


def is_safe_to_repeat(code: int, subcode: int = 0) -> bool:
    """Whether a message that Meta reported as failed may be sent anew by a person's wish.

    Not where the person, the message itself or Meta's warning of spam was the reason. What a
    person is capped for waits until the cap has passed: the guard sees to that.
    """
    if effect_of(code) is Effect.WAIT_A_DAY:
        return True
    is_harmless = effect_of(code) is Effect.NONE
    return is_harmless and kind_of(code, subcode) is not Kind.FINAL


def not_sent(attempts: int, now: datetime, *, jitter: float) -> After:
    """For an attempt of which no byte left: like a passing error, and safe to repeat."""
    if attempts >= ATTEMPTS_MAX:
        return GiveUp(Kind.PASSING)
    return RetryAt(now + delay(0, attempts, jitter=jitter))


def _once_is_enough(code: int, attempts: int) -> bool:
    """Code 1 is Meta's trouble or our request: one repetition shows which."""
    return code == 1 and attempts >= 2
