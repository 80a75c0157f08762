"""Who is meant by a list, by a segment, by everybody: the same condition that planning freezes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from sportello.console.sql import ask
from sportello.rules import segment, segment_sql
from sportello.rules.audience import Audience, Everybody, Frozen, Listed, Matching
from sportello.rules.segment import Condition
from sportello.schema.people import Contact, ContactList
from sportello.schema.segments import Segment
from sportello.statements import statements

# A count is for the eyes of somebody who waits; whoever plans a campaign has more patience.
_COUNT_LIMIT: Final = "5s"
_SQL: Final = statements(__file__)


@contextmanager
def counting(limit: str = _COUNT_LIMIT) -> Iterator[None]:
    """What is counted within may take so long and no longer: django.db.DatabaseError."""
    with transaction.atomic():
        ((before,),) = ask(_SQL["time_limit"], {})
        ask(_SQL["limit_time"], {"limit": limit})
        yield
        ask(_SQL["limit_time"], {"limit": before})


def known() -> QuerySet[Contact]:
    """Each person once, however many numbers they have; nobody who was erased."""
    return Contact.objects.filter(merged_into=None, erased_at=None)


def people(meant: Audience, now: datetime) -> QuerySet[Contact]:
    """Of the company whose transaction this is; nobody where list or segment is gone.

    Not to be made part of another query: the condition speaks of the table by its own name.
    """
    match meant:
        case Everybody():
            return known()
        case Listed(list_id):
            return known().filter(listmember__list_id=list_id)
        case Matching():
            found = frozen(meant, now)
            told = None if found is None else found.frozen
            return Contact.objects.none() if told is None else meeting(told.condition, told.as_of)


def meeting(condition: Condition, now: datetime) -> QuerySet[Contact]:
    """Contacts that meet the condition, days counted from `now`."""
    where = segment_sql.where(condition, now)
    # What people typed is among the parameters alone.
    met = RawSQL(where.sql, where.parameters, BooleanField())  # noqa: S611  # as said above
    return known().filter(met)


def condition_of(row: Segment) -> Condition:
    """What is kept was read before it was kept."""
    return segment.parse(row.condition)


def name_of(meant: Audience) -> str:
    """Of the list or the segment; "" for everybody, and for what is gone."""
    match meant:
        case Listed(list_id):
            rows = ContactList.objects.filter(pk=list_id)
            return rows.values_list("name", flat=True).first() or ""
        case Matching(segment_id, _):
            named = Segment.objects.filter(pk=segment_id)
            return named.values_list("name", flat=True).first() or ""
        case Everybody():
            return ""


def frozen(meant: Matching, now: datetime) -> Matching | None:
    """As a campaign keeps it from its start on; None if its segment is gone."""
    if meant.frozen is not None:
        return meant
    found = Segment.objects.filter(pk=meant.segment_id).first()
    return None if found is None else Matching(found.pk, Frozen(condition_of(found), now))
