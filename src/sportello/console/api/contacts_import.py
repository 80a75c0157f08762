"""Contacts from a file or from rows of JSON, one operation for both."""

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import JsonValue, ValidationError

from sportello.console.api import shapes_consent
from sportello.console.api.access import CallerRequest, writing
from sportello.console.api.problems import Problem
from sportello.console.contacts import importing, words
from sportello.intake import portions
from sportello.intake.portions import Plan, Portion
from sportello.intake.table import UnfitFile, opened
from sportello.reading import tables
from sportello.rules import columns, contact_rows, provenance
from sportello.rules.columns import Column
from sportello.rules.contact_rows import Claim, Row
from sportello.schema.team import Workspace

router = Router(tags=["contacts"])

ERRORS_SHOWN_MAX: Final = 1000
FILE_BYTES_MAX: Final = 5 * 2**20
_PROBLEMS_MAX: Final = 20
_TEXT: Final = {"type": "string"}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "provenance"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "provenance": _TEXT,
                        "list": _TEXT,
                        "consent_category": _TEXT,
                        "consent_source": _TEXT,
                        "consent_text": _TEXT,
                        "consent_at": _TEXT,
                    },
                }
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["provenance", "rows"],
                    "properties": {
                        "provenance": _TEXT,
                        "list": _TEXT,
                        "rows": {
                            "type": "array",
                            "maxItems": contact_rows.ROWS_MAX,
                            "items": {
                                "type": "object",
                                "required": ["phone"],
                                "additionalProperties": True,
                                "properties": {
                                    "phone": _TEXT,
                                    "name": _TEXT,
                                    "language": _TEXT,
                                    "consent": shapes_consent.ConsentClaim.model_json_schema(),
                                },
                            },
                        },
                    },
                }
            },
        },
    }
}


@router.post(
    "/import", response=shapes_consent.Imported, summary="Import contacts", openapi_extra=_BODY
)
@writing
def import_contacts(request: CallerRequest) -> shapes_consent.Imported:
    """A CSV file as `file`, or `rows`: 10,000 at most. What fits comes in, the rest is told.

    Without a consent with its text and date a contact may be sent utility templates at most.
    """
    workspace = Workspace.objects.get(pk=request.auth.workspace_id)
    is_file = request.content_type == "multipart/form-data"
    read = _from_file if is_file else _from_json
    declared, list_name, found = read(request, workspace)
    _declared(declared)
    origin = importing.Origin(workspace.pk, None, declared.strip())
    listed = importing.list_named(origin, list_name)
    row, counts, flaws = importing.at_once(origin, listed, found, request.auth.now)
    return shapes_consent.Imported(
        id=row.pk,
        created=counts["created"],
        updated=counts["updated"],
        merged=counts["merged"],
        rejected=counts["rejected"],
        granted=counts["granted"],
        without_consent=counts["without_consent"],
        opted_out=counts["opted_out"],
        list_id=None if listed is None else listed.pk,
        errors=_told(flaws[:ERRORS_SHOWN_MAX]),
    )


def _declared(text: str) -> None:
    flaw = provenance.flaw(text)
    if flaw is not None:
        told = str(words.PROVENANCE[flaw])
        raise Problem(422, flaw.value, told, errors=[{"at": "body.provenance"}])


_Read = tuple[str, str, list[Portion]]


def _from_file(request: CallerRequest, workspace: Workspace) -> _Read:
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        raise Problem(422, "file_missing", _("Send the file as the part “file”."))
    plan, rows = _table(request, workspace, file.read(FILE_BYTES_MAX + 1))
    found = [portions.checked(chunk, plan, upto) for upto, chunk in _chunks(rows, portions.PORTION)]
    declared = _field(request, "provenance", provenance.LENGTH_MAX)
    return declared, _field(request, "list", importing.LIST_NAME_MAX), found


