"""A guard's receipt in words: allowed because, held until, refused because."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from sportello.console import words
from sportello.console.inbox import captions, first_words
from sportello.console.templatetags.desk import exact, said_at


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str
    # For an instant: to the second, on hover.
    exactly: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`verdict`: allowed, held or refused."""

    verdict: str
    title: str
    advice: str
    code: str
    decided: Fact
    facts: tuple[Fact, ...]


def receipt_of(kept: Mapping[str, Any], now: datetime) -> Receipt:
    """Tolerates receipts of other versions: what it does not know it leaves out."""
    code = str(kept.get("code") or "")
    said = words.of_code(code)
    verdict = str(kept.get("verdict", ""))
    reasons = kept.get("reasons")
    facts = reasons if isinstance(reasons, Mapping) else {}
    cost = kept.get("cost")
    currency = str(cost.get("currency") or "") if isinstance(cost, Mapping) else ""
    found = [_fact(name, facts.get(name), currency, now) for name in captions.FACTS]
    found.append(_cost(cost))
    return Receipt(
        verdict=verdict,
        title=_title(verdict) if said is None else str(said.title),
        advice="" if said is None else str(said.advice),
        code=code,
        decided=_instant(_("Decided"), str(kept.get("decided_at", "")), now),
        facts=tuple(fact for fact in found if fact is not None),
    )


def _title(verdict: str) -> str:
    if verdict == "allowed":
        return _("Allowed: nothing stood against it")
    return _("It was not allowed to leave")


def _fact(name: str, value: Any, currency: str, now: datetime) -> Fact | None:
    label = captions.fact(name)
    if label is None or value is None:
        return None
    if isinstance(value, str) and name.endswith(("_at", "_since", "_until")):
        return _instant(label, value, now)
    return Fact(label, captions.fact_value(name, value, currency))


def _cost(cost: Any) -> Fact | None:
    """What it was expected to cost when it was decided."""
    if not isinstance(cost, Mapping) or not isinstance(cost.get("currency"), str):
        return None
    micros = cost.get("micros")
    if not isinstance(micros, int | None):
        return None
    words_of_price = first_words.price_of(micros, cost["currency"])
    kind = str(captions.PRICE_KINDS.get(str(cost.get("kind")), ""))
    return Fact(_("Expected price"), f"{words_of_price} · {kind}" if kind else words_of_price)


def _instant(label: str, written: str, now: datetime) -> Fact:
    try:
        at = parse_datetime(written)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        return Fact(label, written)
    local = timezone.localtime(at)
    return Fact(label, said_at(local, timezone.localtime(now)), exact(local))
