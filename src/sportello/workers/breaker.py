"""When a whole number stops sending, and what people are told of it."""

from dataclasses import dataclass
from typing import Final

from sportello.rules import retry
from sportello.rules.graph_errors import Kind

_PAYMENT: Final = frozenset({131042, 131044})
# The account is locked: as after a webhook's block, only an administrator lets sending go on.
_LOCKED: Final = 131031


@dataclass(frozen=True, slots=True)
class Stop:
    """`why` is the stable word in the number's row; `account`: all its numbers stop."""

    why: str
    account: bool


def stop_after(code: int, subcode: int = 0) -> Stop | None:
    """What an error of Meta's stops beyond its own message; None for nothing."""
    kind = retry.kind_of(code, subcode)
    if kind is Kind.ACCOUNT:
        why = "payment" if code in _PAYMENT else "blocked" if code == _LOCKED else "account"
        return Stop(why, account=True)
    if kind is Kind.TOKEN:
        return Stop("token", account=False)
    return Stop("number", account=False) if kind is Kind.NUMBER else None
