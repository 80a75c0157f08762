"""Pairs from a file or from rows of JSON, one operation for both."""

from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import ValidationError

from sportello.console.api import shapes
from sportello.console.api.access import CallerRequest, writing
from sportello.console.api.problems import Problem
from sportello.console.library import importing, words
from sportello.console.library.deeds import Draft
from sportello.console.library.importing import ERRORS_SHOWN_MAX, Outcome, Row

router = Router(tags=["knowledge"])

_ERRORS_MAX: Final = 20
_LANGUAGE: Final = "it"
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "language": {"type": "string", "default": _LANGUAGE},
                    },
                }
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["rows"],
                    "properties": {
                        "rows": {"type": "array", "items": shapes.PairRowIn.model_json_schema()},
                        "language": {"type": "string", "default": _LANGUAGE},
                    },
                }
            },
        },
    }
}


@router.post("/pairs/import", response=shapes.Imported, summary="Import pairs", openapi_extra=_BODY)
@writing
def import_pairs(request: CallerRequest) -> shapes.Imported:
    """A CSV file as `file` (columns question, answer, variants, language, enabled), or `rows`. All
    of it holds at once, untried.

    What fits comes in, the rest is told row by row. A question that is known already gets the new
    answer, so that a corrected file can be imported again.
    """
    rows = _from_file(request) if request.FILES else _from_json(request)
    return _shown(importing.bring_in(request.auth.workspace_id, rows, request.auth.now))


def _from_file(request: HttpRequest) -> list[Row]:
    """Raises UnfitPair for a file that is no table of pairs."""
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        raise Problem(422, "file_missing", _("Send the file as the part “file”."))
    language = request.POST.get("language", _LANGUAGE)
    return importing.read(file.read(importing.FILE_BYTES_MAX + 1), language)


def _from_json(request: HttpRequest) -> list[Row]:
    if request.content_type == "multipart/form-data":
        raise Problem(422, "file_missing", _("Send the file as the part “file”."))
    try:
        told = shapes.PairsIn.model_validate_json(request.body)
    except ValidationError as error:
        errors = [
            {"at": ".".join(["body", *map(str, one["loc"])]), "code": one["type"]}
            for one in error.errors(include_url=False, include_input=False)[:_ERRORS_MAX]
        ]
        detail = _("Some parts of the request are not valid.")
        raise Problem(422, "invalid", detail, errors=errors) from error
    return [Row(place, _draft(row, told.language)) for place, row in enumerate(told.rows, start=1)]


def _draft(row: shapes.PairRowIn, language: str) -> Draft:
    return Draft(row.question, row.answer, row.variants, row.language or language, row.enabled)


def _shown(outcome: Outcome) -> shapes.Imported:
    return shapes.Imported(
        added=outcome.added,
        changed=outcome.changed,
        unchanged=outcome.unchanged,
        rejected=len(outcome.errors),
        errors=[
            shapes.RowError(
                row=error.row,
                at=error.part,
                code=error.code,
                message=str(words.UNFIT[error.code]),
            )
            for error in outcome.errors[:ERRORS_SHOWN_MAX]
        ],
    )
