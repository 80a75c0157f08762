"""The figures of a range beside those of the one before, and the tables behind the charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from sportello.console.analytics import queries, words
from sportello.console.analytics.queries import Requests, Spent, Waits
from sportello.console.money.ledger import NUMBERS_MAX
from sportello.rules import analytics as rules
from sportello.rules.analytics import Span
from sportello.schema.channel import Number
from sportello.schema.events import EventKind
from sportello.schema.team import Membership

_PEOPLE_MAX: Final = 200
_PIECES: Final = (EventKind.OPENED, EventKind.ASKED, EventKind.CLOSED, EventKind.REOPENED)


@dataclass(frozen=True, slots=True)
class Figure:
    """`unit` is count, seconds, share (of one) or a currency, whose values are millionths."""

    key: str
    value: float | None
    before: float | None
    unit: str = "count"

    @property
    def change(self) -> float | None:
        return rules.change(self.value, self.before)


@dataclass(frozen=True, slots=True)
class Table:
    """What a chart draws and a file holds. `units` by column, as of `Figure`, or `words`."""

    key: str
    columns: Sequence[str]
    units: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Report:
    figures: Sequence[Figure]
    tables: Mapping[str, Table]


def of(span: Span, number_id: int | None, now: datetime) -> Report:
    counts = queries.counts(span, number_id)
    tables = (
        _days(span, counts),
        _people(span, number_id),
        _numbers(span),
        _reasons(span, number_id),
        _topics(span, number_id),
    )
    return Report(
        figures=[
            *_counted(span, counts, number_id, now),
            *_waited(span, number_id),
            *_requests(span, number_id),
        ],
        tables={table.key: table for table in tables},
    )


def _counted(
    span: Span, counts: Mapping[str, list[int]], number_id: int | None, now: datetime
) -> list[Figure]:
    half = len(span.before.pieces)

    def figure(kind: EventKind, more: tuple[int, int] = (0, 0)) -> Figure:
        told = counts[kind.value]
        return Figure(kind.value, sum(told[half:]) + more[0], sum(told[:half]) + more[1])

    shut = (
        queries.shut_now(span, number_id, now),
        queries.shut_now(span.before, number_id, now),
    )
    kinds = (*_PIECES, EventKind.HANDED_OVER)
    corrected = Figure("corrected", queries.corrected(span), queries.corrected(span.before))
    return [*map(figure, kinds), figure(EventKind.MISSED, shut), corrected]


def _waited(span: Span, number_id: int | None) -> list[Figure]:
    found = queries.waits(span, number_id)
    figures = []
    for kind in (EventKind.ANSWERED, EventKind.HELPED, EventKind.CLOSED):
        own, before = (found.get((kind.value, early), Waits()) for early in (False, True))
        figures += [
            Figure(f"{kind.value}_median", own.median, before.median, "seconds"),
            Figure(f"{kind.value}_p90", own.p90, before.p90, "seconds"),
        ]
    return figures


def _requests(span: Span, number_id: int | None) -> list[Figure]:
    own, before = queries.requests(span, number_id)
    spent, earlier = queries.spent(span, number_id), queries.spent(span.before, number_id)
    return [
        Figure(
            "alone",
            rules.share(own.alone, own.answered),
            rules.share(before.alone, before.answered),
            "share",
        ),
        *_costs(own, before, spent, earlier),
    ]


def _costs(own: Requests, before: Requests, spent: Spent, earlier: Spent) -> list[Figure]:
    """One figure for each currency in which something was spent."""
    return [
        Figure(
            "cost",
            rules.share(sum_, own.solved),
            rules.share(earlier.sums.get(currency, 0), before.solved),
            currency,
        )
        for currency, sum_ in spent.sums.items()
    ]


def _days(span: Span, counts: Mapping[str, list[int]]) -> Table:
    half = len(span.before.pieces)
    columns = [_("First day"), *(str(words.FIGURES[kind.value].title) for kind in _PIECES)]
    columns += [_("the same before")]
    asked = counts[EventKind.ASKED.value]
    rows = [
        [day, *(counts[kind.value][half + n] for kind in _PIECES), asked[n]]
        for n, day in enumerate(span.pieces)
    ]
    return Table("days", columns, ["day", *["count"] * (len(columns) - 1)], rows)


def _people(span: Span, number_id: int | None) -> Table:
    counts = queries.by_person(span, number_id)
    waits = queries.waits_by_person(span, number_id)
    members = Membership.objects.select_related("user").order_by("user__name", "pk")
    names = {row.user_id: row.user.name or row.user.email for row in members[:_PEOPLE_MAX]}
    columns = [
        _("Who"),
        _("Requests answered"),
        _("Taken"),
        _("Conversations closed"),
        _("Median wait"),
    ]
    rows: list[list[Any]] = [_assistant(counts, waits)]
    for user_id in [*names, *_gone(counts, names)]:
        answered = counts.get((user_id, EventKind.ANSWERED.value, "operator"), 0)
        taken = counts.get((user_id, EventKind.TAKEN.value, ""), 0)
        closed = counts.get((user_id, EventKind.CLOSED.value, ""), 0)
        wait = waits.get((user_id, "operator"), Waits())
        known = None if user_id is None else names.get(user_id)
        rows.append([known or words.nobody(user_id), answered, taken, closed, wait.median])
    return Table("people", columns, ["words", "count", "count", "count", "seconds"], rows)


def _assistant(counts: Mapping[Any, int], waits: Mapping[Any, Waits]) -> list[Any]:
    answered = counts.get((None, EventKind.ANSWERED.value, "assistant"), 0)
    wait = waits.get((None, "assistant"), Waits())
    return [_("Assistant"), answered, None, None, wait.median]


def _gone(
    counts: Mapping[tuple[int | None, str, str], int], names: Mapping[int, str]
) -> list[int | None]:
    """Who left the company, and the API, whose deeds are nobody's."""
    found = {who for who, _kind, origin in counts if origin != "assistant" and who not in names}
    return sorted(found, key=lambda who: who or 0)


def _numbers(span: Span) -> Table:
    counts = queries.by_number(span)
    kinds = (*_PIECES, EventKind.HANDED_OVER, EventKind.MISSED)
    rows = [
        [number.display_number, *(counts.get((number.pk, kind.value), 0) for kind in kinds)]
        for number in Number.objects.order_by("pk")[:NUMBERS_MAX]
    ]
    columns = [_("Number"), *(str(words.FIGURES[kind.value].title) for kind in kinds)]
    return Table("numbers", columns, ["phone", *["count"] * len(kinds)], rows)


def _reasons(span: Span, number_id: int | None) -> Table:
    found = queries.by_reason(span, number_id)
    rows = [
        [words.reason(code), *count]
        for code, count in sorted(found.items(), key=lambda one: (-one[1][0], one[0]))
    ]
    columns = [_("Reason"), _("Hand-overs"), _("before")]
    return Table("reasons", columns, ["words", "count", "count"], rows)


def _topics(span: Span, number_id: int | None) -> Table:
    rows = [
        [title or words.gone(source), own, before]
        for source, title, own, before in queries.by_topic(span, number_id)
    ]
    columns = [_("Source of the answer"), _("Answers"), _("before")]
    return Table("topics", columns, ["words", "count", "count"], rows)
