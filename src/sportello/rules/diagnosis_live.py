"""What stands in the way at Meta's and around the number at this moment, whatever was sent before.

Source of the codes in `health_status`: reference, account-and-errors 8.2; of the payment's states:
limits-and-pricing 7.1 and 7.4 (no `primary_funding_id`: no payment method on file).
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from sportello.rules.diagnosis_codes import Code, Evidence, Finding, Source, Weight
from sportello.rules.diagnosis_facts import Asked, Facts, Look, Miss, Problem, Subject

PAYMENT: Final = 141006
UNREGISTERED: Final = 141000
LOCKED: Final = 131031
RESTRICTED: Final = 368
MESSAGING: Final = "whatsapp_business_messaging"
MANAGEMENT: Final = "whatsapp_business_management"
SILENT_AFTER: Final = timedelta(seconds=90)
_INVALID, _UNKNOWN_OBJECT, _ALIAS = 100, 33, 803
_EXPIRED: Final = 463
_DEAD_TOKEN: Final = frozenset({0, 104, 190})
_FORBIDDEN: Final = frozenset({3, 10, 131005, *range(200, 300)})
_NAMES_FINE: Final = frozenset({"", "APPROVED", "AVAILABLE_WITHOUT_REVIEW"})
_TEMPLATE: Final = {
    "PAUSED": Code.TEMPLATE_PAUSED,
    "DISABLED": Code.TEMPLATE_DISABLED,
    "LOCKED": Code.TEMPLATE_DISABLED,
    "REJECTED": Code.TEMPLATE_REJECTED,
    "LIMIT_EXCEEDED": Code.TEMPLATE_REJECTED,
    "failed": Code.TEMPLATE_REJECTED,
    "PENDING": Code.TEMPLATE_PENDING,
    "IN_APPEAL": Code.TEMPLATE_PENDING,
    "submitting": Code.TEMPLATE_PENDING,
    "draft": Code.TEMPLATE_PENDING,
    "DELETED": Code.TEMPLATE_GONE,
    "PENDING_DELETION": Code.TEMPLATE_GONE,
    "ARCHIVED": Code.TEMPLATE_GONE,
}
# Words under which a template can be sent.
_TEMPLATES_FINE: Final = frozenset({"APPROVED"})
# Problems of `health_status` that a check of ours puts into words; 141002: its template is looked
# at by itself.
_KNOWN_PROBLEMS: Final = frozenset({PAYMENT, UNREGISTERED, LOCKED, RESTRICTED, 141002})
_EVIDENCE_MAX: Final = 4
_MUTE: Final = frozenset({Miss.UNREACHABLE, Miss.SLOW, Miss.ODD, Miss.FOREIGN})


def live(facts: Facts, now: datetime) -> Iterator[Finding]:
    """In no order: the report sorts."""
    for check in _CHECKS:
        yield from check(facts, now)


def writes_first(facts: Facts) -> bool:
    """Whether the subject is, or needs, a template: what is charged and counted."""
    if facts.subject in {Subject.CAMPAIGN, Subject.TEMPLATE, Subject.NUMBER}:
        return True
    return facts.message is not None and facts.message.type == "template"


def has_problem(facts: Facts, *codes: int) -> Problem | None:
    return next((one for one in facts.meta.problems if one.code in codes), None)


def health_seen(facts: Facts) -> bool:
    return facts.seen(Asked.NUMBER) or facts.seen(Asked.ACCOUNT)


def template_code(facts: Facts) -> Code | None:
    """What is wrong with the template, as Meta has it now, else as we last heard."""
    template = facts.template
    if template is None:
        return None
    look = facts.looks.get(Asked.TEMPLATE)
    if look is not None and _is_unknown(look):
        return Code.TEMPLATE_GONE
    status = facts.meta.template_status or template.status
    if template.is_gone and not facts.meta.template_status:
        return Code.TEMPLATE_GONE
    return None if status in _TEMPLATES_FINE else _TEMPLATE.get(status, Code.NOT_UNDERSTOOD)


def _payment(facts: Facts, _now: datetime) -> Iterator[Finding]:
    problem = has_problem(facts, PAYMENT)
    if problem is None and (health_seen(facts) or not facts.number.payment):
        return
    weight = Weight.STOPS if writes_first(facts) else Weight.WARNS
    evidence = [_health(facts, problem)] if problem else [_row(facts, "payment")]
    if facts.meta.funding is False or (not problem and facts.number.payment == "missing"):
        code = Code.PAYMENT_MISSING
        if facts.meta.funding is False:
            evidence.append(_look(facts, Asked.ACCOUNT, "no_funding"))
    elif facts.number.silent:
        code = Code.PAYMENT_UNPAID
        evidence.append(_silence(facts))
    else:
        code = Code.PAYMENT_NOT_DEFAULT
        evidence.append(_look(facts, Asked.ACCOUNT, "funding_there"))
    yield Finding(code, weight, tuple(evidence))


def _number(facts: Facts, _now: datetime) -> Iterator[Finding]:
    unregistered = has_problem(facts, UNREGISTERED)
    look = facts.looks.get(Asked.NUMBER)
    if unregistered is not None:
        yield Finding(Code.NUMBER_UNREGISTERED, Weight.STOPS, (_health(facts, unregistered),))
    elif look is not None and _is_unknown(look) and not _is_out_of_reach(facts):
        yield Finding(Code.NUMBER_UNKNOWN, Weight.STOPS, (_missed(Asked.NUMBER, look),))
    elif facts.number.status == "disconnected" and not facts.seen(Asked.NUMBER):
        yield Finding(Code.NUMBER_DISCONNECTED, Weight.STOPS, (_row(facts, "status"),))
    elif facts.number.status == "disconnected":
        yield Finding(
            Code.NUMBER_DISCONNECTED,
            Weight.STOPS,
            (_row(facts, "status"), _node(facts)),
        )
    elif facts.number.status == "pending":
        yield Finding(Code.NUMBER_PENDING, Weight.STOPS, (_row(facts, "status"),))


def _account(facts: Facts, _now: datetime) -> Iterator[Finding]:
    locked = has_problem(facts, LOCKED)
    restricted = has_problem(facts, RESTRICTED)
    if locked is not None:
        yield Finding(Code.ACCOUNT_BLOCKED, Weight.STOPS, (_health(facts, locked),))
    elif restricted is not None:
        stops = restricted.state == "BLOCKED" or writes_first(facts)
        weight = Weight.STOPS if stops else Weight.WARNS
        yield Finding(Code.ACCOUNT_RESTRICTED, weight, (_health(facts, restricted),))
    elif facts.number.status == "banned":
        yield Finding(Code.ACCOUNT_BLOCKED, Weight.STOPS, (_row(facts, "status"),))
    elif facts.number.status == "restricted":
        weight = Weight.STOPS if writes_first(facts) else Weight.WARNS
        yield Finding(Code.ACCOUNT_RESTRICTED, weight, (_row(facts, "status"),))
    if facts.number.ending_at is not None and locked is None:
        told = Evidence(Source.WEBHOOK, "ending", facts.number.ending_at)
        yield Finding(Code.ACCOUNT_ENDING, Weight.WARNS, (told,))


def _template(facts: Facts, _now: datetime) -> Iterator[Finding]:
    template, code = facts.template, template_code(facts)
    if template is None:
        return
    values = {"template": template.name}
    told = _look(facts, Asked.TEMPLATE, "template_at_meta")
    status = facts.meta.template_status or template.status
    shown = Evidence(told.source, told.what, told.at, {**values, "status": status})
    if not facts.meta.template_status:
        shown = Evidence(Source.DESK, "template_here", template.changed_at, {"status": status})
    if code is not None:
        yield Finding(code, Weight.STOPS, (shown,), values)
    elif facts.seen(Asked.TEMPLATE) and _is_stale(facts):
        here = Evidence(Source.DESK, "template_here", template.changed_at, {"status": status})
        yield Finding(Code.TEMPLATE_STALE, Weight.STOPS, (shown, here), values)


def _is_stale(facts: Facts) -> bool:
    assert facts.template is not None
    known = facts.meta.template_status
    return facts.meta.template_differs or bool(known and facts.template.status != known)


def _access(facts: Facts, _now: datetime) -> Iterator[Finding]:
    missed = [(asked, look) for asked, look in facts.looks.items() if look.miss is not None]
    if not facts.number.has_token or any(look.miss is Miss.NO_TOKEN for _, look in missed):
        yield Finding(Code.TOKEN_MISSING, Weight.STOPS, (_row(facts, "token"),))
        return
    dead = [(asked, look) for asked, look in missed if look.code in _DEAD_TOKEN]
    if dead:
        expired = any(look.subcode == _EXPIRED for _, look in dead)
        code = Code.TOKEN_EXPIRED if expired else Code.TOKEN_REVOKED
        yield Finding(code, Weight.STOPS, tuple(_missed(*one) for one in dead[:2]))
        return
    yield from _rights(facts, missed)


def _rights(facts: Facts, missed: list[tuple[Asked, Look]]) -> Iterator[Finding]:
    token = facts.meta.token
    lacking = [] if token is None else [s for s in (MESSAGING, MANAGEMENT) if s not in token.scopes]
    forbidden = [_missed(asked, look) for asked, look in missed if look.code in _FORBIDDEN]
    if lacking or forbidden:
        stops = MESSAGING in lacking or facts.subject is Subject.NUMBER or bool(forbidden)
        seen = _look(facts, Asked.TOKEN, "scopes")
        shown = Evidence(seen.source, seen.what, seen.at, {"scopes": ", ".join(lacking) or "–"})
        weight = Weight.STOPS if stops else Weight.WARNS
        found = (shown, *forbidden) if lacking else tuple(forbidden)
        yield Finding(Code.TOKEN_NO_PERMISSION, weight, found, {"scopes": ", ".join(lacking)})
    elif _is_out_of_reach(facts):
        yield Finding(
            Code.TOKEN_NO_ACCOUNT,
            Weight.STOPS,
            (_look(facts, Asked.TOKEN, "accounts"),),
            {"account": facts.number.waba_id},
        )


def _is_out_of_reach(facts: Facts) -> bool:
    token = facts.meta.token
    return (
        token is not None
        and token.accounts is not None
        and bool(facts.number.waba_id)
        and facts.number.waba_id not in token.accounts
    )


def _webhook(facts: Facts, now: datetime) -> Iterator[Finding]:
    apps, ours = facts.meta.apps, facts.number.app_id or _app(facts)
    waits = facts.message is None or facts.message.status in {"accepted", "sent", "in_doubt"}
    if apps is not None and (ours not in apps if ours else not apps):
        weight = Weight.STOPS if waits else Weight.WARNS
        evidence = (_look(facts, Asked.APPS, "no_apps"),)
        yield Finding(Code.APP_UNSUBSCRIBED, weight, evidence)
    elif _is_elsewhere(facts):
        weight = Weight.STOPS if waits else Weight.WARNS
        seen = _look(facts, Asked.NUMBER, "calls")
        told = Evidence(seen.source, seen.what, seen.at, {"address": facts.meta.calls})
        yield Finding(Code.WEBHOOK_ELSEWHERE, weight, (told,))
    elif _is_silent(facts, now) and has_problem(facts, PAYMENT) is None:
        weight = Weight.STOPS if waits else Weight.WARNS
        yield Finding(Code.WEBHOOK_SILENT, weight, (_silence(facts), _heard(facts)))


def _is_elsewhere(facts: Facts) -> bool:
    """Meta calls another address than ours. An address of ours that Meta cannot call says nothing:
    then another way was made for its calls.
    """
    ours, calls = facts.house.callback, facts.meta.calls
    says = ours.startswith("https://") or calls.startswith("http://")
    return says and bool(ours and calls) and calls != ours


def _app(facts: Facts) -> str:
    return "" if facts.meta.token is None else facts.meta.token.app_id


def _is_silent(facts: Facts, now: datetime) -> bool:
    since = facts.number.silent_since
    if not facts.number.silent or since is None or now - since < SILENT_AFTER:
        return False
    heard = facts.number.last_event_at
    return heard is None or heard <= since


def _reach(facts: Facts, _now: datetime) -> Iterator[Finding]:
    """No look reached Meta at all."""
    asked = [look for name, look in facts.looks.items() if name not in {Asked.ROWS, Asked.HOUSE}]
    mute = [look for look in asked if look.miss in _MUTE]
    if not asked or len(mute) < len(asked):
        return
    foreign = next((look for look in mute if look.miss is Miss.FOREIGN), None)
    if foreign is not None:
        seen = Evidence(Source.HOUSE, "foreign", foreign.at, {"said": foreign.said})
        yield Finding(Code.TURNED_AWAY, Weight.STOPS, (seen,))
    else:
        evidence = Evidence(Source.META, "no_answer", mute[0].at)
        yield Finding(Code.META_UNREACHABLE, Weight.STOPS, (evidence,))


def _name(facts: Facts, _now: datetime) -> Iterator[Finding]:
    if facts.meta.name_status not in _NAMES_FINE:
        seen = _look(facts, Asked.NUMBER, "name_status")
        shown = Evidence(seen.source, seen.what, seen.at, {"status": facts.meta.name_status})
        yield Finding(Code.NAME_NOT_APPROVED, Weight.WARNS, (shown,))


def _limit(facts: Facts, now: datetime) -> Iterator[Finding]:
    limit = facts.number.messaging_limit
    if not limit or facts.number.reached < limit:
        return
    weight = Weight.WAITS if writes_first(facts) else Weight.WARNS
    values = {"reached": facts.number.reached, "limit": limit}
    told = Evidence(Source.OUTBOX, "reached", now, values)
    yield Finding(Code.LIMIT_REACHED, weight, (told,), values)


def _unknown(facts: Facts, _now: datetime) -> Iterator[Finding]:
    """What Meta's health names and this version does not know: said as it was told."""
    strange = [one for one in facts.meta.problems if one.code not in _KNOWN_PROBLEMS]
    if strange:
        stops = any(one.state == "BLOCKED" for one in strange)
        told = tuple(_health(facts, one) for one in strange[:_EVIDENCE_MAX])
        yield Finding(Code.NOT_UNDERSTOOD, Weight.STOPS if stops else Weight.WARNS, told)


