"""The figures of a range beside those of the one before, and the tables behind the charts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from sportello.console.analytics import queries, words
from sportello.console.analytics.queries import Figures, Requests, Spent, Waited, Waits
from sportello.console.money.ledger import NUMBERS_MAX
from sportello.rules import analytics as rules
from sportello.rules.analytics import Span
from sportello.schema.channel import Number
from sportello.schema.events import EventKind
from sportello.schema.team import Membership

TOPICS_MAX: Final = 15
UNANSWERED_MAX: Final = 15
_PEOPLE_MAX: Final = 200
# Who did something without being a person: nobody, by the origin of their words.
_ASSISTANT: Final = (None, "assistant")
_CUSTOMER: Final = (None, "customer")
_MACHINES: Final = ("campaign", "automation")
_NO_PEOPLE: Final = {"assistant", "customer", *_MACHINES}
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
    told = queries.figures(span, number_id)
    waits = queries.waits(span, number_id)
    tables = (
        _days(span, told),
        _people(told, waits),
        _numbers(told),
        _reasons(told),
        _topics(told),
        _unanswered(span, number_id),
    )
    return Report(
        figures=[
            *_counted(span, told, number_id, now),
            *_waited(waits),
            *_requests(span, told, number_id),
        ],
        tables={table.key: table for table in tables},
    )


def _counted(span: Span, told: Figures, number_id: int | None, now: datetime) -> list[Figure]:
    def figure(kind: EventKind, more: tuple[int, int] = (0, 0)) -> Figure:
        own, before = told.both(kind.value)
        return Figure(kind.value, own + more[0], before + more[1])

    shut = (
        queries.shut_now(span, number_id, now),
        queries.shut_now(span.before, number_id, now),
    )
    kinds = (*_PIECES, EventKind.HANDED_OVER)
    own, before = (queries.corrected(one, number_id) for one in (span, span.before))
    corrected = Figure("corrected", own, before)
    return [*map(figure, kinds), figure(EventKind.MISSED, shut), corrected]


def _waited(waits: Waited) -> list[Figure]:
    figures = []
    for kind in (EventKind.ANSWERED, EventKind.HELPED, EventKind.CLOSED):
        own, before = (waits.by_kind.get((kind.value, early), Waits()) for early in (False, True))
        figures += [
            Figure(f"{kind.value}_median", own.median, before.median, "seconds"),
            Figure(f"{kind.value}_p90", own.p90, before.p90, "seconds"),
        ]
    return figures


def _requests(span: Span, told: Figures, number_id: int | None) -> list[Figure]:
    own, before = told.requests()
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


def _days(span: Span, told: Figures) -> Table:
    half = len(span.before.pieces)
    columns = [_("First day"), *(str(words.FIGURES[kind.value].title) for kind in _PIECES)]
    columns += [_("the same before")]
    counts = [told.pieces(kind.value) for kind in _PIECES]
    asked = told.pieces(EventKind.ASKED.value)
    rows = [
        [day, *(pieces[half + n] for pieces in counts), asked[n]]
        for n, day in enumerate(span.pieces)
    ]
    return Table("days", columns, ["day", *["count"] * (len(columns) - 1)], rows)


def _people(told: Figures, waits: Waited) -> Table:
    """Whoever began, answered, took, closed or reopened: a column adds up to its figure."""
    began, back = told.by_person(EventKind.OPENED.value), told.by_person(EventKind.REOPENED.value)
    joined = told.by_person("joined")
    deeds = (
        _of_people(began),
        _of_people(joined),
        *(_of_people(told.by_person(kind.value)) for kind in (EventKind.TAKEN, EventKind.CLOSED)),
        _of_people(back),
    )
    rows: list[list[Any]] = [
        [_("Assistant"), began.get(_ASSISTANT), joined.get(_ASSISTANT, 0), *[None] * 3,
         waits.by_person.get(_ASSISTANT, Waits()).median],
        [_("Customers"), began.get(_CUSTOMER, 0), *[None] * 3, back.get(_CUSTOMER, 0), None],
    ]  # fmt: skip
    if machines := sum(began.get((None, origin), 0) for origin in _MACHINES):
        rows.append([_("Campaigns and automations"), machines, *[None] * 5])
    names = _names()
    for user_id in [*names, *_gone({who for deed in deeds for who in deed}, names)]:
        wait = waits.by_person.get((user_id, "operator"), Waits())
        name = (None if user_id is None else names.get(user_id)) or words.nobody(user_id)
        rows.append([name, *(deed.get(user_id, 0) for deed in deeds), wait.median])
    columns = [
        _("Who"),
        str(words.FIGURES["opened"].title),
        _("Requests answered"),
        _("Taken"),
        *(str(words.FIGURES[kind].title) for kind in ("closed", "reopened")),
        _("Median wait"),
    ]
    return Table("people", columns, ["words", *["count"] * 5, "seconds"], rows)


def _names() -> dict[int, str]:
    members = Membership.objects.select_related("user").order_by("user__name", "pk")
    return {row.user_id: row.user.name or row.user.email for row in members[:_PEOPLE_MAX]}


def _of_people(lines: Mapping[tuple[int | None, str], int]) -> dict[int | None, int]:
    """Of persons and, without a name, of programs: what the others did has rows of their own."""
    found: Counter[int | None] = Counter()
    for (who, detail), count in lines.items():
        if detail not in _NO_PEOPLE:
            found[who] += count
    return found


def _gone(found: set[int | None], names: Mapping[int, str]) -> list[int | None]:
    """Who left the company, and the API, whose deeds are nobody's."""
    return sorted(found - {*names}, key=lambda who: who or 0)


def _numbers(told: Figures) -> Table:
    kinds = (*_PIECES, EventKind.HANDED_OVER, EventKind.MISSED)
    rows = [
        [number.display_number, *(told.by_number(number.pk, kind.value) for kind in kinds)]
        for number in Number.objects.order_by("pk")[:NUMBERS_MAX]
    ]
    columns = [_("Number"), *(str(words.FIGURES[kind.value].title) for kind in kinds)]
    return Table("numbers", columns, ["phone", *["count"] * len(kinds)], rows)


def _reasons(told: Figures) -> Table:
    found = told.by_detail(EventKind.HANDED_OVER.value)
    rows = [
        [words.reason(code), *count]
        for code, count in sorted(found.items(), key=lambda one: (-one[1][0], one[0]))
    ]
    columns = [_("Reason"), _("Hand-overs"), _("before")]
    return Table("reasons", columns, ["words", "count", "count"], rows)


def _topics(told: Figures) -> Table:
    """The sources that answered most."""
    found = told.by_detail(EventKind.CITED.value)
    most = sorted(found.items(), key=lambda one: (-one[1][0], one[0]))[:TOPICS_MAX]
    titles = queries.titles([source for source, _count in most])
    rows = [[titles.get(source) or words.gone(source), *count] for source, count in most]
    columns = [_("Source of the answer"), _("Answers"), _("before")]
    return Table("topics", columns, ["words", "count", "count"], rows)


def _unanswered(span: Span, number_id: int | None) -> Table:
    """What customers asked and the knowledge does not say, by groups that ask the same."""
    found = queries.unanswered(span, number_id, UNANSWERED_MAX)
    rows = [[question or words.unsaid(), own, before] for question, own, before in found]
    columns = [_("Question"), _("Times"), _("before")]
    return Table("unanswered", columns, ["words", "count", "count"], rows)
