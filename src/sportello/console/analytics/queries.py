"""What is counted: days of conversations' lines, waits, windows, money, campaigns.

All reads one range together with the one before it.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce

from sportello.console.sql import ask
from sportello.rules import analytics as rules
from sportello.rules.analytics import Span
from sportello.schema.assistant import ModelBudget, ModelCall, Proposal, ProposalOrigin, Turn
from sportello.schema.campaigns import Campaign
from sportello.schema.inbox import Conversation, Holder
from sportello.schema.library import Document, Pair
from sportello.schema.money import Charge
from sportello.schema.rehearsal import Correction, CorrectionKind
from sportello.statements import statements

_SQL: Final = statements(__file__)
CAMPAIGNS_MAX: Final = 12
_WINDOW: Final = timedelta(hours=24)
# How `sportello_figures` cut: a bit for each of day, number and person by which it did not.
_BY_DAY: Final = 0b011
_BY_NUMBER: Final = 0b101


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


@dataclass(frozen=True, slots=True)
class Waited:
    """`by_kind` of the line that ended the wait, and whether it lies before the range; `by_person`
    and origin the answers of the range, first ones and those after a hand-over.
    """

    by_kind: Mapping[tuple[str, bool], Waits]
    by_person: Mapping[tuple[int | None, str], Waits]


class Figures:
    """What days hold, cut in three ways; the rows are those of the function `sportello_figures`."""

    def __init__(self, span: Span, rows: Iterable[Sequence[Any]]) -> None:
        self._span = span
        self._days: dict[str, dict[date, int]] = defaultdict(dict)
        self._numbers: dict[tuple[int, str], int] = {}
        self._people: dict[str, dict[tuple[int | None, str], tuple[int, int]]] = defaultdict(dict)
        for cut, kind, day, number_id, by_id, detail, own, before, everywhere in rows:
            if cut == _BY_DAY:
                self._days[kind][day] = own + before
            elif cut == _BY_NUMBER:
                self._numbers[number_id, kind] = everywhere
            elif own or before:
                self._people[kind][by_id, detail] = (own, before)

    def pieces(self, kind: str) -> list[int]:
        """How many in each piece: those of the range before, then its own."""
        begins = [*self._span.before.pieces, *self._span.pieces]
        found = [0] * len(begins)
        for day, count in self._days[kind].items():
            found[bisect_right(begins, day) - 1] += count
        return found

    def both(self, kind: str) -> tuple[int, int]:
        """In the range, and in the one before."""
        counts = list(self._people[kind].values())
        return sum(own for own, _ in counts), sum(before for _, before in counts)

    def by_detail(self, kind: str) -> dict[str, tuple[int, int]]:
        """In the range, and in the one before: hand-overs by reason, answers by source."""
        found: dict[str, tuple[int, int]] = {}
        for (_, detail), (own, before) in self._people[kind].items():
            known = found.get(detail, (0, 0))
            found[detail] = (known[0] + own, known[1] + before)
        return found

    def by_person(self, kind: str) -> dict[tuple[int | None, str], int]:
        """By person and detail, in the range."""
        return {key: own for key, (own, _) in self._people[kind].items() if own}

    def by_number(self, number_id: int, kind: str) -> int:
        """In the range, whichever number was asked for."""
        return self._numbers.get((number_id, kind), 0)

    def requests(self) -> tuple[Requests, Requests]:
        """Of the range, and of the one before."""
        told = [self.both(kind) for kind in ("asked", "met", "alone", "solved")]
        return Requests(*(own for own, _ in told)), Requests(*(before for _, before in told))


def figures(span: Span, number_id: int | None) -> Figures:
    """Of the range and the one before it, from the sums that are kept by day."""
    given = {
        "before_on": span.before.first_on,
        "first_on": span.first_on,
        "last_on": span.last_on,
        "zone": str(span.zone),
        "number": number_id,
    }
    return Figures(span, ask(_SQL["figures"], given))


def waits(span: Span, number_id: int | None) -> Waited:
    given = {
        "before_at": span.before.starts_at,
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "number": number_id,
        "open": _open(span),
    }
    rows = ask(_SQL["waits"], given)
    return Waited(
        by_kind={(row[1], row[2]): Waits(*row[5:]) for row in rows if not row[0]},
        by_person={(row[3], row[4]): Waits(*row[5:]) for row in rows if row[0]},
    )


def titles(sources: list[str]) -> dict[str, str]:
    """Of sources as lines name them, `pair:7` or `document:7`; those that are gone have none."""
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


def corrected(span: Span, number_id: int | None) -> int:
    """Answers of which people said that they were wrong, or that another was right, or for which
    they proposed a change; each once.
    """
    within = Q(at__gte=span.starts_at, at__lt=span.ends_at)
    if number_id is not None:
        within &= Q(turn__conversation__number_id=number_id)
    proposed = Proposal.objects.filter(within, origin=ProposalOrigin.REVIEW)
    judged = Correction.objects.filter(within).exclude(kind=CorrectionKind.RIGHT)
    of_turns = proposed.exclude(turn=None).order_by().values_list("turn_id")
    return of_turns.union(judged.order_by().values_list("turn_id")).count() + (
        proposed.filter(turn=None).count()
    )


def unanswered(span: Span, number_id: int | None, most: int) -> list[tuple[str, int, int]]:
    """Of the questions that nobody could answer, by what they ask: the newest wording that is still
    kept, how often in the range, and in the one before. The most frequent first.
    """
    asked = Turn.objects.filter(
        cluster__isnull=False, at__gte=span.before.starts_at, at__lt=span.ends_at
    )
    if number_id is not None:
        asked = asked.filter(conversation__number_id=number_id)
    own = Q(at__gte=span.starts_at)
    counted = asked.values("cluster").annotate(
        own=Count("pk", filter=own),
        before=Count("pk", filter=~own),
        newest=Max("pk", filter=~Q(question="")),
    )
    rows = list(counted.order_by("-own", "-before", "cluster")[:most])
    said = Turn.objects.filter(pk__in=[row["newest"] for row in rows if row["newest"]])
    words = dict(said.values_list("pk", "question"))
    return [(words.get(row["newest"], ""), row["own"], row["before"]) for row in rows]


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


def _open(span: Span) -> str | None:
    """When waits count; None: always."""
    spans = rules.open_spans(span)
    if spans is None:
        return None
    told = ",".join(f"[{start.isoformat()},{end.isoformat()})" for start, end in spans)
    return f"{{{told}}}"
