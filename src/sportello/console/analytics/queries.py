"""What is counted: lines of conversations by piece of the range, by person, by number, by request.

All reads one range together with the one before it, by the index `conversationevent_range`: a line
lies in the piece that `width_bucket` finds for it among the midnights of `rules.analytics.marks`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Aggregate,
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Extract

from sportello.rules import analytics as rules
from sportello.rules.analytics import Span
from sportello.schema.assistant import ModelBudget, ModelCall, Proposal, ProposalOrigin
from sportello.schema.campaigns import Campaign
from sportello.schema.events import ConversationEvent, EventKind
from sportello.schema.inbox import Conversation, Holder
from sportello.schema.library import Document, Pair
from sportello.schema.money import Charge

TOPICS_MAX: Final = 15
CAMPAIGNS_MAX: Final = 12
_WINDOW: Final = timedelta(hours=24)
_ANSWERED: Final = EventKind.ANSWERED
# The deeds by which a person takes part in a request.
_PEOPLE: Final = [EventKind.TAKEN, EventKind.HANDED_OVER, EventKind.HELPED]


@dataclass(frozen=True, slots=True)
class Waits:
    """How long it took, in seconds: half took at most `median`, nine of ten at most `p90`."""

    count: int = 0
    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Requests:
    """Each began with a customer's word in the range."""

    asked: int = 0
    answered: int = 0
    # An answer of the assistant's, and no person in it.
    alone: int = 0
    # Closed by somebody, or `alone`.
    solved: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """Millionths by currency: what Meta asks for replies, and what the models asked."""

    meta: Mapping[str, int]
    models: Mapping[str, int]

    @property
    def sums(self) -> dict[str, int]:
        return {
            currency: self.meta.get(currency, 0) + self.models.get(currency, 0)
            for currency in sorted({*self.meta, *self.models})
        }


