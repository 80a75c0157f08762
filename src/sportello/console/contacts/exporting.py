"""The contacts that the table finds, as a file: no cell of it can be taken for a formula."""

import tempfile
from collections.abc import Iterator
from typing import Final

from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sportello.console.access import DeskRequest
from sportello.console.contacts import table, words
from sportello.console.contacts.properties import definitions
from sportello.console.contacts.standing import standings
from sportello.console.files import csv_file
from sportello.console.inbox.names import name_of
from sportello.console.members import member
from sportello.console.workbook import workbook
from sportello.rules.consent import Topic
from sportello.schema.people import Contact

ROWS_MAX: Final = 1_000_000
_AT_ONCE: Final = 2_000
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cells = list[str | int | float]


@member
@require_GET
def export_csv(request: DeskRequest) -> FileResponse:
    return csv_file("contacts.csv", _rows(request))


@member
@require_GET
def export_xlsx(request: DeskRequest) -> FileResponse:
    """Written whole before it leaves: the rows are seen within the request's transaction alone."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    for part in workbook(_rows(request)):
        file.write(part)
    file.seek(0)
    name = "contacts.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=_XLSX)


def _rows(request: DeskRequest) -> Iterator[Cells]:
    """A row for each person, the first known first; a column for each property."""
    names = [one.name for one in definitions()]
    head: Cells = [_("Name"), _("Phone number"), _("Username"), _("Language"), _("Promotions")]
    yield [*head, _("Since"), *names]
    people = table.found(table.wish(request.GET), request.now).order_by("pk")
    after = 0
    for _chunk in range(ROWS_MAX // _AT_ONCE):
        found = list(people.filter(pk__gt=after)[:_AT_ONCE])
        if not found:
            return
        yield from _told(found, names)
        after = found[-1].pk


def _told(people: list[Contact], names: list[str]) -> Iterator[Cells]:
    where = standings([one.pk for one in people], Topic.MARKETING)
    for one in people:
        number = "" if one.wa_id is None else f"+{one.wa_id}"
        since = timezone.localtime(one.created_at).date().isoformat()
        stands = str(words.STANDINGS[where[one.pk]])
        noted = [str(one.properties.get(name, "")) for name in names]
        yield [name_of(one), number, one.username, one.language, stands, since, *noted]
