"""How many calls an app may make in an hour, and the headers that tell how many it made.

Source: reference platform 1.4 and 1.5.
"""

import math
from collections import deque

from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError
from whatsapp_emulator.routes import Edge, admit_approximation
from whatsapp_emulator.tokens import account_of
from whatsapp_emulator.wire import dumps
from whatsapp_emulator.world import MESSAGING, App, Waba

HOUR_S = 3_600.0
PER_HOUR = 200
PER_HOUR_REGISTERED = 5_000
PER_HOUR_APP = 5_000
ACCOUNTS_MAX = 1_000

admit_approximation(
    "call limits",
    "calls about an account count 1 each in its rolling hour, other calls in the app's own "
    "(5,000 an hour, Meta: by users); times of processor are told as the same share",
)


def count(call: Call, edge: Edge) -> None:
    """Count a call and leave the headers for its answer in it; sending is not counted.

    Raises 80007 for too many on an account, 4 for too many on the app.
    """
    token = call.token
    if token is None or edge.name in ("messages", "marketing_messages", "media"):
        return
    app = call.emulator.world.apps.get(token.app_id)
    if app is None:
        return
    account = None if edge.needs == MESSAGING else account_of(call.node)
    waba = call.emulator.world.wabas.get(account or "")
    most = app.file.calls_per_hour or _limit(call, waba)
    calls = _recent(app, account, call.now)
    full = len(calls) >= most
    if not full:
        calls.append(call.now)
    share, wait = 100 * len(calls) // most, _wait_minutes(calls, most, call.now)
    call.usage = _headers(app, account, share, wait)
    if full:
        if waba is None:
            raise GraphError(4, message="(#4) Application request limit reached")
        raise GraphError(
            80007,
            message="(#80007) There have been too many calls to this WhatsApp Business account. "
            "Wait a bit and try again.",
            subcode=2446079,
        )


def _limit(call: Call, waba: Waba | None) -> int:
    if waba is None:
        return PER_HOUR_APP
    numbers = call.emulator.world.numbers
    registered = any(numbers[i].registered for i in waba.number_ids)
    return PER_HOUR_REGISTERED if registered else PER_HOUR


def _recent(app: App, account: str | None, now: float) -> deque[float]:
    """The calls of the last hour, oldest first."""
    table = app.file.calls
    if account not in table and len(table) >= ACCOUNTS_MAX:
        table.pop(next(iter(table)))
    calls = table.setdefault(account, deque())
    while calls and calls[0] <= now - HOUR_S:
        calls.popleft()
    return calls


def _wait_minutes(calls: deque[float], most: int, now: float) -> int:
    """Until there is room again: 0 while there is."""
    if len(calls) < most:
        return 0
    return math.ceil((calls[0] + HOUR_S - now) / 60)


def _headers(app: App, account: str | None, share: int, wait: int) -> dict[str, str]:
    told = {"call_count": share, "total_cputime": share, "total_time": share}
    if account is None:
        return {"x-app-usage": _text(told)}
    use = {
        "type": "whatsapp_business_management",
        **told,
        "estimated_time_to_regain_access": wait,
    }
    own = len(app.file.calls.get(None, ()))
    of_app = 100 * own // (app.file.calls_per_hour or PER_HOUR_APP)
    shown = dict.fromkeys(told, of_app)
    return {
        "x-app-usage": _text(shown),
        "x-business-use-case-usage": _text({account: [use]}),
    }


def _text(value: object) -> str:
    return dumps(value).decode()
