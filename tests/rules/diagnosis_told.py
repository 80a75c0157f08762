"""Scenes in which something does not leave, each with the doctor's whole report: the golden lines.

`python -m tests.rules.diagnosis_told` writes them anew, for a person to read what differs. Every
scene is a company where all is well but for what its name says. Times stand as seconds from now.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sportello.rules.consent import Standing
from sportello.rules.diagnosis import deed_of, diagnose
from sportello.rules.diagnosis_causes import of_error, of_guard
from sportello.rules.diagnosis_codes import Evidence, Finding
from sportello.rules.diagnosis_facts import (
    Asked,
    Campaign,
    Chat,
    Facts,
    House,
    Look,
    Message,
    Meta,
    Miss,
    Number,
    Problem,
    Subject,
    Template,
    Token,
    Upload,
)
from sportello.rules.graph_errors import BY_CODE
from sportello.rules.guard import Code as GuardCode

FILE: Final = Path(__file__).parent / "data" / "reports.txt"
NOW: Final = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
AN_HOUR: Final = timedelta(hours=1)
_LOOKS: Final = (Asked.TOKEN, Asked.NUMBER, Asked.ACCOUNT, Asked.APPS, Asked.TEMPLATE)
# Each at an instant of its own, so that none is taken for another.
_SEEN: Final = {one: Look(NOW - timedelta(seconds=n)) for n, one in enumerate(_LOOKS, start=1)}
_RIGHTS: Final = frozenset({"whatsapp_business_messaging", "whatsapp_business_management"})
_TOKEN: Final = Token(is_valid=True, app_id="5", scopes=_RIGHTS)
_WELL: Final = Facts(
    Subject.NUMBER,
    _SEEN,
    Number(waba_id="1", app_id="5"),
    Meta(funding=True, token=_TOKEN, apps=frozenset({"5"})),
)
_AT: Final = NOW - AN_HOUR
_UNPAID: Final = Problem("WABA", "LIMITED", 141006, "no card")
_APPROVED: Final = Template("offerta", "APPROVED", "MARKETING", changed_at=_AT)
_OPEN: Final = Chat("operator", window_closes_at=NOW + AN_HOUR, marketing=Standing.GRANTED)


def told() -> Iterator[str]:
    for name, facts in _scenes().items():
        report = " ; ".join(_finding(one, facts) for one in diagnose(facts, NOW))
        yield f"{name} | {report or 'all is well'}"
    for code in sorted(BY_CODE):
        yield f"error {code} | {of_error(code).value} {of_error(code, 33).value}"
    for word in GuardCode:
        found = of_guard(word.value)
        yield f"guard {word.value} | {found.value if found else None}"


def _scenes() -> dict[str, Facts]:
    found: dict[str, Facts] = {"well": _WELL}
    for subject in (Subject.NUMBER, Subject.TEMPLATE, Subject.MESSAGE):
        for name, facts in _around().items():
            found[f"{name} ({subject.value})"] = replace(facts, subject=subject)
    for name, message in _messages().items():
        for chat_name, chat in (("", None), ("open ", _OPEN), ("shut ", Chat("queue"))):
            facts = replace(_WELL, subject=Subject.MESSAGE, message=message, chat=chat)
            found[f"{chat_name}{name}"] = facts
    found |= {f"chat {name}": _of_chat(chat) for name, chat in _chats().items()}
    found |= {f"campaign {name}": _of_campaign(one) for name, one in _campaigns().items()}
    return found | _cures()


def _number(**parts: Any) -> Facts:
    return replace(_WELL, number=replace(_WELL.number, **parts))


def _meta(**parts: Any) -> Facts:
    return replace(_WELL, meta=replace(_WELL.meta, **parts))


def _look(asked: Asked, miss: Miss, code: int | None = None, subcode: int = 0) -> Facts:
    return replace(_WELL, looks={**_SEEN, asked: Look(_AT, miss, code, subcode, "said")})


def _problem(code: int, state: str = "BLOCKED", **parts: Any) -> Facts:
    return _meta(problems=(Problem("WABA", state, code, "said"),), **parts)


def _around() -> dict[str, Facts]:
    """What is seen of number, account, token, webhooks and house, whatever is asked about."""
    unseen = replace(_number(payment="missing"), looks={})
    return {
        "no card": _problem(141006, "LIMITED", funding=False),
        "card not default": _problem(141006, "LIMITED"),
        "unpaid": replace(
            _problem(141006, "LIMITED"), number=replace(_WELL.number, silent=3, silent_since=_AT)
        ),
        "no card, of old": unseen,
        "card not default, of old": replace(_number(payment="unpaid"), looks={}),
        "card of old, seen to be well": _number(payment="missing"),
        "unregistered": _problem(141000),
        "number unknown": _look(Asked.NUMBER, Miss.REJECTED, 100, 33),
        "number unknown by alias": _look(Asked.NUMBER, Miss.REJECTED, 803),
        "number rejected for something else": _look(Asked.NUMBER, Miss.REJECTED, 100, 34),
        "disconnected": _number(status="disconnected"),
        "disconnected, unseen": replace(_number(status="disconnected"), looks={}),
        "pending": _number(status="pending"),
        "locked": _problem(131031),
        "restricted": _problem(368, "LIMITED"),
        "restricted wholly": _problem(368),
        "banned": _number(status="banned"),
        "restricted, of old": _number(status="restricted"),
        "ending": _number(ending_at=NOW + AN_HOUR),
        "locked and ending": replace(
            _problem(131031), number=replace(_WELL.number, ending_at=NOW + AN_HOUR)
        ),
        "token not here": _number(has_token=False),
        "token not given": _look(Asked.TOKEN, Miss.NO_TOKEN),
        "token expired": _look(Asked.NUMBER, Miss.REJECTED, 190, 463),
        "token revoked": _look(Asked.NUMBER, Miss.REJECTED, 190),
        "token revoked, seen thrice": replace(
            _WELL,
            looks={one: Look(_AT, Miss.REJECTED, 190, 0, one.value) for one in _LOOKS[:3]},
        ),
        "forbidden": _look(Asked.ACCOUNT, Miss.REJECTED, 10),
        "no right to messages": _meta(token=replace(_TOKEN, scopes=_RIGHTS - {min(_RIGHTS)})),
        "no right to manage": _meta(token=replace(_TOKEN, scopes=_RIGHTS - {max(_RIGHTS)})),
        "no rights": _meta(token=replace(_TOKEN, scopes=frozenset())),
        "another account": _meta(token=replace(_TOKEN, accounts=frozenset({"2"}))),
        "its account": _meta(token=replace(_TOKEN, accounts=frozenset({"1"}))),
        "no webhooks": _meta(apps=frozenset()),
        "another app's webhooks": _meta(apps=frozenset({"6"})),
        "our app by the token": replace(_WELL, number=replace(_WELL.number, app_id="")),
        "silent": _number(silent=2, silent_since=_AT),
        "silent, but heard since": _number(
            silent=2, silent_since=_AT, last_event_at=_AT + timedelta(seconds=1)
        ),
        "silent since it was heard": _number(silent=2, silent_since=_AT, last_event_at=_AT),
        "silent for a moment": _number(silent=2, silent_since=NOW - timedelta(seconds=89)),
        "silent for long enough": _number(silent=2, silent_since=NOW - timedelta(seconds=90)),
        "a problem of tomorrow's": _problem(141999),
        "a limit of tomorrow's": _problem(141999, "LIMITED"),
        "name in review": _meta(name_status="PENDING_REVIEW"),
        "name approved": _meta(name_status="APPROVED"),
        "at the limit": _number(messaging_limit=250, reached=250),
        "below the limit": _number(messaging_limit=250, reached=249),
        "paused": _number(paused_why="token", paused_at=_AT),
        "nobody reached": replace(
            _WELL, looks={one: Look(_AT, Miss.UNREACHABLE) for one in _LOOKS}
        ),
        "one reached": replace(
            _WELL,
            looks={one: Look(_AT, Miss.ODD if one is not Asked.APPS else None) for one in _LOOKS},
        ),
        "outbox late": replace(_WELL, house=House(outbox_late=3, outbox_late_s=31)),
        "outbox not yet late": replace(_WELL, house=House(outbox_late=3, outbox_late_s=30)),
        "outbox late and paused": replace(
            _number(paused_why="token"), house=House(outbox_late=3, outbox_late_s=31)
        ),
        "inbox late": replace(_WELL, house=House(inbox_waiting=4, inbox_late_s=31)),
        "inbox not yet late": replace(_WELL, house=House(inbox_waiting=4, inbox_late_s=30)),
        "disk": replace(
            _WELL, house=House(disk_free_bytes=3 << 20, disk_needed_bytes=(3 << 20) + 1)
        ),
        "disk enough": replace(_WELL, house=House(disk_free_bytes=9, disk_needed_bytes=9)),
        "clock": replace(_WELL, house=House(behind_s=-61)),
        "clock near": replace(_WELL, house=House(behind_s=60)),
        "set aside": replace(_WELL, house=House(set_aside=2)),
        **{f"template {name}": facts for name, facts in _templates().items()},
    }


def _templates() -> dict[str, Facts]:
    known = replace(_WELL, template=_APPROVED)
    states = (
        "PAUSED", "DISABLED", "REJECTED", "PENDING", "draft", "failed", "DELETED", "ARCHIVED",
        "OF_TOMORROW",
    )  # fmt: skip
    found = {
        one: replace(known, template=replace(_APPROVED, status=one), looks={}) for one in states
    }
    return found | {
        "well": known,
        "gone here": replace(known, template=replace(_APPROVED, is_gone=True)),
        "paused at Meta": replace(known, meta=replace(_WELL.meta, template_status="PAUSED")),
        "another at Meta": replace(known, meta=replace(_WELL.meta, template_differs=True)),
        "rejected here alone": replace(
            known,
            template=replace(_APPROVED, status="LOCALLY_ODD"),
            meta=replace(_WELL.meta, template_status="APPROVED"),
        ),
        "unknown at Meta": replace(
            _look(Asked.TEMPLATE, Miss.REJECTED, 100, 33), template=_APPROVED
        ),
    }


def _message(**parts: Any) -> Message:
    whole = {
        "status": "failed",
        "type": "template",
        "origin": "operator",
        "at": NOW - timedelta(minutes=9),
        "attempted_at": NOW - timedelta(minutes=8),
    }
    return Message(**(whole | parts))


def _messages() -> dict[str, Message]:
    errors = (131042, 131047, 131049, 131026, 131050, 132015, 132001, 131053, 131048, 130429)
    failed = {
        f"failed {code}": _message(error=code, said="said", error_at=_AT)
        for code in (*errors, 131000, 131031, 131037, 133010, 190, 33, 132000, 77)
    }
    refused = {
        f"refused {code.value}": _message(status="refused", receipt=code.value, decided_at=_AT)
        for code in GuardCode
    }
    held = {
        f"held {hold}": _message(status="held", hold=hold)
        for hold in (*(code.value for code in GuardCode), "not_sent", "halted", "of_tomorrow", "")
    }
    return {
        **failed,
        **refused,
        **held,
        "failed without a code": _message(said="said"),
        "failed, never sent": _message(said="not_sent"),
        "refused for tomorrow's reason": _message(status="refused", receipt="of_tomorrow"),
        "cancelled without a word": _message(status="cancelled"),
        "withdrawn by whoever took the chat": _message(status="cancelled", origin="assistant"),
        "withdrawn with its campaign": _message(
            status="cancelled", origin="campaign", receipt="campaign_paused"
        ),
        "held by Meta without a code": _message(status="held", hold="meta_9", said="said"),
        "failed, sub": _message(error=100, error_sub=33),
        "cancelled": _message(status="cancelled", receipt="taken_over", decided_at=_AT),
        "in doubt": _message(status="in_doubt"),
        "unknown": _message(status="unknown"),
        "accepted": _message(status="accepted"),
        "delivered": _message(status="delivered"),
        "sent long ago": _message(status="sent", sent_at=NOW - timedelta(minutes=1)),
        "sent now": _message(status="sent", sent_at=NOW - timedelta(seconds=59)),
        "sent, nobody knows when": _message(status="sent"),
        "held by a token": _message(status="held", hold="token", error=190, said="said"),
        "held by a name": _message(status="held", hold="number", error=131037),
        "held by Meta": _message(status="held", hold="meta_130429", error=130429, said="said"),
        "late": _message(status="queued", late_s=31.5),
        "not yet late": _message(status="queued", late_s=30.0),
        "late text": _message(status="queued", late_s=99.0, type="text"),
        "repeated": _message(error=131000, was_repeated=True),
        "may have left": _message(error=131000, may_have_left=True),
    }


def _of_chat(chat: Chat) -> Facts:
    return replace(_WELL, subject=Subject.CONVERSATION, chat=chat)


def _chats() -> dict[str, Chat]:
    return {
        "open": _OPEN,
        "never": Chat(),
        "awaiting": replace(_OPEN, awaiting_since=_AT),
        "shut": replace(_OPEN, window_closes_at=NOW),
        "unreachable": replace(_OPEN, unreachable_since=_AT),
        "withdrawn": replace(_OPEN, marketing=Standing.WITHDRAWN),
    }


def _of_campaign(campaign: Campaign) -> Facts:
    return replace(_WELL, subject=Subject.CAMPAIGN, campaign=campaign)


def _campaigns() -> dict[str, Campaign]:
    skipped = (("no_consent", 6), ("opted_out", 3))
    return {
        "draft": Campaign("draft"),
        "paused": Campaign("paused", "person"),
        "braked": Campaign("paused", "brake", alarm="stops", seen=0.0512, allowed=0.02),
        "scheduled": Campaign("scheduled", starts_at=NOW + AN_HOUR),
        "over": Campaign("completed"),
        "cancelled": Campaign("cancelled"),
        "out of hours": Campaign("running", opens_at=NOW + AN_HOUR),
        "in its hours": Campaign("running", opens_at=NOW),
        "nobody": Campaign("running", audience=9, skipped=skipped),
        "somebody": Campaign("running", audience=10, skipped=skipped),
        "held": Campaign("running", holds=(("messaging_limit", 4), ("odd", 1), ("quiet_hours", 2))),
        "failed": Campaign("running", failed=((131049, 7), (131026, 2), (77, 1), (131000, 1))),
        "failed without a code": Campaign("running", failed=((None, 5), (131026, 2))),
        "held by what passes": Campaign("running", holds=(("halted", 3), ("meta_130429", 2))),
    }


def _cures() -> dict[str, Facts]:
    """The same failure, with what a look shows of its cause now."""

    def of(error: int, **parts: Any) -> Facts:
        message = _message(error=error, error_at=_AT)
        return replace(_WELL, subject=Subject.MESSAGE, message=message, **parts)

    limit = replace(_WELL.number, messaging_limit=250, reached=250)
    return {
        "unpaid still": of(131042, meta=replace(_WELL.meta, problems=(_UNPAID,), funding=False)),
        "unpaid, unseen": of(131042, looks={}),
        "unpaid, unseen and silent": of(
            131042, looks={}, number=replace(_WELL.number, silent=1, silent_since=_AT)
        ),
        "file refused still": of(131053, upload=Upload("refused")),
        "file at Meta now": of(131053, upload=Upload("kept")),
        "spam at the limit": of(131048, number=limit),
        "capped still": of(131049, chat=replace(_OPEN, capped_until=NOW + AN_HOUR)),
        "capped no more": of(131049, chat=replace(_OPEN, capped_until=NOW)),
        "opted out still": of(131050, chat=replace(_OPEN, marketing=Standing.WITHDRAWN)),
        "unreachable still": of(131026, chat=replace(_OPEN, unreachable_since=_AT)),
        "template paused still": of(132015, template=replace(_APPROVED, status="PAUSED")),
        "template well again": of(132015, template=_APPROVED),
        "template changed": of(132000, template=_APPROVED),
        "pending still": of(133010, number=replace(_WELL.number, status="pending")),
        "unregistered still": of(
            133010, meta=replace(_WELL.meta, problems=(Problem("PHONE", "BLOCKED", 141000),))
        ),
        "token dead still": of(190, meta=replace(_WELL.meta, token=Token(is_valid=False))),
        "name approved since": of(131037, meta=replace(_WELL.meta, name_status="APPROVED")),
        "locked still": of(131031, meta=replace(_WELL.meta, problems=(Problem("W", "B", 131031),))),
    }


def _finding(one: Finding, facts: Facts) -> str:
    deed = deed_of(one, facts)
    shown = [f"{one.code.value} {one.weight.value}", *map(_evidence, one.evidence)]
    if one.values:
        shown.append(_values(one.values))
    if one.meta is not None:
        shown.append(f"meta={one.meta}")
    return " ".join([*shown, f"-> {deed.value}"] if deed else shown)


def _evidence(one: Evidence) -> str:
    at = "" if one.at is None else f"{(one.at - NOW).total_seconds():+.0f}s"
    return f"[{one.source.value}:{one.what}{at}{_values(one.values)}]"


def _values(values: Any) -> str:
    return "{" + ", ".join(f"{name}={value}" for name, value in values.items()) + "}"


if __name__ == "__main__":
    FILE.write_text("\n".join(told()) + "\n", encoding="utf-8")
