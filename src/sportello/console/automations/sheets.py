"""What an automation did, as a file, written while it is sent."""

from collections.abc import Iterator

from django.http import Http404, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest
from sportello.console.automations import queries
from sportello.console.campaigns import errands, steps_words, words
from sportello.console.campaigns.sheets import AT_ONCE, MICRO, Cells, as_csv, attachment, chunked
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.workbook import workbook
from sportello.schema.automations import Automation
from sportello.schema.followups import Errand
from sportello.schema.money import Charge

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
    wanted = errands.that_are(campaign, request.GET.get("outcome", ""))

    def read(after: int) -> tuple[list[Cells], int]:
        found = errands.rows().filter(wanted, campaign=campaign.pk, pk__gt=after)
        rows = list(found.order_by("pk")[:AT_ONCE])
        ids = [row.message_id for row in rows if row.message_id is not None]
        priced = {one.message_id: one for one in Charge.objects.filter(message_id__in=ids)}
        cells = [_cells(row, priced.get(row.message_id)) for row in rows]
        return cells, rows[-1].pk if rows else 0

    return chunked(request, read, _head())


def _head() -> list[str]:
    return [
        _("Name"), _("Number"), _("Set off"), _("State"), _("Left"), _("Reason"), _("Code"),
        _("Price"), _("Currency"),
    ]  # fmt: skip


def _cells(row: Errand, charge: Charge | None) -> Cells:
    one, contact = errands.execution(row), row.contact
    micros = None
    if charge is not None and not charge.fell_through:
        micros = charge.expected_micros if charge.micros is None else charge.micros
    return [
        name_of(contact),
        f"+{contact.wa_id}" if contact.wa_id else "",
        timezone.localtime(row.created_at).isoformat(" ", "seconds")[:19],
        str(words.OUTCOME[one.outcome]),
        ""
        if row.released_at is None
        else timezone.localtime(row.released_at).isoformat(" ", "seconds")[:19],
        steps_words.reason(one.reason),
        one.reason,
        "" if micros is None else micros / MICRO,
        "" if charge is None else charge.currency,
    ]