class _Places(Aggregate):
    """The values at these shares of the ordered list, between two where none lies there."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(FloatField())


def lines(span: Span, number_id: int | None) -> QuerySet[Any, Any]:
    """Of the range and the one before, each with its `piece`: 1 and up, those before first."""
    known = ConversationEvent.objects.filter(at__gte=span.before.starts_at, at__lt=span.ends_at)
    if number_id is not None:
        known = known.filter(number_id=number_id)
    bounds = Value(rules.marks(span), output_field=ArrayField(DateTimeField()))
    piece = Func(F("at"), bounds, function="width_bucket", output_field=IntegerField())
    return known.annotate(piece=piece).order_by()


def counts(span: Span, number_id: int | None) -> dict[str, list[int]]:
    """By kind, how many in each piece: those of the range before, then its own."""
    size = len(rules.marks(span))
    found = {kind.value: [0] * size for kind in EventKind}
    for row in lines(span, number_id).values("kind", "piece").annotate(n=Count("pk")):
        found[row["kind"]][row["piece"] - 1] += row["n"]
    return found


def waits(span: Span, number_id: int | None) -> dict[tuple[str, bool], Waits]:
    """By kind of the line that ended the wait, and whether it lies in the range before."""
    rows = _timed(span, number_id).values("kind", is_before=_before(span))
    return {
        (row["kind"], row["is_before"]): _waits(row)
        for row in rows.annotate(n=Count("pk"), places=_Places(_seconds(span)))
    }


def by_reason(span: Span, number_id: int | None) -> dict[str, tuple[int, int]]:
    """Hand-overs by reason: in the range, and in the one before."""
    return _by(span, number_id, "detail", Q(kind=EventKind.HANDED_OVER))


def by_topic(span: Span, number_id: int | None) -> list[tuple[str, str, int, int]]:
    """The sources that answered most, with their titles, in the range and before."""
    found = _by(span, number_id, "detail", Q(kind=EventKind.CITED))
    most = sorted(found.items(), key=lambda one: (-one[1][0], one[0]))[:TOPICS_MAX]
    titles = _titles([source for source, _ in most])
    return [(source, titles.get(source, ""), *count) for source, count in most]


def by_number(span: Span) -> dict[tuple[int, str], int]:
    own = lines(span, None).filter(at__gte=span.starts_at)
    rows = own.values("number_id", "kind").annotate(n=Count("pk"))
    return {(row["number_id"], row["kind"]): row["n"] for row in rows}


def by_person(span: Span, number_id: int | None) -> dict[tuple[int | None, str, str], int]:
    """By person, kind and origin: chats taken, requests in which they wrote, chats closed."""
    own = lines(span, number_id).filter(
        at__gte=span.starts_at, kind__in=[_ANSWERED, EventKind.TAKEN, EventKind.CLOSED]
    )
    rows = own.values("by_id", "kind", origin=_origin()).annotate(
        n=Count("request", distinct=True), lines=Count("pk")
    )
    return {
        (row["by_id"], row["kind"], row["origin"]): row[
            "n" if row["kind"] == _ANSWERED else "lines"
        ]
        for row in rows
    }


def waits_by_person(span: Span, number_id: int | None) -> dict[tuple[int | None, str], Waits]:
    """By person and origin: of the first answers that they gave, and after hand-overs."""
    own = _timed(span, number_id).filter(
        at__gte=span.starts_at, kind__in=[_ANSWERED, EventKind.HELPED]
    )
    rows = own.values("by_id", origin=F("detail"))
    return {
        (row["by_id"], row["origin"]): _waits(row)
        for row in rows.annotate(n=Count("pk"), places=_Places(_seconds(span)))
    }


def requests(span: Span, number_id: int | None) -> tuple[Requests, Requests]:
    """Of the range, and of the one before."""
    is_asked = Q(kind=EventKind.ASKED)
    people = Q(kind__in=_PEOPLE) | Q(kind=_ANSWERED, detail="operator")
    told = lines(span, number_id).filter(
        is_asked | people | Q(kind__in=[_ANSWERED, EventKind.CLOSED])
    )
    each = (
        told.values(key=Coalesce("request", "id", output_field=BigIntegerField()))
        .annotate(
            asked_in=Max("piece", filter=is_asked),
            by_people=Count("pk", filter=people),
            by_us=Count("pk", filter=Q(kind=_ANSWERED)),
            ended=Count("pk", filter=Q(kind=EventKind.CLOSED)),
        )
        .filter(asked_in__isnull=False)
    )
    own, before = Q(asked_in__gt=len(span.before.pieces)), Q(asked_in__lte=len(span.before.pieces))
    alone = Q(by_us__gt=0, by_people=0)
    sums = {
        f"{name}_{when}": Count("key", filter=which & is_then)
        for when, is_then in (("own", own), ("before", before))
        for name, which in (
            ("asked", Q(asked_in__gt=0)),
            ("answered", Q(by_us__gt=0)),
            ("alone", alone),
            ("solved", alone | Q(ended__gt=0)),
        )
    }
    found = each.aggregate(**sums)
    made = [
        Requests(*(found[f"{name}_{when}"] for name in ("asked", "answered", "alone", "solved")))
        for when in ("own", "before")
    ]
    return made[0], made[1]


def shut_now(span: Span, number_id: int | None, now: datetime) -> int:
    """Windows that shut in the span on a customer's word, where nothing happened since."""
    known = Conversation.objects.filter(
        last_message_at__gte=span.starts_at - _WINDOW,
        last_message_origin="customer",
        window_closes_at__gte=span.starts_at,
        window_closes_at__lt=min(span.ends_at, now),
    ).exclude(holder=Holder.CLOSED)
    if number_id is not None:
        known = known.filter(number_id=number_id)
    return known.count()


def corrected(span: Span) -> int:
    """Corrections that people proposed when they reviewed an answer."""
    return Proposal.objects.filter(
        origin=ProposalOrigin.REVIEW, at__gte=span.starts_at, at__lt=span.ends_at
    ).count()


