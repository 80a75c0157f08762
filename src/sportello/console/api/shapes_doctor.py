"""The doctor's report as the API gives it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

_ID_MAX = 2**63 - 1


class SubjectIn(BaseModel):
    """Exactly one of them."""

    model_config = ConfigDict(extra="forbid")
    message: int | None = Field(None, ge=1, le=_ID_MAX)
    conversation: int | None = Field(None, ge=1, le=_ID_MAX)
    campaign: int | None = Field(None, ge=1, le=_ID_MAX)
    template: int | None = Field(None, ge=1, le=_ID_MAX)
    number: int | None = Field(None, ge=1, le=_ID_MAX)

    @model_validator(mode="after")
    def _one(self) -> "SubjectIn":
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("name exactly one subject")
        return self

    def named(self) -> tuple[str, int]:
        """Its kind and its id."""
        ((kind, subject_id),) = self.model_dump(exclude_none=True).items()
        return kind, subject_id


class DoctorIn(BaseModel):
    subject: SubjectIn


class DeedIn(BaseModel):
    deed: str = Field(max_length=20, description="As a finding of the report names it")


class EvidenceOut(BaseModel):
    source: str = Field(description="meta, webhook, outbox, guard, desk or house")
    what: str
    text: str = Field(description="In the caller's language")
    at: datetime | None
    values: dict[str, Any]


class FindingOut(BaseModel):
    code: str = Field(description="Stable")
    severity: Literal["stops", "waits", "warns"]
    turn: str = Field(description="ours, administrator, installer, meta, customer or nobody")
    title: str
    meaning: str
    next_step: str
    deed: str | None = Field(description="What a button in the console does about it")
    deed_path: str | None = Field(
        description="Where the deed is posted; null: on a page, or by POST /channel/reconnect"
    )
    steps: list[str] = Field(description="The way through Meta's pages, by their names")
    meta_code: int | None
    meta_words: str = Field(description="What Meta's code means, and what to do about it")
    evidence: list[EvidenceOut]


class LookOut(BaseModel):
    name: str
    text: str
    seen: bool
    miss: str | None = Field(description="rejected, unreachable, slow, no_token or odd")


class Examination(BaseModel):
    id: int
    state: Literal["wanted", "looking", "done"]
    subject: dict[str, int]
    asked_at: datetime
    done_at: datetime | None
    findings: list[FindingOut] = Field(description="The cause first; none: all is well")
    looked_at: list[LookOut]
    deed_error: str = Field(
        description="Why the deed was not done, by Meta's word or ours; else empty"
    )
