"""Segments: conditions under a name, counted and looked through anew each time."""

from datetime import datetime
from typing import Annotated, Any

from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import BaseModel, Field

from sportello.console.api import shapes, shown
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.api.problems import Problem
from sportello.console.contacts import audiences, segment_words
from sportello.console.paging import newest_ids_first
from sportello.rules import segment
from sportello.rules.segment import UnfitSegment
from sportello.schema.people import Contact
from sportello.schema.segments import Segment as Row

router = Router(tags=["segments"])
# A caller waits no longer than a page does.


class Segment(BaseModel):
    id: int
    name: str
    condition: dict[str, Any] = Field(description="As decision 12 describes it")
    created_at: datetime
    changed_at: datetime


class Segments(BaseModel):
    items: list[Segment]
    next_cursor: str | None


class SegmentIn(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00]*\S[^\x00]*$")]
    condition: dict[str, Any]


class SegmentCount(BaseModel):
    count: int = Field(description="How many contacts fit at this moment")


@router.get("", response=Segments, summary="List segments, newest first")
@reading
def list_segments(
    request: CallerRequest, cursor: shapes.Cursor = "", limit: shapes.Limit = 50
) -> Segments:
    del request
    page = newest_ids_first(Row.objects.all(), cursor, limit)
    return Segments(items=[_shown(row) for row in page.items], next_cursor=page.next_cursor or None)


@router.post("", response={201: Segment}, summary="Keep a condition under a name")
@writing
def add_segment(request: CallerRequest, payload: SegmentIn) -> Status[Segment]:
    """422 with the place in the condition that cannot be so; 409 if the name is taken."""
    name = payload.name.strip()
    try:
        condition = segment.parse(payload.condition)
    except UnfitSegment as unfit:
        told = str(segment_words.UNFIT.get(unfit.code, segment_words.OTHERWISE))
        at = f"body.condition.{unfit.at}".rstrip(".")
        raise Problem(422, unfit.code, told, errors=[{"at": at}]) from unfit
    if Row.objects.filter(name__iexact=name).exists():
        raise Problem(409, "segment_exists", _("There is one of this name already."))
    now = request.auth.now
    row = Row.objects.create(
        workspace_id=request.auth.workspace_id,
        name=name,
        condition=segment.dump(condition),
        created_at=now,
        changed_at=now,
    )
    return Status(201, _shown(row))


@router.get("/{int:segment_id}", response=Segment, summary="One segment")
@reading
def get_segment(request: CallerRequest, segment_id: int) -> Segment:
    del request
    return _shown(Row.objects.get(pk=segment_id))


@router.get("/{int:segment_id}/count", response=SegmentCount, summary="How many fit now")
@reading
def count_segment(request: CallerRequest, segment_id: int) -> SegmentCount:
    """503 where counting takes too long to wait for; a campaign still finds them all."""
    people = _people(segment_id, request.auth.now)
    try:
        with audiences.counting():
            found = people.count()
    except DatabaseError as error:
        told = _("Counting takes too long here; a campaign will still find them all.")
        raise Problem(503, "count_too_slow", told) from error
    return SegmentCount(count=found)


@router.get("/{int:segment_id}/contacts", response=shapes.Contacts, summary="Who fits now")
@reading
def list_segment_contacts(
    request: CallerRequest,
    segment_id: int,
    cursor: shapes.Cursor = "",
    limit: shapes.Limit = 50,
) -> shapes.Contacts:
    """Newest contacts first; each person once."""
    page = newest_ids_first(_people(segment_id, request.auth.now), cursor, limit)
    items = [shown.contact(row) for row in page.items]
    return shapes.Contacts(items=items, next_cursor=page.next_cursor or None)


def _people(segment_id: int, now: datetime) -> QuerySet[Contact]:
    """Raises Segment.DoesNotExist."""
    return audiences.meeting(audiences.condition_of(Row.objects.get(pk=segment_id)), now)


def _shown(row: Row) -> Segment:
    return Segment(
        id=row.pk,
        name=row.name,
        condition=row.condition,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
