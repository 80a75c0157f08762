"""A verdict as it is kept with its message: what was decided, when, and every fact looked at."""

from datetime import datetime
from typing import Any, assert_never

from sportello.rules import window
from sportello.rules.consent import Standing
from sportello.rules.facts import Facts, Media
from sportello.rules.guard import Allow, Code, Hold, Refuse, Verdict
from sportello.rules.pricing import Price

ALLOWED = "allowed"
HELD = "held"
REFUSED = "refused"


def receipt(verdict: Verdict, facts: Facts, now: datetime) -> dict[str, Any]:
    """JSON-able. `reasons` has no text, number or name in it: states, instants and counts only."""
    return _outcome(verdict) | {
        "decided_at": now.isoformat(),
        "reasons": _reasons(facts, now),
    }


def opted_out(now: datetime) -> dict[str, Any]:
    """Of a message that was still waiting when its customer said that they do not want it."""
    return _outcome(Refuse(Code.OPTED_OUT)) | {
        "decided_at": now.isoformat(),
        "reasons": {"marketing_consent": Standing.WITHDRAWN.value},
    }


def answered(now: datetime) -> dict[str, Any]:
    """Of a follow-up that was still waiting when the customer answered what it was to remind of."""
    return _outcome(Refuse(Code.ANSWERED)) | {
        "decided_at": now.isoformat(),
        "reasons": {"answered": True},
    }


def _outcome(verdict: Verdict) -> dict[str, Any]:
    match verdict:
        case Allow(cost):
            return {"verdict": ALLOWED, "code": None, "until": None, "cost": _cost(cost)}
        case Hold(until, code):
            return {"verdict": HELD, "code": code.value, "until": until.isoformat(), "cost": None}
        case Refuse(code):
            return {"verdict": REFUSED, "code": code.value, "until": None, "cost": None}
        case _:
            assert_never(verdict)


def _reasons(facts: Facts, now: datetime) -> dict[str, Any]:
    """By the fact's name, which the pages put into words."""
    return {name: value for name, value in _values(facts, now).items() if value is not None}


def _values(facts: Facts, now: datetime) -> dict[str, Any]:
    chat, channel, policy = facts.conversation, facts.channel, facts.policy
    template = facts.template
    return {
        "origin": facts.sender.origin.value,
        "content": facts.content.value,
        "operator": facts.sender.operator,
        "control_epoch": facts.sender.control_epoch,
        "holder": chat.ownership.holder.value,
        "holder_operator": chat.ownership.operator,
        "control_epoch_now": chat.ownership.control_epoch,
        "window_open": window.is_open(chat.window_closes_at, now),
        "window_closes_at": _at(chat.window_closes_at),
        "awaiting_customer_reply_since": _at(chat.awaiting_since),
        "one_template_until_they_answer": policy.one_template_until_they_answer,
        "reachable": facts.contact.reachable,
        "marketing_consent": facts.contact.marketing.value,
        "marketing_capped_until": _at(facts.contact.marketing_capped_until),
        "template_state": None if template is None else template.state.value,
        "template_category": None if template is None else template.category.value,
        "template_fits": None if template is None else template.fits,
        "media": None if facts.media is Media.NONE else facts.media.value,
        "number": channel.number.value,
        "account": channel.account.value,
        "pair_wait_s": channel.pair_wait.total_seconds(),
        "new_people_left_today": channel.new_people_left_today,
        "quiet_until": _at(policy.quiet_until),
        "campaign": None if facts.campaign is None else facts.campaign.value,
        "answered": facts.answered or None,
        "budget_left_micros": policy.budget_left_micros,
    }


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _cost(price: Price | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return {
        "micros": price.micros,
        "currency": price.currency,
        "category": price.category.value,
        "kind": price.kind.value,
    }
