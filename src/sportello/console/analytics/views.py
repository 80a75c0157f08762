"""The page of the figures, the campaigns' funnels, and each table as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any, Final

from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest
from sportello.console.analytics import charts, queries, report, words
from sportello.console.analytics.report import Figure, Report, Table
from sportello.console.campaigns import costs
from sportello.console.campaigns import report as campaign_report
from sportello.console.files import csv_file
from sportello.console.members import member
from sportello.console.money.ledger import NUMBERS_MAX
from sportello.rules import analytics as rules
from sportello.rules.analytics import Span, WrongRange
from sportello.rules.calendar import Calendar
from sportello.rules.campaign import Outcome
from sportello.rules.opening import company_calendar
from sportello.schema.channel import Number
from sportello.schema.team import Workspace

FILES: Final = ("figures", *words.TABLES)
_STANDARD_DAYS: Final = 30
_UNFIT: Final = 422
_MICROS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `wrong`: in words, why it was not that range."""

    span: Span
    number: Number | None
    wrong: str = ""

    @property
    def number_id(self) -> int | None:
        return None if self.number is None else self.number.pk


@member
@require_GET
def overview(request: DeskRequest) -> HttpResponse:
    asked = _asked(request)
    told = report.of(asked.span, asked.number_id, request.now)
    shown = _frame(request, asked) | {
        "figures": [_figure(one) for one in told.figures],
        "columns": _columns(told.tables["days"]),
        "lying": {key: charts.lying(told.tables[key].rows) for key in _LYING},
        "tables": {key: _spoken(table) for key, table in told.tables.items()},
        "lists": [_spoken(told.tables[key]) for key in ("people", "numbers")],
        "is_empty": not any(one.value for one in told.figures),
    }
    return render(request, "analytics/overview.html", shown, status=_UNFIT if asked.wrong else None)


@member
@require_GET
def funnels(request: DeskRequest) -> HttpResponse:
    asked = _asked(request)
    found = queries.campaigns(asked.span, asked.number_id)
    shown = _frame(request, asked) | {
        "campaigns": [
            (row, _steps(campaign_report.funnel(row, request.now)), costs.costs(row))
            for row in found
        ],
        "most": queries.CAMPAIGNS_MAX,
    }
    return render(request, "analytics/funnels.html", shown, status=_UNFIT if asked.wrong else None)


@member
@require_GET
def csv(request: DeskRequest, table: str) -> HttpResponseBase:
    """For programs: full figures, seconds, days as 2026-11-22."""
    asked = _asked(request)
    rows = _rows(table, asked, request.now)
    if rows is None or asked.wrong:
        raise Http404
    name = f"sportello-{table}-{asked.span.first_on}-{asked.span.last_on}.csv"
    return csv_file(name, rows)


def asked_of(
    query: Mapping[str, Any], now: datetime, zone: tzinfo, company: Workspace | None = None
) -> Asked:
    """Of an address: `days`, or `from` and `to`, and `number`; with a company `clock=open` counts
    waits in its opening hours. Raises Number.DoesNotExist.
    """
    wrong = ""
    span = rules.last_days(_STANDARD_DAYS, now, zone)
    if query.get("from") or query.get("to"):
        try:
            span = rules.between(query.get("from", ""), query.get("to", ""), now, zone)
        except WrongRange as error:
            wrong = str(words.WRONG[error.code])
    elif query.get("days", "") in {str(days) for days in rules.RANGES}:
        span = rules.last_days(int(query["days"]), now, zone)
    if query.get("clock") == "open" and company is not None and span.days <= rules.OPEN_DAYS_MAX:
        span = replace(span, opening=_opening(company, span))
    return Asked(span, _number(query.get("number", "")), wrong)


def _opening(company: Workspace, span: Span) -> Calendar | None:
    return company_calendar(
        company.opening,
        on_holidays_shut=company.shut_on_holidays,
        since=(span.before.starts_at - rules.WAITED_MAX).date(),
    )


def _number(key: str) -> Number | None:
    if not key:
        return None
    is_id = key.isdecimal() and len(key) <= _ID_LENGTH_MAX
    return Number.objects.get(pk=int(key) if is_id else 0)


def _asked(request: DeskRequest) -> Asked:
    try:
        return asked_of(
            request.GET, request.now, timezone.get_current_timezone(), request.workspace
        )
    except Number.DoesNotExist as error:
        raise Http404 from error