def missed(facts: Facts) -> Iterator[Finding]:
    """Looks that brought nothing: where nothing else was found, not all is known to be well."""
    found = [(asked, look) for asked, look in facts.looks.items() if look.miss is not None]
    if found:
        told = tuple(_not_seen(*one) for one in found[:_EVIDENCE_MAX])
        yield Finding(Code.NOT_ALL_SEEN, Weight.WARNS, told)


def _not_seen(asked: Asked, look: Look) -> Evidence:
    if look.miss is Miss.REJECTED:
        return _missed(asked, look)
    return Evidence(Source.META, "unseen", look.at, {"asked": asked.value})


def _paused(facts: Facts, _now: datetime) -> Iterator[Finding]:
    if facts.number.paused_why:
        told = Evidence(
            Source.OUTBOX, "paused", facts.number.paused_at, {"why": facts.number.paused_why}
        )
        yield Finding(Code.NUMBER_PAUSED, Weight.STOPS, (told,))


_CHECKS: Final[tuple[Callable[[Facts, datetime], Iterator[Finding]], ...]] = (
    _payment,
    _number,
    _account,
    _template,
    _access,
    _webhook,
    _reach,
    _name,
    _limit,
    _unknown,
    _paused,
)


def _is_unknown(look: Look) -> bool:
    return (look.code, look.subcode) == (_INVALID, _UNKNOWN_OBJECT) or look.code == _ALIAS


