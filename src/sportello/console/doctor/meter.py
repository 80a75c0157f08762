"""The risk meter of a number: what was sent in thirty days, counted and put into words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.rules import risk
from sportello.rules.graph_errors import GRAPH_CODES, Effect
from sportello.rules.risk import Level, Measure, Sent, Sign
from sportello.schema.channel import Number, PlatformEvent
from sportello.schema.inbox import Message, MessageStatus
from sportello.schema.people import ConsentAction, ConsentEvent
from sportello.schema.sends import Send
from sportello.schema.templates import TemplateChange

DAYS: Final = timedelta(days=30)
_SENDS_MAX: Final = 20_000
_TEXTS_MAX: Final = 500
_PAIRS_MAX: Final = 5_000
_REFUSALS: Final = [
    code.first
    for code in GRAPH_CODES
    if code.effect in {Effect.SLOW_DOWN, Effect.WAIT_A_DAY, Effect.OPT_OUT}
]
_LEFT: Final = ["accepted", "sent", "delivered", "read", "played", "failed"]
_ARRIVED: Final = ["delivered", "read", "played"]
_READ: Final = ["read", "played"]
_FALLEN: Final = ["PAUSED", "DISABLED", "RED"]
# A phone that is on gets a message within seconds.
_STUCK: Final = timedelta(days=1)
_WARNINGS: Final = ["ACCOUNT_VIOLATION", "ACCOUNT_RESTRICTION"]
_BLOCKS: Final = ["DISABLE", "SCHEDULE_FOR_DISABLE"]
_QUALITY_FALLS: Final = ["FLAGGED", "DOWNGRADE"]


@dataclass(frozen=True, slots=True)
class Row:
    """One sign in words; `share` of the bar, 0 to 100, None without one."""

    sign: str
    level: str
    title: str
    value: str
    threshold: str
    advice: str
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Meter:
    level: str
    title: str
    rows: tuple[Row, ...]


def read(number: Number, now: datetime) -> Meter:
    """Of a busy number the newest `_SENDS_MAX` sends that wrote first."""
    found = risk.measures(_sent(number, now))
    level = risk.worst(found)
    return Meter(level.value, str(_LEVELS[level]), tuple(_row(one) for one in found))


def _sent(number: Number, now: datetime) -> Sent:
    since = now - DAYS
    first = Send.objects.filter(number=number, template__isnull=False, attempted_at__gte=since)
    newest = first.order_by("-pk").values_list("message_id", flat=True)[:_SENDS_MAX]
    messages = Message.objects.filter(pk__in=list(newest))
    counts = messages.aggregate(
        sent=Count("pk", filter=Q(status__in=_LEFT)),
        delivered=Count("pk", filter=Q(status__in=_ARRIVED)),
        read=Count("pk", filter=Q(status__in=_READ)),
        stuck=Count("pk", filter=Q(status=MessageStatus.SENT, at__lt=now - _STUCK)),
        failed=Count("pk", filter=Q(status=MessageStatus.FAILED)),
        refused=Count("pk", filter=Q(error__code__in=_REFUSALS)),
    )
    marketing = first.filter(template__category="MARKETING")
    people = set(
        marketing.order_by("-pk").values_list("conversation__contact_id", flat=True)[:_PAIRS_MAX]
    )
    return Sent(
        quality=number.quality,
        **counts,
        warned=_warned(number, since),
        fallen=_fallen(number, since),
        marketed=len(people),
        stopped=_stopped(people, since),
        repeated=_repeated(first),
        unproven=_unproven(people),
        texts=tuple(messages.order_by("-pk").values_list("text", flat=True)[:_TEXTS_MAX]),
    )


def _warned(number: Number, since: datetime) -> int:
    """What Meta told of the account or the number after people had reported it."""
    warning = Q(value__event__in=_WARNINGS)
    block = Q(value__event="DISABLED_UPDATE", value__ban_info__waba_ban_state__in=_BLOCKS)
    account = Q(field="account_update") & (warning | block)
    quality = Q(field="phone_number_quality_update", number=number, value__event__in=_QUALITY_FALLS)
    told = PlatformEvent.objects.filter(account | quality, waba_id=number.waba_id, at__gte=since)
    return told.count()


def _fallen(number: Number, since: datetime) -> int:
    changes = TemplateChange.objects.filter(
        template__waba_id=number.waba_id, at__gte=since, after__in=_FALLEN
    )
    return changes.values("template_id").distinct().count()


def _stopped(people: set[int], since: datetime) -> int:
    withdrawn = ConsentEvent.objects.filter(
        contact_id__in=people, action=ConsentAction.WITHDRAW, at__gte=since
    )
    return withdrawn.values("contact_id").distinct().count()


def _repeated(first: Any) -> int:
    """Sends beyond the first of one template to one person."""
    pairs = (
        first.values("template_id", "conversation_id")
        .annotate(count=Count("pk"))
        .filter(count__gt=1)
        .values_list("count", flat=True)[:_PAIRS_MAX]
    )
    return sum(count - 1 for count in pairs)


def _unproven(people: set[int]) -> int:
    """Those none of whose grants of marketing has a text or a proof beside it."""
    proven = (
        ConsentEvent.objects.filter(
            contact_id__in=people, action=ConsentAction.GRANT, category="marketing"
        )
        .exclude(text="", proof={})
        .values_list("contact_id", flat=True)
        .distinct()
    )
    return len(people - set(proven))


def _row(one: Measure) -> Row:
    title, advice = _WORDS[one.sign]
    return Row(
        sign=one.sign.value,
        level=one.level.value,
        title=str(title),
        value=_value(one),
        threshold=_threshold(one),
        advice=str(advice) if one.level in {Level.WARN, Level.BAD} else "",
        share=_bar(one),
    )


def _value(one: Measure) -> str:
    if one.sign is Sign.QUALITY:
        return str(_LEVELS_OF_QUALITY[one.level])
    return _("too little sent to say") if one.value is None else _said(one.sign, one.value)


def _said(sign: Sign, value: float) -> str:
    if sign is Sign.LENGTH:
        return _("%(n)s characters") % {"n": round(value)}
    if sign in {Sign.TEMPLATES, Sign.REPORTS}:
        return str(round(value))
    share = round(value * 100, 1)
    return f"{formats.number_format(int(share) if share.is_integer() else share)}%"


def _threshold(one: Measure) -> str:
    if one.warn is None or one.bad is None:
        return ""
    way = _("warning below %(warn)s, danger below %(bad)s")
    if not one.is_low:
        way = _("warning from %(warn)s, danger from %(bad)s")
    return way % {"warn": _said(one.sign, one.warn), "bad": _said(one.sign, one.bad)}


def _bar(one: Measure) -> int | None:
    """How far towards danger; full at the threshold of danger."""
    if one.value is None or one.bad is None:
        return None
    if one.is_low:
        return min(100, round((1 - one.value) / (1 - one.bad) * 100)) if one.bad < 1 else None
    return min(100, round(one.value / one.bad * 100))


_LEVELS: Final[dict[Level, Promise]] = {
    Level.FINE: gettext_lazy("The risk is low"),
    Level.UNKNOWN: gettext_lazy("Nothing can be said yet"),
    Level.WARN: gettext_lazy("Take care"),
    Level.BAD: gettext_lazy("The number is at risk"),
}

_LEVELS_OF_QUALITY: Final[dict[Level, Promise]] = {
    Level.FINE: gettext_lazy("high"),
    Level.UNKNOWN: gettext_lazy("not known yet"),
    Level.WARN: gettext_lazy("medium"),
    Level.BAD: gettext_lazy("low"),
}

_WORDS: Final[dict[Sign, tuple[Promise, Promise]]] = {
    Sign.QUALITY: (
        gettext_lazy("Quality by Meta"),
        gettext_lazy(
            "It falls when customers block or report. Pause campaigns and write only to those who "
            "expect it; it recovers over seven days."
        ),
    ),
    Sign.REPORTS: (
        gettext_lazy("Reports: warnings by Meta"),
        gettext_lazy("Read them under Events, and stop what brought them before sending again."),
    ),
    Sign.BLOCKS: (
        gettext_lazy("Blocks: sent, and not delivered for over a day"),
        gettext_lazy(
            "Who blocked the number shows like this, and so does a phone that is off: leave out "
            "whom you no longer reach."
        ),
    ),
    Sign.TEMPLATES: (
        gettext_lazy("Templates that Meta paused or marked low"),
        gettext_lazy("Do not send them again as they are: change the text, or the people."),
    ),
    Sign.REFUSALS: (
        gettext_lazy("Refused by Meta for too much promotion"),
        gettext_lazy("Write less often to the same people, and leave out who never reads."),
    ),
    Sign.STOPS: (
        gettext_lazy("Asked to stop"),
        gettext_lazy("Look at what they had received: text, frequency, or a list that is too old."),
    ),
    Sign.READ: (
        gettext_lazy("Read"),
        gettext_lazy("Few open it: write to fewer people, those who wrote or bought lately."),
    ),
    Sign.FAILED: (
        gettext_lazy("Not delivered"),
        gettext_lazy("Many wrong numbers look like a bought list: clean the list."),
    ),
    Sign.CONSENT: (
        gettext_lazy("Written to without proof of consent"),
        gettext_lazy(
            "Record how each of them agreed, or leave them out: it is what Meta asks for."
        ),
    ),
    Sign.REPETITION: (
        gettext_lazy("The same template to the same person"),
        gettext_lazy("Leave days between two messages, and change what they say."),
    ),
    Sign.LOUDNESS: (
        gettext_lazy("Loud texts"),
        gettext_lazy("Fewer capitals, exclamation marks and emoji: write as at the counter."),
    ),
    Sign.LENGTH: (
        gettext_lazy("Length of what is written first"),
        gettext_lazy("Three short lines are read; a page looks like an advertisement."),
    ),
}
