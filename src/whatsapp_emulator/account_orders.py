"""What /sim changes of an account's money and standing, with the webhooks that Meta would send."""

from typing import TYPE_CHECKING

from whatsapp_emulator import enforcement, payments, reach
from whatsapp_emulator.marketing_messages import STATES
from whatsapp_emulator.world import Payment, Waba

if TYPE_CHECKING:
    from whatsapp_emulator.emulator import Emulator

KEYS = (
    "payment", "messaging_limit", "ban_state", "restriction", "verified", "marketing_messages",
)  # fmt: skip
BANS = ("DISABLE", "REINSTATE", "SCHEDULE_FOR_DISABLE")


def order(emulator: "Emulator", waba: Waba, key: str, value: object) -> None:
    """Raises ValueError for a value that cannot be.

    `restriction`: null, "lock", days, or {"days": 7, "messages": "initiated" or "all"}.
    """
    portfolio = emulator.world.portfolios[waba.portfolio_id]
    match key:
        case "payment":
            payments.change(emulator, waba, Payment(str(value)))
        case "messaging_limit":
            if str(value).upper() not in reach.TIERS:
                raise ValueError(f"messaging_limit is one of {', '.join(reach.TIERS)}")
            reach.set_limit(emulator, portfolio, str(value).upper())
        case "verified":
            portfolio.verified = bool(value)
            if value:
                reach.verified(emulator, portfolio)
        case "marketing_messages":
            _sign(emulator, waba, str(value).upper())
        case "ban_state":
            _ban(emulator, waba, value)
        case _:
            _restrict(emulator, waba, value)


def _sign(emulator: "Emulator", waba: Waba, state: str) -> None:
    """The account's standing with the marketing messages API; its terms signed are told."""
    if state not in STATES:
        raise ValueError(f"marketing_messages is one of {', '.join(STATES)}")
    if state == "ONBOARDED" and waba.file.marketing_messages != state:
        emulator.delivery.push(waba.id, "account_update", {"event": "MM_LITE_TERMS_SIGNED"})
    waba.file.marketing_messages = state


def _ban(emulator: "Emulator", waba: Waba, value: object) -> None:
    state = "REINSTATE" if value is None else str(value).upper()
    if state not in BANS:
        raise ValueError(f"ban_state is one of {', '.join(BANS)}")
    if state == "REINSTATE":
        enforcement.lift(emulator, waba)
    elif state == "SCHEDULE_FOR_DISABLE":
        enforcement.schedule(emulator, waba)
    else:
        enforcement.ban(emulator, waba, state)


def _restrict(emulator: "Emulator", waba: Waba, value: object) -> None:
    if value is None:
        enforcement.lift(emulator, waba)
        return
    if value == "lock":
        enforcement.lock(emulator, waba)
        return
    wish = value if isinstance(value, dict) else {"days": value}
    days = wish.get("days")
    if isinstance(days, bool) or not isinstance(days, int | float) or not 0 < days <= 365:
        raise ValueError('restriction is null, "lock", days, or {"days", "messages"}')
    kept = wish.get("messages", "all" if days >= enforcement.ALL_FROM_DAYS else "initiated")
    enforcement.restrict(emulator, waba, days, everything=kept == "all")