def spent(span: Span, number_id: int | None) -> Spent:
    own = Q(sent_at__gte=span.starts_at, sent_at__lt=span.ends_at)
    # Those of the free entry point cost nothing, and have no place in the index `charge_allowance`.
    charges = Charge.objects.filter(own, expected_category="service", fell_through=False).exclude(
        expected_kind="free_entry_point"
    )
    if number_id is not None:
        charges = charges.filter(number_id=number_id)
    rows = charges.values("currency").annotate(sum=Sum(Coalesce("micros", "expected_micros", 0)))
    meta = {row["currency"]: row["sum"] or 0 for row in rows.order_by()}
    calls = ModelCall.objects.filter(at__gte=span.starts_at, at__lt=span.ends_at)
    if number_id is not None:
        calls = calls.filter(conversation__number_id=number_id)
    cost = calls.aggregate(sum=Sum("cost_micros"))["sum"]
    currency = ModelBudget.objects.values_list("currency", flat=True).first() or "EUR"
    return Spent(meta, {currency: cost} if cost else {})


def campaigns(span: Span, number_id: int | None) -> list[Campaign]:
    """Those that started in the range, the newest first."""
    known = Campaign.objects.filter(
        automatic=False, started_at__gte=span.starts_at, started_at__lt=span.ends_at
    )
    if number_id is not None:
        known = known.filter(number_id=number_id)
    return list(
        known.select_related("template", "number", "workspace").order_by("-pk")[:CAMPAIGNS_MAX]
    )


def _by(span: Span, number_id: int | None, column: str, which: Q) -> dict[str, tuple[int, int]]:
    rows = (
        lines(span, number_id)
        .filter(which)
        .values(column)
        .annotate(
            own=Count("pk", filter=Q(at__gte=span.starts_at)),
            before=Count("pk", filter=Q(at__lt=span.starts_at)),
        )
    )
    return {row[column]: (row["own"], row["before"]) for row in rows}


def _timed(span: Span, number_id: int | None) -> QuerySet[Any, Any]:
    return lines(span, number_id).filter(since__isnull=False)


def _before(span: Span) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(Q(at__lt=span.starts_at), output_field=BooleanField())


def _origin() -> Case:
    """Who spoke; "" for what was no word."""
    return Case(When(kind=_ANSWERED, then=F("detail")), default=Value(""))


def _seconds(span: Span) -> Func:
    """A clock of Meta's that runs ahead of ours makes no wait shorter than none."""
    spans = rules.open_spans(span)
    if spans is not None:
        return _open_seconds(spans)
    return Func(Extract(F("at") - F("since"), "epoch"), Value(0), function="greatest")


def _open_seconds(spans: list[tuple[datetime, datetime]]) -> Func:
    """How much of each wait lies within these spans."""
    told = ",".join(f"[{start.isoformat()},{end.isoformat()})" for start, end in spans)
    end = Func(F("since"), F("at"), function="greatest")
    return Func(
        Value(f"{{{told}}}"),
        Func(Func(F("since"), end, function="tstzrange"), function="tstzmultirange"),
        arg_joiner="::tstzmultirange * ",
        template="(SELECT coalesce(sum(extract(epoch FROM upper(part) - lower(part))), 0)::float8"
        " FROM unnest(%(expressions)s) AS lies (part))",
        output_field=FloatField(),
    )


def _waits(row: Mapping[str, Any]) -> Waits:
    median, p90 = row["places"] or (None, None)
    return Waits(row["n"], median, p90)


def _titles(sources: list[str]) -> dict[str, str]:
    ids: dict[str, list[int]] = {"pair": [], "document": []}
    for source in sources:
        kind, _, key = source.partition(":")
        if kind in ids and key.isdecimal():
            ids[kind].append(int(key))
    pairs = Pair.objects.filter(pk__in=ids["pair"]).values_list("pk", "question")
    documents = Document.objects.filter(pk__in=ids["document"]).values_list("pk", "title")
    return {f"pair:{key}": title for key, title in pairs} | {
        f"document:{key}": title for key, title in documents
    }
