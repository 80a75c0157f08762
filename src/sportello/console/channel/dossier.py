"""All that is known of a number, in words, each fact with where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sportello.console.channel import captions, deeds
from sportello.console.channel.access_token import token_of
from sportello.console.channel.health import PAUSES, QUALITIES, STATUSES, healths, named_day
from sportello.console.channel.profile import completeness
from sportello.console.doctor.report import Report, report_of
from sportello.console.templates_desk import captions as template_captions
from sportello.schema.channel import Number, NumberStatus, Quality
from sportello.schema.connections import Connection, NumberChange
from sportello.schema.doctor import Examination, SubjectKind
from sportello.schema.inbox import Conversation
from sportello.schema.sends import Send
from sportello.schema.templates import Template

_A_DAY: Final = timedelta(days=1)
_CHANGES_MAX: Final = 50
_UNLIMITED: Final = 0


@dataclass(frozen=True, slots=True)
class Said:
    """A word of Meta's in ours; `tone` of the style sheet."""

    words: str
    tone: str = ""


def shown(number: Number, now: datetime) -> dict[str, Any]:
    """The page's context."""
    told = number.told if isinstance(number.told, dict) else {}
    found = healths(number, now)
    return {
        "number": number,
        "told": told,
        "health": found[0],
        "further": found[1:],
        "status": STATUSES[NumberStatus(number.status)],
        "quality": QUALITIES[Quality(number.quality)],
        "name_review": _said(captions.NAME_STATUS, told.get("name_status")),
        "new_review": _said(captions.NAME_STATUS, told.get("new_name_status")),
        "verification": _said(captions.VERIFICATION, told.get("code_verification_status")),
        "registration": _said(captions.PLATFORM, told.get("platform_type")),
        "account_review": _said(captions.REVIEW, told.get("account_review")),
        "business": _said(captions.REVIEW, told.get("business_verification")),
        "webhook": told.get("webhook") or told.get("override") or "",
        "limit": _limit(number, now),
        "token": token_of(told, now),
        "templates": _templates(number),
        "conversations": Conversation.objects.filter(number=number).count(),
        "history": [_change(one) for one in _changes(number)],
        "going": deeds.open_of(number),
        "is_off": number.paused_why == deeds.DISCONNECTED,
        "may_resume": number.paused_why not in {"", deeds.DISCONNECTED}
        and number.status != NumberStatus.BANNED,
        "last_done": _last(number),
        "examined": _examined(number, now),
        "profile": completeness(number.profile if isinstance(number.profile, dict) else {}),
    }


def _examined(number: Number, now: datetime) -> Report | None:
    """What the doctor found last."""
    rows = Examination.objects.filter(number=number, subject=SubjectKind.NUMBER)
    last = rows.exclude(done_at=None).order_by("-pk").first()
    return None if last is None else report_of(last, now)


def used_today(number: Number, now: datetime) -> int:
    """People written to first in the last 24 hours by all numbers that share the limit."""
    sharing = Number.objects.filter(pk=number.pk)
    if number.portfolio_id:
        sharing = sharing | Number.objects.filter(portfolio_id=number.portfolio_id)
    reached = Send.objects.filter(number__in=sharing, reached_out_at__gt=now - _A_DAY)
    return reached.values("conversation__contact_id").distinct().count()


def _limit(number: Number, now: datetime) -> dict[str, Any]:
    used, most = used_today(number, now), number.messaging_limit
    share = min(100, round(100 * used / most)) if most else 0
    return {"used": used, "most": most, "share": share, "unlimited": most == _UNLIMITED}


def _said(known: Mapping[str, tuple[Promise, str]], word: Any) -> Said | None:
    if not word:
        return None
    found = known.get(word)
    return Said(str(word)) if found is None else Said(str(found[0]), found[1])


def _templates(number: Number) -> list[dict[str, Any]]:
    """How many in each state; the most first."""
    rows = (
        Template.objects.filter(waba_id=number.waba_id, deleted_at=None)
        .values("status")
        .annotate(count=Count("pk"))
        .order_by("-count", "status")
    )
    return [{**row, "words": template_captions.status(row["status"]).words} for row in rows]


def _changes(number: Number) -> list[NumberChange]:
    return list(NumberChange.objects.filter(number=number).order_by("-at", "-pk")[:_CHANGES_MAX])


def _change(row: NumberChange) -> dict[str, Any]:
    kind = captions.CHANGES.get(row.kind)
    return {
        "row": row,
        "kind": row.kind if kind is None else kind,
        "before": _value(row.kind, row.before),
        "after": _value(row.kind, row.after),
    }


def _value(kind: str, value: str) -> str:
    """A column's word as people say it; others as Meta has them."""
    tables: dict[str, Mapping[Any, tuple[Promise, str]]] = {
        "status": STATUSES,
        "quality": QUALITIES,
        "name_status": captions.NAME_STATUS,
        "new_name_status": captions.NAME_STATUS,
        "code_verification_status": captions.VERIFICATION,
        "platform_type": captions.PLATFORM,
        "account_review": captions.REVIEW,
        "business_verification": captions.REVIEW,
    }
    found = tables.get(kind, {}).get(value)
    if found is not None:
        return str(found[0])
    match kind:
        case "limit" if value == str(_UNLIMITED):
            return _("without limit")
        case "token" if value:
            return f"···· {value}"
        case "paused" if value:
            is_block = value == deeds.BLOCKED
            return str(STATUSES[NumberStatus.BANNED][0] if is_block else PAUSES.get(value, value))
        case "payment" if value:
            return _("missing or not working")
        case "ending":
            return named_day(value)
        case _:
            return {"yes": _("yes"), "no": _("no")}.get(value, value)


def _last(number: Number) -> Connection | None:
    return Connection.objects.filter(number=number, state="done").order_by("-ended_at").first()
