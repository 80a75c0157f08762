"""A report as a file, written while it is sent: a million rows take no more memory than ten."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest, workspace_transaction
from sportello.console.campaigns import (
    judged,
    pages,
    queries,
    report,
    report_later,
    steps_words,
    words,
)
from sportello.console.campaigns import steps as followups
from sportello.console.campaigns.report import Filters, Line
from sportello.console.campaigns.report_later import Later
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.money.sheet import plain
from sportello.console.workbook import workbook
from sportello.rules.account_days import zone_of

AT_ONCE: Final = 1_000
_ROWS_MAX: Final = 1_000_000
MICRO: Final = 1_000_000
Cells = list[str | int | float]


@member
@require_GET
def recipients_csv(request: DeskRequest, campaign_id: int) -> HttpResponseBase:
    name = f"sportello-{pages.found(campaign_id).pk}.csv"
    return attachment(
        request, name, "text/csv; charset=utf-8", as_csv(_report(request, campaign_id))
    )


@member
@require_GET
def recipients_xlsx(request: DeskRequest, campaign_id: int) -> HttpResponseBase:
    name = f"sportello-{pages.found(campaign_id).pk}.xlsx"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return attachment(request, name, kind, workbook(_report(request, campaign_id)))


@member
@require_GET
def skipped_csv(request: DeskRequest, campaign_id: int) -> HttpResponseBase:
    """Those whom planning would skip now."""
    pages.found(campaign_id)
    name = f"sportello-{campaign_id}-skipped.csv"
    return attachment(
        request, name, "text/csv; charset=utf-8", as_csv(_skipped(request, campaign_id))
    )


def attachment(
    request: DeskRequest, name: str, kind: str, parts: Iterable[bytes]
) -> StreamingHttpResponse:
    del request
    return StreamingHttpResponse(
        parts,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _report(request: DeskRequest, campaign_id: int) -> Iterator[Cells]:
    """The table of the page, narrowed as it is, the first planned first."""
    filters = pages.filters_of(request)
    steps = [step.position for step in followups.of(queries.campaign(campaign_id))]

    def read(after: int) -> tuple[list[Cells], int]:
        rows = _found(campaign_id, filters).filter(pk__gt=after).order_by("pk")[:AT_ONCE]
        lines = report.lines(rows)
        later = report_later.of([line.id for line in lines])
        cells = [
            _cells(line) + [cell for step in steps for cell in _step(later.get((line.id, step)))]
            for line in lines
        ]
        return cells, lines[-1].id if lines else 0

    return chunked(request, read, _head() + [name for step in steps for name in _step_head(step)])


def _found(campaign_id: int, filters: Filters) -> QuerySet[Any]:
    return report.recipients(queries.campaign(campaign_id), filters)


def _skipped(request: DeskRequest, campaign_id: int) -> Iterator[Cells]:
    now = request.now

    def read(after: int) -> tuple[list[Cells], int]:
        row = queries.campaign(campaign_id)
        found = judged.find(row, ~Q(reason=""), now, after, AT_ONCE)
        cells: list[Cells] = [
            [name_of(one), f"+{one.wa_id or ''}", words.reason(one.reason).title, one.reason]
            for one in found.people
        ]
        return cells, found.upto or 0

    return chunked(request, read, [_("Name"), _("Number"), _("Reason"), _("Code")])


def chunked(
    request: DeskRequest, read: Callable[[int], tuple[list[Cells], int]], head: list[str]
) -> Iterator[Cells]:
    """A transaction for each thousand rows: a slow reader holds up nothing.

    It runs after the view has returned, so it narrows to the workspace and speaks the language
    itself.
    """
    whose, by, language = request.workspace, request.user.pk, translation.get_language()
    zone = zone_of(whose.time_zone)

    def rows() -> Iterator[Cells]:
        yield list(head)
        after = 0
        for _chunk in range(_ROWS_MAX // AT_ONCE):
            with (
                translation.override(language),
                timezone.override(zone),
                workspace_transaction(whose.pk, by),
            ):
                found, after = read(after)
            yield from found
            if len(found) < AT_ONCE:
                return

    return rows()


def _head() -> list[str]:
    return [
        _("Name"),
        _("Number"),
        _("State"),
        _("When"),
        _("Reason"),
        _("Code"),
        _("Price"),
        _("Currency"),
        _("Answered"),
        _("Tapped button"),
        _("Asked to stop"),
        _("Decided"),
    ]


def _step_head(position: int) -> list[str]:
    names = (_("State"), _("When"), _("Reason"), _("Price"))
    return [f"{_('Follow-up')} {position}: {name}" for name in names]


def _step(later: Later | None) -> Cells:
    """What became of one person's follow-up; empty while there is none."""
    if later is None:
        return [""] * 4
    at = "" if later.at is None else timezone.localtime(later.at).isoformat(" ", "seconds")[:19]
    price = "" if later.micros is None else later.micros / MICRO
    return [str(words.OUTCOME[later.outcome]), at, steps_words.reason(later.reason), price]


def _cells(line: Line) -> Cells:
    reason = line.reason
    return [
        line.name,
        f"+{line.wa_id}" if line.wa_id else "",
        line.outcome_words,
        "" if line.at is None else timezone.localtime(line.at).isoformat(" ", "seconds")[:19],
        "" if reason is None else reason.title,
        "" if reason is None else reason.code,
        "" if line.micros is None else line.micros / MICRO,
        line.currency,
        _("yes") if line.has_answered else "",
        line.tapped,
        _("yes") if line.has_stopped else "",
        _decided(line),
    ]


def _decided(line: Line) -> str:
    if not line.verdict:
        return ""
    return str(_DECIDED[line.verdict]) % {"name": line.verdict_by}


_DECIDED: Final = {
    "resent": gettext_lazy("sent again by %(name)s"),
    "sent": gettext_lazy("taken as sent by %(name)s"),
}


def as_csv(rows: Iterable[Cells]) -> Iterator[bytes]:
    """For spreadsheets: with a mark that it is UTF-8, and no cell that could be a formula."""
    yield b"\xef\xbb\xbf"
    file = io.StringIO()
    writer = csv.writer(file)
    for row in rows:
        writer.writerow([plain(cell) if isinstance(cell, str) else cell for cell in row])
        if file.tell() > 1 << 15:
            yield file.getvalue().encode()
            file.seek(0)
            file.truncate()
    yield file.getvalue().encode()
