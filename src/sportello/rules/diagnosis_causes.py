"""What a message says of itself: Meta's error, the guard's receipt, its hold; is it still so?

A cause that can be looked at, and is seen to be over, becomes the advice to send again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sportello.rules import guard, window
from sportello.rules.consent import Standing
from sportello.rules.diagnosis_codes import Code, Deed, Evidence, Finding, Source, Weight
from sportello.rules.diagnosis_facts import Asked, Chat, Facts, Message, Subject
from sportello.rules.diagnosis_live import (
    LOCKED,
    MANAGEMENT,
    MESSAGING,
    PAYMENT,
    RESTRICTED,
    UNREGISTERED,
    has_problem,
    health_seen,
    template_code,
)

STUCK_AFTER_S: Final = 30.0
# In place of a word that is missing.
NOTHING: Final = "–"
OFFLINE_AFTER: Final = timedelta(minutes=1)
_STOPPED: Final = frozenset({"refused", "cancelled"})
_WAITING: Final = frozenset({"queued", "held"})
_UNKNOWN_OBJECT: Final = (100, 33)
# Holds of the outbox's own, beside the guard's codes and Meta's: they pass with the next claim.
_PASSING: Final = frozenset({"", "halted", "resent", "too_late"})
_NOT_SENT: Final = "not_sent"
# In place of Meta's words, where something in between turned the message away.
_NOT_META: Final = "not_meta"
# Whoever takes a chat withdraws what the assistant has there, whoever ends a campaign what waits of
# it: no guard is asked, and the receipt is that of before, if there is one.
_WITHDRAWN_BY: Final = {
    "assistant": guard.Code.TAKEN_OVER.value,
    "campaign": guard.Code.CAMPAIGN_CANCELLED.value,
}
_NO_END: Final = frozenset(
    {
        "", guard.Code.NUMBER_PAUSED, guard.Code.MEDIA_NOT_READY, guard.Code.MARKETING_CAP,
        guard.Code.QUIET_HOURS, guard.Code.CAMPAIGN_PAUSED, guard.Code.MESSAGING_LIMIT,
        guard.Code.PAIR_LIMIT, *guard.STOPS_A_CAMPAIGN,
    }
)  # fmt: skip
# Of a message that never came to Meta.
_NEVER_THERE: Final = {_NOT_SENT: Code.META_UNREACHABLE, _NOT_META: Code.TURNED_AWAY}
_BY_ERROR: Final = {
    **dict.fromkeys((131042, 131044), Code.PAYMENT_NOT_DEFAULT),
    **dict.fromkeys(
        (131045, 133000, 133005, 133006, 133008, 133009, 133010, 133015, 133016),
        Code.NUMBER_UNREGISTERED,
    ),
    33: Code.NUMBER_UNKNOWN,
    131031: Code.ACCOUNT_BLOCKED,
    368: Code.ACCOUNT_RESTRICTED,
    131064: Code.CLASSIFICATION,
    132001: Code.TEMPLATE_GONE,
    132015: Code.TEMPLATE_PAUSED,
    132016: Code.TEMPLATE_DISABLED,
    132000: Code.TEMPLATE_STALE,
    132012: Code.TEMPLATE_STALE,
    141002: Code.TEMPLATE_PENDING,
    **dict.fromkeys((0, 104, 190), Code.TOKEN_REVOKED),
    **dict.fromkeys((3, 10, 131005, *range(200, 300)), Code.TOKEN_NO_PERMISSION),
    131037: Code.NAME_NOT_APPROVED,
    131048: Code.SPAM_LIMIT,
    **dict.fromkeys((4, 17, 613, 80007, 130429, 131056), Code.THROTTLED),
    131047: Code.WINDOW_SHUT,
    131050: Code.STOPPED_AT_META,
    131049: Code.CAPPED,
    130472: Code.EXPERIMENT,
    **dict.fromkeys((1026, 131026), Code.UNREACHABLE),
    130497: Code.COUNTRY_CLOSED,
    131030: Code.NOT_ALLOWED,
    137000: Code.IDENTITY_CHANGED,
    **dict.fromkeys((131014, 131053), Code.MEDIA_REFUSED),
    **dict.fromkeys((1, 2, 131000, 131016, 131057, 133004, 2494100), Code.META_FAULT),
}
_BY_GUARD: Final = {
    guard.Code.ACCOUNT_BLOCKED: Code.ACCOUNT_BLOCKED,
    guard.Code.ACCOUNT_RESTRICTED: Code.ACCOUNT_RESTRICTED,
    guard.Code.PAYMENT_NEEDED: Code.PAYMENT_NOT_DEFAULT,
    guard.Code.NUMBER_NOT_READY: Code.NUMBER_DISCONNECTED,
    guard.Code.NUMBER_PAUSED: Code.NUMBER_PAUSED,
    guard.Code.TAKEN_OVER: Code.TAKEN_OVER,
    guard.Code.ANSWERED: Code.CUSTOMER_ANSWERED,
    guard.Code.AWAITING_CUSTOMER_REPLY: Code.AWAITING_REPLY,
    guard.Code.NOT_IN_CONTROL: Code.NOT_IN_CONTROL,
    guard.Code.CONVERSATION_CLOSED: Code.CHAT_CLOSED,
    guard.Code.WINDOW_CLOSED: Code.WINDOW_SHUT,
    guard.Code.TEMPLATE_REQUIRED: Code.TEMPLATE_NEEDED,
    guard.Code.TEMPLATE_NOT_APPROVED: Code.TEMPLATE_PENDING,
    guard.Code.TEMPLATE_PAUSED: Code.TEMPLATE_PAUSED,
    guard.Code.TEMPLATE_CHANGED: Code.TEMPLATE_STALE,
    guard.Code.MEDIA_REFUSED: Code.MEDIA_REFUSED,
    guard.Code.MEDIA_NOT_READY: Code.MEDIA_WAITING,
    guard.Code.UNREACHABLE: Code.UNREACHABLE,
    guard.Code.OPTED_OUT: Code.OPTED_OUT,
    guard.Code.NO_CONSENT: Code.NO_CONSENT,
    guard.Code.MARKETING_CAP: Code.CAPPED,
    guard.Code.BUDGET_SPENT: Code.BUDGET_SPENT,
    guard.Code.QUIET_HOURS: Code.QUIET_HOURS,
    guard.Code.CAMPAIGN_CANCELLED: Code.CAMPAIGN_OVER,
    guard.Code.CAMPAIGN_PAUSED: Code.CAMPAIGN_PAUSED,
    guard.Code.MESSAGING_LIMIT: Code.LIMIT_REACHED,
    guard.Code.PAIR_LIMIT: Code.THROTTLED,
}
_PAUSES: Final = frozenset({"payment", "account", "blocked", "token", "number"})
_TEMPLATES: Final = frozenset(
    {
        Code.TEMPLATE_GONE, Code.TEMPLATE_PAUSED, Code.TEMPLATE_DISABLED, Code.TEMPLATE_REJECTED,
        Code.TEMPLATE_PENDING,
    }
)  # fmt: skip
_PAYMENTS: Final = frozenset({Code.PAYMENT_MISSING, Code.PAYMENT_NOT_DEFAULT, Code.PAYMENT_UNPAID})
_TOKENS: Final = frozenset(
    {Code.TOKEN_EXPIRED, Code.TOKEN_REVOKED, Code.TOKEN_NO_PERMISSION, Code.TOKEN_NO_ACCOUNT}
)
_NUMBERS: Final = frozenset(
    {Code.NUMBER_UNREGISTERED, Code.NUMBER_DISCONNECTED, Code.NUMBER_UNKNOWN}
)


def of_error(code: int, subcode: int = 0) -> Code:
    """What Meta's code says, in the doctor's words."""
    if (code, subcode) == _UNKNOWN_OBJECT:
        return Code.NUMBER_UNKNOWN
    return _BY_ERROR.get(code, Code.REFUSED_BY_META)


def of_guard(code: str) -> Code | None:
    """What the guard's code says; None for one of another version."""
    return _BY_GUARD[guard.Code(code)] if code in set(guard.Code) else None


