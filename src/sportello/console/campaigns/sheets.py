"""A report as a file, written while it is sent: a million rows take no more memory than ten."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from django.db.models import Q
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest, workspace_transaction
from sportello.console.campaigns import (
    judged,
    pages,
    queries,
    words,
)
from sportello.console.campaigns import steps as followups
from sportello.console.campaigns.report_rows import Cells, Rows
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.money.sheet import plain
from sportello.console.workbook import workbook
from sportello.rules.account_days import zone_of

AT_ONCE: Final = 1_000
# Of rows that are plain values: what a statement costs by itself is shared by more of them.
PLAIN_AT_ONCE: Final = 5_000
_ROWS_MAX: Final = 1_000_000


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
    row = queries.campaign(campaign_id)
    steps = [step.position for step in followups.of(row)]
    rows = Rows(row, str(zone_of(request.workspace.time_zone)), steps)

    def read(after: int) -> tuple[list[Cells], int]:
        return rows.after(after, filters, PLAIN_AT_ONCE)

    return chunked(request, read, rows.head(), PLAIN_AT_ONCE)


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
    request: DeskRequest,
    read: Callable[[int], tuple[list[Cells], int]],
    head: list[str],
    at_once: int = AT_ONCE,
) -> Iterator[Cells]:
    """A transaction for each `at_once` rows: a slow reader holds up nothing.

    It runs after the view has returned, so it narrows to the workspace and speaks the language
    itself.
    """
    whose, by, language = request.workspace, request.user.pk, translation.get_language()
    zone = zone_of(whose.time_zone)

    def rows() -> Iterator[Cells]:
        yield list(head)
        after = 0
        for _chunk in range(_ROWS_MAX // at_once):
            with (
                translation.override(language),
                timezone.override(zone),
                workspace_transaction(whose.pk, by),
            ):
                found, after = read(after)
            yield from found
            if len(found) < at_once:
                return

    return rows()


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