def _frame(request: DeskRequest, asked: Asked) -> dict[str, Any]:
    span = asked.span
    query = QueryDict(mutable=True)
    query["from"], query["to"] = span.first_on.isoformat(), span.last_on.isoformat()
    if asked.number is not None:
        query["number"] = str(asked.number.pk)
    if span.opening is not None:
        query["clock"] = "open"
    today = request.now.astimezone(span.zone).date()
    return {
        "span": span,
        "query": query.urlencode(),
        "number": asked.number,
        "numbers": Number.objects.order_by("pk")[:NUMBERS_MAX],
        "ranges": [(n, span.days == n and span.last_on == today) for n in rules.RANGES],
        "today": today,
        "wrong": asked.wrong,
        "counted_since": _counted_since(request.workspace, span),
        "is_open_clock": span.opening is not None,
        "may_open_clock": request.workspace.opening is not None
        and span.days <= rules.OPEN_DAYS_MAX,
        "zone_name": request.workspace.time_zone,
    }


def _counted_since(workspace: Workspace, span: Span) -> datetime | None:
    """Where the range, or the one before it, reaches back beyond the first line."""
    since = workspace.counted_since
    return since if since > span.before.starts_at else None


def _figure(one: Figure) -> dict[str, Any]:
    caption = words.FIGURES[one.key]
    return {
        "key": one.key,
        "title": caption.title,
        "meaning": caption.meaning,
        "value": words.shown(one.value, one.unit),
        "before": words.shown(one.before, one.unit),
        "change": words.changed(one.change),
    }


def _columns(table: Table) -> list[charts.Columns]:
    """One small chart for each column of counts; the requests beside those of the range before."""
    days = [row[0] for row in table.rows]
    drawn = []
    for place, title in enumerate(table.columns[1:-1], start=1):
        before = [row[-1] for row in table.rows] if place == _REQUESTS else []
        values = [row[place] for row in table.rows]
        drawn.append(charts.columns(title, days, values, before))
    return drawn


def _spoken(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": words.TABLES[table.key],
        "columns": table.columns,
        "rows": [
            [_cell(value, unit) for value, unit in zip(row, table.units, strict=True)]
            for row in table.rows
        ],
    }


def _cell(value: Any, unit: str) -> dict[str, Any]:
    said = value if unit in {"words", "day", "phone"} else words.shown(value, unit)
    return {"value": said, "unit": unit}


def _steps(funnel: campaign_report.Funnel) -> list[charts.Lying]:
    steps = [
        (_("Audience"), funnel.audience), (_("Sent to"), funnel.sent),
        (_("Delivered to"), funnel.delivered), (_("Read by"), funnel.read),
        (_("Answered"), funnel.answered), (_("Asked to stop"), funnel.stopped),
    ]  # fmt: skip
    return charts.lying([(name, count, 0) for name, count in steps])


def _rows(table: str, asked: Asked, now: datetime) -> Iterator[Sequence[object]] | None:
    """None where there is no such table."""
    if table == "campaigns":
        return _campaign_rows(asked, now)
    told = report.of(asked.span, asked.number_id, now)
    if table == "figures":
        return _figure_rows(told)
    return _plain_rows(told.tables[table]) if table in told.tables else None


def _figure_rows(told: Report) -> Iterator[Sequence[object]]:
    yield [_("Figure"), _("Unit"), _("Value"), _("Before")]
    for one in told.figures:
        title = words.FIGURES[one.key].title
        yield [title, one.unit, _plain(one.value, one.unit), _plain(one.before, one.unit)]


def _plain_rows(table: Table) -> Iterator[Sequence[object]]:
    yield table.columns
    for row in table.rows:
        yield [_plain(value, unit) for value, unit in zip(row, table.units, strict=True)]


def _campaign_rows(asked: Asked, now: datetime) -> Iterator[Sequence[object]]:
    names = [one.words for one in _steps(campaign_report.Funnel(_NO_PARTS, 0, 0))]
    yield [_("Campaign"), _("Started"), *names]
    for row in queries.campaigns(asked.span, asked.number_id):
        steps = _steps(campaign_report.funnel(row, now))
        started = "" if row.started_at is None else timezone.localtime(row.started_at).isoformat()
        yield [row.name, started, *(one.count for one in steps)]


def _plain(value: Any, unit: str) -> object:
    if value is None:
        return ""
    if isinstance(value, date) or unit in {"words", "phone", "count"}:
        return value
    if unit == "seconds":
        return round(value)
    return round(value, 4) if unit == "share" else round(value / _MICROS, 6)


_NO_PARTS: Final = dict.fromkeys(Outcome, 0)
_ID_LENGTH_MAX: Final = 18
_LYING: Final = ("reasons", "topics", "unanswered")
# The column of the requests in the table of days.
_REQUESTS: Final = 2