def of_hold(hold: str) -> Code:
    """Of a word of the outbox's own, beside the guard's."""
    if hold in _PAUSES:
        return Code.NUMBER_PAUSED
    if hold == _NOT_SENT:
        return Code.META_UNREACHABLE
    if hold.startswith("meta_") and hold[5:].isascii() and hold[5:].isdecimal():
        return of_error(int(hold[5:]))
    return Code.ON_ITS_WAY if hold in _PASSING else Code.NOT_UNDERSTOOD


def causes(facts: Facts, now: datetime) -> Iterator[Finding]:
    """Of the message; nothing where it arrived, or where there is none."""
    message = facts.message
    if message is None:
        return
    match message.status:
        case "failed":
            yield from _failed(facts, message, now)
        case "in_doubt" | "unknown":
            doubt = Evidence(Source.OUTBOX, "in_doubt", message.attempted_at)
            yield Finding(Code.IN_DOUBT, Weight.STOPS, (doubt,))
        case status if status in _STOPPED:
            yield from _stopped(facts, message, now)
        case status if status in _WAITING:
            yield from _waits(facts, message, now)
        case "sent":
            yield from _with_meta(message, now)
        case "accepted":
            told = Evidence(Source.OUTBOX, "accepted", message.attempted_at)
            yield Finding(Code.ON_ITS_WAY, Weight.WAITS, (told,))
        case _:
            return


