"""What an automation did, as a file, written while it is sent."""

from collections.abc import Iterator
from datetime import datetime

from django.http import Http404, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest
from sportello.console.automations import queries
from sportello.console.campaigns import errands, steps_words, words
from sportello.console.campaigns.errands import Execution
from sportello.console.campaigns.report_rows import MICRO, Cells
from sportello.console.campaigns.sheets import AT_ONCE, as_csv, attachment, chunked
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.workbook import workbook
from sportello.schema.automations import Automation

_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@member
@require_GET
def executions_csv(request: DeskRequest, automation_id: int) -> HttpResponseBase:
    rows = as_csv(_executions(request, automation_id))
    name = f"sportello-automation-{automation_id}.csv"
    return attachment(request, name, "text/csv; charset=utf-8", rows)


@member
@require_GET
def executions_xlsx(request: DeskRequest, automation_id: int) -> HttpResponseBase:
    rows = workbook(_executions(request, automation_id))
    return attachment(request, f"sportello-automation-{automation_id}.xlsx", _BOOK, rows)


def _executions(request: DeskRequest, automation_id: int) -> Iterator[Cells]:
    """The first that was set off first, narrowed as the page is."""
    try:
        campaign = queries.automation(automation_id).campaign
    except Automation.DoesNotExist as missing:
        raise Http404 from missing
    filters = queries.filters_of(request)

    def read(after: int) -> tuple[list[Cells], int]:
        found = queries.of(campaign, filters).filter(pk__gt=after)
        done = errands.executions(found.order_by("pk")[:AT_ONCE])
        return [_cells(one) for one in done], done[-1].errand.pk if done else 0

    return chunked(request, read, _head())


def _head() -> list[str]:
    return [
        _("Name"), _("Number"), _("Set off"), _("State"), _("Left"), _("Reason"), _("Code"),
        _("Price"), _("Currency"), _("Answered"), _("Tapped button"), _("Asked to stop"),
    ]  # fmt: skip


def _cells(one: Execution) -> Cells:
    row, contact = one.errand, one.errand.contact
    return [
        name_of(contact),
        f"+{contact.wa_id}" if contact.wa_id else "",
        _at(row.created_at),
        str(words.OUTCOME[one.outcome]),
        "" if row.released_at is None else _at(row.released_at),
        steps_words.reason(one.reason),
        one.reason,
        "" if one.micros is None else one.micros / MICRO,
        one.currency,
        _("yes") if one.has_answered else "",
        one.tapped,
        _("yes") if one.has_stopped else "",
    ]


def _at(instant: datetime) -> str:
    return timezone.localtime(instant).isoformat(" ", "seconds")[:19]