def _health(facts: Facts, problem: Problem) -> Evidence:
    asked = Asked.ACCOUNT if facts.seen(Asked.ACCOUNT) else Asked.NUMBER
    values: dict[str, str | int] = {
        "entity": problem.entity,
        "state": problem.state,
        "code": problem.code,
        "said": problem.said,
    }
    return Evidence(Source.META, "health", facts.looks[asked].at, values)


def _look(facts: Facts, asked: Asked, what: str) -> Evidence:
    look = facts.looks.get(asked)
    return Evidence(Source.META, what, None if look is None else look.at)


def _missed(asked: Asked, look: Look) -> Evidence:
    values: dict[str, str | int] = {
        "asked": asked.value,
        "code": "–" if look.code is None else look.code,
        "said": look.said,
    }
    return Evidence(Source.META, "rejected", look.at, values)


def _row(facts: Facts, what: str) -> Evidence:
    told = {"status": facts.number.status, "payment": facts.number.payment}.get(what, "")
    return Evidence(Source.DESK, f"number_{what}", None, {"status": told})


def _node(facts: Facts) -> Evidence:
    seen = _look(facts, Asked.NUMBER, "node")
    return Evidence(seen.source, seen.what, seen.at, {"status": facts.meta.number_status})


def _silence(facts: Facts) -> Evidence:
    values = {"count": facts.number.silent}
    return Evidence(Source.OUTBOX, "silent", facts.number.silent_since, values)


def _heard(facts: Facts) -> Evidence:
    at = facts.number.last_event_at
    return Evidence(Source.WEBHOOK, "heard" if at else "never_heard", at)