def _failed(facts: Facts, message: Message, now: datetime) -> Iterator[Finding]:
    told = _told_by_meta(message)
    if message.error is None:
        code = _NEVER_THERE.get(message.said, Code.NOT_UNDERSTOOD)
        deed = Deed.REPEAT if message.said in _NEVER_THERE else None
        yield Finding(code, Weight.STOPS, (told,), deed=deed)
        return
    code = of_error(message.error, message.error_sub)
    if code in {Code.META_FAULT, Code.THROTTLED}:
        yield Finding(code, Weight.STOPS, (told,), meta=message.error, deed=Deed.REPEAT)
        return
    yield from _judged(facts, code, told, now)


def _stopped(facts: Facts, message: Message, now: datetime) -> Iterator[Finding]:
    word = message.receipt
    if message.status == "cancelled" and word in _NO_END:
        word = _WITHDRAWN_BY.get(message.origin, word)
    code = of_guard(word)
    receipt = Evidence(Source.GUARD, "receipt", message.decided_at, {"code": word or NOTHING})
    if code is None:
        yield Finding(Code.NOT_UNDERSTOOD, Weight.STOPS, (receipt,))
    else:
        yield from _judged(facts, code, receipt, now)


def _waits(facts: Facts, message: Message, now: datetime) -> Iterator[Finding]:
    """In the outbox. What waits is never in order without a word: its cause may be over, then it
    leaves by itself; or it waits for what this version does not know.
    """
    found = list(_waits_for(facts, message, now))
    yield from found
    if found or facts.number.paused_why:
        return
    known = message.hold in _PASSING | _PAUSES or of_guard(message.hold) is not None
    hold = Evidence(Source.OUTBOX, "hold", None, {"code": message.hold})
    if known:
        yield Finding(Code.ON_ITS_WAY, Weight.WAITS, (hold,) if message.hold else ())
    else:
        yield Finding(Code.NOT_UNDERSTOOD, Weight.WAITS, (hold,))