def _table(
    request: CallerRequest, workspace: Workspace, content: bytes
) -> tuple[Plan, Sequence[tables.Row]]:
    if len(content) > FILE_BYTES_MAX:
        raise _unfit("file_too_large")
    if content.startswith(b"PK\x03\x04"):
        # Only a process of its own opens a workbook.
        raise _unfit("file_is_spreadsheet")
    try:
        table = opened(io.BytesIO(content))
        rows = list(islice(table.rows, contact_rows.ROWS_MAX + 1))
    except UnfitFile as unfit:
        raise _unfit(unfit.flaw.value) from unfit
    if len(rows) > contact_rows.ROWS_MAX:
        raise _unfit("too_many_rows")
    if not rows:
        raise _unfit("file_empty")
    parts = columns.guess(table.headers)
    if columns.Part.PHONE not in parts:
        told = _("No column is called “phone” or “telefono”.")
        raise Problem(422, "phone_column_missing", told, errors=[{"at": "body.file"}])
    named = [Column(part, name) for part, name in zip(parts, table.headers, strict=True)]
    return _plan(request, workspace, named, _shared(request, workspace)), rows


def _unfit(code: str) -> Problem:
    told = words.REQUEST.get(code) or words.FAILED[code]
    return Problem(422, code, str(told), errors=[{"at": "body.file"}])


def _shared(request: HttpRequest, workspace: Workspace) -> Claim:
    return Claim(
        category=_field(request, "consent_category", 20),
        source=_field(request, "consent_source", contact_rows.VALUE_MAX),
        text=_field(request, "consent_text", contact_rows.TEXT_MAX),
        at=columns.instant(_field(request, "consent_at", 40), ZoneInfo(workspace.time_zone)),
    )


def _plan(
    request: CallerRequest, workspace: Workspace, named: Sequence[Column], shared: Claim
) -> Plan:
    return Plan(named, shared, workspace.country, workspace.time_zone, request.auth.now)


def _chunks(rows: Sequence[Any], size: int) -> Iterator[tuple[int, Sequence[Any]]]:
    """With how many rows are behind us at its end."""
    for start in range(0, len(rows), size):
        yield min(start + size, len(rows)), rows[start : start + size]


def _field(request: HttpRequest, name: str, longest: int) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:longest]


def _from_json(request: CallerRequest, workspace: Workspace) -> _Read:
    try:
        told = shapes_consent.ImportIn.model_validate_json(request.body)
    except ValidationError as error:
        errors = [
            {"at": ".".join(["body", *map(str, one["loc"])]), "code": one["type"]}
            for one in error.errors(include_url=False, include_input=False)[:_PROBLEMS_MAX]
        ]
        missing = any(one["at"] == "body.provenance" for one in errors)
        if missing:
            _declared("")
        detail = _("Some parts of the request are not valid.")
        raise Problem(422, "invalid", detail, errors=errors) from error
    rows = [_row(place, row) for place, row in enumerate(told.rows, start=1)]
    found = [
        portions.portion(contact_rows.check(chunk, workspace.country, request.auth.now), {}, upto)
        for upto, chunk in _chunks(rows, portions.PORTION)
    ]
    return told.provenance, told.list, found


def _row(place: int, row: shapes_consent.ContactRow) -> Row:
    claim = row.consent
    return Row(
        line=place,
        phone=row.phone,
        name=row.name,
        language=columns.language(row.language),
        properties={
            key: _plain(value) for key, value in row.__pydantic_extra__.items() if _is_plain(value)
        },
        consent=Claim()
        if claim is None
        else Claim(claim.category, claim.source, claim.text, claim.at),
    )


def _is_plain(value: JsonValue) -> bool:
    return isinstance(value, str | int | float)


def _plain(value: JsonValue) -> str:
    """Properties are text. PostgreSQL keeps no NUL, UTF-8 no lone surrogate."""
    text = str(value).replace("\0", "")
    return "".join(sign for sign in text if not "\ud800" <= sign <= "\udfff")


def _told(flaws: Sequence[Mapping[str, Any]]) -> list[shapes_consent.RowFlaw]:
    return [
        shapes_consent.RowFlaw(
            row=flaw["line"],
            code=flaw["code"],
            message=str(words.ROW[contact_rows.Flaw(flaw["code"])]),
            imported=flaw["code"] not in contact_rows.REFUSES,
        )
        for flaw in flaws
    ]
