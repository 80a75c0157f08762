"""Contacts from a file or from rows of JSON, one operation for both."""

from collections.abc import Sequence
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
from sportello.rules import columns, contact_rows, provenance, table
from sportello.rules.contact_rows import Claim, Row, Wrong
from sportello.schema.team import Workspace

router = Router(tags=["contacts"])

ERRORS_SHOWN_MAX: Final = 1000
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
    declared, list_name, rows = _from_file(request, workspace) if is_file else _from_json(request)
    _declared(declared)
    checked = contact_rows.check(rows, workspace.country, request.auth.now)
    origin = importing.Origin(workspace.pk, None, declared.strip())
    listed = importing.list_named(origin, list_name)
    counts, kept_out = importing.write(checked.fits, origin, listed)
    wrongs = sorted([*checked.wrongs, *kept_out], key=lambda wrong: wrong.line)
    return shapes_consent.Imported(
        created=counts["created"],
        updated=counts["updated"],
        merged=checked.merged,
        rejected=sum(wrong.flaw in contact_rows.REFUSES for wrong in wrongs),
        granted=counts["granted"],
        without_consent=counts["without_consent"],
        opted_out=counts["opted_out"],
        list_id=None if listed is None else listed.pk,
        errors=_told(wrongs[:ERRORS_SHOWN_MAX]),
    )


def _declared(text: str) -> None:
    flaw = provenance.flaw(text)
    if flaw is not None:
        told = str(words.PROVENANCE[flaw])
        raise Problem(422, flaw.value, told, errors=[{"at": "body.provenance"}])


def _from_file(request: HttpRequest, workspace: Workspace) -> tuple[str, str, list[Row]]:
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        raise Problem(422, "file_missing", _("Send the file as the part “file”."))
    read = table.read(file.read(table.BYTES_MAX + 1))
    if isinstance(read, table.Flaw):
        raise Problem(422, read.value, str(words.FILE[read]), errors=[{"at": "body.file"}])
    zone = ZoneInfo(workspace.time_zone)
    parts = columns.guess(read.headers)
    if columns.Part.PHONE not in parts:
        told = _("No column is called “phone” or “telefono”.")
        raise Problem(422, "phone_column_missing", told, errors=[{"at": "body.file"}])
    shared = Claim(
        category=_field(request, "consent_category", 20),
        source=_field(request, "consent_source", contact_rows.VALUE_MAX),
        text=_field(request, "consent_text", contact_rows.TEXT_MAX),
        at=columns.instant(_field(request, "consent_at", 40), zone),
    )
    declared = _field(request, "provenance", provenance.LENGTH_MAX)
    rows = columns.rows(read, parts, shared, zone)
    return declared, _field(request, "list", importing.LIST_NAME_MAX), rows


def _field(request: HttpRequest, name: str, longest: int) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:longest]


def _from_json(request: HttpRequest) -> tuple[str, str, list[Row]]:
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
    return told.provenance, told.list, rows


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


def _told(wrongs: Sequence[Wrong]) -> list[shapes_consent.RowFlaw]:
    return [
        shapes_consent.RowFlaw(
            row=wrong.line,
            code=wrong.flaw.value,
            message=str(words.ROW[wrong.flaw]),
            imported=wrong.flaw not in contact_rows.REFUSES,
        )
        for wrong in wrongs
    ]