def _waits_for(facts: Facts, message: Message, now: datetime) -> Iterator[Finding]:
    """A cure, its time, or somebody to take it."""
    hold = Evidence(Source.OUTBOX, "hold", None, {"code": message.hold})
    code = of_guard(message.hold)
    if message.error is not None and (message.hold in _PAUSES or code is Code.NUMBER_PAUSED):
        last = of_error(message.error, message.error_sub)
        if holds(facts, last, now) is None or last is Code.NAME_NOT_APPROVED:
            yield Finding(last, Weight.STOPS, (_told_by_meta(message),), meta=message.error)
    elif code is not None and code is not Code.NUMBER_PAUSED:
        if holds(facts, code, now) is not False:
            yield Finding(code, Weight.WAITS, (hold,))
    elif message.hold.startswith("meta_"):
        known = message.error is not None
        last = of_error(message.error or 0, message.error_sub) if known else Code.NOT_UNDERSTOOD
        told = (_told_by_meta(message), hold)[: 1 if known else 2]
        yield Finding(last, Weight.WAITS, told, meta=message.error)
    elif message.hold == _NOT_SENT:
        yield Finding(Code.META_UNREACHABLE, Weight.WAITS, (hold,))
    elif message.late_s > STUCK_AFTER_S and not facts.number.paused_why:
        late = Evidence(Source.OUTBOX, "late", None, {"seconds": int(message.late_s)})
        yield Finding(Code.OUTBOX_STUCK, Weight.STOPS, (late,))


def _with_meta(message: Message, now: datetime) -> Iterator[Finding]:
    sent_at = message.sent_at or message.at
    told = Evidence(Source.WEBHOOK, "sent", sent_at)
    waits = now - sent_at >= OFFLINE_AFTER
    yield Finding(Code.PHONE_OFFLINE if waits else Code.ON_ITS_WAY, Weight.WAITS, (told,))


def _judged(facts: Facts, code: Code, told: Evidence, now: datetime) -> Iterator[Finding]:
    """The cause, or that it is over. Where the live looks tell it better, they tell it."""
    message = facts.message
    assert message is not None
    still = holds(facts, code, now)
    if still is False:
        yield Finding(
            Code.CAUSE_OVER, Weight.STOPS, (told,), {"cause": code.value}, meta=message.error
        )
        return
    if code is Code.SPAM_LIMIT and _is_at_limit(facts):
        code = Code.LIMIT_REACHED
    code = _told_better(facts, code)
    yield Finding(code, Weight.STOPS, (told,), _values(facts, code), meta=message.error)


def _told_better(facts: Facts, code: Code) -> Code:
    """Which of its kind it is, where only a look can tell."""
    if code in _PAYMENTS:
        if facts.meta.funding is False:
            return Code.PAYMENT_MISSING
        return Code.PAYMENT_UNPAID if facts.number.silent else Code.PAYMENT_NOT_DEFAULT
    if code in _TEMPLATES:
        return template_code(facts) or code
    if code in _NUMBERS and has_problem(facts, UNREGISTERED) is not None:
        return Code.NUMBER_UNREGISTERED
    if code is Code.NUMBER_DISCONNECTED and facts.number.status == "pending":
        return Code.NUMBER_PENDING
    return code


def _values(facts: Facts, code: Code) -> dict[str, str | int]:
    if code in _TEMPLATES | {Code.TEMPLATE_STALE} and facts.template is not None:
        return {"template": facts.template.name}
    if code is Code.LIMIT_REACHED:
        return {"reached": facts.number.reached, "limit": facts.number.messaging_limit or 0}
    return {}


def holds(facts: Facts, code: Code, now: datetime) -> bool | None:
    """Whether the cause still stands; None where nobody can look."""
    if code in _PAYMENTS | _TOKENS | _NUMBERS | _TEMPLATES or code in _AT_META:
        return _holds_at_meta(facts, code)
    return _holds_here(facts, code, now)


_AT_META: Final = frozenset(
    {Code.ACCOUNT_BLOCKED, Code.ACCOUNT_RESTRICTED, Code.NAME_NOT_APPROVED, Code.TEMPLATE_STALE}
)


