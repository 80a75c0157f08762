"""Meta's discipline: warning, blocks of days, lock, disabling; the webhooks of it; one appeal.

Source: reference limits-and-pricing 6.6, webhooks 5.5.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from whatsapp_emulator.errors import GraphError
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Number, Waba

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

DAY_S = 86_400.0
LADDER = (0, 1, 3, 5, 7, 30)
"""Days of block by offence: a warning first; after the last come lock and disabling."""
INITIATED = "RESTRICTED_BIZ_INITIATED_MESSAGING"
ANSWERS = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"
ADDING = "RESTRICTED_ADD_PHONE_NUMBER_ACTION"
ALL_FROM_DAYS = 5
DISABLED_AFTER_S = 30 * DAY_S
APPEAL_S = (24 * 3_600.0, 48 * 3_600.0)
REMEDY = "Read the policy, then ask for a review in Business Support Home."
VIOLATIONS = frozenset(
    "ADULT ALCOHOL ANIMALS BODY_PARTS_FLUIDS DATING DIGITAL_SERVICES_PRODUCTS DRUGS GAMBLING "  # noqa: SIM905 - reads better so
    "HEALTHCARE ILLEGAL_PRODUCTS MISLEADING OVERTLY_SEXUALIZED_POSITIONING REAL_FAKE_CURRENCY "
    "SCAM SPAM SUPPLEMENTS THIRD_PARTY_INFRINGEMENTS TOBACCO UNAUTHORIZED_MEDIA WEAPONS".split()
)

admit_approximation(
    "enforcement",
    "offences climb the ladder one by one: warning, 1, 3, 5, 7, 30 days, lock, disabling; a lock "
    "becomes a disabling after 30 days; one appeal in the account's life, granted where no number "
    "is RED, unless /sim decides; restricted sends answer 368",
)


def offend(emulator: "Emulator", waba: Waba, violation: str) -> None:
    """One more offence: told as ACCOUNT_VIOLATION, then the next rung."""
    standing = waba.standing
    standing.offences += 1
    standing.offence_at = emulator.clock.now()
    info = {"violation_type": violation}
    _tell(emulator, waba, {"event": "ACCOUNT_VIOLATION", "violation_info": info})
    rung = standing.offences - 1
    if rung < len(LADDER):
        if LADDER[rung]:
            restrict(emulator, waba, LADDER[rung], everything=LADDER[rung] >= ALL_FROM_DAYS)
    elif not standing.locked:
        lock(emulator, waba)
    else:
        ban(emulator, waba, "DISABLE")


def restrict(emulator: "Emulator", waba: Waba, days: float, *, everything: bool) -> None:
    """No template and no new number for so long; with `everything`, no answer either."""
    until = emulator.clock.now() + days * DAY_S
    kinds = (INITIATED, ADDING, *((ANSWERS,) if everything else ()))
    waba.restrictions = [
        {"restriction_type": kind, "expiration": int(until), "remediation": REMEDY}
        for kind in kinds
    ]
    _tell(emulator, waba, {"event": "ACCOUNT_RESTRICTION", "restriction_info": waba.restrictions})
    _show(emulator, waba)
    emulator.clock.at(until, _expire, emulator, waba)


def lift(emulator: "Emulator", waba: Waba) -> None:
    """Restrictions and lock end; a disabled account is reinstated, and told so."""
    waba.restrictions = []
    waba.standing.locked, waba.standing.disable_at = False, None
    if waba.ban_state is not None:
        ban(emulator, waba, "REINSTATE")
    _show(emulator, waba)


def lock(emulator: "Emulator", waba: Waba) -> None:
    """Nothing leaves until an appeal is granted; without one the account is disabled."""
    waba.standing.locked = True
    schedule(emulator, waba)


def schedule(emulator: "Emulator", waba: Waba) -> None:
    """The day on which the account will be disabled, told ahead."""
    waba.standing.disable_at = due = emulator.clock.now() + DISABLED_AFTER_S
    ban(emulator, waba, "SCHEDULE_FOR_DISABLE")
    emulator.clock.at(due, _disable, emulator, waba, due)


def ban(emulator: "Emulator", waba: Waba, state: str) -> None:
    """DISABLE, REINSTATE or SCHEDULE_FOR_DISABLE, told as DISABLED_UPDATE."""
    waba.ban_state = None if state == "REINSTATE" else state
    at = waba.standing.disable_at if state == "SCHEDULE_FOR_DISABLE" else None
    on = datetime.fromtimestamp(emulator.clock.now() if at is None else at, UTC)
    info = {"waba_ban_state": state, "waba_ban_date": f"{on:%B} {on.day}, {on.year}"}
    _tell(emulator, waba, {"event": "DISABLED_UPDATE", "ban_info": info})
    _show(emulator, waba)


def appeal(emulator: "Emulator", waba: Waba, outcome: str | None = None) -> float:
    """Ask for the review; answers when it is decided. Raises ValueError if there is none."""
    standing = waba.standing
    if standing.appeal_used:
        raise ValueError("the one appeal has been used")
    if not (waba.restrictions or standing.locked or waba.ban_state):
        raise ValueError("there is nothing to appeal against")
    standing.appeal_used = True
    standing.appeal_until = due = emulator.clock.now() + emulator.chance.uniform(*APPEAL_S)
    emulator.clock.at(due, decide, emulator, waba, outcome)
    return due


def decide(emulator: "Emulator", waba: Waba, outcome: str | None = None) -> None:
    """REVERSED lifts everything, UNCHANGED nothing (account_review_update)."""
    waba.standing.appeal_until = None
    if outcome is None:
        ratings = {emulator.world.numbers[i].quality for i in waba.number_ids}
        outcome = "UNCHANGED" if "RED" in ratings else "REVERSED"
    decision = "APPROVED" if outcome == "REVERSED" else "REJECTED"
    emulator.delivery.push(waba.id, "account_review_update", {"decision": decision})
    if outcome == "REVERSED":
        lift(emulator, waba)


def check(waba: Waba, *, initiated: bool) -> None:
    """Whether a message may be sent now. Raises GraphError 131031 or 368."""
    if waba.ban_state == "DISABLE" or waba.standing.locked:
        raise GraphError(131031, "Business Account has been locked")
    if not waba.restrictions:
        return
    kind = INITIATED if initiated else ANSWERS
    if is_restricted(waba, kind):
        raise GraphError(368, "The account is temporarily restricted from sending messages")


def check_adding(waba: Waba) -> None:
    """Whether the account may add a number now. Raises GraphError 131031 or 368."""
    if waba.ban_state == "DISABLE" or waba.standing.locked:
        raise GraphError(131031, "Business Account has been locked")
    if is_restricted(waba, ADDING):
        raise GraphError(368, "The account is temporarily restricted from adding phone numbers")


def is_restricted(waba: Waba, kind: str) -> bool:
    return any(r["restriction_type"] == kind for r in waba.restrictions)


def status_of(waba: Waba, number: Number) -> str:
    """The number's `status`, which follows its registration and its account's standing."""
    if not number.registered:
        return "PENDING" if number.status == "PENDING" else "DISCONNECTED"
    if waba.ban_state == "DISABLE":
        return "BANNED"
    blocked = waba.standing.locked or is_restricted(waba, ANSWERS)
    return "RESTRICTED" if blocked else "CONNECTED"


def _expire(emulator: "Emulator", waba: Waba) -> None:
    now = emulator.clock.now()
    waba.restrictions = [r for r in waba.restrictions if r["expiration"] > now]
    _show(emulator, waba)


def _disable(emulator: "Emulator", waba: Waba, due: float) -> None:
    if waba.standing.disable_at == due:
        ban(emulator, waba, "DISABLE")


def _show(emulator: "Emulator", waba: Waba) -> None:
    """The `status` of the account's numbers follows."""
    for number_id in waba.number_ids:
        number = emulator.world.numbers[number_id]
        number.status = status_of(waba, number)
    emulator.watchers.changed()


def _tell(emulator: "Emulator", waba: Waba, value: Json) -> None:
    emulator.delivery.push(waba.id, "account_update", value)
