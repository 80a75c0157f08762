"""Faults to order: which calls and webhooks go wrong, how often, how long; all from the seed."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from whatsapp_emulator.wire import Json

API_KINDS = frozenset(
    {
        "timeout_after_accept", "timeout", "reset", "reset_after_accept", "slow", "garbage",
        "proxy", "error",
    }
)  # fmt: skip
UNREACHABLE = "unreachable"
"""No attempt reaches the receiver, retries included, for as long as the order stands."""
WEBHOOK_KINDS = frozenset(
    {"duplicate", "shuffle", "delay", "drop_then_retry", "batch", UNREACHABLE}
)
FAULTS_MAX = 100


@dataclass(slots=True)
class Fault:
    """`where` is a Graph edge (`messages`, `media`, …), `*` for all of them, or `webhooks`."""

    id: str
    where: str
    kind: str
    rate: float = 1.0
    times: int | None = None
    until: float | None = None
    seconds: float = 0.0
    code: int | None = None
    subcode: int | None = None
    details: str | None = None
    copies: int = 2
    hits: int = 0

    def spent(self, now: float) -> bool:
        over = self.times is not None and self.hits >= self.times
        return over or (self.until is not None and now >= self.until)

    def shown(self) -> Json:
        return {
            "id": self.id,
            "where": self.where,
            "kind": self.kind,
            "rate": self.rate,
            "times": self.times,
            "until": self.until,
            "seconds": self.seconds,
            "code": self.code,
            "hits": self.hits,
        }


class Faults:
    """The orders in force, oldest first."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._orders: list[Fault] = []
        self._made = 0

    def order(self, wish: Json, now: float) -> Fault:
        """Take an order as POST /sim/faults words it. Raises ValueError with what is wrong."""
        where, kind = str(wish.get("where", "*")), str(wish.get("kind", ""))
        _check(where, kind, wish)
        if len(self._orders) >= FAULTS_MAX:
            raise ValueError(f"at most {FAULTS_MAX} faults at once: DELETE /sim/faults first")
        self._made += 1
        for_s = wish.get("for_s")
        fault = Fault(
            id=f"fault-{self._made}",
            where=where,
            kind=kind,
            rate=float(wish.get("rate", 1.0)),
            times=None if wish.get("times") is None else int(wish["times"]),
            until=None if for_s is None else now + float(for_s),
            seconds=float(wish.get("seconds", 5.0)),
            code=None if wish.get("code") is None else int(wish["code"]),
            subcode=None if wish.get("subcode") is None else int(wish["subcode"]),
            details=wish.get("details"),
            copies=max(2, min(int(wish.get("copies", 2)), 10)),
        )
        self._orders.append(fault)
        return fault

    def clear(self, fault_id: str | None = None) -> int:
        """Withdraw one order, or all; answers how many."""
        before = len(self._orders)
        self._orders = [f for f in self._orders if fault_id is not None and f.id != fault_id]
        return before - len(self._orders)

    def shown(self) -> list[Json]:
        return [fault.shown() for fault in self._orders]

    def for_call(self, edge: str, now: float) -> Fault | None:
        """The fault that strikes this call, if one does."""
        if not self._orders:
            return None
        return self._struck((f for f in self._orders if f.where in (edge, "*")), now)

    def for_webhook(self, now: float) -> Fault | None:
        """The fault that strikes this delivery, if one does."""
        if not self._orders:
            return None
        orders = (f for f in self._orders if f.where == "webhooks" and f.kind != UNREACHABLE)
        return self._struck(orders, now)

    def for_attempt(self, now: float) -> Fault | None:
        """The order by which this attempt, a first or a later one, reaches nobody."""
        if not self._orders:
            return None
        return self._struck((f for f in self._orders if f.kind == UNREACHABLE), now)

    def _struck(self, candidates: Iterable[Fault], now: float) -> Fault | None:
        for fault in candidates:
            if fault.spent(now):
                continue
            if fault.rate >= 1 or self._chance.random() < fault.rate:
                fault.hits += 1
                return fault
        return None


def _check(where: str, kind: str, wish: Json) -> None:
    if where == "webhooks":
        if kind not in WEBHOOK_KINDS:
            raise ValueError(f"kind for webhooks is one of {sorted(WEBHOOK_KINDS)}")
    elif kind not in API_KINDS and not _is_status(kind):
        raise ValueError(f"kind is status_4xx, status_5xx or one of {sorted(API_KINDS)}")
    if kind == "error" and wish.get("code") is None:
        raise ValueError("kind error needs a code")
    rate = float(wish.get("rate", 1.0))
    if not 0 < rate <= 1:
        raise ValueError("rate is above 0 and at most 1")


def _is_status(kind: str) -> bool:
    digits = kind.removeprefix("status_")
    return kind.startswith("status_") and digits.isdigit() and 400 <= int(digits) <= 599