def _holds_at_meta(facts: Facts, code: Code) -> bool | None:
    if code in _PAYMENTS:
        return has_problem(facts, PAYMENT) is not None if health_seen(facts) else None
    if code in {Code.ACCOUNT_BLOCKED, Code.ACCOUNT_RESTRICTED}:
        found = has_problem(facts, LOCKED, RESTRICTED) is not None
        return found if health_seen(facts) else None
    if code in _NUMBERS:
        found = has_problem(facts, UNREGISTERED) is not None
        return (found or facts.number.status != "connected") if facts.seen(Asked.NUMBER) else None
    if code in _TOKENS:
        token = facts.meta.token
        return None if token is None else not (token.is_valid and _may_all(token.scopes))
    if code in _TEMPLATES:
        return template_code(facts) is not None if facts.template is not None else None
    if code is Code.TEMPLATE_STALE:
        return _stale(facts)
    return facts.meta.name_status not in {"APPROVED", "AVAILABLE_WITHOUT_REVIEW"}


def _may_all(scopes: frozenset[str]) -> bool:
    return {MESSAGING, MANAGEMENT} <= scopes


def _stale(facts: Facts) -> bool | None:
    """The message was filled for what the template was: only as it is now can it leave again."""
    return None if facts.template is None else True


def _holds_here(facts: Facts, code: Code, now: datetime) -> bool | None:
    if code is Code.MEDIA_REFUSED:
        return None if facts.upload is None else facts.upload.state == "refused"
    if code is Code.LIMIT_REACHED:
        return _is_at_limit(facts)
    return None if facts.chat is None else _holds_in_chat(facts.chat, code, now)


def _holds_in_chat(chat: Chat, code: Code, now: datetime) -> bool | None:
    match code:
        case Code.WINDOW_SHUT:
            return not window.is_open(chat.window_closes_at, now)
        case Code.AWAITING_REPLY:
            return chat.awaiting_since is not None
        case Code.UNREACHABLE:
            return chat.unreachable_since is not None
        case Code.OPTED_OUT | Code.NO_CONSENT | Code.STOPPED_AT_META:
            return chat.marketing is not Standing.GRANTED
        case Code.CAPPED | Code.EXPERIMENT:
            return chat.capped_until is not None and now < chat.capped_until
        case Code.NOT_IN_CONTROL | Code.CHAT_CLOSED:
            return chat.holder != "operator"
        case _:
            return None


def _is_at_limit(facts: Facts) -> bool:
    limit = facts.number.messaging_limit
    return bool(limit) and facts.number.reached >= (limit or 0)


def _told_by_meta(message: Message) -> Evidence:
    """An error without a code is no code 0, which is one of Meta's."""
    if message.error is None:
        at = message.error_at or message.attempted_at
        if message.said in _NEVER_THERE:
            return Evidence(Source.OUTBOX, message.said, at)
        return Evidence(Source.OUTBOX, "no_code", at, {"said": message.said or NOTHING})
    values: dict[str, str | int] = {"code": message.error, "said": message.said}
    return Evidence(Source.META, "error", message.error_at or message.attempted_at, values)


def of_chat(facts: Facts, now: datetime) -> Iterator[Finding]:
    """Asked of a conversation: what would stop the next word in it."""
    chat = facts.chat
    if facts.subject is not Subject.CONVERSATION or chat is None:
        return
    desk = Source.DESK
    if chat.awaiting_since is not None:
        told = Evidence(desk, "awaiting", chat.awaiting_since)
        yield Finding(Code.AWAITING_REPLY, Weight.STOPS, (told,))
    elif not window.is_open(chat.window_closes_at, now):
        told = Evidence(desk, "window", chat.window_closes_at)
        yield Finding(Code.WINDOW_SHUT, Weight.STOPS, (told,))
    if chat.unreachable_since is not None:
        told = Evidence(desk, "unreachable", chat.unreachable_since)
        yield Finding(Code.UNREACHABLE, Weight.STOPS, (told,))
    if chat.marketing is Standing.WITHDRAWN:
        yield Finding(Code.OPTED_OUT, Weight.WARNS, (Evidence(desk, "consent"),))
