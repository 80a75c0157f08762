"""What the API takes and gives of templates and files, as types."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from sportello.console.api import shapes
from sportello.console.templates_desk import captions, findings
from sportello.rules.template import Finding, mended
from sportello.rules.template_change import Matter, effect_of
from sportello.rules.template_codes import Recategorised, Refused, Rejected
from sportello.schema.files import File
from sportello.schema.templates import Template, TemplateChange

Body = dict[str, Any]


class WishError(BaseModel):
    kind: str = Field(description="`rejected` where Meta answered; else why Meta did not")
    code: int | None
    subcode: int | None
    detail: str


class TemplateOut(BaseModel):
    """`status` is Meta's word in capitals, or ours: draft, submitting, failed."""

    id: int
    meta_id: str = Field(description="Empty as long as Meta has not taken it")
    waba_id: str
    name: str
    language: str
    category: str
    coming_category: str = Field(description="Announced by Meta for a coming day")
    parameter_format: str
    components: list[Any] = Field(description="What stands at Meta; of a draft, the draft")
    status: str
    reason: str
    reason_detail: str
    quality: str
    paused_until: datetime | None
    sample: int | None = Field(description="The id of the header's sample file")
    wish: str = Field(description="What Meta is asked just now: create, edit, delete")
    step: str = Field(description="How far that is: waiting, uploading, submitting")
    error: WishError | None = Field(description="Of the last attempt, until one is taken")
    submitted_at: datetime | None
    edited_at: datetime | None
    deleted_at: datetime | None
    created_at: datetime
    updated_at: datetime


class Effect(BaseModel):
    """What another category means for those who send."""

    consent: bool = Field(description="Each person must have agreed to marketing")
    free_in_window: bool = Field(description="Costs nothing while the customer's window is open")


class Change(BaseModel):
    id: int
    kind: str
    before: str
    after: str
    reason: str
    at: datetime
    is_alarm: bool
    seen_at: datetime | None
    effect: Effect | None = Field(description="Of another category, come or announced")


class TemplateWhole(TemplateOut):
    changes: list[Change] = Field(description="Newest first")


class Only(BaseModel):
    """What a list is narrowed to; words as the rows have them."""

    status: shapes.Search = ""
    name: shapes.Search = ""
    language: shapes.Search = ""
    category: shapes.Search = ""


class Templates(BaseModel):
    items: list[TemplateOut]
    next_cursor: str | None


class Place(BaseModel):
    part: str
    index: int | None = Field(description="Which button")
    card: int | None
    span: tuple[int, int] | None = Field(description="From and to which character")


class FindingOut(BaseModel):
    code: str
    severity: Literal["error", "warning", "hint"]
    message: str
    where: Place
    answer: str = Field(description="What Meta would do: refused, rejected, recategorised")
    answer_code: str = Field(description="Subcode, reason or category of that")
    fix: str | None = Field(description="The part's new text, where that is the cure")
    mended: Body | None = Field(description="The whole body with this one thing mended")


class Findings(BaseModel):
    findings: list[FindingOut] = Field(description="The gravest first")


class FileOut(BaseModel):
    id: int
    sha256: str
    mime_type: str
    filename: str
    size: int
    handle: str = Field(description="Goes into a header's `example.header_handle`")


class WayBack(BaseModel):
    same_name: bool
    alike: float = Field(description="0 to 1: how like the rejected text the new one is")
    too_alike: bool
    missing_of_profile: list[str]
    open_steps: list[str]
    may_submit: bool


def template(row: Template) -> TemplateOut:
    return TemplateOut(**_columns(row))


def whole(row: Template, changes: list[TemplateChange]) -> TemplateWhole:
    return TemplateWhole(**_columns(row), changes=[_change(one) for one in changes])


def finding(found: Finding, body: Body) -> FindingOut:
    """With the body as it would be once this is mended."""
    where = found.where
    answer, answer_code = _answer(found)
    new = mended(body, found.fix) if found.fix else None
    return FindingOut(
        code=found.code,
        severity=found.severity.value,
        message=findings.words(found),
        where=Place(part=where.part, index=where.index, card=where.card, span=where.span),
        answer=answer,
        answer_code=answer_code,
        fix=found.mended,
        mended=new if isinstance(new, dict) else None,
    )


def file(row: File) -> FileOut:
    return FileOut(
        id=row.pk,
        sha256=row.sha256,
        mime_type=row.mime_type,
        filename=row.filename,
        size=row.size,
        handle=f"file:{row.pk}",
    )


def _answer(found: Finding) -> tuple[str, str]:
    match found.answers:
        case Refused(subcode=subcode, code=code):
            return "refused", str(subcode or code)
        case Rejected(reason=reason):
            return "rejected", reason.value if reason else ""
        case Recategorised(category=category):
            return "recategorised", category.value.upper()
        case _:
            return "", ""


def _columns(row: Template) -> dict[str, Any]:
    same = (
        "meta_id", "waba_id", "name", "language", "category", "coming_category",
        "parameter_format", "components", "status", "reason", "reason_detail", "quality",
        "paused_until", "wish", "step", "submitted_at", "edited_at", "deleted_at", "created_at",
        "updated_at",
    )  # fmt: skip
    told = {name: getattr(row, name) for name in same}
    return told | {"id": row.pk, "sample": row.sample_id, "error": _error(row.error)}


def _error(error: Any) -> WishError | None:
    if not isinstance(error, dict):
        return None
    kind = str(error.get("kind", ""))
    said = error.get("message") or error.get("details") or captions.trouble(kind).title
    return WishError(
        kind=kind, code=error.get("code"), subcode=error.get("subcode"), detail=str(said)
    )


def _change(row: TemplateChange) -> Change:
    return Change(
        id=row.pk,
        kind=row.kind,
        before=row.before,
        after=row.after,
        reason=row.reason,
        at=row.at,
        is_alarm=row.is_alarm,
        seen_at=row.seen_at,
        effect=_effect(row),
    )


def _effect(row: TemplateChange) -> Effect | None:
    if row.kind not in {Matter.CATEGORY, Matter.COMING_CATEGORY} or not row.after:
        return None
    found = effect_of(row.after)
    return Effect(consent=found.consent, free_in_window=found.free_in_window)
