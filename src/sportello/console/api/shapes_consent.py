"""Consents and imports of contacts as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from sportello.console.api.shapes import In, Keepable
from sportello.rules.contact_rows import NAME_MAX, ROWS_MAX
from sportello.rules.provenance import LENGTH_MAX

_Words = Annotated[Keepable, Field(max_length=1000)]
_Phone = Annotated[Keepable, Field(max_length=60, examples=["+39 347 123 4567"])]


class ConsentClaim(In):
    """What a person agreed to. Without text and instant it is no consent that can be shown."""

    category: Literal["marketing", "utility"] = "marketing"
    source: _Words = Field("", description="How they gave it: a form at the till, the web site")
    text: _Words = Field("", description="The words that they agreed to")
    at: AwareDatetime | None = None


class ConsentIn(In):
    category: Literal["marketing", "utility"] = "marketing"
    action: Literal["grant", "withdraw"] = "grant"
    source: _Words = Field("", description="How it was given; needed for a grant")
    text: _Words = Field("", description="The words agreed to, or said; needed for a grant")
    proof: _Words = Field(
        "", description="What shows it; needed from a form, and to bring back who had withdrawn"
    )
    filled_in: bool = Field(
        default=False,
        description="True: the person filled in a form themselves, which `source` names and "
        "`proof` shows, by the number of what it kept, say",
    )
    at: AwareDatetime | None = Field(None, description="When it was said; now, if left out")


class Consent(BaseModel):
    id: int
    category: str
    action: Literal["grant", "withdraw"]
    source: str = Field(description="keyword, preference, operator, import, form or api")
    text: str
    proof: dict[str, Any]
    by: str | None = Field(description="Who of the company wrote it down")
    at: datetime
    recorded_at: datetime


class Consents(BaseModel):
    standing: dict[str, Literal["none", "granted", "withdrawn"]] = Field(
        description="Where the person stands now, by category"
    )
    items: list[Consent] = Field(description="The ledger, newest first")
    next_cursor: str | None


class ContactRow(BaseModel):
    """Further keys are kept as properties, as text."""

    model_config = {"extra": "allow"}
    __pydantic_extra__: dict[str, JsonValue]

    phone: _Phone
    name: Annotated[Keepable, Field(max_length=NAME_MAX)] = ""
    language: Annotated[Keepable, Field(max_length=16)] = ""
    consent: ConsentClaim | None = None


class ImportIn(In):
    provenance: Annotated[Keepable, Field(max_length=LENGTH_MAX)] = Field(
        description="Where the people come from. Without it nothing is imported."
    )
    rows: list[ContactRow] = Field(max_length=ROWS_MAX, min_length=1)
    list: Annotated[Keepable, Field(max_length=120)] = Field(
        "", description="The list that they join; made if there is none of that name"
    )


class RowFlaw(BaseModel):
    row: int = Field(description="From 1; for a file the line")
    code: str
    message: str
    imported: bool = Field(description="Whether the contact was kept, without that consent")


class Imported(BaseModel):
    id: int = Field(description="Of the import, in the history of the pages")
    created: int
    updated: int
    merged: int = Field(description="Rows that repeated a number")
    rejected: int
    granted: int = Field(description="Contacts with a consent on record because of this import")
    without_consent: int
    opted_out: int = Field(description="They had said no: an import brings nobody back")
    list_id: int | None
    errors: list[RowFlaw] = Field(description="The first 1000, by row")
